from enum import StrEnum


class DraftSource(StrEnum):
    FILE = "file"  # Word, ODT, Markdown or PDF
    WRITTEN = "written"  # put together from the sections written here


class ReadingState(StrEnum):
    """Whether a draft can be read in the browser."""

    WAITING = "waiting"  # for the worker
    READABLE = "readable"
    FAILED = "failed"
    NONE = "none"  # a PDF is not converted
