"""The plan as a table of rows that somebody filled in: what of it may not be, cell by cell. Plain rules, no requests.

A row that is refused names its field, so that a form or a workbook can say it beside the cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.milestones import order
from tracker.milestones.actions import MOST_MILESTONES, has_started
from tracker.milestones.models import Milestone
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects.models import Partner, Project

Place = tuple[int, str]  # the key of a row and the name of its field


@dataclass
class Row:
    """What a row says. `key` tells it from the others: the milestone's id, or a negative number for a new one.

    `after` are the keys of what must come before it.
    """

    key: int
    milestone: Milestone | None
    name: str
    due: PartialDate | None
    partner: Partner | None = None
    person: Person | None = None
    helpers: list[Partner] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    reason: DelayReason | None = None
    words: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether it gives a milestone another date."""
        return self.milestone is not None and self.due != self.milestone.due

    @property
    def needs_reason(self) -> bool:
        """Whether the other date breaks a promise, so that it needs a reason."""
        milestone = self.milestone
        return milestone is not None and self.is_moved and milestone.due is not None and has_started(milestone.project)


def links(rows: Iterable[Row], plan: Iterable[Milestone]) -> dict[int, list[int]]:
    """What must come before what once `rows` are saved: key -> keys."""
    kept = {milestone.id: [before.id for before in milestone.must_follow] for milestone in plan}
    return kept | {row.key: row.after for row in rows}


def refused(project: Project, rows: Sequence[Row], plan: Sequence[Milestone]) -> dict[Place, str]:
    """What may not be saved and why, by the place where it is said. `plan`: every milestone the project has."""
    found = _rings(rows, plan)
    dues = {milestone.id: (milestone.name, milestone.due, milestone.state) for milestone in plan}
    dues |= {row.key: (row.name, row.due, _state(row)) for row in rows}
    is_full = len(plan)
    for row in rows:
        if row.milestone is None:
            is_full += 1
            if is_full > MOST_MILESTONES:
                found[row.key, "name"] = _("A plan holds at most %(count)s milestones.", count=MOST_MILESTONES)
        if sentence := _date_refused(project, row):
            found.setdefault((row.key, "due"), sentence)
            continue
        if not _orders_anew(row):
            continue
        before = [dues[key] for key in row.after if key in dues]
        still_open = [order.Due(name, due) for name, due, state in before if state is MilestoneState.PLANNED]
        try:
            order.check_order(order.Due(row.name, row.due), still_open)
        except RuleBroken as error:
            found.setdefault((row.key, "due" if row.milestone is None or row.is_moved else "after"), str(error))
    return found


def _rings(rows: Sequence[Row], plan: Sequence[Milestone]) -> dict[Place, str]:
    names = {milestone.id: milestone.name for milestone in plan} | {row.key: row.name for row in rows}
    linked = links(rows, plan)
    try:
        order.check_rings(linked, names.__getitem__)
    except RuleBroken as error:
        in_ring = set(order.ring(linked))
        return {(next(row.key for row in rows if row.key in in_ring), "after"): str(error)}
    return {}


def _date_refused(project: Project, row: Row) -> str:
    milestone = row.milestone
    if milestone is not None and not row.is_moved:
        return ""
    if milestone is not None and milestone.state is not MilestoneState.PLANNED:
        return _("Only a planned milestone gets another date. Reopen it first.")
    if row.needs_reason and row.due is None:
        return _("Give the new date; or drop the milestone, if it is no longer meant.")
    try:
        order.check_start(row.due, project.starts_on)
    except RuleBroken as error:
        return str(error)
    return ""


def _orders_anew(row: Row) -> bool:
    if row.milestone is None or row.is_moved:
        return True
    return set(row.after) != {before.id for before in row.milestone.must_follow}


def _state(row: Row) -> MilestoneState:
    return row.milestone.state if row.milestone is not None else MilestoneState.PLANNED


def in_order(rows: Sequence[Row], plan: Sequence[Milestone]) -> list[Row]:
    """The rows, each after what must come before it: saved in this order each finds the others where they will be."""
    by_key: Mapping[int, Row] = {row.key: row for row in rows}
    return [by_key[key] for key in order.first_things_first(links(rows, plan)) if key in by_key]
