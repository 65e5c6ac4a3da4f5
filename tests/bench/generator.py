"""Fills an empty database with N projects and what belongs to them, in the proportions of the example network."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.bench import histories, library
from tests.bench.bulk import Bulk
from tests.bench.phrases import CITIES, SUBJECTS, Phrases
from tests.bench.questions import KNOWN
from tracker import clock, migrations
from tracker.activity.states import Rhythm
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.countries import COUNTRIES
from tracker.database import Base, db
from tracker.folding import fold
from tracker.institutions.models import (
    Affiliation,
    Contact,
    Coordinator,
    Institution,
    InstitutionLanguage,
    Membership,
    Network,
    Person,
    institution_theme,
)
from tracker.search import postgresql
from tracker.search.models import SearchEntry
from tracker.search.words import tokens
from tracker.themes.actions import STARTING_AGENDA
from tracker.themes.models import Theme, ThemeGoal

FEWEST_INSTITUTIONS, MOST_INSTITUTIONS = 340, 5_000
PROJECTS_AN_INSTITUTION = 20
PROJECTS_A_PERSON = 2  # twice as many projects as people: each works in about six


OPEN_CLAIMS = 10  # that wait for each of those who are KNOWN: all that waits for them
RHYTHMS = (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.AT_ONCE, Rhythm.ASKS)
ZONES = ("Africa/Nairobi", "America/La_Paz", "Asia/Dhaka", "Asia/Shanghai", "Europe/Madrid")


@dataclass(frozen=True)
class Claim:
    """A person said that they work somewhere, and the institution was asked."""

    affiliation: int
    person: int
    institution: int
    is_confirmed: bool


@dataclass
class Filled:
    """What there is to look at: ids of public pages, asks of a contact, what ends links, and three session keys."""

    projects: list[int] = field(default_factory=list)
    institutions: list[int] = field(default_factory=list)
    reports: list[int] = field(default_factory=list)
    themes: list[int] = field(default_factory=list)
    theme_names: dict[int, str] = field(default_factory=dict)
    seats: list[tuple[int, int]] = field(default_factory=list)  # (project, seat) of those that seek somebody
    asks: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    rows: int = 0


def fill(app: Flask, number: int, reports: int = 0) -> Filled:
    """Make the tables, `number` projects, and `reports` published reports beside theirs.

    The same numbers give the same content on any day.
    """
    migrations.upgrade(app)
    made = Filled()
    with app.app_context(), db.engine.begin() as connection:
        bulk, chance = Bulk(connection), Random(number)
        phrases = Phrases(chance)
        made.institutions = list(range(1, _institutions(number) + 1))
        people = max(number // PROJECTS_A_PERSON, 2 * 50)
        _themes(bulk, made)
        where = _places(bulk, made, phrases, chance)
        claims = _people(bulk, made, people, where)
        histories.write(bulk, made, number, people, where, claims, phrases, chance)
        known = max((subject for kind, subject, _text in phrases.searchable if kind == "report"), default=0)
        made.reports += library.write(bulk, made.institutions, made.themes, known + number, reports, phrases)
        _searchable(bulk, phrases)
        bulk.finish(Base.metadata)
        made.rows = bulk.rows
    return made


def _institutions(number: int) -> int:
    return min(max(FEWEST_INSTITUTIONS, number // PROJECTS_AN_INSTITUTION), MOST_INSTITUTIONS)


def _themes(bulk: Bulk, made: Filled) -> None:
    themes: list[dict[str, Any]] = []
    goals: list[dict[str, int]] = []
    for position, (name, served, below) in enumerate(STARTING_AGENDA):
        parent = len(themes) + 1
        themes.append({"id": parent, "parent_id": None, "name": name, "position": position})
        goals += [{"theme_id": parent, "goal": goal} for goal in served]
        for order, (child, child_goals) in enumerate(below):
            number = len(themes) + 1
            themes.append({"id": number, "parent_id": parent, "name": child, "position": order})
            goals += [{"theme_id": number, "goal": goal} for goal in child_goals]
    bulk.put(Theme, themes)
    bulk.put(ThemeGoal, goals)
    made.themes = [theme["id"] for theme in themes]
    made.theme_names = {theme["id"]: theme["name"] for theme in themes}


def _places(bulk: Bulk, made: Filled, phrases: Phrases, chance: Random) -> dict[int, str]:
    """Institutions, all of them members of one network. Returns the country of each."""
    bulk.put(Network, [{"id": 1, "name": "Bench Research Alliance", "moderates": True}])
    countries = sorted(COUNTRIES)
    common = chance.sample(countries, 12)
    rows: list[dict[str, Any]] = []
    links, themes, where = [], [], {}
    for number in made.institutions:
        country = chance.choice(common) if chance.random() < 0.6 else chance.choice(countries)
        city, subject = chance.choice(CITIES), chance.choice(SUBJECTS)
        name = f"{city} {chance.choice(('Institute', 'Centre', 'Academy'))} of {subject.title()} Studies {number}"
        acronym = "".join(word[0] for word in name.split() if word[0].isupper())
        about = chance.choice(phrases.paragraphs)
        where[number] = country
        rows.append(
            {
                "id": number,
                "name": name,
                "sort_name": fold(name),
                "native_name": chance.choice(("", "发展研究中心", "معهد السياسات", "Centro de Estudios")),
                "acronym": acronym,
                "country": country,
                "city": city,
                "latitude": None,
                "longitude": None,
                "website": f"https://i{number}.example.org/",
                "description": about[0],
                "description_html": about[1],
            }
        )
        phrases.put("institution", number, name, acronym, rows[-1]["native_name"], city)
        links += [{"institution_id": number, "language": tag} for tag in {"en", chance.choice(("fr", "es", "zh-Hans"))}]
        chosen = set(chance.sample(made.themes, 3))
        themes += [{"institution_id": number, "theme_id": theme} for theme in chosen]
    bulk.put(Institution, rows)
    bulk.put(InstitutionLanguage, links)
    bulk.put(institution_theme, themes)
    bulk.put(
        Membership,
        [{"institution_id": number, "network_id": 1, "joined_on": None, "left_on": None} for number in where],
    )
    return where


def _people(bulk: Bulk, made: Filled, number: int, where: dict[int, str]) -> list[Claim]:
    """People, spread over the institutions; two contacts of each, and two coordinators.

    Returns where they say they work. One in ten has just named a second institution, which has not confirmed it.
    """
    now, places = clock.now(), len(where)
    rows, claims = [], []
    for person in range(1, number + 1):
        name = f"{CITIES[person % len(CITIES)]} {SUBJECTS[person % len(SUBJECTS)].title()} {person}"
        rows.append(
            {
                "id": person,
                "name": name,
                "folded_name": fold(name),
                "email": f"p{person}@example.org",
                "session_key": f"bench-{person}",
                "joined_at": now,
                "seen_at": now,
                "rhythm": RHYTHMS[person % len(RHYTHMS)],
                "time_zone": ZONES[person % len(ZONES)],
            }
        )
        claims.append(Claim(person, person, (person - 1) % places + 1, is_confirmed=True))
    here = max(KNOWN) + 1
    more = [
        (here + order * OPEN_CLAIMS + each, known) for order, known in enumerate(KNOWN) for each in range(OPEN_CLAIMS)
    ]
    here += len(more)
    more += [(person, (person + 4) % places + 1) for person in range(here, number - 1, 10)]
    claims += [
        Claim(number + order, person, place, is_confirmed=False)
        for order, (person, place) in enumerate(more, start=1)
        if place not in KNOWN or person < here
    ]
    bulk.put(Person, rows)
    bulk.put(
        Affiliation,
        [
            {
                "id": claim.affiliation,
                "person_id": claim.person,
                "institution_id": claim.institution,
                "position": "Researcher",
                "starts_on": None,
                "ends_on": None,
                "confirmed_at": now - timedelta(days=400) if claim.is_confirmed else None,
            }
            for claim in claims
        ],
    )
    seats = [(place, person, 1) for place in where if (person := place) <= number]
    seats += [(place, person, 2) for place in where if (person := place + places) <= number]
    bulk.put(
        Contact,
        [{"institution_id": i, "person_id": p, "place": seat, "until": None} for i, p, seat in seats],
    )
    coordinators = (number, number - 1)
    bulk.put(Coordinator, [{"network_id": 1, "person_id": person, "until": None} for person in coordinators])
    contact, researcher = KNOWN
    made.sessions = {
        "researcher": f"bench-{researcher}",
        "contact": f"bench-{contact}",
        "coordinator": f"bench-{number}",
    }
    return claims


def _searchable(bulk: Bulk, phrases: Phrases) -> None:
    entries: list[dict[str, Any]] = [
        {"id": place, "subject_type": kind, "subject_id": number, "tokens": " ".join(found)}
        for place, (kind, number, text) in enumerate(phrases.searchable, start=1)
        if (found := tokens(text))
    ]
    bulk.put(SearchEntry, entries)
    if bulk.dialect.name != "sqlite":
        for entry in entries:
            postgresql.write(bulk.connection, entry["id"], entry["tokens"].split())


def counted(app: Flask) -> dict[str, int]:
    """How many rows the main tables have."""
    names = ("institution", "person", "project", "partner", "seat", "milestone", "progress_note", "report", "activity")
    names += ("ask", "delivery")
    with app.app_context():
        counts = {
            name: db.session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[name])) or 0
            for name in names
        }
        is_open = Ask.state == AskState.OPEN
        counts["open ask"] = db.session.scalar(sa.select(sa.func.count()).select_from(Ask).where(is_open)) or 0
        return counts


def describe(counts: dict[str, int]) -> Any:
    """The counts as a sentence."""
    return ", ".join(f"{count:,} {name.replace('_', ' ')} rows" for name, count in counts.items())
