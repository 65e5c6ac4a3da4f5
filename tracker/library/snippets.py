"""Where the words that somebody looked for stand: a short piece of a text with the words marked in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.folding import fold
from tracker.search.words import is_unspaced, terms

AROUND = 110  # letters before and behind the first word found
WINDOW = 4_000  # letters of a long text that are looked at in one go
MOST_WINDOWS = 100
ENOUGH_WINDOWS = 5  # where some of the words were found
MOST_PLACES = 40  # of one window

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640]+[^\W_]*)*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Piece:
    """Words around a find: safe HTML in which each word found is in <mark>, and how many different ones there are."""

    html: Markup
    found: int


class Wanted:
    """The words of a question, to be marked in texts in any script."""

    def __init__(self, question: str) -> None:
        asked = terms(question)
        self.runs: list[str] = []
        self.words: list[tuple[str, bool]] = []
        for tokens, begins in asked:
            if is_unspaced(tokens[0]):
                self.runs.append("".join(token[0] for token in tokens) + tokens[-1][1:])
            else:
                self.words.append((tokens[0], begins))
        self.runs.sort(key=len, reverse=True)

    def __len__(self) -> int:
        return len(self.runs) + len(self.words)

    def places(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, which word) of each word found in a text, in its order."""
        found = []
        for match in _WORD.finditer(text):
            folded = fold(match[0])
            if which := self._word(folded):
                found.append((match.start(), match.end(), which))
                continue
            found += self._parts(match[0], folded, match.start())
        return found

    def _word(self, folded: str) -> str:
        for word, begins in self.words:
            for way in _without_article(folded):
                if way.startswith(word) if begins else way == word:
                    return word
        return ""

    def _parts(self, written: str, folded: str, start: int) -> Iterable[tuple[int, int, str]]:
        """Finds within a run of Chinese, which folding leaves as long as it is."""
        if not self.runs or len(written) != len(folded):
            return []
        found, place = [], 0
        while place < len(folded):
            run = next((run for run in self.runs if folded.startswith(run, place)), None)
            if run:
                found.append((start + place, start + place + len(run), run))
            place += len(run) if run else 1
        return found


def _without_article(folded: str) -> Iterable[str]:
    """As the index keeps an Arabic word: without the article, also where a letter stands before it."""
    yield folded
    for article in ("ال", "وال", "فال", "بال", "كال", "لل"):
        if folded.startswith(article) and len(folded) > len(article) + 1:
            yield folded[len(article) :]


def piece(text: str, wanted: Wanted, length: int = 2 * AROUND) -> Piece | None:
    """The piece of a text that holds the most of the words; None where none stands in it."""
    best: tuple[int, int] | None = None  # how many different words, and where the first of them stands
    for begin in range(0, min(len(text), WINDOW * MOST_WINDOWS), WINDOW):
        places = wanted.places(text[begin : begin + WINDOW + length])[:MOST_PLACES]
        for start, _end, _which in places:
            near = {which for at, _to, which in places if start <= at < start + length}
            if best is None or len(near) > best[0]:
                best = (len(near), begin + start)
        if best is not None and (best[0] == len(wanted) or begin > WINDOW * ENOUGH_WINDOWS):
            break
    if best is None:
        return None
    count, start = best
    left = max(0, start - AROUND)
    right = min(len(text), start + length)
    if left:  # whole words only, but for scripts without spaces
        space = _SPACE.search(text, left, start)
        left = space.end() if space else left
    if right < len(text):
        spaces = [match.start() for match in _SPACE.finditer(text, start, right)]
        right = spaces[-1] if spaces and spaces[-1] > start + AROUND // 2 else right
    return Piece(
        Markup("{}{}{}").format(
            "… " if left else "", marked(text[left:right], wanted), " …" if right < len(text) else ""
        ),
        count,
    )


def marked(text: str, wanted: Wanted) -> Markup:
    """A text as HTML with the words found in <mark>."""
    parts, at = [], 0
    for start, end, _which in wanted.places(text):
        parts += [escape(_SPACE.sub(" ", text[at:start])), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(_SPACE.sub(" ", text[at:]))])
