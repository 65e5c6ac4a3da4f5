"""What a plan looks like: each milestone's place in time, beside the place first promised. Plain values for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.dates import PartialDate, earth_day
from tracker.i18n import _, direction
from tracker.milestones.models import Milestone
from tracker.milestones.queries import STARTED
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.timelines.axis import Axis, around

OVER = frozenset({ProjectState.PUBLISHED, ProjectState.STOPPED})


@dataclass(frozen=True)
class Mark:
    """Where something lies, in percent; of a date known by its month or year also how far that reaches."""

    x: float
    bar: tuple[float, float] | None = None  # (left edge, width)


@dataclass(frozen=True)
class Row:
    """One milestone. `kind` is done, planned, late or dropped; `first` where it was first promised, if it moved."""

    milestone: Milestone
    kind: str
    word: str
    on: PartialDate | None  # the day that is shown: when it was reached, else when it is due
    mark: Mark | None
    first: Mark | None

    @property
    def after(self) -> list[str]:
        """What must be reached before it and is not dropped, while it is not reached itself; for a plan's rows."""
        if self.milestone.state is not MilestoneState.PLANNED:
            return []
        return [known.name for known in self.milestone.must_follow if known.state is not MilestoneState.DROPPED]


@dataclass(frozen=True)
class Picture:
    """A row for each milestone, in the order given. No axis: none has a date."""

    axis: Axis | None
    rows: Sequence[Row]
    day: date  # it was drawn
    today: float | None  # where that day lies; None: beyond the picture

    @property
    def kinds(self) -> set[str]:
        """What there is to explain: kinds of rows, "first", "bar"."""
        found = {row.kind for row in self.rows if row.mark}
        marks = [mark for row in self.rows for mark in (row.mark, row.first) if mark]
        found |= {"first"} if any(row.first for row in self.rows) else set()
        return found | ({"bar"} if any(mark.bar for mark in marks) else set())


def of_plan(project: Project, plan: Sequence[Milestone]) -> Picture:
    """The picture of a project's milestones, as the reader's language runs."""
    today = earth_day()
    days = [day for milestone in plan for day in _days(milestone)]
    waits = any(milestone.state is MilestoneState.PLANNED for milestone in plan)
    if days and waits and project.state not in OVER:
        days.append(today)
    axis = around(days, direction() == "rtl")
    rows = [row(project, milestone, axis) for milestone in plan]
    return Picture(axis, rows, today, axis.at(today) if axis and axis.holds(today) else None)


def row(project: Project, milestone: Milestone, axis: Axis | None) -> Row:
    """How one milestone of a project is drawn on an axis."""
    kind = kind_of(project, milestone)
    shown, first = shown_date(milestone), milestone.first_due
    has_moved = first is not None and shown is not None and first != shown
    return Row(
        milestone,
        kind,
        word_of(kind, project),
        shown,
        _mark(shown, axis),
        _mark(first, axis) if has_moved else None,
    )


def kind_of(project: Project, milestone: Milestone) -> str:
    """done, planned, late or dropped; nothing is late before its project starts, or while it is stopped."""
    if milestone.is_late and project.state in STARTED:
        return "late"
    return milestone.state.value


def word_of(kind: str, project: Project) -> str:
    """What a kind is called; in a stopped project nothing is due."""
    due = _("planned") if project.state is ProjectState.STOPPED else _("due")
    return {"late": _("late"), "planned": due, "done": _("done"), "dropped": _("dropped")}[kind]


def shown_date(milestone: Milestone) -> PartialDate | None:
    """When it was reached, as far as that is known, else when it is due."""
    return (milestone.done_on if milestone.state is MilestoneState.DONE else None) or milestone.due


def _days(milestone: Milestone) -> list[date]:
    dates = [known for known in (shown_date(milestone), milestone.first_due) if known]
    return [day for known in dates for day in (known.first_day, known.last_day)]


def _mark(known: PartialDate | None, axis: Axis | None) -> Mark | None:
    if known is None or axis is None:
        return None
    if known.precision == "day":
        return Mark(axis.at(known.first_day))
    left, width = axis.span(known.first_day, known.last_day)
    return Mark(round(left + width / 2, 2), (left, width))
