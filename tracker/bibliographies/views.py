from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template

from tracker import files
from tracker.access import actor, demand, requires
from tracker.bibliographies import actions, queries
from tracker.bibliographies.fields import LABELS
from tracker.bibliographies.forms import BringForm, TakeForm
from tracker.bibliographies.models import Bibliography, BibliographyRecord
from tracker.bibliographies.states import ReadingState
from tracker.database import db
from tracker.i18n import _, format_day, language_name
from tracker.paging import paginate
from tracker.reports.models import Report
from tracker.reports.queries import REPORT_PAGE
from tracker.reports.states import KIND_LABELS

bp = Blueprint("bibliographies", __name__)

UNFINISHED = (ReadingState.WAITING, ReadingState.ADDING)


@bp.route("/reports/<int:report_id>/fill", methods=["GET", "POST"])
@requires("fill_report", Report, loading=REPORT_PAGE, seen_by="view_report")
def fill(report: Report) -> Any:
    """Bring a file of records to fill a draft in from."""
    return _bring(report)


@bp.route("/reports/add", methods=["GET", "POST"])
@requires("add_reports")
def add() -> Any:
    """Bring a file of reports that exist already, for the library."""
    return _bring(None)


@bp.get("/bibliographies/<int:bibliography_id>")
@requires("view_bibliography", Bibliography, loading=queries.ON_A_PAGE)
def show(bibliography: Bibliography) -> str:
    """Its records, to choose from."""
    return render_template(
        "bibliographies/show.html",
        bibliography=bibliography,
        page=paginate(queries.records_of(bibliography)),
        is_unfinished=bibliography.state in UNFINISHED,
    )


@bp.post("/bibliographies/<int:bibliography_id>/add")
@requires("view_bibliography", Bibliography, loading=queries.ON_A_PAGE)
def add_all(bibliography: Bibliography) -> Any:
    """Add every record to the library."""
    demand("add_reports")
    actions.start_adding(bibliography)
    db.session.commit()
    return redirect(f"/bibliographies/{bibliography.id}", 303)


@bp.route("/bibliographies/<int:bibliography_id>/records/<int:position>", methods=["GET", "POST"])
@requires("view_bibliography", Bibliography, loading=queries.ON_A_PAGE)
def record(bibliography: Bibliography, position: int) -> Any:
    """One record beside the report as it is: what to take over."""
    found = queries.record_at(bibliography, position) if position < 10**6 else None
    if found is None:
        abort(404)
    report = bibliography.report
    rows = _rows(found, report)
    offered = [name for name, _label, now, new in rows if new and new != now]
    empty = [name for name, _label, now, _new in rows if not now]
    form = TakeForm(offered=offered, chosen=[name for name in offered if name in empty or name == "title"])
    if report is not None and form.submitted():
        report = db.session.get(Report, report.id, options=REPORT_PAGE, with_for_update={"of": Report})
        assert report is not None
        actions.take(found, report, set(form.names.data), actor=actor())
        db.session.commit()
        flash(_("Taken over. Read it through once."), "success")
        return redirect(f"{report.path}/edit", 303)
    return render_template(
        "bibliographies/record.html", bibliography=bibliography, record=found, rows=rows, form=form, report=report
    ), (422 if form.errors else 200)


def _bring(report: Report | None) -> Any:
    form = BringForm()
    if form.submitted():
        try:
            kept = files.keep(
                form.upload.data,
                uploaded_by=actor(),
                project_id=report.project_id if report else None,
                kinds=files.RECORDS,
            )
        except ValueError as error:
            form.upload.errors = [str(error)]
        else:
            bibliography = actions.bring(kept, report=report, actor=actor())
            db.session.commit()
            only = bibliography.total == 1 and report is not None
            return redirect(f"/bibliographies/{bibliography.id}{'/records/1' if only else ''}", 303)
    return render_template(
        "bibliographies/bring.html", form=form, report=report, before=queries.own(actor(), report)
    ), (422 if form.errors else 200)


def _rows(found: BibliographyRecord, report: Report | None) -> list[tuple[str, str, str, str]]:
    """(field, its label, what the report says now, what the record says), where either says something."""
    new = actions.values_of(found)
    rows = []
    for name, label in LABELS.items():
        if name == "authors":
            said = "; ".join(author["name"] for author in found.authors)
            held = "; ".join(author.name for author in report.authors) if report else ""
        else:
            said = _readable(name, new.get(name))
            held = _readable(name, getattr(report, name)) if report else ""
        if said or held:
            rows.append((name, str(label), held, said))
    return rows


def _readable(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    ways = {"kind": lambda kind: str(KIND_LABELS[kind]), "language": language_name, "published_on": format_day}
    return str(ways.get(name, str)(value))
