"""How close two ideas are, and why: shared words, themes and countries, each with a weight that is written here.

A word counts by how telling it is (`search.index.resembling`): from 1, where few texts hold it, to nothing, where a
fifth do. Themes and countries alone never make two ideas close.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tracker.countries import by_name
from tracker.search.words import is_pair, stems

IN_BOTH_TITLES = 2.0
ANYWHERE = 1.0  # of title and question
PAIR = 0.5  # part of a word in Chinese: four signs in a row are three pairs and about two words
THEME, MOST_THEMES = 1.0, 2
COUNTRY, MOST_COUNTRIES = 1.0, 2
ENOUGH = 4.5  # all together: one word of both titles, a theme and a country are not
ENOUGH_WORDS = 1.5  # of words alone
READ = 1_000  # characters of a question that are compared
MOST_NAMED = 4  # of what is shared, in the reason


@dataclass(frozen=True)
class Idea:
    """What is compared: title, question (Markdown), ids of themes, alpha-2 codes of the countries studied."""

    title: str = ""
    question: str = ""
    themes: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """What is searched with: the title first, as its words matter most."""
        return f"{self.title}\n{self.question[:READ]}"


@dataclass(frozen=True)
class Closeness:
    """How close another idea is: points, and what both share, words as the first one writes them."""

    points: float = 0.0
    words: list[str] = field(default_factory=list)
    themes: list[int] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)


class Comparison:
    """One idea, to be compared with many. `weights` of its words as `resembling` gives them."""

    def __init__(self, idea: Idea, weights: Mapping[str, float]) -> None:
        written = stems(idea.text)
        self._named = {stem: by_name(word) for stem, word in written.items()}
        self._written = {stem: word for stem, word in written.items() if weights.get(stem) and not self._named[stem]}
        self._weights = weights
        self._in_title = frozenset(stems(idea.title))
        self._themes = idea.themes
        # A country that the title names is studied, whether its box is filled yet or not.
        self._countries = idea.countries | {code for code in self._named.values() if code}

    def with_(self, other: Idea) -> Closeness | None:
        """How close another idea is; None where it is not close."""
        held, in_title = set(beginnings(other.text)), set(beginnings(other.title))
        shared = [stem for stem in self._written if stem in held]
        points = sum(self._points(stem, in_title) for stem in shared)
        if points < ENOUGH_WORDS:
            return None
        themes, countries = sorted(self._themes & other.themes), sorted(self._countries & other.countries)
        points += THEME * min(len(themes), MOST_THEMES) + COUNTRY * min(len(countries), MOST_COUNTRIES)
        if points < ENOUGH:
            return None
        return Closeness(points, _readable(shared, self._written), themes, countries)

    def _points(self, stem: str, in_title: set[str]) -> float:
        place = IN_BOTH_TITLES if stem in self._in_title and stem in in_title else ANYWHERE
        return place * self._weights[stem] * (PAIR if is_pair(stem) else 1)


def beginnings(text: str) -> Iterable[str]:
    """Every stem of a text, however many: what another idea's words are looked for in."""
    return stems(text, most=None)


def _readable(shared: list[str], written: Mapping[str, str]) -> list[str]:
    """The words that both share, as the first idea writes them; pairs of signs that overlap as one word again."""
    words: list[str] = []
    for stem in shared:
        word = written[stem]
        if words and is_pair(stem) and re.search("[^\\x00-\\x7f]{2}$", words[-1]) and words[-1][-1] == word[0]:
            words[-1] += word[1:]
        elif word not in words:
            words.append(word)
    return words[:MOST_NAMED]
