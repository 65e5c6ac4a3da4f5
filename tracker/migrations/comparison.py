"""How models and tables are compared, and how migrations are written."""

from typing import Any

import sqlalchemy as sa

from tracker.database import UTCDateTime
from tracker.dates import PartialDateType


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """The full-text tables belong to `tracker.search`, which makes them itself."""
    return not (kind in ("table", "index", "column") and str(name).startswith("search_words"))


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Migrations name plain types, so that they run for ever, whatever becomes of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, PartialDateType):
        return "sa.String(length=10)"
    if kind == "type" and isinstance(item, sa.Enum):
        return "sa.String(length=40)"
    return False


def same_type(_context: Any, _inspected: Any, _column: Any, inspected_type: Any, type_: Any) -> bool | None:
    """An enum or a partial date is text in the database."""
    if isinstance(type_, sa.Enum | PartialDateType) and isinstance(inspected_type, sa.String):
        return False
    return None
