"""Open projects in the order in which they need somebody: those that asked for help, those with something late, the
rest. Each part has an order that the database keeps, so that a page costs the same however many projects there are."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.asks.models import Ask
from tracker.board.filters import Filters
from tracker.checkins.models import CheckIn
from tracker.database import db
from tracker.dates import earth_day
from tracker.milestones.models import IS_PLANNED, Milestone
from tracker.milestones.queries import STARTED
from tracker.oversight.computed import AT_WORK, help_in_months, help_with_milestones
from tracker.projects.models import Project
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import OPEN

Conditions = Sequence[sa.ColumnElement[bool]]
IDS = sa.Select[int]


def shown(filters: Filters) -> IDS:
    """The ids of the projects to show, in no order: the open ones, or those in the state that is asked for."""
    return sa.select(Project.id).where(*_shown(filters))


def in_order(filters: Filters, offset: int, limit: int) -> list[Project]:
    """Some of the projects to show, those in most trouble first, with what a card of a project shows.

    First those that asked for help and have had no answer, longest ago first; then those with a milestone late, the
    most days first; then the rest, the longest without a sign of life first. Four queries at the most.
    """
    conditions, wanted = _shown(filters), offset + limit
    ids: list[int] = []
    for part in (_help_asked, _late, _rest):
        if len(ids) < wanted:
            ids += db.session.scalars(part(conditions).limit(wanted - len(ids)))
    ids = ids[offset:]
    rows = db.session.scalars(sa.select(Project).where(Project.id.in_(ids)).options(*PROJECT_CARD))
    return sorted(rows, key=lambda project: ids.index(project.id))


def _shown(filters: Filters) -> Conditions:
    conditions = filters.conditions()
    return conditions if filters.state is not None else [*conditions, Project.state.in_(OPEN)]


def _calls() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """(project, when) of each call for help that is open."""
    with_milestones = (
        sa.select(Milestone.project_id.label("project_id"), Ask.ended_at.label("at"))
        .select_from(Ask)
        .join(Milestone, (Ask.subject_id == Milestone.id) & (Ask.subject_type == Milestone.__tablename__))
        .where(*help_with_milestones())
    )
    in_months = sa.select(CheckIn.project_id, CheckIn.answered_at).where(*help_in_months())
    return with_milestones.union_all(in_months)


def _help_asked(conditions: Conditions) -> IDS:
    calls = _calls().subquery()
    return (
        sa.select(Project.id)
        .join(calls, calls.c.project_id == Project.id)
        .where(Project.state.in_(AT_WORK), *conditions)
        .group_by(Project.id)
        .order_by(sa.func.min(calls.c.at), Project.id)
    )


def _asks_for_help() -> sa.ColumnElement[bool]:
    calls = _calls().subquery()
    return Project.state.in_(AT_WORK) & Project.id.in_(sa.select(calls.c.project_id))


def _late(conditions: Conditions) -> IDS:
    """By the milestone that was due first: the index of what is planned has them in this order."""
    earlier = aliased(Milestone)
    has_earlier = sa.exists().where(
        earlier.state == sa.literal_column("'planned'"),
        earlier.project_id == Milestone.project_id,
        earlier.last_day <= Milestone.last_day,
        (earlier.last_day < Milestone.last_day) | (earlier.id < Milestone.id),
    )
    return (
        sa.select(Milestone.project_id)
        .join(Milestone.project)
        .where(
            IS_PLANNED,
            Milestone.last_day < earth_day(),
            Project.state.in_(STARTED),
            ~has_earlier,
            ~_asks_for_help(),
            *conditions,
        )
        .order_by(Milestone.last_day, Milestone.id)
    )


def _rest(conditions: Conditions) -> IDS:
    is_late = sa.exists().where(
        IS_PLANNED, Milestone.project_id == Project.id, Milestone.last_day < earth_day(), Project.state.in_(STARTED)
    )
    return (
        sa.select(Project.id).where(~is_late, ~_asks_for_help(), *conditions).order_by(Project.changed_at, Project.id)
    )
