"""Excel workbooks, written a row at a time: the memory they take does not grow with their rows.

What people wrote leaves as text, whatever it begins with: never a formula, never a link.
"""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from xlsxwriter import Workbook as Writer
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracker import clock, i18n
from tracker.dates import PartialDate
from tracker.markdown import clean_text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters; Excel's own limit
LONGEST_NAME = 31  # of a sheet, Excel's own limit
MOST_ROWS = 1_048_575  # below the header, Excel's own limit
FIRST_DAY = date(1900, 3, 1)  # earlier days are text: Excel counts a 29 February 1900
AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 60  # characters


class Kind(StrEnum):
    """How the numbers of a column are shown. What a cell is follows from its value alone."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"  # one decimal
    SHARE = "share"  # 0 to 1, shown as a percentage
    DAY = "day"


NUMBER_FORMATS = {Kind.WHOLE: "#,##0", Kind.NUMBER: "#,##0.0", Kind.SHARE: "0.0%", Kind.DAY: "yyyy-mm-dd"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet; `label` is its heading, `note` a comment on it.

    `width` is in characters; 0: from the kind and the label. `choices` make a list to choose from. What is
    `is_locked` is not written over in a sheet that is protected; what is hidden is for the program that reads it back.
    """

    label: str
    kind: Kind = Kind.TEXT
    width: int = 0
    note: str = ""
    choices: Sequence[str] = ()
    is_locked: bool = False
    is_hidden: bool = False
    wraps: bool = False


