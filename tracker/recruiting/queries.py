from datetime import timedelta

import sqlalchemy as sa

from tracker import clock
from tracker.activity.models import Activity
from tracker.asks.models import IS_OPEN, Ask
from tracker.database import db
from tracker.institutions.models import Institution, Network, Person
from tracker.projects.models import Partner, Project
from tracker.projects.states import SEEKS_PARTNERS, ProjectState
from tracker.seats.models import Seat
from tracker.seats.queries import fillings_of

ASKS = ("recruiting.invitation", "recruiting.offer")
AGREEMENT = "recruiting.agreement"  # does it agree, after it meant to
LEAD = "recruiting.lead"  # will it take the lead
WENT_ON = frozenset(ProjectState) - SEEKS_PARTNERS - {ProjectState.STOPPED}  # what is stopped may be resumed
SOON_OVER = timedelta(hours=1)
A_DAY = timedelta(days=1)


def _too_late() -> tuple[sa.ColumnElement[bool], ...]:
    """Open questions about partners in projects that went on. What runs out soon is left to run out.

    Each network's are read by its part of the index of open asks: few, and none that has ended.
    """
    return (
        IS_OPEN,
        Ask.network_id.in_(sa.select(Network.id)),
        Ask.kind.in_((*ASKS, AGREEMENT, LEAD)),
        sa.or_(Ask.kind.in_(ASKS), Project.state == ProjectState.PUBLISHED),
        sa.or_(Ask.expires_at.is_(None), Ask.expires_at > clock.now() + SOON_OVER),
        Project.state.in_(WENT_ON),
    )


def went_on_unanswered(limit: int) -> list[int]:
    """The ids of projects that went on, beyond where partners can join, while some had not answered."""
    query = sa.select(Ask.about_id).join(Project, Project.id == Ask.about_id).where(*_too_late())
    return list(db.session.scalars(query.distinct().limit(limit)))


def unanswered(project_id: int) -> list[Ask]:
    """The open questions about partners of one project that went on."""
    query = sa.select(Ask).join(Project, Project.id == Ask.about_id).where(Ask.about_type == "project", *_too_late())
    return list(db.session.scalars(query.where(Project.id == project_id).order_by(Ask.id)))


def invited_lately(project: Project, institution: Institution) -> int:
    """How often a project asked an institution in the last day, taken back or not."""
    to = (Ask.addressee_type == institution.__tablename__, Ask.addressee_id == institution.id)
    return _lately(project, Ask.kind == "recruiting.invitation", *to)


def offered_lately(project: Project, person: Person) -> int:
    """How often a person offered something to a project in the last day, taken back or not."""
    return _lately(project, Ask.kind == "recruiting.offer", Ask.asked_by_id == person.id)


def _lately(project: Project, *conditions: sa.ColumnElement[bool]) -> int:
    about = (Ask.about_type == "project", Ask.about_id == project.id, Ask.asked_at > clock.now() - A_DAY)
    return db.session.scalar(sa.select(sa.func.count()).where(*about, *conditions)) or 0


def sought_seats(project: Project) -> list[Seat]:
    """The seats of a project for which somebody is looked for, in the order in which they were opened."""
    return [seat for seat in fillings_of(project.id) if seat.free and not seat.is_over]


def may_still_lead(partner: Partner) -> bool:
    """Whether nobody else was asked to lead its project since it was, and no role has changed."""
    about = (Ask.about_type == "project", Ask.about_id == partner.project_id)
    newest = db.session.scalars(sa.select(Ask).where(*about, Ask.kind == LEAD).order_by(Ask.id.desc()).limit(1)).first()
    if newest is None or newest.subject_id != partner.id:
        return False
    changed = sa.select(Activity.id).where(
        Activity.subject_type == "project",
        Activity.subject_id == partner.project_id,
        Activity.kind.in_(("recruiting.lead", "recruiting.change_role")),
        Activity.at > newest.asked_at,
    )
    return db.session.scalar(changed.limit(1)) is None
