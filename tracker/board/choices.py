"""What the form of the filters offers, and what those that are set are called."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from tracker import countries
from tracker.board.filters import UNSAID, Filters
from tracker.database import db
from tracker.folding import fold
from tracker.i18n import _, country_name
from tracker.institutions.models import Coordinator, Institution, Membership, Network, Person
from tracker.oversight.states import HEALTH_LABELS
from tracker.projects.states import STATE_LABELS, ProjectState
from tracker.themes import queries as theme_queries
from tracker.themes.models import Theme

Choices = list[tuple[str, str]]  # value and words


@dataclass(frozen=True)
class Offered:
    """What each filter can be set to; a filter with one choice at the most is not worth a field."""

    networks: Choices
    themes: Choices
    places: Choices
    states: Choices
    coordinators: Choices
    health: Choices


def offered(filters: Filters) -> Offered:
    """The choices of the form, for whoever sees the networks the filters are `among`. Five queries at the most."""
    return Offered(
        networks=_networks(filters.among),
        themes=[(str(theme_id), name) for theme_id, name in theme_queries.choices(keep=_kept(filters.theme_id))],
        places=_places(filters),
        states=[(state.value, str(label)) for state, label in STATE_LABELS.items() if state is not ProjectState.DRAFT],
        coordinators=_coordinators(filters),
        health=[*((known.value, str(label)) for known, label in HEALTH_LABELS.items()), (UNSAID, _("not said yet"))],
    )


def chosen(filters: Filters, choices: Offered) -> list[tuple[str, str]]:
    """(argument, words) of each filter that is set, as "Theme: Water". One query where a form does not offer it."""
    named = {
        "network": (_("Network: %(name)s"), choices.networks),
        "theme": (_("Theme: %(name)s"), choices.themes),
        "place": (_("Partners from: %(name)s"), choices.places),
        "state": (_("State: %(name)s"), choices.states),
        "coordinator": (_("Accepted by: %(name)s"), choices.coordinators),
        "health": (_("Standing: %(name)s"), choices.health),
    }
    found = []
    for name, value in filters.arguments().items():
        words, known = named[name]
        label = dict(known).get(value) or _else_called(name, value)
        found.append((name, words % {"name": label.strip()}))
    return found


def _else_called(name: str, value: str) -> str:
    if name == "place":
        return country_name(value)
    model = {"theme": Theme, "coordinator": Person, "network": Network}.get(name)
    row = db.session.get(model, int(value)) if model is not None else None
    return row.name if row is not None else _("unknown")  # type: ignore[attr-defined]


def _kept(theme_id: int | None) -> Iterable[int]:
    return [theme_id] if theme_id else []


def _networks(ids: Iterable[int]) -> Choices:
    rows = db.session.execute(
        sa.select(Network.id, Network.name).where(Network.id.in_(list(ids))).order_by(Network.name)
    )
    return [(str(row.id), row.name) for row in rows]


def _coordinators(filters: Filters) -> Choices:
    """Who coordinates the networks now, by name."""
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Person.folded_name)
        .where(
            Person.id.in_(
                sa.select(Coordinator.person_id).where(
                    Coordinator.network_id.in_(list(filters.among)), Coordinator.until.is_(None)
                )
            )
        )
        .order_by(Person.folded_name, Person.id)
    )
    return [(str(row.id), row.name) for row in rows]


def _places(filters: Filters) -> Choices:
    """The regions and the countries of the networks' members, each by name: no others can have a project."""
    here = sa.select(Membership.institution_id).where(
        Membership.network_id.in_(list(filters.among)), Membership.left_on.is_(None)
    )
    codes = set(db.session.scalars(sa.select(Institution.country).where(Institution.id.in_(here)).distinct()))
    around = {region for code in codes for region in countries.regions_around(code)}
    named = sorted(((code, country_name(code)) for code in around), key=lambda each: fold(each[1]))
    known = sorted(((code, country_name(code)) for code in codes if code), key=lambda each: fold(each[1]))
    return [*named, *known]
