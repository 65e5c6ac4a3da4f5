from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker import files
from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _, format_day, format_number, language_name, list_and
from tracker.markdown import render
from tracker.projects.models import Project
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries
from tracker.reports.forms import PublishForm, ReportForm
from tracker.reports.models import Report
from tracker.reports.states import KIND_LABELS, LICENCES, ReportState

bp = Blueprint("reports", __name__)


@bp.post("/projects/<int:project_id>/reports/new")
@requires("lead_project", Project, loading=queries.PROJECT_TEAM, seen_by="view_project")
def new(project: Project) -> Any:
    report = actions.start_report(project, actor=actor())
    db.session.commit()
    return redirect(f"{report.path}/edit", 303)


@bp.route("/reports/<int:report_id>/edit", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit(report: Report) -> Any:
    """The record as one form. Buttons that arrange the authors or preview the abstract save nothing."""
    form = ReportForm(report=report, people=_people(report))
    preview, theirs, conflicts, status = None, {}, False, 200
    if request.method == "POST" and "row" in request.form:
        form.arrange(request.form["row"])
    elif request.method == "POST" and "preview" in request.form:
        if form.abstract.validate(form):
            preview = render(form.abstract.data or "")
    elif request.method == "POST":
        sound = form.submitted()
        conflicts = form.version.data != str(report.version)
        if sound and not conflicts and _save(report, form):
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(report.path, 303)
        theirs = _differing(form, report) if conflicts else {}
        form.version.data = str(report.version)
        status = 409 if conflicts else 422
    return render_template(
        "reports/edit.html",
        form=form,
        report=report,
        preview=preview,
        conflicts=conflicts,
        theirs=theirs,
        missing=actions.missing_in(report) if report.state is ReportState.DRAFT else [],
    ), status


@bp.route("/projects/<int:project_id>/steps/publish", methods=["GET", "POST"])
@requires("act_as_lead", Project, loading=queries.PROJECT_TEAM, seen_by="view_project")
def publish(project: Project) -> Any:
    """Look once more at what becomes public, confirm that every author approved it, publish."""
    if request.method == "GET" and project.state is not ProjectState.REVIEW:
        return redirect(project.path, 303)
    reports = queries.drafts(project)
    seen = " ".join(f"{report.id}:{report.version}" for report in reports)
    form = PublishForm(seen=seen)
    sound = form.submitted()
    changed = request.method == "POST" and form.seen.data != seen
    if sound and not changed:
        actions.publish(project, actor=actor(), attested=form.attested.data)
        db.session.commit()
        flash(_("The project and its report are published."), "success")
        return redirect(project.path, 303)
    form.seen.data = seen
    return render_template(
        "reports/publish.html",
        project=project,
        form=form,
        changed=changed,
        ready=[report for report in reports if not actions.missing_in(report)],
        unfinished=[report for report in reports if actions.missing_in(report)],
        missing=missing(project, "publish"),
    ), (409 if changed else 422 if form.errors else 200)


@bp.route("/reports/<int:report_id>/publish", methods=["GET", "POST"])
@requires("publish_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def publish_later(report: Report) -> Any:
    """Publish a report that its published project left behind as a draft."""
    assert report.project is not None
    if report.state is ReportState.PUBLISHED or report.project.state is not ProjectState.PUBLISHED:
        return redirect(report.path, 303)
    seen = f"{report.id}:{report.version}"
    form = PublishForm(seen=seen)
    sound = form.submitted()
    changed = request.method == "POST" and form.seen.data != seen
    if sound and not changed:
        actions.publish_report(report, actor=actor(), attested=form.attested.data)
        db.session.commit()
        flash(_("The report is published."), "success")
        return redirect(report.path, 303)
    form.seen.data = seen
    missing_here = actions.missing_in(report)
    return render_template(
        "reports/publish.html",
        project=report.project,
        form=form,
        changed=changed,
        ready=[] if missing_here else [report],
        unfinished=[],
        missing=missing_here,
    ), (409 if changed else 422 if form.errors else 200)


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


def _save(report: Report, form: ReportForm) -> bool:
    """Write the whole form, or nothing and an error beside the file that is refused."""
    upload = form.upload.data
    kept = None
    if getattr(upload, "filename", ""):
        try:
            kept = files.keep(upload, uploaded_by=actor(), project_id=report.project_id)
        except ValueError as error:
            form.upload.errors = [str(error)]
            return False
    actions.change_report(report, actor=actor(), **form.fields())
    actions.set_authors(report, form.author_rows(), actor=actor())
    if kept is not None:
        actions.attach_file(report, kept, actor=actor())
    elif form.remove_file.data and report.file is not None:
        actions.remove_file(report, actor=actor())
    return True


def _people(report: Report) -> list[tuple[int, str]]:
    """Who may be named as an author's person: the team, and whom the record names already."""
    team = [member.person for member in report.project.members] if report.project else []
    named = [author.person for author in report.authors if author.person]
    return list({person.id: (person.id, person.name) for person in [*team, *named]}.values())


def _differing(form: ReportForm, report: Report) -> dict[str, str]:
    """What is saved now, by field, where it is not what was typed."""
    typed = form.fields()
    saved_now = {name: getattr(report, name) for name in typed}
    theirs = {name: _readable(name, value) for name, value in saved_now.items() if value != typed[name]}
    saved = [(author.name, author.affiliation) for author in report.authors]
    if saved != [(row["name"], row["affiliation"]) for row in form.author_rows()]:
        named = "; ".join(f"{name} ({place})" if place else name for name, place in saved)
        theirs["authors"] = named or _("(nothing)")
    return theirs


def _readable(name: str, value: Any) -> str:
    """The value of a field as the form shows it, not as the row keeps it."""
    if not value:
        return _("(nothing)")
    ways: dict[str, Callable[[Any], Any]] = {
        "kind": lambda kind: KIND_LABELS[kind],
        "language": language_name,
        "other_languages": lambda tags: list_and(map(language_name, tags)),
        "published_on": format_day,
        "licence": lambda licence: LICENCES.get(licence, licence),
        "pages": format_number,
    }
    return str(ways.get(name, str)(value))
