"""The bytes of a file as rows: strict about its form, indifferent to what the rows say."""

import csv
import io
import json
from typing import Any

from tracker.i18n import _, list_and
from tracker.imports.outcome import Refused, Unreadable
from tracker.markdown import clean_text

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 500  # of institutions …
MOST_RECORDS = 200  # … and of projects: on SQLite nobody else writes meanwhile, and they wait ten seconds at most
LONGEST_CELL = 100_000
REQUIRED = ("name", "country")


def kind_of(data: bytes) -> str:
    """ "projects" for JSON, "institutions" for anything else (CSV)."""
    return "projects" if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") else "institutions"


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises Unreadable."""
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is too large: at most %(size)s MB can be imported at once.", size=5))
    if b"\0" in data:
        raise Unreadable(_("This is not a text in UTF-8: it holds NUL bytes. Save it again as CSV or JSON, UTF-8."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(
            _("This is not a text in UTF-8: see line %(line)s. Save it again with the encoding UTF-8.", line=line)
        ) from None


def table(data: bytes) -> list[tuple[int, dict[str, str] | Refused]]:
    """The rows of a CSV as (place, cells by column). A row of another length is there as its refusal.

    A row's place is its number as a spreadsheet counts: the header is 1. Empty rows count and are left out.
    Raises Unreadable where the file is no CSV or lacks the columns `name` and `country`.
    """
    reader = csv.reader(io.StringIO(text_of(data), newline=""), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    rows: list[tuple[int, dict[str, str] | Refused]] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header)
        for place, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MOST_ROWS:
                raise Unreadable(_("The file has more than %(count)s rows. Divide it.", count=MOST_ROWS))
            rows.append((place, _row(header, cells)))
    except csv.Error as error:
        raise Unreadable(
            _("This is no proper CSV: see line %(line)s (%(reason)s).", line=reader.line_num, reason=str(error))
        ) from None
    if not rows:
        raise Unreadable(_("The file has a header but no rows."))
    return rows


def _check_header(header: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in header]:
        hint = _("Its cells are divided by semicolons; use commas.") if any(";" in cell for cell in header) else ""
        sentence = _("The first row must name the columns, among them: %(names)s.", names=list_and(missing))
        raise Unreadable(f"{sentence} {hint}".strip())
    if "" in header:
        raise Unreadable(_("Column %(number)s has no name.", number=header.index("") + 1))
    if twice := next((name for name in header if header.count(name) > 1), None):
        raise Unreadable(_("Two columns are called %(name)s.", name=twice))


def _row(header: list[str], cells: list[str]) -> dict[str, str] | Refused:
    if len(cells) != len(header):
        return Refused(
            "",
            _(
                "It has %(cells)s cells where the first row has %(columns)s columns.",
                cells=len(cells),
                columns=len(header),
            ),
        )
    return {name: clean_text(cell).strip() for name, cell in zip(header, cells, strict=True)}


def records(data: bytes) -> list[tuple[int, Any]]:
    """The elements of a JSON list as (number from 1, value). Raises Unreadable."""
    try:
        found = json.loads(text_of(data), object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable(_("This is no proper JSON: see line %(line)s.", line=error.lineno)) from None
    except RecursionError:
        raise Unreadable(_("This JSON is nested too deeply.")) from None
    except Unreadable:
        raise
    except ValueError:  # a number of thousands of digits
        raise Unreadable(_("This JSON holds a number that cannot be read.")) from None
    if not isinstance(found, list):
        raise Unreadable(_("The file must hold a list of projects: [ … ]."))
    if not found:
        raise Unreadable(_("The list is empty."))
    if len(found) > MOST_RECORDS:
        raise Unreadable(_("The file has more than %(count)s rows. Divide it.", count=MOST_RECORDS))
    return list(enumerate(found, start=1))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(_("An object of the file has “%(name)s” twice.", name=twice[:60]))
    return found


def _no_number(name: str) -> Any:
    raise Unreadable(_("%(name)s is not a number that JSON knows.", name=name))
