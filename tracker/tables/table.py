"""A table of figures as plain values: the page, the CSV file, the workbook, the print and the snapshot show the same.

Words are in the current language when a table is made; figures are numbers, days are dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | float | date | None


class Format(StrEnum):
    """What the values of a column are, for whoever prints or writes them."""

    TEXT = "text"
    COUNT = "count"  # int
    SHARE = "share"  # float from 0 to 1; None where there is nothing to divide by
    DAYS = "days"  # a number of days, int or float (a median); None where there are none
    DAY = "day"  # date


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; None: without end on that side."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Column:
    """A column; `definition` says how its figures are reckoned, where the label does not."""

    name: str
    label: str
    format: Format = Format.TEXT
    definition: str = ""


@dataclass(frozen=True)
class Row:
    """The values in the order of the columns, and the address of the list behind a value, by column."""

    values: Sequence[Value]
    links: dict[str, str] = field(default_factory=dict)  # column name -> path with query
    keys: Sequence[str] = ()  # what tells the row from others in every language: "BD", "running"


@dataclass(frozen=True)
class Table:
    """One of the twelve. `parts` are further tables under the same heading, such as reasons beside milestones."""

    key: str  # stable, in addresses and snapshots: "milestones"
    number: int  # 1 to 12
    title: str
    definition: str  # what is counted, in which period, by which date
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    parts: Sequence["Table"] = ()
