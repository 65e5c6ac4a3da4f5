"""What a plan says: its milestones, when each is due, who sees to it, and what comes before what."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why
from tracker.activity.record import record
from tracker.asks.actions import settle, take_back
from tracker.database import db
from tracker.dates import PartialDate, add_months, earth_day
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.milestones import order
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.queries import STARTED, links_of, size
from tracker.milestones.states import TEMPLATES, DelayReason, MilestoneState
from tracker.projects.actions import leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.states import ProjectState

ASK = "milestones.due"
MOST_MILESTONES = 150  # in one plan; the longest template has twelve


def has_started(project: Project) -> bool:
    """Whether the dates are promises: from its start on, and still so while it is stopped."""
    state = project.stopped_from if project.state is ProjectState.STOPPED else project.state
    return state in STARTED


def plan_from_template(project: Project, template_key: str, start: date, *, actor: Person | None) -> list[Milestone]:
    """Give a project without a plan the milestones of a built-in template, counted in months from `start`."""
    template = TEMPLATES.get(template_key)
    if template is None:
        raise RuleBroken(_("There is no such template."))
    laid = [(str(name), months, 0, ()) for name, months in template.milestones]
    return lay_out(project, laid, start, actor=actor, template=template.key)


def lay_out(
    project: Project,
    laid: Sequence[tuple[str, int, int, Sequence[int]]],
    start: date,
    *,
    actor: Person | None,
    template: str,
) -> list[Milestone]:
    """Give a project without a plan these milestones: (name, months after `start`, days after that, the places in
    `laid` of what must come before it).

    Raises RuleBroken when there is a plan already, for a project that is published or stopped, and for a start before
    the project's own.
    """
    check_it_may_change(project)
    if project.state is ProjectState.PUBLISHED:
        raise RuleBroken(_("A published project needs no plan."))
    if size(project):
        raise RuleBroken(_("This project has a plan already. Add to it or change it."))
    plan = [_new(project, name, day_after(start, months, days)) for name, months, days, _before in laid]
    order.check_start(PartialDate.of(start), project.starts_on)
    for milestone, (_name, _months, _days, before) in zip(plan, laid, strict=True):
        milestone.must_follow = [plan[place] for place in before]
    db.session.add_all(plan)
    in_history("milestones.plan", project, actor=actor, template=template, start=start.isoformat())
    return plan


def day_after(start: date, months: int, days: int = 0) -> PartialDate:
    """The day `months` after `start`, or the last of that month where it is shorter, and then `days` on.

    Raises RuleBroken where that leaves the calendar.
    """
    try:
        return PartialDate.of(add_months(start, months) + timedelta(days=days))
    except (ValueError, OverflowError) as error:
        raise RuleBroken(_("The plan would end too far in the future.")) from error


def add_milestone(
    project: Project,
    *,
    name: str,
    due: PartialDate | None,
    partner: Partner | None = None,
    person: Person | None = None,
    helpers: Sequence[Partner] = (),
    must_follow: Sequence[Milestone] = (),
    actor: Person | None,
) -> Milestone:
    """Add one milestone. Its date, which may be partial or missing, becomes its first date."""
    check_it_may_change(project)
    for each in (partner, *helpers):
        _takes_part(project, each)
    if size(project) >= MOST_MILESTONES:
        raise RuleBroken(_("A plan holds at most %(count)s milestones.", count=MOST_MILESTONES))
    _of_project(project, must_follow)
    check_due(project, name, due, must_follow)
    milestone = _new(project, name, due)
    milestone.partner, milestone.person = partner, person
    milestone.helpers, milestone.must_follow = list(helpers), list(must_follow)
    db.session.add(milestone)
    in_history("milestones.add", project, milestone, actor=actor)
    return milestone


def change_milestone(
    milestone: Milestone,
    *,
    name: str,
    partner: Partner | None,
    person: Person | None,
    helpers: Sequence[Partner] | None = None,
    must_follow: Sequence[Milestone] | None = None,
    actor: Person | None,
) -> None:
    """Change what a milestone is called, who is responsible, who helps and what must come before it; what is None
    stays. Nothing happens when nothing differs."""
    revise(
        milestone,
        due=milestone.due,
        name=name,
        partner=partner,
        person=person,
        helpers=helpers,
        must_follow=must_follow,
        actor=actor,
    )


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
    promised, and each move is kept with its reason. Raises RuleBroken without a date or a reason then, and for a date
    before the project's start or before what must come first.
    """
    check_it_may_change(milestone.project)
    if due == milestone.due and reason is not None:
        raise RuleBroken(_("This is the date it has already. Give another one."))
    revise(
        milestone,
        due=due,
        name=milestone.name,
        partner=milestone.partner,
        person=milestone.person,
        reason=reason,
        words=words,
        actor=actor,
    )


