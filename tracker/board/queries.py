"""The coordinator's lists, each as one query over what the filters leave. Reads across; changes nothing."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.activity.models import Delivery
from tracker.activity.queries import undelivered
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.board.filters import Filters
from tracker.calls.models import Call
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK as MONTH
from tracker.contacts import queries as contacts
from tracker.database import db
from tracker.dates import earth_day
from tracker.institutions.models import Affiliation, Contact, Institution
from tracker.milestones import queries as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.planning import ASK as MILESTONE
from tracker.oversight.computed import AT_WORK, SILENT_FOR, help_in_months, help_with_milestones
from tracker.oversight.models import HealthLine
from tracker.oversight.states import Health
from tracker.projects.models import Project, Transition
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import ProjectState
from tracker.seats.models import Filling, Seat
from tracker.seats.queries import WITH_FILLINGS, is_sought

HAVE_LISTS_OF_THEIR_OWN = (MILESTONE, MONTH)  # kinds of asks
UNDER_WAY = (ProjectState.PROPOSED, ProjectState.RECRUITING, ProjectState.RUNNING, ProjectState.REVIEW)
DUE_DAYS = 14
CLOSING_DAYS = 7
SEEKING_FOR = timedelta(days=30)  # partners, before it is an exception
SEAT_OPEN_FOR = timedelta(days=30)
IN_A_LIST = (joinedload(Ask.delegated_to),)
MOST_ASKS = 3  # of one project, in its row


# --- projects -----------------------------------------------------------------------------------------------


def silent(filters: Filters) -> sa.Select[Project]:
    """Running studies nobody has said anything about for 45 days, longest silence first."""
    return (
        _projects(filters)
        .where(Project.state.in_(AT_WORK), Project.changed_at < clock.now() - SILENT_FOR)
        .order_by(Project.changed_at, Project.id)
    )


def blocked(filters: Filters) -> sa.Select[Project]:
    """Projects that were accepted and have not started, though they have looked for partners for 30 days or their call
    has closed; those that nothing was heard of for longest first."""
    closed = sa.exists().where(Call.project_id == Project.id, Call.closes_on < earth_day())
    since = seeking_since()
    return (
        _projects(filters)
        .where(
            Project.state == ProjectState.RECRUITING,
            sa.or_(since < clock.now() - SEEKING_FOR, closed.correlate(Project)),
        )
        .order_by(Project.changed_at, Project.id)
    )


def seeking_since() -> sa.ColumnElement[Any]:
    """When a project that seeks partners last began to: its acceptance, or being resumed; else when it was recorded."""
    began = (
        sa.select(sa.func.max(Transition.at))
        .where(Transition.project_id == Project.id, Transition.target == ProjectState.RECRUITING)
        .correlate(Project)
        .scalar_subquery()
    )
    return sa.func.coalesce(began, Project.created_at)


def asking_for_help(filters: Filters) -> sa.Select[Project]:
    """Projects where somebody asked for help and nothing was heard of it since, the longest first."""
    with_milestones = (
        sa.select(Milestone.project_id, Ask.ended_at.label("at"))
        .join(Ask, (Ask.subject_id == Milestone.id) & (Ask.subject_type == Milestone.__tablename__))
        .where(Ask.network_id.in_(filters.network_ids), *help_with_milestones())
    )
    in_months = sa.select(CheckIn.project_id, CheckIn.answered_at.label("at")).where(*help_in_months())
    calls = sa.union_all(with_milestones, in_months).subquery()
    first = sa.select(calls.c.project_id, sa.func.min(calls.c.at).label("at")).group_by(calls.c.project_id).subquery()
    return (
        _projects(filters)
        .join(first, first.c.project_id == Project.id)
        .where(Project.state.in_(AT_WORK))
        .order_by(first.c.at, Project.id)
    )


def worrying(filters: Filters) -> sa.Select[Project]:
    """Projects that a coordinator says are in difficulty, then those that need attention; the newest word first."""
    worries = (Health.DIFFICULTY, Health.ATTENTION)
    return (
        _projects(filters)
        .join(HealthLine, (HealthLine.project_id == Project.id) & HealthLine.replaced_at.is_(None))
        .where(HealthLine.health.in_(worries), Project.state.in_(UNDER_WAY))
        .order_by(sa.case((HealthLine.health == Health.DIFFICULTY, 0), else_=1), HealthLine.id.desc())
    )


def under_way(filters: Filters) -> sa.Select[Project]:
    """All projects that are neither drafts nor over, or those in the state that is asked for; longest silence first."""
    query = _projects(filters).order_by(Project.changed_at, Project.id)
    return query if filters.state is not None else query.where(Project.state.in_(UNDER_WAY))


def _projects(filters: Filters) -> sa.Select[Project]:
    return sa.select(Project).where(*filters.conditions()).options(*PROJECT_CARD)


def state_counts(filters: Filters) -> dict[ProjectState, int]:
    """How many projects there are in each state."""
    rows = db.session.execute(
        sa.select(Project.state, sa.func.count()).where(*filters.conditions()).group_by(Project.state)
    )
    return {state: number for state, number in rows}  # noqa: C416  # rows are tuples only at run time


# --- milestones, seats, calls -------------------------------------------------------------------------------


def late(filters: Filters) -> sa.Select[Milestone]:
    """Milestones of started projects that are late, the latest first."""
    return milestones.late(set(filters.network_ids)).where(*filters.narrowing())


def due(filters: Filters) -> sa.Select[Milestone]:
    """Those that are due in the next DUE_DAYS days, the soonest first."""
    return milestones.due_within(set(filters.network_ids), DUE_DAYS).where(*filters.narrowing())


def open_seats(filters: Filters) -> sa.Select[Seat]:
    """Seats that have looked for somebody for 30 days: first those that nobody offers for or was asked to fill, then
    the longest open."""
    approached = sa.exists().where(Filling.seat_id == Seat.id, Filling.taken_at.is_(None), Filling.ended_at.is_(None))
    return (
        sa.select(Seat)
        .join(Seat.project)
        .where(*filters.conditions(), is_sought(), Seat.created_at < clock.now() - SEAT_OPEN_FOR)
        .options(selectinload(Seat.project).options(*PROJECT_CARD), *WITH_FILLINGS)
        .order_by(sa.case((approached, 1), else_=0), Seat.created_at, Seat.id)
    )


def closing(filters: Filters) -> sa.Select[Call]:
    """Calls whose last day comes within CLOSING_DAYS, the soonest first."""
    today = earth_day()
    return (
        sa.select(Call)
        .join(Call.project)
        .where(
            *filters.conditions(),
            Project.state == ProjectState.RECRUITING,
            Call.closed_at.is_(None),
            Call.closes_on >= today,
            Call.closes_on <= today + timedelta(days=CLOSING_DAYS),
        )
        .options(selectinload(Call.project).options(*PROJECT_CARD))
        .order_by(Call.closes_on, Call.id)
    )


# --- people and mails ---------------------------------------------------------------------------------------


def unreachable(filters: Filters) -> sa.Select[Contact]:
    """Contacts whom mail does not reach, the longest first."""
    return _narrowed(contacts.unreachable(filters.network_ids), filters)


def quiet(filters: Filters) -> sa.Select[Contact]:
    """Contacts from whom nothing is heard though a question waits, the longest first."""
    return _narrowed(contacts.silent(filters.network_ids), filters)


def _narrowed(query: sa.Select[Contact], filters: Filters) -> sa.Select[Contact]:
    if not filters.narrowing():
        return query
    fitting = sa.exists().where(Institution.id == Contact.institution_id, *filters.institution_conditions())
    return query.where(fitting.correlate(Contact))


def failed_mails(filters: Filters) -> sa.Select[Delivery]:
    """Mails that could not be sent, the newest first; under filters only those to people of such institutions."""
    if not filters:
        return undelivered()
    at_work = (
        sa.select(Affiliation.id)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id == Delivery.recipient_id, *filters.institution_conditions())
    )
    return undelivered().where(sa.exists(at_work.correlate(Delivery)))


# --- asks ---------------------------------------------------------------------------------------------------


def to_coordinators(filters: Filters) -> sa.Select[Ask]:
    """What waits for the coordinators of these networks, the most urgent first."""
    held = sa.and_(Ask.addressee_type == "network", Ask.addressee_id.in_(filters.network_ids))
    return _open().where(held, *_fitting(filters)).order_by(Ask.due_on, Ask.id)


def overdue(filters: Filters) -> sa.Select[Ask]:
    """What others should have answered by now, longest overdue first; without what has a list of its own."""
    plain = Ask.kind.not_in(HAVE_LISTS_OF_THEIR_OWN)
    return _of_others(filters).where(plain, Ask.due_on < earth_day()).order_by(Ask.due_on, Ask.id)


def overdue_months(filters: Filters) -> sa.Select[Ask]:
    """Partners that should have said by now how it is going, longest overdue first."""
    return _of_others(filters).where(Ask.kind == MONTH, Ask.due_on < earth_day()).order_by(Ask.due_on, Ask.id)


def unanswered(filters: Filters) -> sa.Select[Ask]:
    """What others are asked and still have time for, the next due first."""
    plain = Ask.kind.not_in(HAVE_LISTS_OF_THEIR_OWN)
    return _of_others(filters).where(plain, Ask.due_on >= earth_day()).order_by(Ask.due_on, Ask.id)


def chosen(network_ids: Iterable[int], ask_ids: Iterable[int]) -> list[Ask]:
    """Those of some open asks that the coordinators of these networks look after, in the order they were raised."""
    mine = _of_networks(network_ids).where(Ask.id.in_(list(ask_ids)))
    return list(db.session.scalars(mine.options(joinedload(Ask.asked_by)).order_by(Ask.id)))


def _open() -> sa.Select[Ask]:
    return sa.select(Ask).where(Ask.state == AskState.OPEN).options(*IN_A_LIST)


def _of_networks(network_ids: Iterable[int]) -> sa.Select[Ask]:
    return _open().where(Ask.network_id.in_(list(network_ids)))


def _of_others(filters: Filters) -> sa.Select[Ask]:
    """Without what waits for the coordinators themselves: that has a list of its own."""
    ids = filters.network_ids
    others = sa.or_(Ask.addressee_type != "network", Ask.addressee_id.not_in(ids))
    return _of_networks(ids).where(others, *_fitting(filters))


def _fitting(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Under filters: what is asked about a project that fits, or about an institution that does."""
    if not filters.narrowing():
        return []
    project = sa.exists().where(Project.id == Ask.about_id, *filters.conditions()).correlate(Ask)
    institution = sa.exists().where(Institution.id == Ask.about_id, *filters.institution_conditions()).correlate(Ask)
    return [
        sa.or_(
            sa.and_(Ask.about_type == Project.__tablename__, project),
            sa.and_(Ask.about_type == Institution.__tablename__, institution),
        )
    ]


def first(query: sa.Select[Any], limit: int = 6) -> list[Any]:
    """The first rows of a list."""
    return list(db.session.scalars(query.limit(limit)).unique())
