from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.asks.actions import settle, take_back
from tracker.database import db
from tracker.dates import PartialDate, add_months, earth_day
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.milestones.models import DateChange, Milestone, ProgressNote
from tracker.milestones.queries import STARTED, has_dated_plan, size
from tracker.milestones.states import TEMPLATES, DelayReason, MilestoneState, NoteAudience
from tracker.projects.actions import coordinators, leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import ProjectState

ASK = "milestones.due"
MOST_MILESTONES = 150  # in one plan; the longest template has twelve

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


def has_started(project: Project) -> bool:
    """Whether the dates are promises: from its start on, and still so while it is stopped."""
    state = project.stopped_from if project.state is ProjectState.STOPPED else project.state
    return state in STARTED


def plan_from_template(project: Project, template_key: str, start: date, *, actor: Person | None) -> list[Milestone]:
    """Give a project without a plan the milestones of a template, counted in months from `start`.

    Raises RuleBroken when there is a plan already, and for a project that is published or stopped.
    """
    template = TEMPLATES.get(template_key)
    if template is None:
        raise RuleBroken(_("There is no such template."))
    _plan_may_change(project)
    if project.state is ProjectState.PUBLISHED:
        raise RuleBroken(_("A published project needs no plan."))
    if size(project):
        raise RuleBroken(_("This project has a plan already. Add to it or change it."))
    plan = []
    for name, months in template.milestones:
        try:
            due = PartialDate.of(add_months(start, months))
        except (ValueError, OverflowError) as error:
            raise RuleBroken(_("The plan would end too far in the future.")) from error
        plan.append(_new(project, str(name), due))
    db.session.add_all(plan)
    _note("milestones.plan", project, actor=actor, template=template.key, start=start.isoformat())
    return plan


def add_milestone(
    project: Project,
    *,
    name: str,
    due: PartialDate | None,
    partner: Partner | None = None,
    person: Person | None = None,
    actor: Person | None,
) -> Milestone:
    """Add one milestone. Its date, which may be partial or missing, becomes its first date."""
    _plan_may_change(project)
    _takes_part(project, partner)
    if size(project) >= MOST_MILESTONES:
        raise RuleBroken(_("A plan holds at most %(count)s milestones.", count=MOST_MILESTONES))
    milestone = _new(project, name, due)
    milestone.partner, milestone.person = partner, person
    db.session.add(milestone)
    _note("milestones.add", project, milestone, actor=actor)
    return milestone


def change_milestone(
    milestone: Milestone, *, name: str, partner: Partner | None, person: Person | None, actor: Person | None
) -> None:
    """Change what a milestone is called and who is responsible. Nothing happens when nothing differs."""
    _plan_may_change(milestone.project)
    if (name, partner, person) == (milestone.name, milestone.partner, milestone.person):
        return
    if partner is not milestone.partner:
        _takes_part(milestone.project, partner)
    is_handed_on = (partner, person) != (milestone.partner, milestone.person)
    milestone.name, milestone.partner, milestone.person = name, partner, person
    milestone.version += 1
    _note("milestones.change", milestone.project, milestone, actor=actor)
    if is_handed_on:
        take_back(milestone, ASK)  # the worker asks whoever is responsible now


def move(
    milestone: Milestone,
    *,
    due: PartialDate | None,
    reason: DelayReason | None = None,
    words: str = "",
    actor: Person | None,
) -> None:
    """Give a planned milestone another date.

    Until the project has started the first date follows. From then on the first date stays as it was
    promised, and each move is kept with its reason. Raises RuleBroken without a date or a reason then.
    """
    project = milestone.project
    _plan_may_change(project)
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("Only a planned milestone gets another date. Reopen it first."))
    before = milestone.due
    if due == before:
        if reason is None:
            return
        raise RuleBroken(_("This is the date it has already. Give another one."))
    if not has_started(project):
        milestone.first_due = due
    elif before is None:
        milestone.first_due = milestone.first_due or due
    else:
        if due is None:
            raise RuleBroken(_("Give the new date; or drop the milestone, if it is no longer meant."))
        if reason is None:
            raise RuleBroken(_("Say why the date moves."))
        milestone.first_due = milestone.first_due or before
        milestone.changes.append(
            DateChange(at=clock.now(), person=actor, before=before, after=due, reason=reason, words=words)
        )
    milestone.due = due
    milestone.version += 1
    _note(
        "milestones.move",
        project,
        milestone,
        actor=actor,
        tell=leads(project) if has_started(project) else (),
        before=str(before) if before else "–",
        after=str(due) if due else "–",
        delay=str(reason) if reason else "",
        words=words,
    )
    if reason is not None:
        settle(ASK, milestone, "late", actor=actor, due=due, reason=reason, words=words)
    take_back(milestone, ASK)


