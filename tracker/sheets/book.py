"""A workbook to be filled in: which columns, which rows, how a cell is read, and what a changed row does.

Every value has one canonical text ("2026-09", "12", "done"), which is compared, and a form for people. A hidden column
tells for each row which record it is and what each value was when the file was made, as short digests: so what its
reader changed is told from what others changed meanwhile.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tracker import workbooks
from tracker.errors import RuleBroken
from tracker.i18n import _, language
from tracker.sheets.reading import FORM, MARK
from tracker.sheets.states import SheetKind

CODE = "code"  # the hidden column


def same(text: str) -> str:
    """The text itself."""
    return text


@dataclass(frozen=True)
class Field:
    """A column. `read` makes the canonical text of what was typed, or raises ValueError with a sentence.

    What `is_locked` is only for reading, and always text. What `goes_along` is no value of the record: it is said
    with a change, as a reason is, and begins empty.
    """

    name: str
    label: str
    read: Callable[[str], str] = same
    say: Callable[[str], str] = same  # canonical -> what people read
    cell: Callable[[str], Any] | None = None  # canonical -> the value of a cell; None: as people read it
    kind: workbooks.Kind = workbooks.Kind.TEXT
    width: int = 0
    note: str = ""
    choices: Sequence[str] = ()
    is_locked: bool = False
    goes_along: bool = False


@dataclass(frozen=True)
class Line:
    """A record as it is now: canonical texts by column."""

    id: int
    title: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """What one row changes: canonical texts of what differs, and of what goes along. `id` None: a new record.

    What is `left` are the columns in which another value was saved meanwhile, and stays.
    """

    id: int | None
    values: Mapping[str, str]
    along: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


class Refused(RuleBroken):
    """A change that a rule refuses, because of one column."""

    def __init__(self, sentence: str, column: str) -> None:
        super().__init__(sentence)
        self.column = column


@dataclass(frozen=True)
class Book:
    """Everything about one kind of workbook for one subject, as somebody may fill it in.

    `apply` takes the changes of all rows in order and yields; it raises RuleBroken or Refused for one that cannot be.
    """

    kind: SheetKind
    subject_id: int
    name: str  # of the file, without its ending
    title: str  # of the sheet, and of the pages
    back: str  # the page it belongs to
    fields: Sequence[Field]
    lines: Sequence[Line]
    apply: Callable[[Change], None]
    order: Callable[[Change], Any]  # what is applied first
    words: Sequence[tuple[str, str]] = ()  # how to fill it in: name, words
    can_add: bool = False

    @property
    def compared(self) -> list[Field]:
        """The columns of which the hidden one keeps what they were."""
        return [known for known in self.fields if not known.goes_along]


def digest(text: str) -> str:
    """Six characters that tell whether a text is another one (CRC-32 of its UTF-8)."""
    return f"{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"


def code_of(book: Book, line: Line) -> str:
    """What the hidden column says of a row: "12 3f0a9c 00bb12 …"."""
    return " ".join([str(line.id), *(_digest(known, line.values.get(known.name, "")) for known in book.compared)])


def _digest(known: Field, text: str) -> str:
    return digest(known.say(text) if known.is_locked and text else text)


def bases_of(book: Book, code: str) -> tuple[int, dict[str, str]] | None:
    """The record's number and the digests by column out of the hidden column; None where it makes no sense."""
    parts = code.split()
    if len(parts) != len(book.compared) + 1 or not parts[0].isascii() or not parts[0].isdigit():
        return None
    number = int(parts[0]) if len(parts[0]) < 11 else 0
    bases = {known.name: base for known, base in zip(book.compared, parts[1:], strict=True)}
    return (number, bases) if 0 < number < 2**31 else None


def write(book: Book, target: Path | IO[bytes]) -> None:
    """Write the workbook, to be filled in and sent back."""
    columns = [
        workbooks.Column(
            known.label,
            known.kind,
            width=known.width,
            note=known.note,
            choices=known.choices,
            is_locked=known.is_locked,
        )
        for known in book.fields
    ]
    columns.append(workbooks.Column(_("Do not change"), is_locked=True, is_hidden=True))
    with workbooks.Workbook(target, title=book.title) as workbook:
        sheet = workbook.sheet(book.title, columns)
        for line in book.lines:
            sheet.row([*(_cell(known, line.values.get(known.name, "")) for known in book.fields), code_of(book, line)])
        workbook.words(_("How to fill it in"), book.words)
        marks = [(MARK, f"{book.kind} {book.subject_id} {language()} {FORM}")]
        marks += [(known.name, known.label) for known in book.fields] + [(CODE, columns[-1].label)]
        workbook.words("tracker", marks, is_hidden=True)


def _cell(known: Field, text: str) -> Any:
    if not text:
        return None
    return known.cell(text) if known.cell and not known.is_locked else known.say(text)
