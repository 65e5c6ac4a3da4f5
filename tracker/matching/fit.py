"""How well an institution fits what a project looks for: one set of criteria, read in both directions.

Each criterion gives a level, a whole number from 0 (nothing). A level is worth what WEIGHTS says, and the sum is the
score: the database orders by it, and `score` here says the same of the levels it gives back. The weights in words, and
why they are so, stand on the pages under "How this order is made" (templates/matching/_how.html).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tracker import countries
from tracker.i18n import official_languages

# What each level is worth, from 0 on; a higher level is worth what the last one is. The place counts most: a country
# study is done by who is there. Then what both work on, then the language; the rest orders those who are equal.
WEIGHTS: dict[str, tuple[int, ...]] = {
    "place": (0, 8, 40),  # 1: in the same small region as a country asked for; 2: in a country or region asked for
    "elsewhere": (0, -20),  # a place is asked for, and it lies in another part of the world
    "themes": (0, 15, 25),  # how many themes they share: two or more are worth the same
    "words": (0, 10, 15),  # how many telling words of what is looked for stand in its name
    "language": (0, 4, 12),  # 1: official where it is; 2: it works in the language
    "together": (0, 6),  # worked with a partner of the project, in a project that everybody may read
    "finished": (0, 4),  # a joint project of its was published here
    "newcomer": (0, 3),  # takes part in no project yet
    "checked": (0, 2),  # its record was confirmed within a year
}
FITS = 27  # from here on somebody is told: the place alone, or a theme and the language
TELLING = {"place": 2, "themes": 1, "words": 1}  # and one of these levels at least: many small things make no fit
WORLD = "001"
RARE = 20  # a word counts where at most one institution in so many has it in its name …
RARE_ANYWAY = 3  # … or at most so many have


@dataclass(frozen=True)
class Wanted:
    """What a seat looks for; or a project, where it has no seats."""

    project_id: int
    places: tuple[str, ...] = ()  # alpha-2 codes and M49 regions; none: anywhere
    language: str = ""  # empty: any
    theme_ids: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()  # stems that are rare enough to tell anything …
    written: tuple[str, ...] = ()  # … each as it is written there
    partner_ids: frozenset[int] = frozenset()  # the institutions that take part

    @property
    def here(self) -> frozenset[str]:
        """The countries asked for: those named, and all of the regions named. None where anywhere will do."""
        if WORLD in self.places:
            return frozenset()
        named = {place for place in self.places if countries.is_country(place)}
        return frozenset(named.union(*(countries.countries_in(place) for place in self.places if place not in named)))

    @property
    def near(self) -> frozenset[str]:
        """The countries in the same small region as one that is named, but for those asked for."""
        around = [countries.regions_around(place) for place in self.places if countries.is_country(place)]
        close = (countries.countries_in(regions[0]) for regions in around if regions)
        return frozenset[str]().union(*close) - self.here

    @property
    def speaking(self) -> frozenset[str]:
        """The countries where the language is official."""
        return countries_speaking(self.language) if self.language else frozenset()


@dataclass(frozen=True)
class Offered:
    """What an institution brings."""

    institution_id: int
    name: str
    country: str
    languages: frozenset[str] = frozenset()
    theme_ids: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()  # as of Wanted: of its names
    written: tuple[str, ...] = ()
    finished: int = 0  # how many published projects it took part in
    is_newcomer: bool = False
    is_checked: bool = False

    @property
    def here(self) -> frozenset[str]:
        """What a seat may name that asks for its country: the country itself, and the regions around it."""
        return frozenset({self.country, *countries.regions_around(self.country)})

    @property
    def near(self) -> frozenset[str]:
        """The other countries in its small region."""
        around = countries.regions_around(self.country)
        return (countries.countries_in(around[0]) if around else frozenset()) - {self.country}

    @property
    def official(self) -> frozenset[str]:
        """The languages that are official in its country."""
        return official_languages(self.country)


@lru_cache(maxsize=256)
def countries_speaking(language: str) -> frozenset[str]:
    """The countries (alpha-2) where a language (BCP 47) is official."""
    return frozenset(country for country in countries.COUNTRIES if language in official_languages(country))


def telling(counts: Mapping[str, int], institutions: int) -> list[str]:
    """The words that tell something, the rarest first; `counts` says in how many names each stands.

    Of two hundred institutes for economic policy, neither word tells one from another.
    """
    most = max(RARE_ANYWAY, institutions // RARE)
    return sorted((word for word, count in counts.items() if 0 < count <= most), key=lambda word: (counts[word], word))


def level(*steps: Any) -> sa.ColumnElement[int]:
    """The level as SQL: the first condition that holds gives the highest one, and so on down to 1; else 0."""
    numbers = range(len(steps), 0, -1)
    return sa.case(*zip(steps, numbers, strict=True), else_=0)


def scored(levels: Any) -> sa.ColumnElement[int]:
    """The score as SQL, from the columns of the levels by name."""
    return sum(
        (
            sa.case(*((levels[name] >= at, worth[at]) for at in range(len(worth) - 1, 0, -1)), else_=0)
            for name, worth in WEIGHTS.items()
            if name in levels
        ),
        start=sa.literal_column("0"),
    )


def score(levels: Mapping[str, int]) -> int:
    """The score of these levels; one that is left out is 0."""
    return sum(worth[min(levels.get(name, 0), len(worth) - 1)] for name, worth in WEIGHTS.items())


def fits(levels: Mapping[str, int]) -> bool:
    """Whether it is worth telling somebody."""
    return score(levels) >= FITS and any(levels.get(name, 0) >= least for name, least in TELLING.items())


def fitting(columns: Any) -> sa.ColumnElement[bool]:
    """The same as SQL, from the columns of the levels and of the `score`."""
    return sa.and_(columns.score >= FITS, sa.or_(*(columns[name] >= least for name, least in TELLING.items())))


def marked(which: int, written: Iterable[str]) -> list[str]:
    """The words that a sum of 1, 2, 4 … stands for (see `tracker.search.index.sharing`)."""
    return [word for place, word in enumerate(written) if which >> place & 1]
