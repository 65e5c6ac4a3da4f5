"""The pages that are measured, for whom, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from random import Random
from urllib.parse import quote, urlencode

from tests.bench.generator import Filled
from tests.bench.phrases import COMMON, EVERY, RARE, Phrases
from tracker.tables.build import KEYS

AGAIN = 1_000  # at most so many different pages that were read before
ROWS = 3_000  # at most so many different rows of a kind are asked for in rotation
ASK_LISTS = ("mine", "overdue", "late", "unanswered")
VISITOR = ""
_fresh = count(1)


@dataclass(frozen=True)
class Page:
    """A page, who asks for it (VISITOR or a key of Filled.sessions), and how often it is the same.

    "fresh": every request is for an address not asked for before, so that no page is kept for it. "kept": pages
    that somebody read before, with nothing changed since. "unchanged": the same by a reader who has them still.
    """

    name: str
    paths: tuple[str, ...]
    who: str = VISITOR
    how: str = "fresh"
    versus_bare: float | None = None  # the aim: this part of the bare view's rate

    @property
    def key(self) -> str:
        return f"{self.name}-{self.who or 'visitor'}-{self.how}".replace(" ", "-")

    def addresses(self) -> Iterator[str]:
        """What to ask for, without end."""
        for path in cycle(self.paths if self.how == "fresh" else self.paths[:AGAIN]):
            yield _marked(path) if self.how == "fresh" else path


def _marked(path: str) -> str:
    """The same page at an address nobody asked for: its tag is new."""
    return f"{path}{'&' if '?' in path else '?'}bench={next(_fresh)}"


def pages(made: Filled) -> list[Page]:
    """Every page of the issue, signed out and in."""
    chance = Random(7)
    projects = _some(chance, made.projects, "/projects/{}")
    institutions = _some(chance, made.institutions, "/institutions/{}")
    reports = _some(chance, made.reports, "/reports/{}")
    filtered = ("/projects?state=published", "/projects?state=running", "/projects?state=recruiting")
    of_theme = tuple(f"/projects?state=running&theme={theme}" for theme in made.themes)
    common, some = (f"/projects?q={quote(EVERY)}",), (f"/projects?q={quote(COMMON)}", f"/projects?q={quote(RARE)}")
    seats = tuple(f"/projects/{project}/seats/{seat}/candidates" for project, seat in made.seats[:ROWS])
    typed = _typed(chance, made)
    links = tuple(f"/a/{token}" for token in chance.sample(made.links, min(ROWS, len(made.links))))
    return [
        Page("home", ("/",)),
        Page("home", ("/",), "researcher"),
        Page("project list", ("/projects",)),
        Page("project list", ("/projects",), "researcher"),
        Page("project list", ("/projects",), "coordinator"),
        Page("project list, filtered", filtered),
        Page("project list, filtered", filtered, "researcher"),
        Page("project list, by theme", of_theme),
        Page("project list, by theme", of_theme, "researcher"),
        Page("project list, searched", common),
        Page("project list, searched", common, "researcher"),
        Page("project list, fewer found", some),
        Page("project list, fewer found", some, "researcher"),
        Page("radar", typed, "researcher"),
        Page("project", projects, versus_bare=1 / 4),
        Page("project", projects, "researcher"),
        Page("project", projects, "coordinator"),
        Page("project", projects, how="kept", versus_bare=1 / 4),
        Page("project", projects, how="unchanged", versus_bare=1 / 2),
        Page("institution", institutions),
        Page("institution", institutions, "researcher"),
        Page("institution list", ("/institutions",)),
        Page("report", reports, versus_bare=1 / 4),
        Page("report", reports, "researcher"),
        Page("report", reports, how="kept", versus_bare=1 / 4),
        Page("report", reports, how="unchanged", versus_bare=1 / 2),
        Page("library", ("/reports",)),
        Page("library", ("/reports",), "researcher"),
        *(Page(f"library, {name}", paths) for name, paths in _library(chance, made)),
        Page("search", (f"/search?q={quote(COMMON)}",)),
        Page("themes", ("/themes",)),
        Page("ask, by link", links),
        Page("ask", tuple(f"/asks/{ask}" for ask in made.asks), "contact"),
        Page("board", ("/board",), "coordinator"),
        *(Page(f"table, {key}", (f"/board/tables/{key}?period=all",), "coordinator") for key in KEYS),
        Page("tables, all twelve on paper", ("/board/tables/print?period=all",), "coordinator"),
        Page("story", tuple(f"{path}/story" for path in projects)),
        Page("story", tuple(f"{path}/story" for path in projects), "coordinator"),
        Page("plan", tuple(f"{path}/plan" for path in projects), "coordinator"),
        Page("board, timelines", ("/board/timelines", "/board/timelines?page=3"), "coordinator"),
        Page("board, on time", ("/board/on-time",), "coordinator"),
        *(Page(f"board, {name}", (f"/board/{name}",), "coordinator") for name in ASK_LISTS),
        Page("candidates for a seat", seats, "coordinator"),
        Page("seats I could fill", ("/seats",), "researcher"),
        Page("seats I could fill", ("/seats",), "contact"),
        Page("my work", ("/me",), "researcher"),
        Page("my work", ("/me",), "contact"),
    ]


def _library(chance: Random, made: Filled) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What readers of the library ask for."""
    yield "page 50", ("/reports?page=50",)
    yield "by theme", tuple(f"/reports?theme={theme}" for theme in made.themes)
    yield "by country", ("/reports?country=PE", "/reports?country=BD")
    yield "by language", ("/reports?language=es", "/reports?language=en")
    yield "by institution", tuple(f"/reports?institution={number}" for number in made.institutions[:100])
    yield "by goal, year and type", ("/reports?goal=6&year=2021&type=brief",)
    yield "by theme, page 50", (f"/reports?theme={made.themes[0]}&page=50",)
    yield "searched", (f"/reports?q={quote(EVERY)}",)
    yield "searched, page 50", (f"/reports?q={quote(EVERY)}&page=50",)
    yield "fewer found", (f"/reports?q={quote(COMMON)}", f"/reports?q={quote(RARE)}")
    yield "searched in the texts", (f"/reports?q={quote('provinces women income')}", "/reports?q=households")
    yield "searched and filtered", (f"/reports?q={quote(EVERY)}&country=PE&year=2021", f"/reports?q={COMMON}&goal=3")
    yield "feed", ("/feeds/reports.atom", "/feeds/reports.atom?goal=3")


def _typed(chance: Random, made: Filled) -> tuple[str, ...]:
    """What the radar is asked while somebody writes: titles as there are many, with a question and what it is about."""
    phrases = Phrases(chance)
    typed = []
    for _time in range(AGAIN):
        words = urlencode(
            {"title": phrases.title(), "question": phrases.paragraph()[0], "theme": chance.choice(made.themes)}
        )
        typed.append(f"/projects/alike?{words}&country=BD&country=PE")
    return tuple(typed)


def _some(chance: Random, ids: list[int], address: str) -> tuple[str, ...]:
    chosen = chance.sample(ids, min(ROWS, len(ids)))
    return tuple(address.format(number) for number in chosen)
