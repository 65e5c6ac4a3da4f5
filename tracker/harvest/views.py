import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.util import identity_key

from tracker import clock
from tracker.access import public, requires
from tracker.database import db, is_busy, writers_done
from tracker.harvest import queries, signposts, sitemap
from tracker.harvest.answers import Repository
from tracker.harvest.crossref import crossref_deposit
from tracker.harvest.datacite import datacite_xml
from tracker.harvest.deposits import Accounts
from tracker.harvest.protocol import ProtocolError, parse
from tracker.harvest.states import REGISTRY_LABELS
from tracker.harvest.words import written
from tracker.identifiers import doi_url
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.signing import base_url
from tracker.templating import site_name

bp = Blueprint("harvest", __name__)

XML = "text/xml; charset=utf-8"
LATER = 20  # seconds after which a harvester may ask again where writers hold the database


@bp.route("/oai", methods=["GET", "POST"])
@public
def oai() -> Response:
    """The library as an OAI-PMH repository. A POST asks, and changes nothing."""
    at = clock.now()  # before anything is read: whatever changes from now on bears a later stamp
    sent = request.form if request.method == "POST" else request.args
    given = dict(sent.items())
    repository = _repository()
    try:
        writers_done()
        asked = parse(sent.items(multi=True), _secret())
        body = repository.answer(asked, at)
    except ProtocolError as error:
        body = repository.refusal(error, at, given)
    except OperationalError as error:
        if not is_busy(error):
            raise
        db.session.rollback()
        return Response(status=503, headers={"Retry-After": str(LATER)}, content_type="text/plain; charset=utf-8")
    return Response(body, content_type=XML)


oai.only_asks = True  # type: ignore[attr-defined]  # tracker.csrf reads it
oai.waits_for_writers = True  # type: ignore[attr-defined]  # tracker.database reads it


@bp.get("/reports/<int:report_id>/linkset.json")
@requires("view_report", Report, loading=queries.WHOLE)
def linkset(report: Report) -> Response:
    """The typed links of a report, of its files and of its descriptions."""
    _demand_not_withdrawn(report)
    body = json.dumps(signposts.linkset(report, base_url()), ensure_ascii=False, indent=1) + "\n"
    return Response(body, content_type=signposts.LINKSET)


@bp.get("/reports/<int:report_id>/datacite.xml")
@requires("view_report", Report, loading=queries.WHOLE)
def described(report: Report) -> Response:
    """The report as DataCite describes it."""
    _demand_not_withdrawn(report)
    body = written(datacite_xml(report, f"{base_url()}{report.path}"))
    return Response(body, content_type=f"{signposts.DATACITE_XML}; charset=utf-8")


@bp.get("/reports/<int:report_id>/doi")
@requires("register_doi", Report, loading=queries.WHOLE, seen_by="view_report")
def doi(report: Report) -> str:
    """What the registries of DOIs know of a report, and what they would be told."""
    accounts = Accounts.of(current_app.config)
    return render_template(
        "harvest/doi.html",
        report=report,
        accounts=accounts,
        is_ours=bool(accounts.prefix) and report.doi.startswith(f"{accounts.prefix}/"),
        deposits={deposit.agency: deposit for deposit in queries.deposits_of(report)},
        registries=REGISTRY_LABELS,
        doi_address=doi_url(report.doi) if report.doi else "",
    )


@bp.get("/reports/<int:report_id>/crossref.xml")
@requires("register_doi", Report, loading=queries.WHOLE, seen_by="view_report")
def crossref(report: Report) -> Any:
    """The deposit as Crossref takes it, to be sent by hand."""
    if not report.doi:
        return redirect(f"{report.path}/doi", 303)  # which says what is missing
    accounts = Accounts.of(current_app.config)
    batch = crossref_deposit(
        report,
        f"{base_url()}{report.path}",
        depositor=accounts.name,
        email=accounts.email,
        registrant=accounts.name,
        at=clock.now(),
    )
    response = Response(written(batch), content_type=XML)
    response.headers["Content-Disposition"] = f'attachment; filename="report-{report.id}-crossref.xml"'
    return response


@bp.get("/sitemap.xml")
@public
def sitemap_index() -> Response:
    """The files of the sitemap: one for each kind of page and span of numbers."""
    addresses = [
        f"{base_url()}/sitemaps/{kind}-{place}.xml"
        for kind in queries.MAPPED
        for place in range(1, -(-queries.last_number(kind) // sitemap.SPAN) + 1)
    ]
    return Response(sitemap.index(addresses), content_type=XML)


@bp.get("/sitemaps/<any(reports, projects, institutions, themes):kind>-<int:place>.xml")
@public
def sitemap_pages(kind: str, place: int) -> Response:
    """The addresses of one kind of page, in one span of numbers."""
    last = place * sitemap.SPAN
    if not place or last - sitemap.SPAN >= queries.last_number(kind):
        abort(404)
    rows = queries.mapped(kind, last - sitemap.SPAN + 1, last)
    return Response(
        sitemap.pages((f"{base_url()}/{kind}/{number}", changed) for number, changed in rows), content_type=XML
    )


@bp.after_app_request
def _signpost(response: Response) -> Response:
    """Add the typed links to the page of a public report that was made just now; a page kept from before has them."""
    if request.endpoint != "library.show" or response.status_code != 200 or "Link" in response.headers:
        return response
    number = (request.view_args or {}).get("report_id")
    report: Any = db.session.identity_map.get(identity_key(Report, number))
    if report is not None and report.state is ReportState.PUBLISHED:
        response.headers["Link"] = signposts.header(signposts.of_page(report, base_url()))
    return response


def _demand_not_withdrawn(report: Report) -> None:
    if report.state is ReportState.WITHDRAWN:
        abort(410)


def _repository() -> Repository:
    email = current_app.config["MAIL_REPLY_TO"] or current_app.config["MAIL_FROM"]
    return Repository(base=base_url(), name=site_name(), email=email, secret=_secret())


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
