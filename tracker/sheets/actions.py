from collections.abc import Callable, Iterable, Mapping
from typing import IO

from tracker import clock
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.files import safe_name
from tracker.i18n import _, speaking
from tracker.institutions.models import Person
from tracker.sheets.book import Book, Refused
from tracker.sheets.comparing import Row, compare
from tracker.sheets.models import Sheet
from tracker.sheets.reading import Read, Unreadable, read


class Stale(Exception):
    """What the workbook would change is no longer what was shown; the sheet holds what it would do now."""


def upload(make: Callable[[], Book], stream: IO[bytes], filename: str, *, actor: Person) -> Sheet:
    """Keep what an uploaded workbook says and what it would change. Nothing else is changed.

    `make` gives the workbook of the page from locked records, in the language spoken when it is called: cells are
    read in the language of the file. Raises Unreadable where the file is none, or is not the one of this page.
    """
    found = read(stream)
    with speaking(found.language):
        book = make()
    if (found.kind, found.subject_id) != (book.kind, book.subject_id):
        raise Unreadable(_("This workbook belongs to another page: it is not the one of “%(name)s”.", name=book.name))
    if {known.name for known in book.fields} - found.labels.keys():
        raise Unreadable(_("This workbook was made by another version. Download a fresh one."))
    sheet = Sheet(
        person=actor,
        kind=book.kind,
        subject_id=book.subject_id,
        name=safe_name(filename)[:255],
        language=found.language,
        lines=[{"place": line.place, "cells": line.cells, "faults": line.faults} for line in found.lines],
        created_at=clock.now(),
    )
    _look(book, sheet)
    db.session.add(sheet)
    db.session.flush()
    return sheet


def _look(book: Book, sheet: Sheet) -> None:
    """Keep what the workbook would change now, refusals of the rules included: everything is tried, then undone."""
    rows = compare(book, _lines(sheet))
    trial = db.session.begin_nested()
    try:
        _try(book, rows)
    finally:
        trial.rollback()
    sheet.preview = [row.as_values() for row in rows]


def apply(make: Callable[[], Book], sheet: Sheet, mine: Mapping[int, Iterable[str]]) -> int:
    """Change what the workbook says, all of it or nothing; return how many rows changed something.

    `make` is as for `upload`. `mine` names, by the row's place, the columns in conflict whose uploaded value
    counts; elsewhere what is saved stays. Raises Stale where the changes are not those that were shown, RuleBroken
    where it was applied already or cannot be.
    """
    if sheet.applied_at is not None:
        raise RuleBroken(_("This workbook was applied already."))
    with speaking(sheet.language):
        book = make()
        rows = compare(book, _lines(sheet))
        if _gist(rows) != _gist(shown(sheet)) or any(row.faults for row in shown(sheet)):
            _look(book, sheet)
            raise Stale
    with db.session.begin_nested():
        changed = _try(book, rows, mine)
        if refused := next((row for row in rows if row.faults), None):
            why = " ".join(refused.faults.values())
            raise RuleBroken(_("Nothing was changed. Row %(row)s: %(why)s", row=str(refused.place), why=why))
    sheet.applied_at = clock.now()
    return changed


def shown(sheet: Sheet) -> list[Row]:
    """The changes as they were last shown."""
    return [Row.of(values) for values in sheet.preview]


def _lines(sheet: Sheet) -> list[Read]:
    return [Read(line["place"], line["cells"], line["faults"]) for line in sheet.lines]


def _gist(rows: Iterable[Row]) -> list[object]:
    return [(row.place, row.id, row.cells, row.along) for row in rows]


def _try(book: Book, rows: Iterable[Row], mine: Mapping[int, Iterable[str]] | None = None) -> int:
    """Apply the rows that can be read, each by itself; what a rule refuses is noted in the row. Return how many."""
    done = 0
    ready = [row for row in rows if not row.faults and (row.cells or row.along)]
    for row in sorted(ready, key=lambda row: (book.order(row.change()), row.place)):
        change = row.change((mine or {}).get(row.place, ()))
        try:
            with db.session.begin_nested():
                book.apply(change)
                db.session.flush()
            done += bool(change.values)
        except Refused as error:
            row.faults[error.column] = str(error)
        except RuleBroken as error:
            row.faults[""] = str(error)
    return done
