"""The pages: who did what, who approved what, publishing, and the author's own, by link or signed in."""

from tracker.credit.views import approval, by_ask, contribution, publishing
from tracker.credit.views.blueprint import bp

__all__ = ["approval", "bp", "by_ask", "contribution", "publishing"]
