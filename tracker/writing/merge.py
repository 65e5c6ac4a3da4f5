"""Two people's edits of one text, put together line by line from the text that both began with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from merge3 import Merge3

_MARKER = re.compile(r"^(?:<{7}(?: |$)|>{7}(?: |$)|={7} \S)", re.MULTILINE)  # "=======" alone underlines a heading


class Keep(StrEnum):
    """What to keep where two people changed the same lines."""

    THEIRS = "theirs"
    MINE = "mine"
    BOTH = "both"


@dataclass(frozen=True)
class Part:
    """Some lines in order: agreed, or a clash, where both changed the same ones or lines beside each other."""

    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    is_clash: bool = False

    def kept(self, keep: Keep) -> tuple[str, ...]:
        if not self.is_clash or keep is Keep.MINE:
            return self.mine
        return self.theirs if keep is Keep.THEIRS else (*self.theirs, *self.mine)


@dataclass(frozen=True)
class Merge:
    parts: tuple[Part, ...]

    @property
    def clashes(self) -> list[Part]:
        return [part for part in self.parts if part.is_clash]

    @property
    def text(self) -> str:
        """What both wrote, where they do not clash."""
        assert not self.clashes
        return self.chosen(())

    def chosen(self, keep: Sequence[Keep]) -> str:
        """The text with what was chosen for each clash, in order."""
        choices = iter(keep)
        lines = [line for part in self.parts for line in part.kept(next(choices) if part.is_clash else Keep.MINE)]
        return "\n".join(lines)

    def proposed(self, theirs: str, mine: str) -> str:
        """The text with both versions of each clash, between marks that name them."""
        lines: list[str] = []
        for part in self.parts:
            if part.is_clash:
                lines += [f"<<<<<<< {theirs}", *part.theirs, f"======= {mine}", *part.mine, ">>>>>>>"]
            else:
                lines += part.mine
        return "\n".join(lines)


def merge(base: str, theirs: str, mine: str) -> Merge:
    """Merge two edits of `base`. Where both made the same change it stands once."""
    began, there, here = (text.split("\n") for text in (base, theirs, mine))
    parts = []
    for region in Merge3(began, there, here).merge_regions():
        match region:
            case ("conflict", _, _, there_from, there_to, here_from, here_to):
                parts.append(Part(tuple(there[there_from:there_to]), tuple(here[here_from:here_to]), is_clash=True))
            case (kind, start, end):
                lines = tuple({"unchanged": began, "a": there, "same": there, "b": here}[str(kind)][start:end])
                parts.append(Part(lines, lines))
    return Merge(tuple(parts))


def has_marks(text: str) -> bool:
    """Whether the marks of a clash are still in a text."""
    return _MARKER.search(text) is not None
