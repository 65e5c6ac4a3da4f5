"""What a coordinator narrows the board and its neighbours by, read from an address that anybody may have mangled.

filters = Filters.read(request.args, actor().coordinated_ids)
query.where(*filters.conditions())       # any query over Project
url_for("board.index", **filters.arguments())
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from tracker import countries
from tracker.database import db
from tracker.forms import number_or_none
from tracker.institutions.models import Institution, Membership
from tracker.oversight.models import HealthLine
from tracker.oversight.states import Health
from tracker.projects.models import Partner, Project, Transition, project_theme
from tracker.projects.states import TAKES_PART, Audience, ProjectState
from tracker.themes.queries import with_descendants

UNSAID = "none"  # projects of which no coordinator has said how they stand
NAMES = ("network", "theme", "place", "state", "coordinator", "health")  # the arguments of an address
FEW = 500  # projects that are named one by one
LONGEST = 20  # characters of a value that could mean something


@dataclass(frozen=True)
class Filters:
    """The projects of some networks that a coordinator wants to see; left empty, all of them.

    `among` are the ids of the networks whose projects may be seen at all. `place` is a country (alpha-2) or a region
    (M49) of the institutions that take part. `coordinator_id` is who accepted the proposal: a project keeps no other
    coordinator of its own. `health` is what a coordinator said of it last, or UNSAID.
    """

    among: frozenset[int] = field(default_factory=frozenset)
    network_id: int | None = None
    theme_id: int | None = None
    place: str = ""
    state: ProjectState | None = None
    coordinator_id: int | None = None
    health: str = ""

    @classmethod
    def read(cls, arguments: Mapping[str, str], among: Iterable[int]) -> "Filters":
        """The filters that the arguments of an address hold. What makes no sense, and a network that is not `among`
        those of the reader, is left out."""
        ids = frozenset(among)
        given = {name: str(arguments.get(name, ""))[:LONGEST] for name in NAMES}
        network_id = number_or_none(given["network"])
        place = given["place"]
        return cls(
            among=ids,
            network_id=network_id if network_id in ids else None,
            theme_id=number_or_none(given["theme"]),
            place=place if countries.is_country(place) or (countries.is_place(place) and place != "001") else "",
            state=ProjectState(given["state"]) if given["state"] in _states() else None,
            coordinator_id=number_or_none(given["coordinator"]),
            health=given["health"] if given["health"] in {*Health, UNSAID} else "",
        )

    # --- as an address --------------------------------------------------------------------------------------

    def arguments(self) -> dict[str, str]:
        """Name and value of those that are set, as an address holds them."""
        values = (self.network_id, self.theme_id, self.place, self.state, self.coordinator_id, self.health)
        return {name: str(value) for name, value in zip(NAMES, values, strict=True) if value}

    def query_string(self) -> str:
        """The part of an address after "?": "theme=3&state=running"; empty where nothing is set."""
        return urlencode(self.arguments())

    def without(self, name: str) -> dict[str, str]:
        """The arguments of an address that leaves one of them out."""
        return {known: value for known, value in self.arguments().items() if known != name}

    def only(self, **changes: Any) -> "Filters":
        """The same with other values."""
        return replace(self, **changes)

    def __bool__(self) -> bool:
        return bool(self.arguments())

    # --- as conditions --------------------------------------------------------------------------------------

    @property
    def network_ids(self) -> frozenset[int]:
        """The networks to look at."""
        return frozenset({self.network_id}) if self.network_id else self.among

    @cached_property
    def theme_ids(self) -> list[int]:
        """The theme and all below it; empty where none is chosen, [0] for one that does not exist."""
        return (with_descendants(self.theme_id) or [0]) if self.theme_id else []

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What holds for the projects to be seen, for any query over Project: the networks, and every filter.

        Drafts are their team's own, and never among them.
        """
        return [Project.network_id.in_(self.network_ids), Project.audience != Audience.TEAM, *self.narrowing()]

    def narrowing(self) -> list[sa.ColumnElement[bool]]:
        """The filters beside the network alone; empty where none is set.

        Where few projects fit, they are named: a list then begins with them instead of looking for them among all
        that is late, asked or open. Where many do, a list finds its first rows soon by the conditions themselves.
        """
        return [Project.id.in_(self._few)] if self._few is not None else self._each()

    @cached_property
    def _few(self) -> list[int] | None:
        """The ids of the projects that fit, FEW at the most; None where more do, or where no filter is set."""
        each = self._each()
        if not each:
            return None
        here = (Project.network_id.in_(self.network_ids), Project.audience != Audience.TEAM)
        ids = list(db.session.scalars(sa.select(Project.id).where(*here, *each).limit(FEW + 1)))
        return sorted(ids) if len(ids) <= FEW else None

    def _each(self) -> list[sa.ColumnElement[bool]]:
        """Each filter as a condition."""
        found: list[sa.ColumnElement[bool]] = []
        if self.state is not None:
            found.append(Project.state == self.state)
        if self.theme_id:
            found.append(
                sa.exists().where(
                    project_theme.c.project_id == Project.id, project_theme.c.theme_id.in_(self.theme_ids)
                )
            )
        if self.place:
            found.append(_takes_part_from(self.place))
        if self.coordinator_id:
            found.append(
                sa.exists().where(
                    Transition.project_id == Project.id,
                    Transition.step == "accept",
                    Transition.actor_id == self.coordinator_id,
                )
            )
        if self.health:
            found.append(_stands(self.health))
        return found

    def projects(self) -> sa.Select[int]:
        """The ids of the projects to be seen."""
        return sa.select(Project.id).where(*self.conditions())

    def institution_conditions(self) -> list[sa.ColumnElement[bool]]:
        """What holds for an institution to be seen, for any query over Institution: a member of the networks, in the
        place; under any other filter, one that takes part in such a project."""
        member = sa.exists().where(
            Membership.institution_id == Institution.id,
            Membership.network_id.in_(self.network_ids),
            Membership.left_on.is_(None),
        )
        found: list[sa.ColumnElement[bool]] = [member]
        if self.place:
            found.append(Institution.country.in_(self.countries))
        of_projects = self._without_place
        if of_projects.narrowing():
            takes_part = (
                sa.select(Partner.id)
                .join(Project, Project.id == Partner.project_id)
                .where(
                    Partner.institution_id == Institution.id,
                    Partner.commitment.in_(TAKES_PART),
                    *of_projects.conditions(),
                )
            )
            found.append(sa.exists(takes_part.correlate(Institution)))
        return found

    @cached_property
    def _without_place(self) -> "Filters":
        return self.only(place="")

    @property
    def countries(self) -> list[str]:
        """The countries of the place, in no order that matters but always the same."""
        return countries_of(self.place)


def countries_of(place: str) -> list[str]:
    """The countries of a place, alpha-2: of a region all that lie in it."""
    return sorted(countries.countries_in(place)) if place.isdigit() else [place]


def _takes_part_from(place: str) -> sa.ColumnElement[bool]:
    codes = countries_of(place)
    return sa.exists(
        sa.select(Partner.id)
        .outerjoin(Institution, Institution.id == Partner.institution_id)
        .where(
            Partner.project_id == Project.id,
            Partner.commitment.in_(TAKES_PART),
            sa.func.coalesce(Institution.country, Partner.listed_country).in_(codes),
        )
        .correlate(Project)
    )


def _stands(health: str) -> sa.ColumnElement[bool]:
    current = sa.select(HealthLine.id).where(HealthLine.project_id == Project.id, HealthLine.replaced_at.is_(None))
    if health == UNSAID:
        return ~sa.exists(current.correlate(Project))
    return sa.exists(current.where(HealthLine.health == Health(health)).correlate(Project))


def _states() -> frozenset[str]:
    """Those that a coordinator may see projects in."""
    return frozenset(ProjectState) - {ProjectState.DRAFT}
