from enum import StrEnum

from tracker.i18n import _l


class SectionState(StrEnum):
    OPEN = "open"
    DRAFTED = "drafted"
    REVIEWED = "reviewed"


SECTION_LABELS = {
    SectionState.OPEN: _l("open"),
    SectionState.DRAFTED: _l("drafted"),
    SectionState.REVIEWED: _l("reviewed"),
}
