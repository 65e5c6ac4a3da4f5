from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import settle
from tracker.checkins import queries
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK, Going
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day
from tracker.institutions.models import Person
from tracker.milestones.actions import check_new_date, mark_done, move
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.states import DelayReason, MilestoneState, NoteAudience
from tracker.projects.actions import coordinators, leads, touch
from tracker.projects.models import Partner
from tracker.projects.states import Commitment

declare(
    {
        "checkins.ask": _l("%(partner)s was asked how it is going."),
        "checkins.on_track": _l("%(actor)s said for %(partner)s: on track."),
        "checkins.slower": _l("%(actor)s said for %(partner)s: slower than planned."),
        "checkins.help": _l("%(actor)s said for %(partner)s: help is needed."),
    }
)
KINDS = {Going.ON_TRACK: "checkins.on_track", Going.SLOWER: "checkins.slower", Going.HELP: "checkins.help"}


def answer(
    partner: Partner,
    month: date,
    going: Going,
    *,
    words: str = "",
    language: str = "",
    reason: DelayReason | None = None,
    milestone: Milestone | None = None,
    due: PartialDate | None = None,
    done: Sequence[Milestone] = (),
    version: int | None = None,
    actor: Person | None,
) -> CheckIn:
    """Say for a partner how it is going in a month: the one action behind every door.

    `month` is any day of this month or the last one. `words` are Markdown in `language` (a BCP 47 tag; empty: the
    actor's, else the project's) and become a note for the team. With `slower` goes a `reason`, and if a date moves
    `milestone` and `due`, both or neither. `done` are milestones that are reached, today; what is done already stays
    so. An answer of this month gives way to the new one: its note is rewritten, or withdrawn where nothing is said in
    words any more; dates and ticks stay. `version` is that of the CheckIn that was seen, 0 for none, None for any.

    The caller holds the project's lock. Raises RuleBroken with a sentence where a rule is against it; nothing has
    been changed then, if the caller rolls back.
    """
    _check(partner, going, reason=reason, words=words)
    month = _one_of_the_open(month)
    check_in = queries.of_partner(partner, month)
    if version is not None and version != (check_in.version if check_in else 0):
        raise RuleBroken(_("Somebody else has answered for %(name)s meanwhile. Look again.", name=partner.name))
    check_pair(milestone, due)
    if check_in is None:
        check_in = CheckIn(project=partner.project, partner=partner, month=month, created_at=clock.now(), version=0)
        db.session.add(check_in)
    moved = _follow_plan(check_in, going, reason, milestone, due, done, words, actor)
    named = milestone or (done[0] if len(done) == 1 else None)
    note = _keep_words(check_in, words, language or _language(partner, actor), named, actor)
    check_in.going, check_in.reason, check_in.milestone = going, reason, milestone
    check_in.answered_at, check_in.answered_by = clock.now(), actor
    check_in.answered_by_name = actor.name if actor else ""
    check_in.version += 1
    _record(check_in, note, words=words, is_told=not moved, actor=actor)
    given = values_of(going, words=words, reason=reason, milestone=milestone, due=due, done=done)
    settle(ASK, check_in, going.value, actor=actor, again=True, **given)
    return check_in


def values_of(
    going: Going,
    *,
    words: str,
    reason: DelayReason | None,
    milestone: Milestone | None,
    due: PartialDate | None,
    done: Sequence[Milestone],
) -> dict[str, Any]:
    """An answer as the fields of its ask have it."""
    if going is Going.SLOWER:
        return {"reason": reason, "milestone": milestone.id if milestone else "", "due": due, "note": words}
    return {"note": words} | ({"done": [known.id for known in done]} if going is Going.ON_TRACK else {})


def check_pair(milestone: Milestone | None, due: PartialDate | None) -> None:
    """Raise RuleBroken unless both are there or neither is."""
    if milestone is not None and due is None:
        raise RuleBroken(_("Give the new date of the milestone, or choose none."))
    if milestone is None and due is not None:
        raise RuleBroken(_("Say which milestone gets this date."))


