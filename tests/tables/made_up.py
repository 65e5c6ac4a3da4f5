"""Tables of invented figures: the pages and files show whatever table they are given."""

from datetime import date
from typing import Any

from tracker.institutions.models import Network, Person
from tracker.tables import actions
from tracker.tables.models import Snapshot
from tracker.tables.table import Column, Format, Period, Row, Table

COLUMNS = (
    Column("country", "Country"),
    Column("projects", "Projects", Format.COUNT, "Each project once."),
    Column("led", "Share they lead", Format.SHARE, "Led, divided by all."),
    Column("slip", "Median slip", Format.DAYS),
    Column("latest", "Latest", Format.DAY),
)


def make_table(key: str = "projects", rows: Any = None, **described: Any) -> Table:
    """A table with one row for each (code, name, projects, share, days, day)."""
    rows = [("BD", "Bangladesh", 3, 0.25, 12.5, date(2026, 1, 31))] if rows is None else rows
    made = [Row(values, {"projects": f"/board/tables/{key}/list?row={code}&column=projects"}, (code,))
            for code, *values in rows]  # fmt: skip
    total = Row(["", sum(row[2] for row in rows), None, None, None], {"projects": "/board/tables/x/list"}, ())
    about = {"number": 1, "title": "Projects by country", "definition": "Projects that began.", "columns": COLUMNS}
    return Table(key, **(about | {"rows": made, "total": total} | described))


def make_snapshot(network: Network, actor: Person, *tables: Table, name: str = "Board meeting") -> Snapshot:
    """Figures that were kept."""
    tables = tables or (make_table(),)
    return actions.keep(
        name, tables, period=Period(date(2026, 1, 1), date(2026, 11, 22)), networks=[network], actor=actor
    )