def revise(
    milestone: Milestone,
    *,
    name: str,
    due: PartialDate | None,
    partner: Partner | None,
    person: Person | None,
    helpers: Sequence[Partner] | None = None,
    must_follow: Sequence[Milestone] | None = None,
    reason: DelayReason | None = None,
    words: str = "",
    actor: Person | None,
) -> bool:
    """All of a milestone at once, as `change_milestone` and `move` do it, with one line of history.

    Says whether anything was changed.
    """
    project, before = milestone.project, milestone.due
    check_it_may_change(project)
    changes: dict[str, Any] = {"name": name, "partner": partner, "person": person}
    if helpers is not None and set(helpers) != set(milestone.helpers):
        changes["helpers"] = list(helpers)
    is_reordered = must_follow is not None and set(must_follow) != set(milestone.must_follow)
    if is_reordered:
        changes["must_follow"] = list(must_follow or ())
    changes = {key: value for key, value in changes.items() if value != getattr(milestone, key)}
    if not changes and due == before:
        return False
    new_helpers = [helper for helper in changes.get("helpers", ()) if helper not in milestone.helpers]
    for each in (changes.get("partner"), *new_helpers):
        _takes_part(project, each)
    if is_reordered:
        _check_links(milestone, changes["must_follow"])
    if is_reordered or due != before:
        check_due(project, name, due, changes.get("must_follow", milestone.must_follow), is_new=due != before)
    if due != before:
        _check_move(milestone, due, reason)
        _set_date(milestone, due, reason, words, actor)
    for key, value in changes.items():
        setattr(milestone, key, value)
    milestone.version += 1
    if due == before:
        in_history("milestones.change", project, milestone, actor=actor, changed=sorted(changes))
    else:
        in_history(
            "milestones.move",
            project,
            milestone,
            actor=actor,
            tell=leads(project) if has_started(project) else (),
            before=str(before) if before else "–",
            after=str(due) if due else "–",
            delay=str(reason) if reason else "",
            words=words,
            changed=sorted(changes),
        )
        if reason is not None:
            settle(ASK, milestone, "late", actor=actor, due=due, reason=reason, words=words)
    if due != before or changes.keys() & {"partner", "person"}:
        take_back(milestone, ASK)  # the worker asks whoever is responsible now
    return True


def set_dates(project: Project, dates: Sequence[tuple[Milestone, PartialDate]]) -> None:
    """Give milestones of a project that has not started other dates, all together; the first dates follow.

    The history of the whole is the caller's.
    """
    check_it_may_change(project)
    if has_started(project):
        raise RuleBroken(_("Say why the date moves."))
    for milestone, due in dates:
        if due != milestone.due:
            milestone.first_due = milestone.due = due
            milestone.version += 1
    touch(project)


def _check_move(milestone: Milestone, due: PartialDate | None, reason: DelayReason | None) -> None:
    if milestone.state is not MilestoneState.PLANNED:
        raise RuleBroken(_("Only a planned milestone gets another date. Reopen it first."))
    if has_started(milestone.project) and milestone.due is not None:
        if due is None:
            raise RuleBroken(_("Give the new date; or drop the milestone, if it is no longer meant."))
        if reason is None:
            raise RuleBroken(_("Say why the date moves."))


def _set_date(
    milestone: Milestone, due: PartialDate | None, reason: DelayReason | None, words: str, actor: Person | None
) -> None:
    before = milestone.due
    if not has_started(milestone.project):
        milestone.first_due = due
    elif before is None:
        milestone.first_due = milestone.first_due or due
    else:
        milestone.first_due = milestone.first_due or before
        milestone.changes.append(
            DateChange(at=clock.now(), person=actor, before=before, after=due, reason=reason, words=words)
        )
    milestone.due = due


def _check_links(milestone: Milestone, must_follow: Sequence[Milestone]) -> None:
    """Raise RuleBroken for another project's milestone, and where the links would close a ring."""
    _of_project(milestone.project, must_follow)
    links = links_of(milestone.project)
    links[milestone.id] = [before.id for before in must_follow]
    named = {each.id: each.name for each in (milestone, *must_follow)}
    order.check_rings(links, lambda key: named.get(key) or db.session.get_one(Milestone, key).name)


def _of_project(project: Project, must_follow: Sequence[Milestone]) -> None:
    if any(before.project_id != project.id for before in must_follow):
        raise RuleBroken(_("This milestone belongs to another project."))


def check_due(
    project: Project,
    name: str,
    due: PartialDate | None,
    must_follow: Sequence[Milestone],
    *,
    is_new: bool = True,
) -> None:
    """Raise RuleBroken for a date before the project's start, where it `is_new`, or before what must come first."""
    if is_new:
        order.check_start(due, project.starts_on)
    still_open = [before for before in must_follow if before.state is MilestoneState.PLANNED]
    order.check_order(order.Due(name, due), [order.Due(before.name, before.due) for before in still_open])


def check_new_date(milestone: Milestone, due: PartialDate) -> None:
    """Raise RuleBroken for a day that a late milestone cannot be promised for: one that is over, its own, or one
    before what must come first."""
    if due == milestone.due:
        raise RuleBroken(_("This is the date it has already. Give another one."))
    if due.last_day < earth_day():
        raise RuleBroken(_("This day is over. Give a day to come."))
    check_due(milestone.project, milestone.name, due, milestone.must_follow)


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


def in_history(
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


def check_it_may_change(project: Project) -> None:
    """Raise RuleBroken while the project is stopped."""
    if project.state is ProjectState.STOPPED:
        raise RuleBroken(_("This project is stopped. Resume it before changing its plan."))


def _takes_part(project: Project, partner: Partner | None) -> None:
    if partner is not None and (partner.project_id != project.id or not partner.takes_part):
        raise RuleBroken(_("Only an institution that takes part in the project can be responsible."))
