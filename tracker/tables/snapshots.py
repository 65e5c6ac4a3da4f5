"""Tables as plain values, as a snapshot keeps them, and what differs between two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.i18n import _, format_number, ngettext
from tracker.tables.sections import flat, shown
from tracker.tables.table import Column, Format, Row, Table, Value

FIGURES = (Format.COUNT, Format.SHARE, Format.DAYS)


def to_plain(table: Table) -> dict[str, Any]:
    """The table as JSON can hold it, links left out: the lists behind it change, its figures do not."""
    return {
        "key": table.key,
        "number": table.number,
        "title": table.title,
        "definition": table.definition,
        "columns": [[each.name, each.label, each.format.value, each.definition] for each in table.columns],
        "rows": [_plain_row(row) for row in table.rows],
        "total": None if table.total is None else _plain_row(table.total),
        "parts": [to_plain(part) for part in table.parts],
    }


def from_plain(plain: Mapping[str, Any]) -> Table:
    """The table that `to_plain` was given, without links."""
    columns = [Column(name, label, Format(kind), words) for name, label, kind, words in plain["columns"]]
    return Table(
        key=plain["key"],
        number=plain["number"],
        title=plain["title"],
        definition=plain["definition"],
        columns=columns,
        rows=[_row(row, columns) for row in plain["rows"]],
        total=None if plain["total"] is None else _row(plain["total"], columns),
        parts=[from_plain(part) for part in plain["parts"]],
    )


def _plain_row(row: Row) -> list[Any]:
    return [list(row.keys), [value.isoformat() if isinstance(value, date) else value for value in row.values]]


def _row(plain: Sequence[Any], columns: Sequence[Column]) -> Row:
    keys, values = plain
    days = [column.format is Format.DAY for column in columns]
    read = [
        date.fromisoformat(value) if is_day and value else value for value, is_day in zip(values, days, strict=True)
    ]
    return Row(read, keys=tuple(keys))


# --- compared -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A figure before and now. `by` is the difference; None where either has none."""

    column: Column
    before: Value
    now: Value

    @property
    def by(self) -> float | None:
        if isinstance(self.before, int | float) and isinstance(self.now, int | float):
            return self.now - self.before
        return None

    @property
    def is_change(self) -> bool:
        return self.before != self.now

    @property
    def before_shown(self) -> str:
        return shown(self.before, self.column) or _("no figure")

    @property
    def now_shown(self) -> str:
        return shown(self.now, self.column) or _("no figure")

    @property
    def in_words(self) -> str:
        """The difference and its direction in a word: "3 more", "4.2 points lower"; empty where there is none."""
        by = self.by
        if by is None or by == 0:
            return ""
        is_share = self.column.format is Format.SHARE
        size = round(abs(by) * (100 if is_share else 1), 1)
        number = format_number(size)
        if is_share:
            higher, lower = _("%(number)s points higher", number=number), _("%(number)s points lower", number=number)
        elif self.column.format is Format.DAYS:
            many = 1 if size == 1 else 2
            higher = ngettext("%(number)s day longer", "%(number)s days longer", many, number=number)
            lower = ngettext("%(number)s day shorter", "%(number)s days shorter", many, number=number)
        else:
            higher, lower = _("%(number)s more", number=number), _("%(number)s fewer", number=number)
        return higher if by > 0 else lower


@dataclass(frozen=True)
class RowChange:
    """A row before and now, told by the same keys. `words` are its columns of words, as they are now."""

    keys: Sequence[str]
    words: Sequence[str]
    changes: Sequence[Change]
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_change(self) -> bool:
        return self.is_new or self.is_gone or any(change.is_change for change in self.changes)


@dataclass(frozen=True)
class Comparison:
    """A table or part before and now; `parts` are further ones under the same heading."""

    key: str
    number: int
    title: str
    words: Sequence[Column]
    figures: Sequence[Column]
    rows: Sequence[RowChange]  # that changed
    total: RowChange | None
    same: int  # rows that did not change
    definitions: Sequence[tuple[str, str, str]]  # what is defined otherwise: its name, before, now
    came: Sequence[str] = ()  # labels of columns there now and not before
    went: Sequence[str] = ()

    @property
    def is_change(self) -> bool:
        total = self.total is not None and self.total.is_change
        return bool(self.rows or total or self.definitions or self.came or self.went)


