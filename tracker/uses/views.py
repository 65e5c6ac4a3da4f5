from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker import files
from tracker.access import actor, can, requires
from tracker.clock import today
from tracker.database import db, locked
from tracker.dates import PartialDate
from tracker.i18n import _, language
from tracker.institutions.models import Institution
from tracker.languages import is_language
from tracker.paging import paginate
from tracker.projects.models import Project
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses import actions, queries
from tracker.uses.answers import told_of
from tracker.uses.forms import UseForm
from tracker.uses.models import Use
from tracker.uses.states import UseKind

bp = Blueprint("uses", __name__)


@bp.get("/reports/<int:report_id>/uses")
@requires("view_report", Report, loading=queries.REPORT_ON_THE_DOOR)
def index(report: Report) -> str:
    """Every use of a report that the reader may see."""
    return render_template(
        "uses/index.html",
        report=report,
        page=paginate(queries.all_uses(report, actor())),
        may_say=_may_say(report),
        asked=told_of(queries.inquiries(report)),
        months=[(PartialDate(month), number) for month, number in queries.downloads_by_month(report)],
        downloads=queries.downloads(report),
    )


@bp.route("/reports/<int:report_id>/uses/new", methods=["GET", "POST"])
@requires("say_use", Report, loading=queries.REPORT_ON_THE_DOOR, seen_by="view_report", locks=False)
def new(report: Report) -> Any:
    places = queries.places_of(actor(), report)
    form = UseForm(
        institutions=[(place.id, place.name) for place in places],
        on=PartialDate.of(today()),
        language=language() if is_language(language()) else "en",
    )
    if form.submitted() and (use := _say(report, form, places)):
        db.session.commit()
        flash(_("Thank you. It stands on the page of the report."), "success")
        return redirect(use.path, 303)
    return render_template("uses/new.html", report=report, form=form), (422 if form.errors else 200)


@bp.route("/uses/<int:report_use_id>/withdraw", methods=["GET", "POST"])
@requires("withdraw_use", Use, loading=queries.ON_A_PAGE, seen_by="view_use")
def withdraw(use: Use) -> Any:
    if request.method != "POST":
        return render_template("uses/withdraw.html", use=use, report=use.report)
    actions.withdraw(use, actor=actor())
    db.session.commit()
    flash(_("It is withdrawn."), "success")
    return redirect(use.path, 303)


@bp.get("/uses/<int:report_use_id>/files/<int:file_id>")
@requires("view_use", Use, loading=queries.ON_A_PAGE)
def file(use: Use, file_id: int) -> Any:
    return files.hand_out(use.file if use.file_id == file_id else None)


def _may_say(report: Report) -> bool:
    return report.state is ReportState.PUBLISHED and can("say_use", report)


def _say(report: Report, form: UseForm, places: list[Institution]) -> Use | None:
    """The use, or None with an error beside the field where the file is refused."""
    if form.on.data is None:
        return None
    kept = None
    if form.has_file:
        if report.project_id:  # whose quota it counts against
            db.session.get(Project, report.project_id, **locked(Project, True))
        try:
            kept = files.keep(form.upload.data, uploaded_by=actor(), project_id=report.project_id)
        except ValueError as error:
            form.upload.errors = [str(error)]
            return None
    return actions.say(
        report,
        kind=UseKind(form.kind.data),
        on=form.on.data,
        words=form.words.data or "",
        language=form.language.data,
        link=form.link.data or "",
        country=form.country.data or "",
        file=kept,
        institution=next((place for place in places if place.id == form.institution_id), None),
        actor=actor(),
    )
