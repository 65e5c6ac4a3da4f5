from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.database import db
from tracker.dates import add_months, earth_day
from tracker.milestones import punctuality
from tracker.milestones.models import IS_PLANNED, Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Project

Conditions = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Counts:
    """Of the milestones first promised for some days: how many there are, how many were on time of those that count
    against the first and against the current date, and how many were reached on an unknown day."""

    promised: int = 0
    kept_first: int = 0
    counted_first: int = 0
    kept_current: int = 0
    counted_current: int = 0
    unknown: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    @property
    def first(self) -> float | None:
        """The share on time against the first date, 0 to 1; None where there is nothing to share."""
        return self.kept_first / self.counted_first if self.counted_first else None

    @property
    def current(self) -> float | None:
        """The share on time against the current date, 0 to 1; None where there is nothing to share."""
        return self.kept_current / self.counted_current if self.counted_current else None


def by_month(first: date, months: int, where: Conditions) -> list[tuple[date, Counts]]:
    """(first day, counts) of as many months from the one that begins on `first`, by the first dates of milestones.

    `where`: conditions over Project. One query; the days are gathered into months here, as no function that does it
    is common to the databases.
    """
    found = {add_months(first, number): Counts() for number in range(months)}
    for day, *numbers in db.session.execute(_daily(first, add_months(first, months) - timedelta(days=1), where)):
        month = day.replace(day=1)
        found[month] += Counts(*numbers)
    return list(found.items())


def _daily(first: date, last: date, where: Conditions) -> sa.Select[*tuple[Any, ...]]:
    today = earth_day()
    figures = (
        punctuality.is_on_time_first() & punctuality.is_counted_first(today),
        punctuality.is_counted_first(today),
        punctuality.is_on_time_current() & punctuality.is_counted_current(today),
        punctuality.is_counted_current(today),
        punctuality.is_day_unknown(),
    )
    return (
        sa.select(
            Milestone.first_last_day,
            sa.func.count(),
            *(sa.func.sum(sa.case((figure, 1), else_=0)) for figure in figures),
        )
        .where(*_promised(first, last, where))
        .group_by(Milestone.first_last_day)
    )


def _promised(first: date, last: date, where: Conditions) -> Conditions:
    projects = sa.select(Project.id).where(punctuality.has_started(), *where)
    return (
        Milestone.first_last_day.between(first, last),
        Milestone.state != MilestoneState.DROPPED,
        (Milestone.project_id + 0).in_(projects),  # + 0: go by the days, not through each project's milestones
    )


def of_month(first: date, which: str, where: Conditions) -> sa.Select[Milestone]:
    """The milestones behind the counts of the month that begins on `first`, with their projects, by first date.

    `which` is "first", "current" (those that count against that date), "unknown", or anything else for all.
    """
    last = add_months(first, 1) - timedelta(days=1)
    behind = {
        "first": punctuality.is_counted_first,
        "current": punctuality.is_counted_current,
        "unknown": punctuality.is_day_unknown,
    }.get(which)
    # As a case: an OR would lead a database away from the days.
    chosen = [sa.case((behind(), 1), else_=0) == 1] if behind else []
    return (
        sa.select(Milestone)
        .where(*_promised(first, last, where), *chosen)
        .options(joinedload(Milestone.project))
        .order_by(Milestone.first_last_day, Milestone.project_id, Milestone.id)
    )


def of_projects(projects: Sequence[Project], most: int) -> dict[int, list[Milestone]]:
    """By project: its milestones that have a date as they are due; of each at most `most`, first what is planned."""
    ids = [project.id for project in projects]
    planned_first = sa.case((IS_PLANNED, 0), else_=1)
    rank = sa.func.row_number().over(
        partition_by=Milestone.project_id,
        order_by=(planned_first, Milestone.last_day, Milestone.id),
    )
    ranked = (
        sa.select(Milestone.id, rank.label("rank"))
        .where(Milestone.project_id.in_(ids), Milestone.last_day.is_not(None))
        .subquery()
    )
    query = (
        sa.select(Milestone)
        .join(ranked, ranked.c.id == Milestone.id)
        .where(ranked.c.rank <= most)
        .order_by(Milestone.last_day, Milestone.id)
    )
    found: dict[int, list[Milestone]] = {project_id: [] for project_id in ids}
    for milestone in db.session.scalars(query):
        found[milestone.project_id].append(milestone)
    return found