class Workbook:
    """A workbook in the direction of the language spoken now; whole when the block ends, not there if it fails.

        with Workbook(path) as book:
            sheet = book.sheet("Projects", [Column("Title", width=40), Column("Start", Kind.DAY)])
            sheet.row(["Jobs", date(2026, 1, 1)])

    Sheets are written one after the other, each from its first row down.
    """

    def __init__(self, target: Path | IO[bytes], *, title: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="workbook")
        self._writer = Writer(
            str(target) if isinstance(target, Path) else target,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._writer.set_properties({"title": clean_text(title), "created": clock.now().replace(tzinfo=None)})
        self._target = target
        self._formats: dict[tuple[Any, ...], Format] = {}
        self._names: set[str] = set()
        self._sheets: list[Sheet] = []
        self._lists: list[Sequence[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for sheet in self._sheets:
                    sheet.filter()
                self._write_lists()
                self._writer.close()
            else:
                self._give_up()
        finally:
            self._folder.cleanup()

    def sheet(self, name: str, columns: Sequence[Column], *, protect: bool = False) -> "Sheet":
        """A new sheet with its headings in the first row, which stays in view, and filters below them.

        `name` is made to fit: 31 characters, none that Excel forbids, unlike the others. `protect`: cells of locked
        columns cannot be changed by accident (there is no password).
        """
        sheet = self._writer.add_worksheet(self._free_name(name))
        if i18n.direction() == "rtl":
            sheet.right_to_left()
        if protect:
            sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
        self._sheets.append(Sheet(self, sheet, columns, protect))
        return self._sheets[-1]

    def words(self, name: str, rows: Iterable[tuple[str, str]], *, is_hidden: bool = False) -> None:
        """A sheet of names and words beside them, such as what the others mean. A row without words is a heading."""
        sheet = self._writer.add_worksheet(self._free_name(name))
        if is_hidden:
            sheet.hide()
        if i18n.direction() == "rtl":
            sheet.right_to_left()
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.hide_gridlines(2)
        for number, (label, words) in enumerate(rows):
            _write(sheet, number, 0, label, self.format(bold=True, wraps=True), self.format(bold=True, quoted=True))
            _write(sheet, number, 1, words, self.format(wraps=True), self.format(wraps=True, quoted=True))

    def format(
        self,
        kind: Kind = Kind.TEXT,
        *,
        bold: bool = False,
        wraps: bool = False,
        quoted: bool = False,
        header: bool = False,
        locked: bool = True,
        above: bool = False,
    ) -> Format:
        """The look of a cell, made once for each that is asked for. `above`: with a line over it, as a total has."""
        key = (kind, bold, wraps, quoted, header, locked, above)
        if key not in self._formats:
            look: dict[str, Any] = {"valign": "top", "bold": bold or header, "text_wrap": wraps or header}
            look |= {"num_format": NUMBER_FORMATS[kind]} if kind in NUMBER_FORMATS else {}
            look |= {"bottom": 2, "bg_color": "#E3EFF0", "valign": "bottom"} if header else {}
            look |= {"top": 1} if above else {}
            look |= {} if locked else {"locked": False}
            look |= {"quote_prefix": True} if quoted else {}
            self._formats[key] = self._writer.add_format(look)
        return self._formats[key]

    def listed(self, choices: Sequence[str]) -> str:
        """Where a list to choose from will stand, as a formula of Excel: on a hidden sheet, written at the end."""
        if not self._lists:
            self._list_name = self._free_name("lists")
        self._lists.append(choices)
        letter = xl_col_to_name(len(self._lists) - 1)
        return f"='{self._list_name}'!${letter}$1:${letter}${len(choices)}"

    def _write_lists(self) -> None:
        if not self._lists:
            return
        sheet = self._writer.add_worksheet(self._list_name)
        sheet.hide()
        for row in range(max(map(len, self._lists))):  # a row at a time: what is written does not stay
            for place, choices in enumerate(self._lists):
                if row < len(choices):
                    _write(sheet, row, place, choices[row], self.format(), self.format(quoted=True))

    def _free_name(self, name: str) -> str:
        plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in clean_text(name))
        plain = " ".join(plain.split()).strip("' ") or i18n._("Sheet")
        free, number = plain[:LONGEST_NAME].strip("' "), 2
        while free.casefold() in self._names or free.casefold() == "history":  # Excel keeps that name for itself
            ending = f" {number}"
            free, number = plain[: LONGEST_NAME - len(ending)].strip("' ") + ending, number + 1
        self._names.add(free.casefold())
        return free

    def _give_up(self) -> None:
        for sheet in self._writer.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()
        self._writer.fileclosed = True
        if isinstance(self._target, Path):
            self._target.unlink(missing_ok=True)


class Sheet:
    """A sheet under its headings. Rows are written from the top; what is written does not stay in memory."""

    def __init__(self, book: Workbook, sheet: Worksheet, columns: Sequence[Column], protected: bool) -> None:
        self.book, self.columns, self.rows = book, list(columns), 0
        self._listed = 0
        self._sheet, self._protected = sheet, protected
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, _width(column), self._format(column), {"hidden": column.is_hidden})
        for place, column in enumerate(self.columns):
            _write(sheet, 0, place, column.label, book.format(header=True), book.format(header=True, quoted=True))
            if column.note:
                sheet.write_comment(0, place, clean_text(column.note)[:LONGEST_CELL], {"x_scale": 2.2, "y_scale": 1.6})
            if column.choices:
                self._offer(place, column.choices)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def row(self, values: Sequence[Any]) -> None:
        """One row, in the order of the columns. Raises ValueError beyond what a sheet of Excel holds."""
        self._row(values)
        self._listed = self.rows

    def total(self, values: Sequence[Any]) -> None:
        """A row that sums up, set apart; filters leave it out."""
        self._row(values, bold=True, above=True)

    def _row(self, values: Sequence[Any], **look: bool) -> None:
        if self.rows >= MOST_ROWS:
            raise ValueError("a sheet of Excel holds no more rows")
        self.rows += 1
        for place, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            plain, quoted = self._format(column, value, **look), self._format(column, value, quoted=True, **look)
            _write(self._sheet, self.rows, place, value, plain, quoted)

    def _format(self, column: Column, value: Any = None, **look: bool) -> Format:
        """Of a cell. A number in a column of texts is shown as it is; a text in a column of numbers too."""
        kind = column.kind
        if isinstance(value, str):
            kind = Kind.TEXT
        locked = column.is_locked or not self._protected
        return self.book.format(kind, wraps=column.wraps, locked=locked, **look)

    def filter(self) -> None:
        """Set the filters over the rows there are, but for totals."""
        if self.columns:
            self._sheet.autofilter(0, 0, max(self._listed, 1), len(self.columns) - 1)

    def _offer(self, place: int, choices: Sequence[str]) -> None:
        # A list in the rule itself may have 255 characters, and no commas in its entries.
        is_short = len(",".join(choices)) <= 255 and not any("," in choice for choice in choices)
        source = list(choices) if is_short else self.book.listed(choices)
        offered = {"validate": "list", "source": source, "ignore_blank": True, "error_type": "warning"}
        self._sheet.data_validation(1, place, MOST_ROWS, place, offered)


def _write(sheet: Worksheet, row: int, place: int, value: Any, plain: Format, quoted: Format) -> None:
    """One cell: numbers and days as such, everything else as text."""
    if isinstance(value, PartialDate):
        value = value.first_day if value.precision == "day" else str(value)
    if value is None or value == "":
        sheet.write_blank(row, place, None, plain)
    elif isinstance(value, bool | datetime):
        raise TypeError(f"{value!r} is neither a text, a number nor a day")
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, plain)
    elif isinstance(value, date) and value >= FIRST_DAY:
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), plain)  # noqa: DTZ001  # a day
    else:
        text = clean_text(str(value))[:LONGEST_CELL]
        # The mark before it is Excel's own "this is text"; without it, who edits the cell would make it a formula.
        sheet.write_string(row, place, text, quoted if text.startswith(AS_FORMULA) else plain)


def _width(column: Column) -> int:
    if column.width:
        return column.width
    least = {Kind.TEXT: 24, Kind.DAY: 12}.get(column.kind, 10)
    return min(max(least, -(-len(column.label) // 2) + 4), WIDEST)
