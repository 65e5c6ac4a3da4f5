from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.clock import today
from tracker.database import db
from tracker.i18n import _, ngettext
from tracker.institutions.models import Network
from tracker.milestones import queries as milestones
from tracker.milestones.actions import has_started
from tracker.milestones.order import clashes
from tracker.milestones.states import TEMPLATES, MilestoneState
from tracker.plans import actions, queries
from tracker.plans.forms import ChooseForm, MakeTemplateForm, RenameForm, ShiftForm
from tracker.plans.models import PlanTemplate
from tracker.plans.rows import PlanForm, RowForm
from tracker.projects.models import Project
from tracker.projects.states import ProjectState

bp = Blueprint("plans", __name__)


@bp.route("/projects/<int:project_id>/plan", methods=["GET", "POST"])
@requires("lead_project", Project, loading=milestones.PROJECT_TEAM, seen_by="view_project")
def plan(project: Project) -> Any:
    """The plan as one table for whoever leads; without one, the choice of a template; while stopped, to read."""
    held = milestones.plan(project)
    if project.state is ProjectState.STOPPED:
        if request.method == "POST":
            actions.save(project, [], held, actor=actor())
        return render_template("milestones/plan.html", project=project, milestones=held)
    is_table = "rows" in request.args or any(name.startswith("row-") for name in request.form)
    if "template" in request.form or not (held or is_table):  # somebody may have made the plan meanwhile
        return _choose(project)
    form = PlanForm(project, held)
    if request.method != "POST" or "back" in request.form:
        return _table(project, form)
    sound, conflicts = form.validate(), form.conflicts()
    if not sound or conflicts:
        return _table(project, form, is_conflict=conflicts, status=409 if conflicts else 422)
    if (moved := form.moved()) and not all(row.chosen_reason for row in moved):
        return _reasons(project, form, moved)
    changed = actions.save(project, form.filled(), held, actor=actor())
    db.session.commit()
    if changed:
        said = ngettext("Saved: %(num)s milestone.", "Saved: %(num)s milestones.", len(changed))
        flash(said, "success")
    return redirect(f"{project.path}/plan", 303)


@bp.route("/projects/<int:project_id>/plan/shift", methods=["GET", "POST"])
@requires("lead_project", Project, loading=milestones.PROJECT_TEAM, seen_by="view_project")
def shift(project: Project) -> Any:
    """Count the whole plan from another day, while nothing is promised."""
    held = milestones.plan(project)
    dates = [each.due.first_day for each in held if each.due and each.state is MilestoneState.PLANNED]
    form = ShiftForm(project=project, start=min(dates, default=today()))
    if form.submitted():
        actions.shift(project, held, form.start.data, actor=actor())
        db.session.commit()
        flash(_("Every date has moved along. Look whether each still suits."), "success")
        return redirect(f"{project.path}/plan", 303)
    return render_template(
        "plans/shift.html", project=project, form=form, first=min(dates, default=None), has_started=has_started(project)
    ), (422 if form.errors else 200)


@bp.route("/projects/<int:project_id>/plan/template", methods=["GET", "POST"])
@requires("coordinate_project", Project, loading=milestones.PROJECT_TEAM, seen_by="view_project")
def make_template(project: Project) -> Any:
    """A template of the network, out of a plan that went well."""
    form = MakeTemplateForm(project=project, plan=milestones.plan(project), name=project.label[:120])
    if form.submitted():
        actions.make_template(project, name=form.name.data, items=form.items(), actor=actor())
        db.session.commit()
        flash(_("The template is made. Projects without a plan are offered it."), "success")
        return redirect(url_for(".templates", network_id=project.network_id), 303)
    wrong = request.method == "POST"
    return render_template("plans/make_template.html", project=project, form=form), (422 if wrong else 200)


@bp.get("/networks/<int:network_id>/plan-templates")
@requires("coordinate_network", Network)
def templates(network: Network) -> str:
    """The templates of a network, those no longer offered below."""
    return render_template(
        "plans/templates.html",
        network=network,
        offered=queries.templates(network),
        retired=queries.templates(network, is_retired=True),
    )


@bp.route("/plan-templates/<int:plan_template_id>/edit", methods=["GET", "POST"])
@requires("keep_plan_template", PlanTemplate, loading=queries.WHOLE)
def rename(template: PlanTemplate) -> Any:
    form = RenameForm(obj=template)
    if form.submitted():
        actions.rename(template, form.name.data, actor=actor())
        db.session.commit()
        return redirect(url_for(".templates", network_id=template.network_id), 303)
    return render_template("plans/rename.html", template=template, form=form), (422 if form.errors else 200)


@bp.route("/plan-templates/<int:plan_template_id>/retire", methods=["GET", "POST"])
@requires("keep_plan_template", PlanTemplate, loading=queries.WHOLE)
def retire(template: PlanTemplate) -> Any:
    """Says what it means; its button does it."""
    if request.method != "POST":
        return render_template("plans/retire.html", template=template)
    actions.retire(template, actor=actor())
    db.session.commit()
    flash(_("“%(name)s” is no longer offered.", name=template.name), "success")
    return redirect(url_for(".templates", network_id=template.network_id), 303)


@bp.post("/plan-templates/<int:plan_template_id>/restore")
@requires("keep_plan_template", PlanTemplate, loading=queries.WHOLE)
def restore(template: PlanTemplate) -> Any:
    actions.restore(template, actor=actor())
    db.session.commit()
    flash(_("“%(name)s” is offered again.", name=template.name), "success")
    return redirect(url_for(".templates", network_id=template.network_id), 303)


def _choose(project: Project) -> Any:
    """The templates there are, and the dates that the chosen one would give."""
    own = queries.templates(project.network_id)
    start = project.starts_on.first_day if project.starts_on else today()
    form = ChooseForm(project=project, own=own, template="paired-study", start=start)
    dates = None
    if form.submitted():
        if "preview" not in request.form:
            actions.plan_from(project, form.template.data, form.start.data, actor=actor())
            db.session.commit()
            flash(_("The plan is made. Change any date that does not suit."), "success")
            return redirect(f"{project.path}/plan", 303)
        found = actions.items_of(form.template.data, project.network_id)
        dates = actions.preview(found[1], form.start.data) if found else None
    return render_template(
        "plans/choose.html", project=project, form=form, built_in=list(TEMPLATES.values()), own=own, dates=dates
    ), (422 if form.errors else 200)


def _table(project: Project, form: PlanForm, *, is_conflict: bool = False, status: int = 200) -> Any:
    return render_template(
        "plans/table.html",
        project=project,
        form=form,
        clashes=clashes,
        is_conflict=is_conflict,
        has_started=has_started(project),
        dropped=[each for each in form.plan if each.state is MilestoneState.DROPPED],
    ), status


def _reasons(project: Project, form: PlanForm, moved: list[RowForm]) -> Any:
    """Which dates move, and why: the one thing the table could not know. One reason may do for all."""
    is_answer = "reasons" in request.form
    if is_answer:
        for row in moved:
            if not row.chosen_reason:
                row.reason.errors = [_("Say why the date moves.")]
    asked = {field.name for row in moved for field in (row.reason, row.words)}
    kept = [(name, text) for name, text in request.form.items(multi=True) if name.startswith("row-")]
    return render_template(
        "plans/reasons.html",
        project=project,
        every=form.every,
        moved=moved,
        kept=[(name, text) for name, text in kept if name not in asked],
        is_answer=is_answer,
    ), (422 if is_answer else 200)
