from enum import StrEnum

from tracker.i18n import _l


class Health(StrEnum):
    """How a coordinator sees a project. What is computed stands beside it, never mixed."""

    ON_TRACK = "on-track"
    ATTENTION = "attention"
    DIFFICULTY = "difficulty"


HEALTH_LABELS = {
    Health.ON_TRACK: _l("on track"),
    Health.ATTENTION: _l("attention"),
    Health.DIFFICULTY: _l("in difficulty"),
}

PAGES = {"board": "/board", "tables": "/board/tables"}  # whose filters can be kept under a name, and where they are
PAGE_LABELS = {"board": _l("Board"), "tables": _l("Tables")}
