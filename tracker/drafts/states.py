from enum import StrEnum

from tracker.i18n import _l


class DraftSource(StrEnum):
    FILE = "file"  # Word, ODT, Markdown or PDF
    WRITTEN = "written"  # put together from the sections written here


class ReadingState(StrEnum):
    """Whether a draft can be read in the browser."""

    WAITING = "waiting"  # for the worker
    READABLE = "readable"
    FAILED = "failed"
    NONE = "none"  # a PDF is not converted


class SectionState(StrEnum):
    OPEN = "open"
    DRAFTED = "drafted"
    REVIEWED = "reviewed"


SECTION_LABELS = {
    SectionState.OPEN: _l("open"),
    SectionState.DRAFTED: _l("drafted"),
    SectionState.REVIEWED: _l("reviewed"),
}
