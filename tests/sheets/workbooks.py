"""Workbooks as people fill them in: downloaded, changed with another library, sent back."""

import io
from typing import Any

import openpyxl


class Filled:
    """A workbook that somebody has open: cells by the heading of their column and the number of their row."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book.worksheets[0]

    @property
    def headings(self) -> list[str]:
        return [cell.value for cell in self.sheet[1]]

    def column(self, heading: str) -> int:
        return self.headings.index(heading) + 1

    def row(self, text: str) -> int:
        """The number of the row that holds a text."""
        return next(row[0].row for row in self.sheet.iter_rows() if text in [cell.value for cell in row])

    def put(self, row: int | str, **cells: Any) -> "Filled":
        """put("Draft", Date="2026-09"): the underscore stands for a space."""
        number = self.row(row) if isinstance(row, str) else row
        for heading, value in cells.items():
            self.sheet.cell(number, self.column(heading.replace("_", " ")), value)
        return self

    def add(self, **cells: Any) -> "Filled":
        """A new row below the last."""
        return self.put(self.sheet.max_row + 1, **cells)

    def data(self) -> bytes:
        target = io.BytesIO()
        self.book.save(target)
        return target.getvalue()


def upload(browser: Any, path: str, data: bytes, name: str = "plan.xlsx") -> Any:
    """Send a file on a page; the answer."""
    return browser.submit(path, upload=(io.BytesIO(data), name))
