"""The pages: rounds for those who take part, and the reviewer's own, by link or signed in."""

from tracker.reviewing.views import reading, rounds
from tracker.reviewing.views.blueprint import bp

__all__ = ["bp", "reading", "rounds"]
