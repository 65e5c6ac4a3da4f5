from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request

from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _
from tracker.markdown import render
from tracker.projects.models import Project
from tracker.reports import actions, queries, withdrawal
from tracker.reports.differences import differences
from tracker.reports.editing import bp
from tracker.reports.editions import FIELDS, made_of
from tracker.reports.forms import ReasonForm
from tracker.reports.models import Report
from tracker.reports.words import LABELS, readable

__all__ = ["bp"]


@bp.post("/projects/<int:project_id>/reports/new")
@requires("lead_project", Project, loading=queries.PROJECT_TEAM, seen_by="view_project")
def new(project: Project) -> Any:
    report = actions.start_report(project, actor=actor())
    db.session.commit()
    return redirect(f"{report.path}/edit", 303)


@bp.route("/reports/<int:report_id>/discard", methods=["GET", "POST"])
@requires("discard_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def discard(report: Report) -> Any:
    """Ask once more, then remove the draft."""
    if request.method != "POST":
        return render_template("reports/discard.html", report=report)
    where = f"{report.project.path}#reports" if report.project else "/reports"
    actions.discard(report, actor=actor())
    db.session.commit()
    flash(_("The draft is discarded."), "success")
    return redirect(where, 303)


@bp.route("/reports/<int:report_id>/withdraw", methods=["GET", "POST"])
@requires("withdraw_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def withdraw(report: Report) -> Any:
    """Ask once more and why, then take a published report back."""
    form = ReasonForm()
    if form.submitted():
        withdrawal.withdraw(report, reason=form.reason.data, actor=actor())
        db.session.commit()
        flash(_("The report is withdrawn."), "success")
        return redirect(report.path, 303)
    if not report.is_public:
        return redirect(report.path, 303)
    return render_template("reports/withdraw.html", report=report, form=form), 422 if form.errors else 200


@bp.route("/reports/<int:report_id>/restore", methods=["GET", "POST"])
@requires("withdraw_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def restore(report: Report) -> Any:
    """Make a withdrawn report public again, with a reason."""
    form = ReasonForm()
    if form.submitted():
        withdrawal.restore(report, reason=form.reason.data, actor=actor())
        db.session.commit()
        flash(_("The report is public again."), "success")
        return redirect(report.path, 303)
    if not report.is_withdrawn:
        return redirect(report.path, 303)
    return render_template("reports/restore.html", report=report, form=form), 422 if form.errors else 200


@bp.get("/reports/<int:report_id>/versions/<int:number>")
@requires("view_report", Report, loading=queries.REPORT_PAGE)
def version(report: Report, number: int) -> Any:
    """A published record as it was, and what the next version changed. The current one is the report's own page."""
    if not report.is_public:
        abort(410 if report.is_withdrawn else 404)
    shown = queries.edition(report, number)
    if number == report.edition:
        return redirect(report.path, 302)
    if shown is None:
        abort(404)
    following = queries.edition(report, number + 1)
    record = shown.record
    return render_template(
        "reports/version.html",
        report=report,
        edition=shown,
        following=following,
        changes=differences(record, following.record) if following else [],
        record=record,
        abstract=render(record.get("abstract", "")),
        rows=[
            (LABELS[name], readable(name, record[name]))
            for name in FIELDS
            if record.get(name) and name not in ("title", "abstract")
        ],
        address=f"{current_app.config['BASE_URL']}{report.path}",
        made=made_of(report, number),
    )
