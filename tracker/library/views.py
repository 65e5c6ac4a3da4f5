from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, render_template, request

from tracker import files
from tracker.access import actor, can, public, requires
from tracker.credit.queries import confirmed_institutions, others, statement
from tracker.database import db
from tracker.forms import number_or_none
from tracker.i18n import _, country_name, language, language_name
from tracker.identifiers import doi_url, orcid_url
from tracker.institutions.models import Institution, Person
from tracker.library import feeds, queries
from tracker.library.finding import IN_A_FEED, Asked, page_of
from tracker.library.forms import LibraryForm
from tracker.library.machines import highwire, json_ld
from tracker.library.page import address_of, belonging, citations_of, files_of, first_of, texts_of
from tracker.library.workshop import panels
from tracker.paging import COUNT_UP_TO
from tracker.publication.queries import is_readable
from tracker.reports import actions, citations
from tracker.reports.models import Report
from tracker.reports.queries import REPORT_PAGE, editions, file_of
from tracker.reports.states import KIND_LABELS, LICENCE_ADDRESSES, LICENCES, ReportState
from tracker.search.shelf import MOST_FOUND
from tracker.templating import site_name
from tracker.themes.models import Theme
from tracker.themes.queries import choices as theme_choices
from tracker.uses.downloads import count_download
from tracker.uses.queries import downloads, uses

bp = Blueprint("library", __name__)

WRITERS = {"bib": citations.bibtex, "ris": citations.ris, "json": citations.csl_json}


@bp.get("/reports")
@public
def index() -> Any:
    form, asked, institution, meant = _look()
    return render_template(
        "library/index.html",
        page=page_of(asked),
        most=COUNT_UP_TO,
        form=form,
        institution=institution,
        meant=meant,
        is_filtered=asked.is_anything or bool(meant),
        is_narrowed=asked.is_narrowed or bool(meant or form.errors),
        feed=_feed_address(asked),
    )


@bp.get("/feeds/reports.atom")
@public
def feed() -> Response:
    """The reports of a list as news: those published or corrected last."""
    _form, asked, institution, _meant = _look()
    reports = queries.newest(asked.ids(limit=MOST_FOUND) if asked.is_anything else None, IN_A_FEED)
    base = current_app.config["BASE_URL"]
    query = _feed_address(asked).partition("?")[2]
    written = feeds.atom(
        reports,
        title=_feed_title(asked, institution),
        address=f"{base}{_feed_address(asked)}",
        page=f"{base}/reports{'?' if query else ''}{query}",
        language=language(),
        host=urlsplit(base).hostname or "localhost",
        name=site_name(),
    )
    return Response(written, content_type="application/atom+xml; charset=utf-8")


@bp.get("/reports/<int:report_id>")
@requires("view_report", Report, loading=REPORT_PAGE)
def show(report: Report) -> Any:
    if report.is_withdrawn:
        return _gone(report)
    who, is_draft = actor(), report.state is ReportState.DRAFT
    address, base, shown = address_of(report), current_app.config["BASE_URL"], files_of(report)
    follows = report.project is not None and can("follow_project", report.project)
    values: dict[str, Any] = {"missing": actions.missing_in(report)} if is_draft else _public_parts(report, who)
    return render_template(
        "library/show.html",
        report=report,
        is_draft=is_draft,
        files=shown,
        first=first_of(shown, language()),
        is_readable=is_readable(report),
        address=address,
        base=base,
        texts=texts_of(report),
        meta=highwire(report, address, base, shown),
        json_ld=json_ld(report, address, base, shown),
        kind=report.kind_as_printed or KIND_LABELS[report.kind],
        licence=LICENCES.get(report.licence, report.licence),
        licence_address=LICENCE_ADDRESSES.get(report.licence),
        doi_address=doi_url(report.doi) if report.doi else None,
        orcid_url=orcid_url,
        panels=panels(report, who) if follows else None,
        **values,
    )


def _gone(report: Report) -> Response:
    """What is left of a withdrawn report: who wrote it, that it was withdrawn, when and why."""
    network = report.project.network if report.project else None
    page = render_template("reports/withdrawn.html", report=report, network=network)
    return Response(page, status=410, content_type="text/html; charset=utf-8")


def _public_parts(report: Report, who: Person | None) -> dict[str, Any]:
    """What only a published report has."""
    return {
        "cited": citations_of(report, address_of(report)),
        "belonging": belonging(report, who),
        "statement": statement(report),
        "others": others(report),
        "confirmed": confirmed_institutions(report),
        "editions": editions(report),
        "uses": uses(report, who),
        "downloads": downloads(report),
    }


@bp.get("/reports/<int:report_id>.<any(bib, ris, json):ending>")
@requires("view_report", Report, loading=REPORT_PAGE)
def cite(report: Report, ending: str) -> Response:
    """The citation as a file: BibTeX, RIS or CSL-JSON."""
    if report.is_withdrawn:
        return _gone(report)
    response = Response(WRITERS[ending](report, address_of(report)), content_type=citations.MEDIA_TYPES[ending])
    name = citations.file_name(report, ending)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/reports/<int:report_id>/files/<int:file_id>")
@requires("view_report", Report, loading=REPORT_PAGE)
def download(report: Report, file_id: int) -> Response:
    if report.is_withdrawn:
        return _gone(report)
    return count_download(report, file_id, files.hand_out(file_of(report, file_id)))


def _look() -> tuple[LibraryForm, Asked, Institution | None, list[Institution]]:
    """What the address asks for: the form, what it means, its institution, and those it may mean where several fit."""
    form = LibraryForm(formdata=request.args, themes=theme_choices(), languages=queries.languages_in_use())
    words = (form.institution.data or "").strip() if not form.institution.errors else ""
    number = number_or_none(words)
    institution = db.session.get(Institution, number) if number else None
    meant: list[Institution] = []
    if institution is None and words and number is None:
        meant = queries.institutions_like(words)
        if len(meant) == 1:
            institution, meant = meant[0], []
    if words and institution is None and not meant:
        form.institution.errors = [_("No institution here has this name.")]
    form.institution.data = institution.name if institution else words
    return form, form.asked(institution.id if institution else None), institution, meant


def _feed_address(asked: Asked) -> str:
    """The feed of a list: the same filters, in one order."""
    chosen = {
        "q": asked.words,
        "theme": asked.theme_id,
        "goal": asked.goal,
        "country": asked.country,
        "institution": asked.institution_id,
        "language": asked.language,
        "type": asked.kind.value if asked.kind else None,
        "year": asked.year,
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"/feeds/reports.atom{'?' if query else ''}{query}"


def _feed_title(asked: Asked, institution: Institution | None) -> str:
    theme = db.session.get(Theme, asked.theme_id) if asked.theme_id else None
    parts = (
        f"“{asked.words}”" if asked.words else "",
        theme.name if theme else "",
        f"SDG {asked.goal}" if asked.goal else "",
        country_name(asked.country) if asked.country else "",
        institution.name if institution else "",
        language_name(asked.language) if asked.language else "",
        str(KIND_LABELS[asked.kind]) if asked.kind else "",
        str(asked.year or ""),
    )
    return " · ".join([f"{_('Reports')}, {site_name()}", *(part for part in parts if part)])
