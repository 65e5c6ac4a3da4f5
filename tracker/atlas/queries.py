from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import member_ids
from tracker.projects.models import Partner, Project
from tracker.projects.permissions import visible_to
from tracker.projects.queries import ON_THE_DOOR
from tracker.projects.states import TAKES_PART
from tracker.seats.models import Seat
from tracker.seats.queries import fillings_of

ON_A_PAGE = (*ON_THE_DOOR, joinedload(Project.network))
STRONGEST = 100  # pairs of institutions with the most joint projects
CELLS_A_DEGREE = 2  # members are counted in squares of half a degree, before anything is drawn


@dataclass(frozen=True)
class Crowd:
    """How many members stand in one small square, or in a country without more being known.

    `latitude` and `longitude` are the middle of theirs, in degrees. `country` is empty where they are of several.
    """

    count: int
    country: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Place:
    """An institution as far as the map and its list show it."""

    id: int
    name: str
    country: str
    latitude: float | None
    longitude: float | None

    @property
    def path(self) -> str:
        return f"/institutions/{self.id}"


def crowds(network_id: int) -> list[Crowd]:
    """Where a network's members are, counted by the database: as many rows as places, not as members."""
    located = Institution.latitude.is_not(None) & Institution.longitude.is_not(None)
    squares = (
        sa.select(
            Institution.country,
            sa.case((located, Institution.latitude)).label("latitude"),
            sa.case((located, Institution.longitude)).label("longitude"),
            sa.case((located, sa.func.round(Institution.latitude * CELLS_A_DEGREE))).label("row"),
            sa.case((located, sa.func.round(Institution.longitude * CELLS_A_DEGREE))).label("column"),
            sa.case((located, ""), else_=Institution.country).label("elsewhere"),
        )
        .where(Institution.id.in_(member_ids(network_id)))
        .subquery()
    )
    rows = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.min(squares.c.country),
            sa.func.max(squares.c.country),
            sa.func.avg(squares.c.latitude),
            sa.func.avg(squares.c.longitude),
        ).group_by(squares.c.row, squares.c.column, squares.c.elsewhere)
    )
    return [Crowd(count, low if low == high else "", north, east) for count, low, high, north, east in rows]


def joint_pairs(network_id: int, actor: Person | None) -> list[tuple[Place, Place, int]]:
    """The STRONGEST pairs of members by the number of projects both take part in, as far as `actor` sees them."""
    part = (
        sa.select(Partner.project_id, Partner.institution_id)
        .join(Partner.project)
        .where(Partner.commitment.in_(TAKES_PART), Partner.institution_id.in_(member_ids(network_id)))
        .where(visible_to(actor))
        .cte()
    )
    one, other = part.alias(), part.alias()
    together = sa.func.count().label("together")
    rows = db.session.execute(
        sa.select(one.c.institution_id, other.c.institution_id, together)
        .join(other, (one.c.project_id == other.c.project_id) & (one.c.institution_id < other.c.institution_id))
        .group_by(one.c.institution_id, other.c.institution_id)
        .order_by(together.desc(), one.c.institution_id, other.c.institution_id)
        .limit(STRONGEST)
    ).all()
    known = _places({row[0] for row in rows} | {row[1] for row in rows})
    return [(known[first], known[second], count) for first, second, count in rows]


def joint_projects(institution_ids: Iterable[int], actor: Person | None) -> dict[int, int]:
    """How many projects each institution takes part in, as far as `actor` sees them."""
    rows = db.session.execute(
        sa.select(Partner.institution_id, sa.func.count())
        .join(Partner.project)
        .where(Partner.institution_id.in_(list(institution_ids)), Partner.commitment.in_(TAKES_PART))
        .where(visible_to(actor))
        .group_by(Partner.institution_id)
    )
    return {institution_id: count for institution_id, count in rows if institution_id}


def open_seats(project_id: int) -> list[Seat]:
    """The seats of a project for which somebody is still looked for."""
    return [seat for seat in fillings_of(project_id) if seat.free and not seat.is_over]


def _places(ids: Iterable[int]) -> dict[int, Place]:
    columns = (
        Institution.id,
        Institution.name,
        Institution.country,
        Institution.latitude,
        Institution.longitude,
    )
    rows = db.session.execute(sa.select(*columns).where(Institution.id.in_(list(ids))))
    return {row.id: Place(*row) for row in rows}
