import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.database import db, locked
from tracker.dates import earth_day
from tracker.institutions.models import Person
from tracker.projects.models import Partner, Project
from tracker.projects.permissions import visible_to
from tracker.projects.states import ProjectState
from tracker.seats.models import Filling, Seat
from tracker.seats.states import SeatState

WITH_FILLINGS = (
    selectinload(Seat.fillings).joinedload(Filling.partner).joinedload(Partner.institution),
    selectinload(Seat.fillings).joinedload(Filling.partner).joinedload(Partner.network),
    selectinload(Seat.themes),
)
SEEKING = (ProjectState.RECRUITING, ProjectState.RUNNING)  # where an open seat may be filled by an offer


def fillings_of(project_id: int) -> list[Seat]:
    """The seats of a project with who fills them, in the order in which they were opened."""
    query = sa.select(Seat).where(Seat.project_id == project_id).options(*WITH_FILLINGS).order_by(Seat.id)
    return list(db.session.scalars(query))


def is_sought() -> sa.ColumnElement[bool]:
    """The condition that somebody is looked for, for a query over Seat and Project; see also `visible_to`."""
    return sa.and_(is_free(), Project.state.in_(SEEKING))


def is_free() -> sa.ColumnElement[bool]:
    """The part of it that the seat itself tells."""
    return sa.and_(Seat.state == SeatState.OPEN, sa.or_(Seat.until.is_(None), Seat.until >= earth_day()))


def sought(actor: Person | None) -> sa.Select[Seat]:
    """The seats that look for somebody in projects that `actor` may read, each with its project. Unordered."""
    return (
        sa.select(Seat)
        .join(Seat.project)
        .options(contains_eager(Seat.project).joinedload(Project.network), selectinload(Seat.themes))
        .where(is_sought(), visible_to(actor))
    )


def seat(seat_id: int, *, lock: bool = False) -> Seat | None:
    """A seat with who fills it."""
    return db.session.get(Seat, seat_id, options=[joinedload(Seat.project), *WITH_FILLINGS], **locked(Seat, lock))
