"""A table as CSV (RFC 4180) that Excel opens as it should: UTF-8 with a mark, texts that never calculate."""

import csv
import io
from datetime import date

from tracker.tables.sections import named_total
from tracker.tables.table import Table, Value

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table) -> bytes:
    """The header, the rows and the total; shares from 0 to 1, days as 2026-11-22. Its parts have files of their own."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_cell(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(value) for value in row.values])
    if table.total is not None:
        writer.writerow([_cell(value) for value in named_total(table)])
    return target.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str | int | float:
    """A number as it is; a text that a program would take for a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str) and value.startswith(BEGINS_A_FORMULA):
        return f"'{value}"
    return value
