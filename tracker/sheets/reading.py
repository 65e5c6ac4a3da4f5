"""The bytes of an uploaded workbook as rows of text: strict about its form, indifferent to what the rows say.

Office Open XML (ECMA-376, ISO/IEC 29500) through openpyxl, whose XML comes through defusedxml. What is no plain
value is refused by its row and column: formulas, errors of the spreadsheet, merged cells.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl

from tracker.i18n import _, list_and
from tracker.markdown import clean_text
from tracker.sheets.states import SheetKind

MARK = "tracker-sheet"  # in the first cell of the sheet that says what the workbook is
FORM = 1  # of that sheet; a workbook of another form is not read
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024  # a small file may hold very much nothing
MOST_MARKS = 1_000_000  # "<" and "=" in its XML: each element and attribute costs some hundred bytes once it is read
MOST_LINES = 2_000
MOST_ROWS = 20_000  # empty ones included
LONGEST_CELL = 20_000  # characters
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # OLE: .xls, and .xlsx behind a password
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{1,30})"')


class Unreadable(ValueError):
    """Nothing of the file can be used; the message says why, for the person who sent it."""


@dataclass(frozen=True)
class Read:
    """A row as it was read: its number as a spreadsheet counts, its texts by column name, faults by column name."""

    place: int
    cells: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Workbook:
    """What a workbook says of itself, and its rows that hold anything."""

    kind: SheetKind
    subject_id: int
    language: str
    labels: dict[str, str]  # column name -> its heading in the file
    lines: list[Read]


def read(stream: IO[bytes]) -> Workbook:
    """Read an uploaded workbook. Raises Unreadable."""
    _check_package(stream)
    stream.seek(0)
    book = None
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        return _read(book)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever it meets in a broken or hostile file
        raise Unreadable(_("This file cannot be read as an Excel workbook. Save it again as .xlsx.")) from error
    finally:
        if book is not None:
            book.close()


def _check_package(stream: IO[bytes]) -> None:
    """Look at the parts of the file before anything of it is unpacked."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    if size == 0:
        raise Unreadable(_("The file is empty."))
    if size > MOST_BYTES:
        raise Unreadable(_("The file is too large: at most %(size)s MB.", size=MOST_BYTES // 2**20))
    if stream.read(4) == _OLD_OR_LOCKED:
        raise Unreadable(_("This is an old Excel file, or one behind a password. Save it as .xlsx without a password."))
    try:
        with zipfile.ZipFile(stream) as package:
            names = package.namelist()
            unpacked = sum(part.file_size for part in package.infolist())
            if "xl/workbook.xml" not in names:
                raise Unreadable(_("This is not an Excel workbook. Save it as .xlsx."))
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Unreadable(_("The workbook holds macros. Save it as .xlsx, without them."))
            if unpacked > MOST_UNPACKED:
                raise Unreadable(_("The workbook holds too much. Download a fresh one and fill that in."))
            if sum(_marks(package, name) for name in names) > MOST_MARKS:
                raise Unreadable(_("The workbook holds too much. Download a fresh one and fill that in."))
            if merged := [ref for name in names if name.startswith("xl/worksheets/") for ref in _merged(package, name)]:
                raise Unreadable(
                    _("Cells are merged: %(cells)s. Split them, so that each row stands for itself.",
                      cells=list_and(merged[:5]))
                )  # fmt: skip
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable(_("This is not an Excel workbook. Save it as .xlsx.")) from error


def _marks(package: zipfile.ZipFile, name: str) -> int:
    """About how many elements and attributes a part has; no more is read than is needed to tell that it is too many."""
    found = 0
    with package.open(name) as part:
        while found <= MOST_MARKS and (chunk := part.read(1 << 20)):
            found += chunk.count(b"<") + chunk.count(b"=")
    return found


def _merged(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The ranges of merged cells in one sheet. They stand in few bytes at its end."""
    kept = b""
    with package.open(name) as part:
        while chunk := part.read(1 << 20):
            text = kept + chunk
            for found in _MERGED.finditer(text):
                yield found[1].decode()
            kept = text[text.rfind(b"<") :] if b"<" in text else b""


def _read(book: Any) -> Workbook:
    about = next((sheet for sheet in book.worksheets if _first_cell(sheet) == MARK), None)
    if about is None:
        raise Unreadable(_("This workbook was not downloaded here. Download one and fill that in."))
    rows = [
        (str(cells[0] or ""), str(cells[1] or "")) for cells in about.iter_rows(max_row=60, max_col=2, values_only=True)
    ]
    try:
        kind, subject_id, language, form = rows[0][1].split()
        about_it = SheetKind(kind), int(subject_id), int(form)
    except ValueError as error:
        raise Unreadable(_("The hidden sheet of this workbook was changed. Download a fresh one.")) from error
    if about_it[2] != FORM or not 0 < about_it[1] < 2**31:
        raise Unreadable(_("This workbook was made by another version. Download a fresh one."))
    labels = {name: label for name, label in rows[1:] if name and label}
    data = next((sheet for sheet in book.worksheets if _heading(sheet, labels)), None)
    if data is None:
        raise Unreadable(
            _("No sheet of the workbook begins with the columns it was downloaded with: %(columns)s.",
              columns=list_and(list(labels.values())[:3]))
        )  # fmt: skip
    return Workbook(about_it[0], about_it[1], language[:20], labels, list(_lines(data, labels)))


def _first_cell(sheet: Any) -> Any:
    return next((cells[0] for cells in sheet.iter_rows(max_row=1, max_col=1, values_only=True) if cells), None)


def _heading(sheet: Any, labels: dict[str, str]) -> dict[int, str] | None:
    """Position -> column name, where the first row names every column the workbook was made with."""
    first = next(iter(sheet.iter_rows(max_row=1, max_col=60, values_only=True)), ())
    names = {label: name for name, label in labels.items()}
    found = {place: names[text] for place, cell in enumerate(first) if (text := _text(cell)) in names}
    return found if labels and set(found.values()) == set(labels) else None


def _lines(sheet: Any, labels: dict[str, str]) -> Iterator[Read]:
    heading = _heading(sheet, labels) or {}
    count = 0
    for place, row in enumerate(sheet.iter_rows(min_row=2, max_col=max(heading) + 1), start=2):
        if place > MOST_ROWS:
            raise Unreadable(_("The sheet has more than %(count)s rows.", count=MOST_ROWS))
        cells, faults = {}, {}
        for position, cell in enumerate(row):
            name = heading.get(position)
            if name is None or cell.value is None:
                continue
            if fault := _fault(cell):
                faults[name] = fault
            else:
                cells[name] = _text(cell.value)
        if not faults and not any(cells.values()):
            continue
        count += 1
        if count > MOST_LINES:
            raise Unreadable(_("The sheet has more than %(count)s filled rows. Divide it.", count=MOST_LINES))
        yield Read(place, cells, faults)


def _fault(cell: Any) -> str:
    """Why the value of a cell cannot be used; empty where it can."""
    if cell.data_type == "f":
        return _("This cell holds a formula. Put its result there, as plain text or a number.")
    if cell.data_type == "e":
        return _("This cell shows an error of the spreadsheet.")
    if isinstance(cell.value, str) and len(cell.value) > LONGEST_CELL:
        return _("This cell is too long: at most %(count)s characters.", count=LONGEST_CELL)
    return ""


def _text(value: Any) -> str:
    """The value of a cell as somebody would type it: days as 2026-09-30, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean_text(str(value)).strip()