def check_move(check_in: CheckIn | None, milestone: Milestone, due: PartialDate) -> None:
    """Raise RuleBroken for a date the milestone cannot get. The one it got by this answer before may stay."""
    if not _has_moved(check_in, milestone, due):
        check_new_date(milestone, due)


def _has_moved(check_in: CheckIn | None, milestone: Milestone, due: PartialDate) -> bool:
    return check_in is not None and check_in.milestone_id == milestone.id and milestone.due == due


def _check(partner: Partner, going: Going, *, reason: DelayReason | None, words: str) -> None:
    if partner.project.state not in queries.GOES_ON:
        raise RuleBroken(_("The project is not under way: there is nothing to say now."))
    if partner.commitment is not Commitment.AGREED:
        raise RuleBroken(_("%(name)s has no part in the project that goes on.", name=partner.name))
    if going is Going.SLOWER and reason is None:
        raise RuleBroken(_("Say why it goes slower."))
    if going is Going.HELP and not words.strip():
        raise RuleBroken(_("Say what would help."))


def _one_of_the_open(month: date) -> date:
    month = month.replace(day=1)
    if month > queries.this_month():
        raise RuleBroken(_("This month has not come yet."))
    if month < queries.last_month():
        raise RuleBroken(
            _("%(month)s is over. Say how it is going now.", month=format_day(PartialDate(f"{month:%Y-%m}")))
        )
    return month


def _follow_plan(
    check_in: CheckIn,
    going: Going,
    reason: DelayReason | None,
    milestone: Milestone | None,
    due: PartialDate | None,
    done: Sequence[Milestone],
    words: str,
    actor: Person | None,
) -> bool:
    """Tick what is done and move what is later, as their own pages do; whether a date moved."""
    if any(known.project_id != check_in.partner.project_id for known in (*done, *([milestone] if milestone else ()))):
        raise RuleBroken(_("This milestone belongs to another project."))
    for known in done:
        if known.state is not MilestoneState.DONE:
            mark_done(known, on=PartialDate.of(clock.today()), actor=actor)
    if milestone is None or due is None:
        return False
    if going is not Going.SLOWER:
        raise RuleBroken(_("A new date goes with the answer “slower”."))
    if _has_moved(check_in, milestone, due):
        return False
    check_new_date(milestone, due)
    move(milestone, due=due, reason=reason, words=words, actor=actor)
    return True


def _keep_words(
    check_in: CheckIn, words: str, language: str, milestone: Milestone | None, actor: Person | None
) -> ProgressNote | None:
    """One note for an answer: the one it has, unless that was withdrawn."""
    note = check_in.note if check_in.note is not None and check_in.note.withdrawn_at is None else None
    if not words.strip():
        if note is not None:
            note.withdrawn_at = clock.now()
        check_in.note = None
        return None
    if note is None:
        note = check_in.note = ProgressNote(project=check_in.partner.project, audience=NoteAudience.TEAM)
        db.session.add(note)
    note.author, note.at, note.on = actor, clock.now(), PartialDate.of(clock.today())
    note.language, note.text, note.milestone = language, words, milestone
    return note


def _language(partner: Partner, actor: Person | None) -> str:
    return (actor.interface_language if actor else "") or partner.project.language


def _record(check_in: CheckIn, note: ProgressNote | None, *, words: str, is_told: bool, actor: Person | None) -> None:
    """One row of activity. Who moved a date has told the leads already; of "on track" nobody needs a mail."""
    project, going = check_in.partner.project, check_in.going
    assert going is not None
    told: list[Person] = []
    if going is Going.HELP:
        told = [*leads(project), *coordinators(project)]
    elif going is Going.SLOWER and is_told:
        told = leads(project)
    touch(project)
    db.session.flush()
    record(
        KINDS[going],
        project,
        actor=actor,
        tell=told,
        path=check_in.path,
        partner=check_in.partner.name,
        partner_id=check_in.partner_id,
        month=f"{check_in.month:%Y-%m}",
        delay=check_in.reason.value if check_in.reason else "",
        words=words,
        note_id=note.id if note else None,
    )