def compare(before: Table, now: Table, *, with_words: bool = True) -> list[Comparison]:
    """The table and its parts, each against its earlier self.

    A part of which one side knows nothing is compared with an empty one. `with_words` False leaves definitions out:
    those of two languages always differ.
    """
    earlier = {part.key: part for part in flat(before)}
    present = {part.key: part for part in flat(now)}
    pairs = [(earlier.get(key, empty(part)), part) for key, part in present.items()]
    pairs += [(part, empty(part)) for key, part in earlier.items() if key not in present]
    return [_compared(then, today, with_words=with_words) for then, today in pairs]


def empty(table: Table) -> Table:
    """The same table with nothing in it."""
    return Table(table.key, table.number, table.title, table.definition, table.columns, ())


def window(found: Sequence[Comparison], first: int, most: int) -> list[tuple[Comparison, Sequence[RowChange], bool]]:
    """A page of what changed, counted through: each table or part, the rows shown of it, and whether it begins here.

    One in which nothing changed stands on the first page.
    """
    shown_here, seen = [], 0
    for each in found:
        rows = each.rows[max(first - seen, 0) : max(first + most - seen, 0)]
        begins = first <= seen < first + most or (seen == first == 0)
        if rows or (begins and not each.rows):
            shown_here.append((each, rows, begins))
        seen += len(each.rows)
    return shown_here


def _compared(before: Table, now: Table, *, with_words: bool) -> Comparison:
    then = {tuple(row.keys): row for row in before.rows}
    today = {tuple(row.keys): row for row in now.rows}
    gone = [keys for keys in then if keys not in today]
    rows = [_row_change(then.get(keys), before, today.get(keys), now) for keys in [*today, *gone]]
    changed = [row for row in rows if row.is_change]
    total = None
    if before.total is not None or now.total is not None:
        total = _row_change(before.total, before, now.total, now)
    names_then, names_now = ({column.name for column in table.columns} for table in (before, now))
    return Comparison(
        key=now.key,
        number=now.number,
        title=now.title,
        words=_words(now),
        figures=_figures(before, now),
        rows=changed,
        total=total,
        same=len(rows) - len(changed),
        definitions=_redefined(before, now) if with_words else (),
        came=[column.label for column in now.columns if column.name not in names_then],
        went=[column.label for column in before.columns if column.name not in names_now],
    )


def _words(table: Table) -> list[Column]:
    return [column for column in table.columns if column.format not in FIGURES]


def _figures(before: Table, now: Table) -> list[Column]:
    """The columns of figures that both have, as they are called now."""
    names = {column.name for column in before.columns if column.format in FIGURES}
    return [column for column in now.columns if column.format in FIGURES and column.name in names]


def _row_change(then: Row | None, before: Table, today: Row | None, now: Table) -> RowChange:
    old, new = _by_name(then, before), _by_name(today, now)
    source, table = (new, now) if today is not None else (old, before)
    return RowChange(
        keys=(today or then or Row(())).keys,
        words=[shown(source.get(column.name), column) for column in _words(table)],
        changes=[Change(column, old.get(column.name), new.get(column.name)) for column in _figures(before, now)],
        is_new=then is None,
        is_gone=today is None,
    )


def _by_name(row: Row | None, table: Table) -> dict[str, Value]:
    if row is None:
        return {}
    return {column.name: value for column, value in zip(table.columns, row.values, strict=True)}


def _redefined(before: Table, now: Table) -> list[tuple[str, str, str]]:
    found = [(now.title, before.definition, now.definition)] if before.definition != now.definition else []
    earlier = {column.name: column.definition for column in before.columns}
    found += [
        (column.label, earlier[column.name], column.definition)
        for column in now.columns
        if earlier.get(column.name, column.definition) != column.definition
    ]
    return found
