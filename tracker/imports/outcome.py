"""What an import did, or would do, row by row: plain values that outlive the transaction."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.i18n import _l


class Verdict(StrEnum):
    MADE = "made"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


VERDICT_LABELS = {
    Verdict.MADE: _l("made"),
    Verdict.CHANGED: _l("changed"),
    Verdict.UNCHANGED: _l("unchanged"),
    Verdict.REFUSED: _l("refused"),
}


class Unreadable(ValueError):
    """The file as a whole cannot be used. The sentence says why and what to do."""


class Refused(ValueError):
    """One row cannot be used: the field of the file that prevents it, and the reason in a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Remark:
    """Something to know about a row: the field of the file, and a sentence."""

    field: str
    sentence: str


@dataclass
class Line:
    """One row and what became of it. `place` counts as the file does: a CSV's header is row 1."""

    place: int
    title: str
    verdict: Verdict
    fields: list[str] = field(default_factory=list)  # what changed
    remarks: list[Remark] = field(default_factory=list)  # why refused; or what was kept, or put into the notes

    @property
    def label(self) -> str:
        return str(VERDICT_LABELS[self.verdict])


@dataclass(frozen=True)
class PartnerName:
    """A partner as a source prints it, and the record found for it: by what, or why none was."""

    place: int
    name: str
    country: str  # as printed; empty where the source gives none
    found: str = ""  # the record's name
    by: str = ""  # how it was found, in words
    reason: str = ""  # why none was found
    candidates: tuple[str, ...] = ()


@dataclass
class Outcome:
    """The whole report of one import."""

    kind: str  # "institutions" or "projects"
    lines: list[Line] = field(default_factory=list)
    names: list[PartnerName] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)  # printed themes that no theme here is called

    def count(self, verdict: Verdict) -> int:
        return sum(line.verdict is verdict for line in self.lines)

    @property
    def counts(self) -> list[tuple[Verdict, str, int]]:
        """(verdict, its word, how many rows) for each verdict."""
        return [(verdict, str(VERDICT_LABELS[verdict]), self.count(verdict)) for verdict in Verdict]

    def of(self, verdict: Verdict) -> list[Line]:
        return [line for line in self.lines if line.verdict is verdict]

    @property
    def with_remarks(self) -> list[Line]:
        """The rows that were taken, but about which there is something to know."""
        return [line for line in self.lines if line.remarks and line.verdict is not Verdict.REFUSED]

    @property
    def matched(self) -> list[PartnerName]:
        return [name for name in self.names if name.found]

    @property
    def unmatched(self) -> list[PartnerName]:
        return [name for name in self.names if not name.found]

    @property
    def found_by(self) -> list[tuple[str, int]]:
        """How many names were found in which way, the commonest first."""
        return Counter(name.by for name in self.matched).most_common()

    @property
    def fingerprint(self) -> str:
        """The same for the same result, in whatever language it is told."""
        rows = [
            (line.place, line.title, line.verdict, line.fields, [remark.field for remark in line.remarks])
            for line in self.lines
        ]
        names = [(name.place, name.name, name.found, name.candidates) for name in self.names]
        return hashlib.sha256(json.dumps([self.kind, rows, names, self.themes]).encode()).hexdigest()
