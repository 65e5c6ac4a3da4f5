"""What check-ins ask: each partner of a project under way, once a month, how it is going."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from tracker.asks.kinds import Choice, Field, Kind, Shown, day, declare, one_of, several_of, words
from tracker.asks.models import Ask
from tracker.checkins import actions, queries
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK, Going
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.milestones.states import REASON_LABELS, DelayReason
from tracker.projects.permissions import lead_project
from tracker.projects.states import Commitment

REASONS = {reason.value: label for reason, label in REASON_LABELS.items()}


def _shown(check_in: CheckIn) -> Shown:
    """The month, what the partner has to do next, and what it said last."""
    coming = [_named(milestone) for milestone in queries.open_ones(check_in.own_milestones)]
    facts = [(_("Month"), format_day(check_in.of)), (_("Your open milestones"), coming[:6])]
    before = queries.last_words(check_in)
    if before is None:
        return Shown(facts, path=check_in.path)
    said = (_("Last answer"), _("%(month)s: %(going)s", month=format_day(before.of), going=before.going_label))
    texts = []
    if before.words and before.note is not None:
        texts = [(_("What you wrote then"), Markup(before.note.text_html), before.note.language)]
    return Shown([*facts, said], texts, path=check_in.path)


def _named(milestone: Milestone) -> str:
    if milestone.due is None:
        return milestone.name
    return _("%(milestone)s (%(day)s)", milestone=milestone.name, day=format_day(milestone.due))


def _open(check_in: CheckIn) -> dict[str, str]:
    return {str(milestone.id): _named(milestone) for milestone in queries.open_ones(check_in.own_milestones)}


def _all(check_in: CheckIn) -> dict[str, str]:
    return {str(milestone.id): milestone.name for milestone in check_in.own_milestones}


def _has_open(check_in: CheckIn) -> bool:
    return bool(queries.open_ones(check_in.own_milestones))


def _chosen(check_in: CheckIn, numbers: list[str] | str) -> list[Milestone]:
    return [milestone for milestone in check_in.own_milestones if str(milestone.id) in numbers]


def _one(check_in: CheckIn, number: str) -> Milestone | None:
    return next(iter(_chosen(check_in, [number])), None)


def _on_track(check_in: CheckIn, *, actor: Person, note: str = "", done: list[str] | str = "") -> None:
    ticked = _chosen(check_in, done)
    actions.answer(check_in.partner, check_in.month, Going.ON_TRACK, words=note, done=ticked, actor=actor)


def _slower(
    check_in: CheckIn,
    *,
    actor: Person,
    reason: str,
    milestone: str = "",
    due: PartialDate | str = "",
    note: str = "",
) -> None:
    actions.answer(
        check_in.partner,
        check_in.month,
        Going.SLOWER,
        words=note,
        reason=DelayReason(reason),
        milestone=_one(check_in, milestone),
        due=due if isinstance(due, PartialDate) else None,
        actor=actor,
    )


def _help(check_in: CheckIn, *, actor: Person, note: str) -> None:
    actions.answer(check_in.partner, check_in.month, Going.HELP, words=note, actor=actor)


def check_slower(check_in: CheckIn, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a new date, by field."""
    milestone, due = _one(check_in, values.get("milestone") or ""), values.get("due") or None
    if wrong := _said(lambda: actions.check_pair(milestone, due)):
        return {"due" if milestone else "milestone": wrong}
    if milestone is not None and due is not None:
        wrong = _said(lambda: actions.check_move(check_in, milestone, due))
    return {"due": wrong} if wrong else {}


def _said(check: Callable[[], None]) -> str:
    try:
        check()
    except RuleBroken as error:
        return str(error)
    return ""


def _can_change(check_in: CheckIn) -> bool:
    return (
        check_in.month == queries.this_month()
        and check_in.project.state in queries.GOES_ON
        and check_in.partner.commitment is Commitment.AGREED
    )


def _still_asks(_ask: Ask, check_in: CheckIn) -> bool:
    return check_in.partner.commitment is Commitment.AGREED


def _paragraph(label: Any, hint: Any, *, required: bool = False) -> Field:
    return words("note", label, required=required, hint=hint)


READ_BY = _l("In your own language. Those who take part and the coordinators read this.")
EFFECTS: dict[Going, Callable[..., None]] = {Going.ON_TRACK: _on_track, Going.SLOWER: _slower, Going.HELP: _help}

declare(
    Kind(
        name=ASK,
        label=_l("how it is going"),
        load=queries.for_ask,
        question=_l("How is it going at %(for)s?"),
        meaning=_l(
            "One button is enough. What you write becomes a note for the team, so that nobody asks you twice; you can"
            " change your answer until the month is over."
        ),
        choices=(
            Choice(
                Going.ON_TRACK.value,
                _l("On track"),
                _l("%(for)s is on track."),
                _on_track,
                fields=(
                    several_of("done", _l("Is any of these done?"), _open, is_offered=_has_open, names=_all),
                    _paragraph(_l("A few words"), READ_BY),
                ),
            ),
            Choice(
                Going.SLOWER.value,
                _l("Slower, because…"),
                _l("%(for)s is slower than planned."),
                _slower,
                fields=(
                    one_of("reason", _l("What is the reason?"), REASONS),
                    one_of(
                        "milestone",
                        _l("Does a milestone get a new date?"),
                        _open,
                        required=False,
                        is_offered=_has_open,
                        names=_all,
                    ),
                    day("due", _l("Its new date"), required=False, is_offered=_has_open),
                    _paragraph(_l("A few words"), READ_BY),
                ),
                tone="quiet",
                check=check_slower,
            ),
            Choice(
                Going.HELP.value,
                _l("We need help"),
                _l("%(for)s needs help."),
                _help,
                fields=(
                    _paragraph(_l("What would help?"), _l("The leads and the coordinators are told."), required=True),
                ),
                tone="quiet",
            ),
        ),
        changes={(str(old), str(new)): EFFECTS[new] for old in Going for new in Going},
        can_change=_can_change,
        still_asks=_still_asks,
        mail="checkins/mail/month.txt",
        waiting=_l("Waiting for partners to say how it is going."),
        waiting_for=_l("Waiting for %(for)s to say how it is going."),
        shows=_shown,
        due_in=timedelta(days=10),
        reminders=(0,),  # once
        keeps=lambda actor, check_in: lead_project(actor, check_in.project),
        is_paused=True,
        is_by_calendar=True,
    )
)
