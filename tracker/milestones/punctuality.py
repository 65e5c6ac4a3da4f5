"""On time or not, said once: in SQL for figures and lists, in Python for one milestone. The two agree to the letter.

A milestone that was reached is on time against a date if it was reached by that date's last day:
`done_day <= first_last_day` (or `<= last_day`). Reached late, or not reached although the day has ended everywhere on
Earth: not on time. Left out of every share: what was dropped; what has no such date; what is not reached yet while the
date still lies ahead; and what was reached on a day that nobody knows.
"""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from tracker.dates import earth_day
from tracker.i18n import _l
from tracker.milestones.models import Milestone
from tracker.milestones.queries import STARTED
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Project

DEFINITION_FIRST = _l("Reached by the last day of the date first promised.")
DEFINITION_CURRENT = _l("Reached by the last day of the date that holds now.")
DEFINITION_COUNTED = _l(
    "Counted are milestones of projects that have started. Left out: dropped ones, those still to come, "
    "and those reached on a day that nobody knows."
)


class Punctuality(StrEnum):
    ON_TIME = "on-time"
    LATE = "late"
    OPEN = "open"  # not reached, and its day has not ended yet
    UNKNOWN = "unknown"  # reached on an unknown day
    NONE = "none"  # dropped, or without such a date


PUNCTUALITY_WORDS = {
    Punctuality.ON_TIME: _l("on time"),
    Punctuality.LATE: _l("not on time"),
    Punctuality.OPEN: _l("still to come"),
    Punctuality.UNKNOWN: _l("day unknown"),
    Punctuality.NONE: "",
}


def against(milestone: Milestone, promised: date | None, today: date | None = None) -> Punctuality:
    """How a milestone stands against a date: `milestone.first_last_day` or `milestone.last_day`.

    `today` is the day that it still is somewhere on Earth, where it is not given.
    """
    if promised is None or milestone.state is MilestoneState.DROPPED:
        return Punctuality.NONE
    if milestone.state is MilestoneState.PLANNED:
        return Punctuality.LATE if promised < (today or earth_day()) else Punctuality.OPEN
    if milestone.done_day is None:
        return Punctuality.UNKNOWN
    return Punctuality.ON_TIME if milestone.done_day <= promised else Punctuality.LATE


def has_started() -> sa.ColumnElement[bool]:
    """Its project has: the rest is for queries that join `Project`."""
    return Project.state.in_(STARTED)


def is_on_time_first() -> sa.ColumnElement[bool]:
    """ON_TIME against the first date, as SQL over `Milestone`; never NULL."""
    return _is_on_time(Milestone.first_last_day)


def is_on_time_current() -> sa.ColumnElement[bool]:
    """ON_TIME against the current date, as SQL over `Milestone`; never NULL."""
    return _is_on_time(Milestone.last_day)


def is_counted_first(today: date | None = None) -> sa.ColumnElement[bool]:
    """ON_TIME or LATE against the first date: what the share is a share of; never NULL."""
    return _is_counted(Milestone.first_last_day, today)


def is_counted_current(today: date | None = None) -> sa.ColumnElement[bool]:
    """ON_TIME or LATE against the current date: what the share is a share of; never NULL."""
    return _is_counted(Milestone.last_day, today)


def is_day_unknown() -> sa.ColumnElement[bool]:
    """Reached on an unknown day: counts as neither."""
    return sa.and_(Milestone.state == MilestoneState.DONE, Milestone.done_day.is_(None))


Day = sa.ColumnElement[date | None] | sa.orm.InstrumentedAttribute[date | None]


def _is_on_time(promised: Day) -> sa.ColumnElement[bool]:
    return sa.and_(
        Milestone.state == MilestoneState.DONE,
        Milestone.done_day.is_not(None),
        promised.is_not(None),
        Milestone.done_day <= promised,
    )


def _is_counted(promised: Day, today: date | None) -> sa.ColumnElement[bool]:
    was_reached = sa.and_(Milestone.state == MilestoneState.DONE, Milestone.done_day.is_not(None))
    was_missed = sa.and_(Milestone.state == MilestoneState.PLANNED, promised < (today or earth_day()))
    return sa.and_(promised.is_not(None), sa.or_(was_reached, was_missed))
