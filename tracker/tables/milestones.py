"""Table 6, milestones on time against the first date and the current date, and why dates moved."""

from typing import Any

import sqlalchemy as sa

from tracker.database import days_between
from tracker.dates import earth_day
from tracker.i18n import _l
from tracker.milestones import punctuality
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import REASON_LABELS, DelayReason, MilestoneState
from tracker.projects.models import Project
from tracker.tables.facts import Condition, Facts, Keys, Scope, within, within_moment
from tracker.tables.parts import Count, Median, Named, Part, Share
from tracker.tables.projects import is_counted, named_years
from tracker.tables.table import Period


def _started(scope: Scope) -> sa.Select[Any]:
    projects = sa.select(Project.id).where(*is_counted(scope), punctuality.has_started())
    return sa.select().select_from(Milestone).where(Milestone.project_id.in_(projects))


def _due(day: Any, period: Period, scope: Scope) -> sa.Select[Any]:
    """Milestones by this date, dropped ones left out."""
    is_kept = Milestone.state != MilestoneState.DROPPED
    return _started(scope).where(day.is_not(None), is_kept, *within(day, period))


def _on_time(day: Any, on_time: Condition, counts: Condition, reached: Any, period: Period, scope: Scope) -> Facts:
    flags = {
        "counted": counts,
        "on_time": on_time,
        "late": sa.and_(counts, ~on_time),
        "ahead": sa.and_(Milestone.state == MilestoneState.PLANNED, day >= earth_day()),
        "unknown": punctuality.is_day_unknown(),
    }
    year = sa.func.substr(sa.cast(day, sa.String), 1, 4)
    slip = days_between(day, reached)
    return Facts(Milestone, Milestone.id, _due(day, period, scope), (year,), flags, days=slip)


def against_first(period: Period, scope: Scope) -> Facts:
    """Milestones by the year of the date first promised, on time against it or not.

    The days go from that date to when it was reached, or where it is not yet, to the date that holds now.
    """
    on_time, counts = punctuality.is_on_time_first(), punctuality.is_counted_first()
    planned = sa.case((Milestone.state == MilestoneState.PLANNED, Milestone.last_day))
    reached = sa.func.coalesce(Milestone.done_day, planned)
    return _on_time(Milestone.first_last_day, on_time, counts, reached, period, scope)


def against_current(period: Period, scope: Scope) -> Facts:
    """Milestones by the year of the date that holds now, on time against it or not.

    The days go from that date to when it was reached.
    """
    on_time, counts = punctuality.is_on_time_current(), punctuality.is_counted_current()
    return _on_time(Milestone.last_day, on_time, counts, Milestone.done_day, period, scope)


def _changes(period: Period, scope: Scope) -> sa.Select[Any]:
    changes = _started(scope).join(DateChange, DateChange.milestone_id == Milestone.id)
    return changes.where(*within_moment(DateChange.at, period))


def changes(period: Period, scope: Scope) -> Facts:
    """Changes of dates, by reason."""
    return Facts(DateChange, DateChange.id, _changes(period, scope), (DateChange.reason,))


def moved(period: Period, scope: Scope) -> Facts:
    """Milestones whose date moved, by reason."""
    rows = _changes(period, scope).with_only_columns(DateChange.milestone_id, DateChange.reason).distinct().subquery()
    return Facts(Milestone, rows.c.milestone_id, sa.select().select_from(rows), (rows.c.reason,), whole=all_moved)


def all_moved(period: Period, scope: Scope) -> Facts:
    """Milestones whose date moved."""
    rows = _changes(period, scope).with_only_columns(DateChange.milestone_id).distinct().subquery()
    return Facts(Milestone, rows.c.milestone_id, sa.select().select_from(rows))


def _named_reasons(_present: set[Keys]) -> Named:
    return [((reason.value,), (str(REASON_LABELS[reason]),)) for reason in DelayReason]


def _columns(facts: Any, definition: Any, days: Median) -> tuple[Count | Share | Median, ...]:
    return (
        Count("milestones", _l("Milestones"), facts, definition=_l("All that have such a date, but for dropped ones.")),
        Count("counted", _l("Counted"), facts, "counted", punctuality.DEFINITION_COUNTED),
        Count("on_time", _l("On time"), facts, "on_time", definition),
        Share("share", _l("Share on time"), "on_time", "counted", _l("Of those counted.")),
        Count("late", _l("Not on time"), facts, "late", _l("Reached later, or not reached though the day has passed.")),
        Count("ahead", _l("Still to come"), facts, "ahead"),
        Count("unknown", _l("Reached on an unknown day"), facts, "unknown"),
        days,
    )


FIRST_DAYS = Median(
    "days",
    _l("Median slip, days"),
    against_first,
    definition=_l(
        "From the first date to the day it was reached, or where it is not reached yet, to the date that holds now; "
        "the middle of all. Nought: on the day; below nought: earlier."
    ),
)
CURRENT_DAYS = Median(
    "days",
    _l("Median slip, days"),
    against_current,
    definition=_l(
        "From the date that holds now to the day it was reached; the middle of all that were reached on a known day."
    ),
)
YEAR = ("year", _l("Year it was due"))
TABLE_6 = Part(
    key="milestones",
    title=_l("Milestones on time against the first date"),
    definition=_l(
        "Milestones of projects that run, are in review or published, by the date first promised: it says in which "
        "period and year they count. A date known by its month or year only counts as the last day of it."
    ),
    words=(YEAR,),
    columns=_columns(against_first, punctuality.DEFINITION_FIRST, FIRST_DAYS),
    named=named_years,
    parts=(
        Part(
            "milestones-current",
            _l("Against the current date"),
            _l("The same by the date that holds now: a milestone that moved may count in another period and year."),
            (YEAR,),
            _columns(against_current, punctuality.DEFINITION_CURRENT, CURRENT_DAYS),
            named_years,
        ),
        Part(
            "milestones-reasons",
            _l("Why dates moved"),
            _l("Changes of dates made in the period, whichever date moved."),
            (("reason", _l("Reason")),),
            (
                Count("changes", _l("Changes of a date"), changes),
                Count(
                    "milestones",
                    _l("Milestones"),
                    moved,
                    definition=_l("One that moved for several reasons counts for each; the total counts it once."),
                ),
            ),
            _named_reasons,
        ),
    ),
)
