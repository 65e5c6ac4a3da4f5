"""A table and its parts as pages and files show them: one after the other, a page of rows at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.i18n import _, format_day, format_number, format_share
from tracker.tables.table import Column, Format, Row, Table, Value


@dataclass(frozen=True)
class Section:
    """What a page shows of a table or part: some rows; the total where the last of them is shown."""

    table: Table
    rows: Sequence[Row]
    begins: bool
    total: Row | None


def flat(table: Any) -> Iterator[Any]:
    """The table, then its parts and theirs."""
    yield table
    for part in table.parts:
        yield from flat(part)


def find(table: Any, key: str) -> Any:
    """The table itself or the part that has this key."""
    return next((each for each in flat(table) if each.key == key), None)


def owner(parts: Mapping[int, Any], key: str) -> str | None:
    """The key of the table that has this key or a part with it; `parts` as they are declared, by number."""
    return next((each.key for each in parts.values() if find(each, key) is not None), None)


def sections(table: Table, first: int = 0, most: int | None = None) -> list[Section]:
    """The rows from the `first` of the table and its parts, counted through, `most` at the most."""
    found, seen, last = [], 0, None if most is None else first + most
    for part in flat(table):
        size = max(len(part.rows), 1)  # one without rows takes its place: it says that there is nothing
        begins, ends = seen >= first, last is None or seen + size <= last
        inside = seen + size > first and (last is None or seen < last)
        if inside:
            end = None if last is None else last - seen
            rows = part.rows[max(first - seen, 0) : end]
            found.append(Section(part, rows, begins, part.total if ends else None))
        seen += size
    return found


def shortened(table: Table, most: int | None) -> list[tuple[Section, int]]:
    """The table and each part with its first rows, `most` of each at the most, and how many are left out."""
    return [
        (Section(part, part.rows[:most], True, part.total), max(len(part.rows) - most, 0) if most else 0)
        for part in flat(table)
    ]


def rows_in(table: Table) -> int:
    """How many rows the table and its parts have, as `sections` counts them."""
    return sum(max(len(part.rows), 1) for part in flat(table))


def shown(value: Value, column: Column) -> str:
    """A value as its reader writes it; empty for none."""
    if value is None:
        return ""
    if column.format is Format.SHARE and isinstance(value, int | float):
        return format_share(value)
    if isinstance(value, float):
        return format_number(round(value, 1))
    if isinstance(value, int):
        return format_number(value)
    return format_day(value) if isinstance(value, date) else value


def named_total(table: Table) -> list[Value]:
    """The values of its total with a word for what they are, where the first column is one of words."""
    if table.total is None:
        return []
    values = list(table.total.values)
    if table.columns and table.columns[0].format is Format.TEXT and not values[0]:
        values[0] = _("All together")
    return values
