from enum import StrEnum

from tracker.i18n import _l

ASK = "checkins.month"  # the kind of ask


class Going(StrEnum):
    """How it goes, as a partner says."""

    ON_TRACK = "on-track"
    SLOWER = "slower"
    HELP = "help"


GOING_LABELS = {
    Going.ON_TRACK: _l("on track"),
    Going.SLOWER: _l("slower"),
    Going.HELP: _l("needs help"),
}
