from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.asks.actions import settle, take_back
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.planning import (
    ASK,
    MOST_MILESTONES,
    add_milestone,
    change_milestone,
    check_due,
    check_it_may_change,
    check_new_date,
    day_after,
    has_started,
    in_history,
    lay_out,
    move,
    plan_from_template,
    revise,
    set_dates,
)
from tracker.milestones.queries import has_dated_plan
from tracker.milestones.states import MilestoneState, NoteAudience
from tracker.projects.actions import coordinators, leads
from tracker.projects.models import Project
from tracker.projects.requirements import Missing, needs

__all__ = (  # what people do to a plan, in `planning`; and below, what becomes of its milestones
    "ASK",
    "MOST_MILESTONES",
    "add_milestone",
    "ask_for_help",
    "change_milestone",
    "check_due",
    "check_it_has_come",
    "check_it_may_change",
    "check_new_date",
    "day_after",
    "drop",
    "has_started",
    "lay_out",
    "mark_done",
    "move",
    "plan_from_template",
    "reopen",
    "revise",
    "set_dates",
    "withdraw_note",
    "write_note",
)

declare(
    {
        "milestones.plan": _l("%(actor)s set up the plan."),
        "milestones.add": _l("%(actor)s added the milestone “%(milestone)s”."),
        "milestones.change": _l("%(actor)s changed the milestone “%(milestone)s”."),
        "milestones.move": _l("%(actor)s moved the milestone “%(milestone)s” from %(before)s to %(after)s."),
        "milestones.done": _l("%(actor)s marked the milestone “%(milestone)s” as done."),
        "milestones.ask": _l("It was asked how the milestone “%(milestone)s” stands."),
        "milestones.help": _l("%(actor)s asked for help with the milestone “%(milestone)s”."),
        "milestones.reopen": _l("%(actor)s reopened the milestone “%(milestone)s”."),
        "milestones.drop": _l("%(actor)s dropped the milestone “%(milestone)s”."),
        "milestones.note": _l("%(actor)s wrote a progress note."),
        "milestones.withdraw_note": _l("%(actor)s withdrew the progress note on %(on)s."),
    }
)


@needs("start")
def a_dated_plan(project: Project) -> list[Missing]:
    """A project starts with a plan of which at least one milestone has a date."""
    if has_dated_plan(project):
        return []
    return [Missing(_("Make a plan: at least one milestone with a date."), f"{project.path}/plan")]


def mark_done(milestone: Milestone, *, on: PartialDate | None, words: str = "", actor: Person | None) -> None:
    """A planned milestone is reached, on a day that may be partial or, in old records, unknown.

    `words` become a progress note for the team.
    """
    check_it_may_change(milestone.project)
    if milestone.state is MilestoneState.DONE:
        raise RuleBroken(_("This milestone is done already."))
    if milestone.state is MilestoneState.DROPPED:
        raise RuleBroken(_("This milestone was dropped. Reopen it first."))
    if on is not None:
        check_it_has_come(on)
    milestone.state, milestone.done_on = MilestoneState.DONE, on
    milestone.version += 1
    in_history(
        "milestones.done",
        milestone.project,
        milestone,
        actor=actor,
        tell=leads(milestone.project) if has_started(milestone.project) else (),
        on=str(on) if on else "",
        **_keep_words(milestone, words, actor),
    )
    settle(ASK, milestone, "done", actor=actor, on=on, note=words)


def ask_for_help(milestone: Milestone, *, words: str, actor: Person) -> None:
    """Whoever is responsible needs help: the leads and the coordinators are told, the words kept for the team."""
    project = milestone.project
    check_it_may_change(project)
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("This milestone is not open any more."))
    told, noted = [*leads(project), *coordinators(project)], _keep_words(milestone, words, actor)
    in_history("milestones.help", project, milestone, actor=actor, tell=told, **noted)
    settle(ASK, milestone, "help", actor=actor, words=words)


def reopen(milestone: Milestone, *, actor: Person | None) -> None:
    """Take a done or dropped milestone back into the plan, with the dates it had."""
    check_it_may_change(milestone.project)
    if milestone.state is MilestoneState.PLANNED:
        raise RuleBroken(_("This milestone is in the plan already."))
    milestone.state, milestone.done_on = MilestoneState.PLANNED, None
    milestone.version += 1
    in_history("milestones.reopen", milestone.project, milestone, actor=actor)


def drop(milestone: Milestone, *, words: str, actor: Person | None) -> None:
    """A milestone is no longer meant. It stays in the plan as dropped; once it runs, `words` say why."""
    check_it_may_change(milestone.project)
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("Only a planned milestone can be dropped."))
    if has_started(milestone.project) and not words.strip():
        raise RuleBroken(_("Say why the milestone is dropped."))
    milestone.state = MilestoneState.DROPPED
    milestone.version += 1
    in_history("milestones.drop", milestone.project, milestone, actor=actor, words=words)
    take_back(milestone, ASK)


def write_note(
    project: Project,
    *,
    text: str,
    on: PartialDate,
    language: str,
    audience: NoteAudience,
    milestone: Milestone | None = None,
    files: Sequence[StoredFile] = (),
    actor: Person | None,
) -> ProgressNote:
    """Write a progress note on a project or one of its milestones: Markdown; `language` is a BCP 47 tag."""
    if milestone is not None and milestone.project_id != project.id:
        raise RuleBroken(_("This milestone belongs to another project."))
    if not text.strip():
        raise RuleBroken(_("Write what there is to tell."))
    check_it_has_come(on)
    note = ProgressNote(
        project=project,
        milestone=milestone,
        author=actor,
        at=clock.now(),
        on=on,
        language=language,
        text=text,
        audience=audience,
        files=list(files),
    )
    db.session.add(note)
    db.session.flush()
    in_history("milestones.note", project, actor=actor, note_id=note.id, audience=audience.value, path=note.path)
    return note


def withdraw_note(note: ProgressNote, *, actor: Person | None) -> None:
    """Take a note away from everybody but its author. Nothing of it is deleted."""
    if note.withdrawn_at is not None:
        raise RuleBroken(_("This note is withdrawn already."))
    note.withdrawn_at = clock.now()
    in_history(
        "milestones.withdraw_note",
        note.project,
        actor=actor,
        tell=[note.author] if note.author else (),
        why=Why.YOURSELF,
        note_id=note.id,
        on=str(note.on),
        files=[file.sha256 for file in note.files],
    )
    db.session.flush()


def _keep_words(milestone: Milestone, words: str, actor: Person | None) -> dict[str, Any]:
    """What was said beside an answer, as a note for the team; and what the history tells of it."""
    if not words.strip():
        return {}
    note = ProgressNote(
        project=milestone.project,
        milestone=milestone,
        author=actor,
        at=clock.now(),
        on=PartialDate.of(clock.today()),
        language=(actor.interface_language if actor else "") or milestone.project.language,
        text=words,
        audience=NoteAudience.TEAM,
    )
    db.session.add(note)
    db.session.flush()
    return {"words": words, "note_id": note.id}


def check_it_has_come(on: PartialDate) -> None:
    """Raise RuleBroken for a day, month or year that has not begun anywhere on Earth."""
    if on.first_day > (clock.now() + timedelta(hours=14)).date():
        raise RuleBroken(_("This day has not come yet."))