def check_new_date(milestone: Milestone, due: PartialDate) -> None:
    """Raise RuleBroken for a day that a late milestone cannot be promised for: one that is over, or its own."""
    if due == milestone.due:
        raise RuleBroken(_("This is the date it has already. Give another one."))
    if due.last_day < earth_day():
        raise RuleBroken(_("This day is over. Give a day to come."))


def mark_done(milestone: Milestone, *, on: PartialDate | None, words: str = "", actor: Person | None) -> None:
    """A planned milestone is reached, on a day that may be partial or, in old records, unknown.

    `words` become a progress note for the team.
    """
    _plan_may_change(milestone.project)
    if milestone.state is MilestoneState.DONE:
        raise RuleBroken(_("This milestone is done already."))
    if milestone.state is MilestoneState.DROPPED:
        raise RuleBroken(_("This milestone was dropped. Reopen it first."))
    if on is not None:
        check_it_has_come(on)
    milestone.state, milestone.done_on = MilestoneState.DONE, on
    milestone.version += 1
    _note(
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
    _plan_may_change(project)
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("This milestone is not open any more."))
    told, noted = [*leads(project), *coordinators(project)], _keep_words(milestone, words, actor)
    _note("milestones.help", project, milestone, actor=actor, tell=told, **noted)
    settle(ASK, milestone, "help", actor=actor, words=words)


def reopen(milestone: Milestone, *, actor: Person | None) -> None:
    """Take a done or dropped milestone back into the plan, with the dates it had."""
    _plan_may_change(milestone.project)
    if milestone.state is MilestoneState.PLANNED:
        raise RuleBroken(_("This milestone is in the plan already."))
    milestone.state, milestone.done_on = MilestoneState.PLANNED, None
    milestone.version += 1
    _note("milestones.reopen", milestone.project, milestone, actor=actor)


def drop(milestone: Milestone, *, words: str, actor: Person | None) -> None:
    """A milestone is no longer meant. It stays in the plan as dropped; once it runs, `words` say why."""
    _plan_may_change(milestone.project)
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("Only a planned milestone can be dropped."))
    if has_started(milestone.project) and not words.strip():
        raise RuleBroken(_("Say why the milestone is dropped."))
    milestone.state = MilestoneState.DROPPED
    milestone.version += 1
    _note("milestones.drop", milestone.project, milestone, actor=actor, words=words)
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
    _note("milestones.note", project, actor=actor, note_id=note.id, audience=audience.value, path=note.path)
    return note


def withdraw_note(note: ProgressNote, *, actor: Person | None) -> None:
    """Take a note away from everybody but its author. Nothing of it is deleted."""
    if note.withdrawn_at is not None:
        raise RuleBroken(_("This note is withdrawn already."))
    note.withdrawn_at = clock.now()
    _note(
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


def _new(project: Project, name: str, due: PartialDate | None) -> Milestone:
    return Milestone(
        project=project,
        name=name,
        first_due=due,
        due=due,
        state=MilestoneState.PLANNED,
        created_at=clock.now(),
        version=1,
    )


def _note(
    kind: str,
    project: Project,
    milestone: Milestone | None = None,
    *,
    actor: Person | None,
    tell: Sequence[Person] = (),
    why: Why = Why.TEAM,
    **details: Any,
) -> None:
    """One row of activity, on the project: its history tells of the plan too."""
    touch(project)
    if milestone is not None:
        db.session.flush()
        details = {
            "milestone": milestone.name,
            "milestone_id": milestone.id,
            "path": milestone.path,
            **details,
        }
    record(kind, project, actor=actor, tell=tell, why=why, **details)


def _plan_may_change(project: Project) -> None:
    if project.state is ProjectState.STOPPED:
        raise RuleBroken(_("This project is stopped. Resume it before changing its plan."))


def _takes_part(project: Project, partner: Partner | None) -> None:
    if partner is not None and (partner.project_id != project.id or not partner.takes_part):
        raise RuleBroken(_("Only an institution that takes part in the project can be responsible."))


def check_it_has_come(on: PartialDate) -> None:
    """Raise RuleBroken for a day, month or year that has not begun anywhere on Earth."""
    if on.first_day > (clock.now() + timedelta(hours=14)).date():
        raise RuleBroken(_("This day has not come yet."))
