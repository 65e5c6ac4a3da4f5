"""The twelve tables as one workbook: a sheet that says what they are, then one sheet for each table and part."""

from collections.abc import Sequence
from datetime import date
from typing import IO

from tracker.i18n import _, format_day
from tracker.tables.sections import flat, named_total
from tracker.tables.table import Column, Format, Table
from tracker.workbooks import Column as SheetColumn
from tracker.workbooks import Kind, Workbook

KINDS = {
    Format.TEXT: Kind.TEXT,
    Format.COUNT: Kind.WHOLE,
    Format.SHARE: Kind.SHARE,
    Format.DAYS: Kind.NUMBER,
    Format.DAY: Kind.DAY,
}


def write(target: IO[bytes], tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> None:
    """Write the workbook of these tables; `about` are names and words for its first sheet."""
    with Workbook(target, title=_("Tables")) as book:
        book.words(_("About"), [*about, ("", ""), *_meanings(tables)])
        for table in tables:
            for part in flat(table):
                _write_sheet(book, part)


def about(network: str, period: str, day: date) -> list[tuple[str, str]]:
    """What stands above the definitions: whose figures, of which days, as of when."""
    return [
        (_("Tables"), ""),
        (_("Network"), network),
        (_("Period"), period),
        (_("Figures as of"), format_day(day)),
        (_("Shares"), _("A share is empty where there is nothing to divide by.")),
    ]


def _write_sheet(book: Workbook, table: Table) -> None:
    sheet = book.sheet(f"{table.number} {table.title}", [_column(column, table) for column in table.columns])
    for row in table.rows:
        sheet.row(row.values)
    if table.total is not None:
        sheet.total(named_total(table))


def _column(column: Column, table: Table) -> SheetColumn:
    place = table.columns.index(column)
    longest = max((len(str(row.values[place] or "")) for row in table.rows), default=0) + 2
    width = min(max(longest, 14), 60) if column.format is Format.TEXT else 0
    return SheetColumn(column.label, KINDS[column.format], width=width, note=column.definition)


def _meanings(declared: Sequence[Table]) -> list[tuple[str, str]]:
    rows = []
    for table in declared:
        for part in flat(table):
            rows.append((f"{part.number} {part.title}", part.definition))
            rows += [(f"    {column.label}", column.definition) for column in part.columns if column.definition]
    return rows
