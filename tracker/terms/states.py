"""What terms can say of the order in which authors stand."""

from enum import StrEnum

from tracker.i18n import _l


class AuthorOrder(StrEnum):
    UNSAID = "unsaid"
    ALPHABETICAL = "alphabetical"
    CONTRIBUTION = "contribution"
    INSTITUTION = "institution"
    OTHER = "other"  # in words


AUTHOR_ORDER_LABELS = {
    AuthorOrder.UNSAID: _l("not settled yet"),
    AuthorOrder.ALPHABETICAL: _l("alphabetical, by family name"),
    AuthorOrder.CONTRIBUTION: _l("by contribution"),
    AuthorOrder.INSTITUTION: _l("by institution, the lead first"),
    AuthorOrder.OTHER: _l("in another way"),
}
