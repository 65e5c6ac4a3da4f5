"""Run by Alembic. Both databases; on SQLite foreign keys are off meanwhile, for a rebuilt table would lose children."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from tracker.database import Base, UTCDateTime
from tracker.dates import PartialDateType

ADVISORY_LOCK = 7_032_019  # any number, the same for every server of this application


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


def migrate(connection: sa.Connection) -> None:
    """Apply what is missing, in one transaction."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        compare_type=same_type,
        include_object=ours,
        render_item=render_item,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        context.run_migrations()
    if sqlite:
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with context.config.attributes["engine"].connect() as opened:
        migrate(opened)
