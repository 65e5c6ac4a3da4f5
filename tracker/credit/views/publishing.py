"""Publishing: a look at what becomes public and at who approved it, then the button."""

from typing import Any

from flask import flash, redirect, render_template, request

from tracker.access import actor, requires
from tracker.credit import actions, queries
from tracker.credit.forms import PublishForm
from tracker.credit.views.blueprint import bp
from tracker.database import db
from tracker.i18n import _
from tracker.projects.models import Project
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
from tracker.reports.actions import missing_in
from tracker.reports.models import Report
from tracker.reports.queries import PROJECT_TEAM
from tracker.reports.states import ReportState


@bp.route("/projects/<int:project_id>/steps/publish", methods=["GET", "POST"])
@requires("act_as_lead", Project, loading=PROJECT_TEAM, seen_by="view_project")
def publish(project: Project) -> Any:
    """Look once more at what becomes public and at who approved it, then publish."""
    if request.method == "GET" and project.state is not ProjectState.REVIEW:
        return redirect(project.path, 303)
    reports = queries.unpublished(project, lock=request.method == "POST")
    standings = queries.standings(reports)
    form, changed = _publish_form(reports, standings)
    if form.submitted() and not changed:
        actions.publish(project, actor=actor())
        db.session.commit()
        flash(_("The project and its report are published."), "success")
        return redirect(project.path, 303)
    lacking = {
        report.id: [*missing_in(report), *actions.not_approved(report, standings[report.id])] for report in reports
    }
    return render_template(
        "credit/publish.html",
        project=project,
        form=form,
        changed=changed,
        ready=[(report, standings[report.id].proof) for report in reports if not lacking[report.id]],
        unfinished=[(report, lacking[report.id]) for report in reports if lacking[report.id]],
        missing=missing(project, "publish"),
    ), (409 if changed else 422 if form.errors else 200)


@bp.route("/reports/<int:report_id>/publish", methods=["GET", "POST"])
@requires("publish_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def publish_later(report: Report) -> Any:
    """Publish a report that its published project left behind as a draft."""
    assert report.project is not None
    if report.state is not ReportState.DRAFT or report.project.state is not ProjectState.PUBLISHED:
        return redirect(report.path, 303)
    standings = queries.standings([report])
    form, changed = _publish_form([report], standings)
    if form.submitted() and not changed:
        actions.publish_report(report, actor=actor())
        db.session.commit()
        flash(_("The report is published."), "success")
        return redirect(report.path, 303)
    lacking = [*missing_in(report), *actions.not_approved(report, standings[report.id])]
    return render_template(
        "credit/publish.html",
        project=report.project,
        form=form,
        changed=changed,
        ready=[] if lacking else [(report, standings[report.id].proof)],
        unfinished=[],
        missing=lacking,
    ), (409 if changed else 422 if form.errors else 200)


def _publish_form(reports: list[Report], standings: dict[int, queries.Standing]) -> tuple[PublishForm, bool]:
    """The form, and whether what was on the page when its button was pressed has changed since."""
    seen = " ".join(f"{report.id}:{report.version}:{standings[report.id].number}" for report in reports)
    form = PublishForm(seen=seen)
    changed = request.method == "POST" and form.seen.data != seen
    form.seen.data = seen
    return form, changed
