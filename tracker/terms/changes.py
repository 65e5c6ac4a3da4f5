"""What changed between two versions of terms, word by word.

Texts are compared line by line, then sentence by sentence, then by words; scripts that set no spaces between words
by characters. Texts that have next to nothing in common are shown whole, the old one and the new one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from tracker.terms.models import Terms
from tracker.terms.parts import Part, paired

MOST_COMPARED = 1_000_000  # pairs of words of two versions; what lies beyond is shown whole
AROUND = 160  # characters that stay on either side of a change
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES = re.compile(r"(?<=[.!?…؟۔।]\s)|(?<=[。！？；])")
_WITHOUT_SPACES = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u0f00", "\u109f"),  # Tibetan, Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u31ff"),  # radicals, kana, bopomofo
    ("\u3400", "\u9fff"),  # Han
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


class Fate(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"  # much that stayed the same


@dataclass(frozen=True)
class Piece:
    """Some words, and what became of them."""

    fate: Fate
    text: str


@dataclass(frozen=True)
class Change:
    """A part that differs: what it says now, or said last, and the pieces of its value and of its words."""

    part: Part
    fate: Fate  # the whole part was added or removed; SAME: it was there before and after
    said: list[Piece]
    words: list[Piece]


def changes(before: Terms, after: Terms) -> list[Change]:
    """The parts that differ between two versions, the older one first."""
    budget = [MOST_COMPARED]
    found = []
    for was, now in paired(before, after):
        shown = now or was
        assert shown is not None
        fate = Fate.SAME if was and now else (Fate.ADDED if now else Fate.REMOVED)
        said = _whole(was.said if was else "", now.said if now else "")
        words = shortened(compare(was.words if was else "", now.words if now else "", budget))
        found.append(Change(shown, fate, said, words))
    return found


def compare(old: str, new: str, budget: list[int] | None = None) -> list[Piece]:
    """Two texts as one, in pieces: without what was added it is the old one, without what was removed the new one.

    `budget` holds how many pairs of words may still be compared, and is drawn upon.
    """
    budget = [MOST_COMPARED] if budget is None else budget
    return _merged(list(_by_lines(old, new, budget)))


def words_in(text: str) -> list[str]:
    """A text in words, spaces and marks; joined they are the text. Letters keep the signs that belong to them."""
    tokens: list[str] = []
    kind = ""
    for character in text:
        if tokens and unicodedata.category(character).startswith("M"):
            tokens[-1] += character
            continue
        before, kind = kind, _kind(character)
        if kind == before and kind in ("word", "space"):
            tokens[-1] += character
        else:
            tokens.append(character)
    return tokens


def _kind(character: str) -> str:
    if any(first <= character <= last for first, last in _WITHOUT_SPACES):
        return "character"
    if character.isspace():
        return "space"
    return "word" if character.isalnum() or character in "_\u200c\u200d" else "mark"


def _whole(old: str, new: str) -> list[Piece]:
    if old == new:
        return [Piece(Fate.SAME, new)] if new else []
    return [Piece(fate, text) for fate, text in ((Fate.REMOVED, old), (Fate.ADDED, new)) if text]


def _by_lines(old: str, new: str, budget: list[int]) -> Iterator[Piece]:
    for was, now in _blocks(_LINES.findall(old), _LINES.findall(new)):
        if was == now:
            yield Piece(Fate.SAME, now)
        else:
            yield from _by_sentences(was, now, budget)


def _by_sentences(old: str, new: str, budget: list[int]) -> Iterator[Piece]:
    for was, now in _blocks(_SENTENCES.split(old), _SENTENCES.split(new)):
        if was == now:
            yield Piece(Fate.SAME, now)
        else:
            yield from _by_words(words_in(was), words_in(now), budget)


def _by_words(old: list[str], new: list[str], budget: list[int]) -> Iterator[Piece]:
    budget[0] -= len(old) * len(new)
    if budget[0] < 0:
        yield from _whole("".join(old), "".join(new))
        return
    for was, now in _blocks(old, new):
        yield from _whole(was, now)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands in one text and in the other, in turn: the same, or not."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    yield "".join(old[:head]), "".join(new[:head])
    was, now = old[head : len(old) - tail], new[head : len(new) - tail]
    for _tag, first, last, begin, end in SequenceMatcher(None, was, now).get_opcodes():
        yield "".join(was[first:last]), "".join(now[begin:end])
    yield "".join(old[len(old) - tail :]), "".join(new[len(new) - tail :])


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Without empty pieces; a lone space or comma between two changes belongs to both; removed before added."""
    pieces = [piece for piece in pieces if piece.text]
    joined: list[Piece] = []
    for number, piece in enumerate(pieces):
        inner = 0 < number < len(pieces) - 1 and piece.fate is Fate.SAME and "\n" not in piece.text
        if inner and not any(character.isalnum() for character in piece.text):
            joined += [replace(piece, fate=Fate.REMOVED), replace(piece, fate=Fate.ADDED)]
        else:
            joined.append(piece)
    merged = []
    for is_same, group in groupby(joined, key=lambda piece: piece.fate is Fate.SAME):
        run = list(group)
        for fate in (Fate.SAME,) if is_same else (Fate.REMOVED, Fate.ADDED):
            if text := "".join(piece.text for piece in run if piece.fate is fate):
                merged.append(Piece(fate, text))
    return merged


def shortened(pieces: list[Piece]) -> list[Piece]:
    """Without most of what stayed the same."""
    short: list[Piece] = []
    for number, piece in enumerate(pieces):
        is_first, is_last = number == 0, number == len(pieces) - 1
        if piece.fate is not Fate.SAME or len(piece.text) <= 3 * AROUND:
            short.append(piece)
            continue
        head = "" if is_first else _cut(piece.text[:AROUND], from_end=False)
        tail = "" if is_last else _cut(piece.text[-AROUND:], from_end=True)
        parts = (Piece(Fate.SAME, head), Piece(Fate.LEFT_OUT, " … "), Piece(Fate.SAME, tail))
        short += [part for part in parts if part.text]
    return short


def _cut(text: str, *, from_end: bool) -> str:
    """Not in the middle of a word."""
    words = words_in(text)
    return "".join(words[1:] if from_end else words[:-1])
