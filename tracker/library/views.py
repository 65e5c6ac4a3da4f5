from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from tracker import files
from tracker.access import actor, can, public, requires
from tracker.database import db
from tracker.forms import row_number
from tracker.identifiers import doi_url, orcid_url
from tracker.institutions.models import Institution
from tracker.languages import text_direction
from tracker.library.forms import LibraryForm
from tracker.library.workshop import panels
from tracker.paging import COUNT_UP_TO, paginate
from tracker.reports import actions, citations, queries
from tracker.reports.models import Report
from tracker.reports.states import KIND_LABELS, LICENCE_ADDRESSES, LICENCES, ReportState
from tracker.themes.queries import choices as theme_choices
from tracker.uses.queries import uses

bp = Blueprint("library", __name__)

WRITERS = {"bib": citations.bibtex, "ris": citations.ris, "json": citations.csl_json}


@bp.get("/reports")
@public
def index() -> Any:
    form = LibraryForm(formdata=request.args, themes=theme_choices(), languages=queries.languages_in_use())
    chosen = form.chosen()
    institution = _institution()
    query = queries.published(**chosen, institution_id=institution.id if institution else None)
    return render_template(
        "library/index.html",
        page=paginate(query),
        most=COUNT_UP_TO,
        form=form,
        institution=institution,
        is_filtered=any(chosen.values()) or institution is not None,
    )


@bp.get("/reports/<int:report_id>")
@requires("view_report", Report, loading=queries.REPORT_PAGE)
def show(report: Report) -> Any:
    address = _address(report)
    has_pdf = report.file is not None and report.file.media_type == "application/pdf"
    return render_template(
        "library/show.html",
        report=report,
        is_draft=report.state is ReportState.DRAFT,
        missing=actions.missing_in(report) if report.state is ReportState.DRAFT else [],
        text_direction=text_direction(report.language),
        citation=citations.line(report, address),
        address=address,
        file_address=f"{address}/files/{report.file_id}" if has_pdf else None,
        kind=report.kind_as_printed or KIND_LABELS[report.kind],
        licence=LICENCES.get(report.licence, report.licence),
        licence_address=LICENCE_ADDRESSES.get(report.licence),
        doi_address=doi_url(report.doi) if report.doi else None,
        orcid_url=orcid_url,
        uses=uses(report, actor()),
        split_name=citations.split_name,
        panels=panels(report, actor()) if report.project and can("follow_project", report.project) else None,
    )


@bp.get("/reports/<int:report_id>.<any(bib, ris, json):ending>")
@requires("view_report", Report, loading=queries.REPORT_PAGE)
def cite(report: Report, ending: str) -> Response:
    """The citation as a file: BibTeX, RIS or CSL-JSON."""
    response = Response(WRITERS[ending](report, _address(report)), content_type=citations.MEDIA_TYPES[ending])
    name = citations.file_name(report, ending)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/reports/<int:report_id>/files/<int:file_id>")
@requires("view_report", Report, loading=queries.REPORT_PAGE)
def download(report: Report, file_id: int) -> Response:
    return files.hand_out(report.file if report.file_id == file_id else None)


def _address(report: Report) -> str:
    return f"{current_app.config['BASE_URL']}{report.path}"


def _institution() -> Institution | None:
    """The institution the address asks for; None where it names none that exists."""
    try:
        return db.session.get(Institution, row_number(request.args.get("institution", "")))
    except ValueError:
        return None
