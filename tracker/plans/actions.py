from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.order import check_start
from tracker.milestones.states import TEMPLATES, MilestoneState
from tracker.plans import queries, table
from tracker.plans.models import PlanTemplate, PlanTemplateItem
from tracker.plans.offsets import shifted
from tracker.projects.models import Project

MOST_MONTHS = 240  # after the start
MOST_DAYS = 366

declare(
    {
        "plans.shift": _l("%(actor)s moved the whole plan, to begin on %(start)s."),
        "plans.template": _l("%(actor)s made the plan template “%(name)s”."),
        "plans.rename": _l("%(actor)s renamed the plan template “%(before)s” to “%(name)s”."),
        "plans.retire": _l("%(actor)s retired the plan template “%(name)s”."),
        "plans.restore": _l("%(actor)s offers the plan template “%(name)s” again."),
    }
)


@dataclass(frozen=True)
class Item:
    """A milestone of a template: due so many months and then days after the start; `follows`: places of what must
    come before it."""

    name: str
    months: int
    days: int
    follows: tuple[int, ...] = ()


def save(
    project: Project, rows: Sequence[table.Row], plan: Sequence[Milestone], *, actor: Person | None
) -> list[Milestone]:
    """Save the rows of a plan, all or none; give the milestones that were added or changed.

    `plan` is every milestone the project has, `rows` those that were filled in. Raises RuleBroken with the first
    thing that may not be.
    """
    milestones.check_it_may_change(project)
    if wrong := table.refused(project, rows, plan):
        raise RuleBroken(next(iter(wrong.values())))
    held = {milestone.id: milestone for milestone in plan}
    changed = []
    for row in table.in_order(rows, plan):
        before = [held[key] for key in row.after]
        if row.milestone is None:
            held[row.key] = milestones.add_milestone(
                project,
                name=row.name,
                due=row.due,
                partner=row.partner,
                person=row.person,
                helpers=row.helpers,
                must_follow=before,
                actor=actor,
            )
            changed.append(held[row.key])
        elif milestones.revise(
            row.milestone,
            name=row.name,
            due=row.due,
            partner=row.partner,
            person=row.person,
            helpers=row.helpers,
            must_follow=before,
            reason=row.reason if row.needs_reason else None,
            words=row.words if row.needs_reason else "",
            actor=actor,
        ):
            changed.append(row.milestone)
    return changed


def items_of(key: str, network_id: int) -> tuple[str, list[Item]] | None:
    """The name and the milestones of a template by its key: one built in, or "network-7"; None where there is none
    that this network offers."""
    if built_in := TEMPLATES.get(key):
        return str(built_in.label), [Item(str(name), months, 0) for name, months in built_in.milestones]
    for template in queries.templates(network_id):
        if key == key_of(template):
            items = [Item(item.name, item.months, item.days, tuple(item.follows)) for item in template.items]
            return template.name, items
    return None


def key_of(template: PlanTemplate) -> str:
    """What a form calls a network's own template."""
    return f"network-{template.id}"


def preview(items: Iterable[Item], start: date) -> list[tuple[str, PartialDate]]:
    """(name, date) of each milestone, counted from `start`. Raises RuleBroken beyond the calendar."""
    return [(item.name, milestones.day_after(start, item.months, item.days)) for item in items]


def plan_from(project: Project, key: str, start: date, *, actor: Person | None) -> list[Milestone]:
    """Give a project without a plan the milestones of a template, built in or its network's own."""
    found = items_of(key, project.network_id)
    if found is None:
        raise RuleBroken(_("There is no such template."))
    laid = [(item.name, item.months, item.days, item.follows) for item in found[1]]
    return milestones.lay_out(project, laid, start, actor=actor, template=key)


def shift(project: Project, plan: Sequence[Milestone], start: date, *, actor: Person | None) -> None:
    """Count every open date of a plan from another first day, while nothing is promised yet.

    Raises RuleBroken once the project has started, for a plan without dates, and for a start before the project's.
    """
    milestones.check_it_may_change(project)
    if milestones.has_started(project):
        raise RuleBroken(_("The project runs: its dates are promises. Give each a new date, with the reason."))
    dated = [(each, each.due) for each in plan if each.state is MilestoneState.PLANNED and each.due is not None]
    if not dated:
        raise RuleBroken(_("No milestone that is still open has a date."))
    try:
        check_start(PartialDate.of(start), project.starts_on)
        dates = shifted([due for _milestone, due in dated], start)
    except (ValueError, OverflowError) as error:
        raise RuleBroken(_("The plan would end too far in the future.")) from error
    milestones.set_dates(project, [(each, due) for (each, _old), due in zip(dated, dates, strict=True)])
    record("plans.shift", project, actor=actor, start=start.isoformat(), path=f"{project.path}/plan")


def make_template(project: Project, *, name: str, items: Sequence[Item], actor: Person) -> PlanTemplate:
    """Keep a project's plan as a template of its network, in the language of the project."""
    if not items:
        raise RuleBroken(_("Choose at least one milestone."))
    if len(queries.templates(project.network_id)) >= queries.MOST_TEMPLATES:
        raise RuleBroken(_("There are many templates already. Retire one first."))
    template = PlanTemplate(
        network=project.network,
        project=project,
        name=name,
        language=project.language,
        created_by=actor,
        created_at=clock.now(),
        items=[
            PlanTemplateItem(
                position=place, name=item.name, months=item.months, days=item.days, follows=list(item.follows)
            )
            for place, item in enumerate(items)
        ],
    )
    db.session.add(template)
    db.session.flush()
    record("plans.template", project.network, actor=actor, name=name, template_id=template.id)
    return template


def rename(template: PlanTemplate, name: str, *, actor: Person) -> None:
    """Call a template something else."""
    if name == template.name:
        return
    before, template.name = template.name, name
    record("plans.rename", template.network, actor=actor, before=before, name=name, template_id=template.id)


def retire(template: PlanTemplate, *, actor: Person) -> None:
    """Offer a template no longer. The plans made from it stay."""
    if template.retired_at is not None:
        raise RuleBroken(_("This template is retired already."))
    template.retired_at = clock.now()
    record("plans.retire", template.network, actor=actor, name=template.name, template_id=template.id)


def restore(template: PlanTemplate, *, actor: Person) -> None:
    """Offer a retired template again."""
    if template.retired_at is None:
        raise RuleBroken(_("This template is offered already."))
    template.retired_at = None
    record("plans.restore", template.network, actor=actor, name=template.name, template_id=template.id)
