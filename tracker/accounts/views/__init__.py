"""The pages: coming in, the links that open a page, one's own account, asking others in."""

from tracker.accounts.views import account, affiliations, entrance, invitations, links
from tracker.accounts.views.blueprint import bp

__all__ = ["account", "affiliations", "bp", "entrance", "invitations", "links"]
