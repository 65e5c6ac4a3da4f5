"""What milestones ask: whoever is responsible for one how it stands."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.asks.kinds import Choice, Kind, Shown, day, declare, one_of, words
from tracker.asks.models import Ask
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day, list_and
from tracker.institutions.models import Person
from tracker.milestones import actions, order, queries
from tracker.milestones.models import Milestone
from tracker.milestones.rounds import responsible
from tracker.milestones.states import REASON_LABELS, DelayReason, MilestoneState
from tracker.projects.permissions import lead_project

REASONS = {reason.value: label for reason, label in REASON_LABELS.items()}


def _shown(milestone: Milestone) -> Shown:
    facts = [(_("Due"), format_day(milestone.due, weekday=True) if milestone.due else "–")]
    if milestone.has_slipped and milestone.first_due is not None:
        facts.append((_("First date"), format_day(milestone.first_due)))
    if before := order.still_open(milestone):
        facts.append((_("Meant to come first, and still open"), list_and([each.name for each in before])))
    holders = [holder.name for holder in (milestone.partner, milestone.person) if holder is not None]
    return Shown([*facts, (_("Responsible"), holders)], path=milestone.path)


def _done(milestone: Milestone, *, actor: Person, on: PartialDate | str = "", note: str = "") -> None:
    """An empty day is today."""
    actions.mark_done(milestone, on=_day(on), words=note, actor=actor)


def _late(milestone: Milestone, *, actor: Person, due: PartialDate, reason: str, words: str = "") -> None:
    actions.check_new_date(milestone, due)
    actions.move(milestone, due=due, reason=DelayReason(reason), words=words, actor=actor)


def _help(milestone: Milestone, *, actor: Person, words: str) -> None:
    actions.ask_for_help(milestone, words=words, actor=actor)


def _check_done(_milestone: Milestone, values: Mapping[str, Any]) -> dict[str, str]:
    return _beside("on", lambda: actions.check_it_has_come(_day(values["on"])))


def _check_late(milestone: Milestone, values: Mapping[str, Any]) -> dict[str, str]:
    return _beside("due", lambda: actions.check_new_date(milestone, values["due"]))


def _beside(field: str, check: Callable[[], None]) -> dict[str, str]:
    """What the rule says, to stand beside the field."""
    try:
        check()
    except RuleBroken as error:
        return {field: str(error)}
    return {}


def _day(given: PartialDate | str) -> PartialDate:
    return given if isinstance(given, PartialDate) else PartialDate.of(clock.today())


def _still_asks(ask: Ask, milestone: Milestone) -> bool:
    to = responsible(milestone)
    return (ask.addressee_type, ask.addressee_id) == (to.__tablename__, to.id)


def _can_change(milestone: Milestone) -> bool:
    return milestone.state is MilestoneState.PLANNED and milestone.project.state in queries.STARTED


declare(
    Kind(
        name=actions.ASK,
        label=_l("milestone"),
        load=queries.for_ask,
        question=_l("How does “%(milestone)s” stand?"),
        meaning=_l("Say that it is done, or give a new date with its reason: the first date stays beside it."),
        choices=(
            Choice(
                "done",
                _l("It is done"),
                _l("“%(milestone)s” is done."),
                _done,
                fields=(day("on", _l("Done on"), required=False, is_today=True), words("note")),
                check=_check_done,
            ),
            Choice(
                "late",
                _l("Late: a new date"),
                _l("“%(milestone)s” has a new date."),
                _late,
                fields=(
                    day("due", _l("New date")),
                    one_of(
                        "reason",
                        _l("What is the reason?"),
                        REASONS,
                    ),
                    words(
                        "words", _l("In a few words"), hint=_l("Those who take part and the coordinators read this.")
                    ),
                ),
                tone="quiet",
                check=_check_late,
            ),
            Choice(
                "help",
                _l("We need help"),
                _l("Help is needed with “%(milestone)s”."),
                _help,
                fields=(
                    words(
                        "words",
                        _l("What would help?"),
                        required=True,
                        hint=_l("The leads and the coordinators are told."),
                    ),
                ),
                tone="quiet",
            ),
        ),
        changes={("help", "done"): _done, ("help", "late"): _late, ("late", "done"): _done, ("late", "late"): _late},
        can_change=_can_change,
        still_asks=_still_asks,
        mail="milestones/mail/due.txt",
        waiting=_l("Waiting to hear how “%(milestone)s” stands."),
        waiting_for=_l("Waiting for %(for)s to say how “%(milestone)s” stands."),
        shows=_shown,
        due_in=timedelta(days=7),  # in fact the milestone's own date
        reminders=(2, 9, 23),
        keeps=lambda actor, milestone: lead_project(actor, milestone.project),
        is_paused=True,
        is_by_calendar=True,
    )
)
