"""The plan of a project as a workbook: a row for each milestone, and room for new ones."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.milestones import actions
from tracker.milestones import queries as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.states import REASON_LABELS, STATE_LABELS, DelayReason, MilestoneState
from tracker.projects.models import Partner, Project
from tracker.sheets import cells
from tracker.sheets.book import Book, Change, Field, Line, Refused
from tracker.sheets.states import SheetKind
from tracker.workbooks import Kind

NAME_LENGTH = Milestone.name.property.columns[0].type.length
WORDS_LENGTH = 2000


def book(project: Project, actor: Person) -> Book:
    """The plan as `actor` may fill it in. The project comes with its partners and members."""
    plan = milestones.plan(project)
    started = actions.has_started(project)
    partners = _partners(project, plan)
    people = _people(project, plan)
    states = {state.value: label for state, label in STATE_LABELS.items()}
    reasons = {reason.value: label for reason, label in REASON_LABELS.items()}
    fields = [
        Field("name", _("What is due"), cells.line(NAME_LENGTH), width=36),
        _day("due", _("Date")),
        Field("first", _("First date"), say=cells.say_day, width=18, is_locked=True),
        _one("partner", _("Responsible institution"), partners, 34),
        _one("person", _("Responsible person"), people, 24),
        _one("state", _("State"), states, 12),
        _day("done_on", _("Done on")),
        replace(
            _one("reason", _("Reason for a new date"), reasons, 28),
            goes_along=True,
            note=_("Once the project runs, each new date needs one.") if started else "",
        ),
        Field("words", _("In a few words"), cells.words(WORDS_LENGTH), width=40, goes_along=True),
    ]
    return Book(
        kind=SheetKind.PLAN,
        subject_id=project.id,
        name=_("Plan of %(project)s", project=project.label),
        title=_("Plan"),
        back=f"{project.path}/plan",
        fields=fields,
        lines=[_line(milestone) for milestone in plan],
        apply=_apply(project, {milestone.id: milestone for milestone in plan}, actor),
        order=_order,
        can_add=True,
        words=_how_to(project),
    )


def _how_to(project: Project) -> list[tuple[str, str]]:
    dropped = str(STATE_LABELS[MilestoneState.DROPPED])
    kept = _(
        "Nothing happens to their milestones. To give one up, set its state to “%(dropped)s” and say why.",
        dropped=dropped,
    )
    return [
        (_("Project"), project.label),
        (
            _("Dates"),
            _("2026, 2026-09 or 2026-09-30. A milestone is late when its day has ended everywhere on Earth."),
        ),
        (_("New rows"), _("Write below the last row: each becomes a milestone.")),
        (_("Rows you delete"), kept),
        (
            _("A new date"),
            _("Once the project runs, say the reason in the same row. The first date stays beside the new one."),
        ),
    ]


def _one(name: str, label: str, labels: Mapping[str, Any], width: int) -> Field:
    told_apart = cells.told_apart(labels)
    return Field(
        name,
        label,
        cells.one_of(told_apart),
        lambda key: told_apart.get(key, key),
        width=width,
        choices=list(told_apart.values()),
    )


def _day(name: str, label: str) -> Field:
    return Field(name, label, cells.day, cells.say_day, cells.day_cell, Kind.DAY, width=14)


def _partners(project: Project, plan: list[Milestone]) -> dict[str, str]:
    held = [milestone.partner for milestone in plan if milestone.partner is not None]
    return {str(known.id): known.name for known in [*held, *project.partners] if known.takes_part or known in held}


def _people(project: Project, plan: list[Milestone]) -> dict[str, str]:
    held = [milestone.person for milestone in plan if milestone.person is not None]
    team = [member.person for member in project.members if member.left_at is None]
    return {str(person.id): person.name for person in [*held, *team]}


def _line(milestone: Milestone) -> Line:
    values = {
        "name": milestone.name,
        "due": str(milestone.due or ""),
        "first": str(milestone.first_due or ""),
        "partner": str(milestone.partner_id or ""),
        "person": str(milestone.person_id or ""),
        "state": milestone.state.value,
        "done_on": str(milestone.done_on or ""),
    }
    return Line(milestone.id, milestone.name, values)


def _order(change: Change) -> tuple[bool, str]:
    """Earlier dates first: what must come first is then set before what follows it."""
    return change.id is None, change.values.get("due", "")


def _apply(project: Project, plan: dict[int, Milestone], actor: Person) -> Callable[[Change], None]:
    partners = {partner.id: partner for partner in project.partners}
    people = {member.person_id: member.person for member in project.members}
    people |= {known.person_id: known.person for known in plan.values() if known.person and known.person_id}

    def apply(change: Change) -> None:
        values = change.values
        due = _partial(values.get("due", ""))
        if change.id is None:
            if not values.get("name"):
                raise Refused(_("Write what is due."), "name")
            milestone = actions.add_milestone(
                project,
                name=values["name"],
                due=due,
                partner=partners.get(_number(values.get("partner", ""))),
                person=people.get(_number(values.get("person", ""))),
                actor=actor,
            )
            _set_state(milestone, change, actor)
            return
        milestone = plan[change.id]
        if values.get("name", "x") == "":
            raise Refused(_("Write what is due."), "name")
        if values.get("state") == MilestoneState.PLANNED:
            actions.reopen(milestone, actor=actor)
        _hand_on(milestone, values, partners, people, actor)
        if "due" in values:
            _move(milestone, due, change, actor)
        elif change.along.get("reason") and "due" not in change.left:
            raise Refused(_("A reason goes with a new date. Give one, or take the reason out."), "reason")
        _set_state(milestone, change, actor)

    return apply


def _hand_on(
    milestone: Milestone,
    values: Mapping[str, str],
    partners: dict[int, Partner],
    people: dict[int, Person],
    actor: Person,
) -> None:
    if not {"name", "partner", "person"} & values.keys():
        return
    partner = partners.get(_number(values["partner"])) if "partner" in values else milestone.partner
    person = people.get(_number(values["person"])) if "person" in values else milestone.person
    name = values.get("name", milestone.name)
    actions.change_milestone(milestone, name=name, partner=partner, person=person, actor=actor)


def _move(milestone: Milestone, due: PartialDate | None, change: Change, actor: Person) -> None:
    reason = DelayReason(change.along["reason"]) if change.along.get("reason") else None
    started = actions.has_started(milestone.project) and milestone.due is not None
    if started and due is not None and reason is None:
        raise Refused(_("Say why the date moves."), "reason")
    try:
        actions.move(milestone, due=due, reason=reason if started else None, words=_words(change), actor=actor)
    except RuleBroken as error:
        raise Refused(str(error), "due") from error


def _set_state(milestone: Milestone, change: Change, actor: Person) -> None:
    """Done or dropped, as the row says; a day of completion goes with done only."""
    state, done_on = change.values.get("state", ""), change.values.get("done_on", "")
    if state == MilestoneState.DONE:
        if not done_on:
            raise Refused(_("Say when it was done."), "done_on")
        try:
            words = "" if "due" in change.values and change.id else _words(change)
            actions.mark_done(milestone, on=_partial(done_on), words=words, actor=actor)
        except RuleBroken as error:
            raise Refused(str(error), "done_on") from error
    elif "done_on" in change.values and (done_on or state != MilestoneState.PLANNED):
        done = str(STATE_LABELS[MilestoneState.DONE])
        raise Refused(
            _(
                "A day of completion goes with the state “%(done)s”; to change it, take the milestone back first.",
                done=done,
            ),
            "done_on",
        )
    elif state == MilestoneState.DROPPED:
        try:
            actions.drop(milestone, words=_words(change), actor=actor)
        except RuleBroken as error:
            raise Refused(str(error), "words") from error


def _words(change: Change) -> str:
    return change.along.get("words", "")


def _partial(text: str) -> PartialDate | None:
    return PartialDate(text) if text else None


def _number(text: str) -> int:
    return int(text) if text else 0
