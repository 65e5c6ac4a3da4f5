"""What an uploaded workbook would change: each row against the record as it is now and as it was in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from tracker.i18n import _
from tracker.sheets.book import CODE, Book, Change, Line, bases_of, digest
from tracker.sheets.reading import Read


@dataclass(frozen=True)
class Cell:
    """One value that differs: canonical texts. In conflict, somebody else changed it since the file was made."""

    name: str
    before: str
    after: str
    is_conflict: bool = False


@dataclass
class Row:
    """A row that changes something, or cannot be read. `faults` are sentences by column name; "" for the whole row."""

    place: int
    id: int | None
    title: str
    cells: list[Cell] = field(default_factory=list)
    along: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def has_conflict(self) -> bool:
        return any(cell.is_conflict for cell in self.cells)

    def change(self, mine: Iterable[str] = ()) -> Change:
        """What it does; of cells in conflict only those named in `mine`, the others stay as they are saved."""
        chosen = set(mine)
        kept = {cell.name: cell.after for cell in self.cells if not cell.is_conflict or cell.name in chosen}
        left = frozenset(cell.name for cell in self.cells if cell.name not in kept)
        return Change(self.id, kept, self.along, left)

    def as_values(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From `as_values`."""
        return cls(**{**values, "cells": [Cell(**cell) for cell in values["cells"]]})


def compare(book: Book, lines: Iterable[Read]) -> list[Row]:
    """The rows that would change something or cannot be used, in the order of the file.

    A row that is missing in the file changes nothing.
    """
    known = {line.id: line for line in book.lines}
    seen: set[int] = set()
    found = []
    for read in lines:
        row = _compare(book, read, known, seen)
        if row.cells or row.faults or row.remarks:
            found.append(row)
    return found


def _compare(book: Book, read: Read, known: Mapping[int, Line], seen: set[int]) -> Row:
    code = read.cells.get(CODE, "")
    title = read.cells.get(book.fields[0].name, "")
    if not code:
        row = Row(read.place, None, title, faults=dict(read.faults))
        if not book.can_add:
            row.faults[""] = _("This row is not one of those the file was made with; rows cannot be added here.")
            return row
        return _with_cells(book, read, row, None, {})
    bases = bases_of(book, code)
    row = Row(read.place, bases[0] if bases else None, title, faults=dict(read.faults))
    if bases is None:
        row.faults[""] = _("The hidden last column of this row was changed. Download a fresh file.")
    elif bases[0] not in known:
        row.faults[""] = _("This row belongs to something else, or is no longer there.")
    elif bases[0] in seen:
        row.faults[""] = _("This row stands twice in the file. Leave out one of them.")
    else:
        seen.add(bases[0])
        line = known[bases[0]]
        row.title = line.title
        return _with_cells(book, read, row, line, bases[1])
    return row


def _with_cells(book: Book, read: Read, row: Row, line: Line | None, bases: Mapping[str, str]) -> Row:
    for known in book.fields:
        if known.name in row.faults:
            continue
        typed = read.cells.get(known.name, "")
        if known.is_locked:
            if typed and (line is None or digest(typed) != bases[known.name]):
                row.remarks.append(_("“%(column)s” is only for reading: it stays as it is.", column=known.label))
            continue
        try:
            text = known.read(typed) if typed else ""
        except ValueError as error:
            row.faults[known.name] = str(error)
            continue
        if known.goes_along:
            if text:
                row.along[known.name] = text
            continue
        now = line.values.get(known.name, "") if line else ""
        if text == now or (line and digest(text) == bases[known.name]):
            continue
        meanwhile = line is not None and digest(now) != bases[known.name]
        row.cells.append(Cell(known.name, now, text, meanwhile))
    return row
