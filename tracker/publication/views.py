from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from markupsafe import Markup

from tracker import files
from tracker.access import can, requires
from tracker.database import db
from tracker.drafts.queries import REPORT_TEAM, lock
from tracker.files import store
from tracker.i18n import _
from tracker.languages import text_direction
from tracker.publication import actions, queries
from tracker.publication.making import page_of
from tracker.publication.models import Rendition
from tracker.publication.reading import relative
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.models import Report
from tracker.reports.queries import edition as edition_of
from tracker.signing import base_url

LABELS = {
    RenditionKind.HTML: "HTML",
    RenditionKind.PDF: "PDF",
    RenditionKind.DOCX: "Word",
    RenditionKind.EPUB: "EPUB",
}
PICTURES_LAST = "private, max-age=86400"

bp = Blueprint("publication", __name__, url_prefix="/reports/<int:report_id>")


@bp.get("/read")
@bp.get("/read/<int:part>")
@requires("view_report", Report, loading=queries.FOR_FRONT)
def read(report: Report, part: int = 1) -> Any:
    """The text of a published report as a page; of a long one, a part of it with a table of contents."""
    _check_public(report)
    return _page(report, queries.shown(report) if report.file is None else None, part)


@bp.get("/versions/<int:number>/read")
@bp.get("/versions/<int:number>/read/<int:part>")
@requires("view_report", Report, loading=queries.FOR_FRONT)
def read_version(report: Report, number: int, part: int = 1) -> Any:
    """The same of an earlier version."""
    _check_public(report)
    return _page(report, queries.shown(report, number) if 0 < number < 2**31 else None, part, number)


@bp.get("/versions/<int:number>/files/<name>")
@requires("view_report", Report, loading=REPORT_TEAM)
def version_file(report: Report, number: int, name: str) -> Any:
    """A file that was made of an earlier version."""
    _check_public(report)
    return _file(queries.renditions(report, number) if 0 < number < 2**31 else {}, name)


@bp.route("/publication", methods=["GET", "POST"])
@requires("view_publication", Report, loading=queries.FOR_FRONT, seen_by="view_report", locks=False)
def show(report: Report) -> Any:
    """How the report will look: each format of the current draft, made when it is asked for."""
    if request.method == "POST":
        return _ask(report)
    draft = queries.text_here(report)
    made = queries.renditions(report, 0, draft) if draft else {}
    public = queries.renditions(report, report.edition) if report.is_public and report.edition else {}
    return render_template(
        "publication/show.html",
        report=report,
        draft=draft,
        rows=[(kind, made.get(kind)) for kind in RenditionKind],
        digest=actions.digest_of(actions.front_now(report, 0), draft) if draft else "",
        is_waiting=any(row.state is RenditionState.WAITING for row in made.values()),
        is_still="still" in request.args,
        public=[(LABELS[kind], public[kind]) for kind in RenditionKind if kind in public],
    )


def _ask(report: Report) -> Any:
    """Have one format, or all of them, made to look at."""
    lock(report)
    asked = request.form.get("kind", "")
    kinds = [kind for kind in RenditionKind if asked in (kind.value, "all")]
    if not kinds:
        abort(400)
    actions.ask_for_try(report, kinds)
    db.session.commit()
    flash(_("It is being made. This takes some seconds."), "success")
    return redirect(f"{report.path}/publication", 303)


@bp.get("/publication/read")
@bp.get("/publication/read/<int:part>")
@requires("view_publication", Report, loading=queries.FOR_FRONT, seen_by="view_report")
def read_try(report: Report, part: int = 1) -> Any:
    """The page to read as it will be."""
    draft = queries.text_here(report)
    row = queries.renditions(report, 0, draft).get(RenditionKind.HTML) if draft else None
    return _page(report, row if row is not None and row.state is RenditionState.READY else None, part, 0)


@bp.get("/publication/files/<name>")
@requires("view_publication", Report, loading=REPORT_TEAM, seen_by="view_report")
def try_file(report: Report, name: str) -> Any:
    """A file that was made to look at."""
    draft = queries.text_here(report)
    return _file(queries.renditions(report, 0, draft) if draft else {}, name)


@bp.get("/pictures/<int:rendition_id>/<int:number>")
@requires("view_report", Report, loading=REPORT_TEAM)
def picture(report: Report, rendition_id: int, number: int) -> Any:
    """A picture of a page to read."""
    row = queries.with_page(rendition_id, report)
    if row is None or row.file is None or row.kind is not RenditionKind.HTML:
        abort(404)
    if row.edition == 0:
        if not can("view_publication", report):
            abort(404)
    else:
        _check_public(report)
    places = page_of(row)["pictures"]
    if not 0 < number <= len(places) or not places[number - 1][1]:
        abort(404)
    start, size = places[number - 1]
    response = Response(_bytes(row.file.key, start, size), mimetype="image/webp")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = PICTURES_LAST
    return response


def _check_public(report: Report) -> None:
    if report.is_withdrawn:
        abort(410)
    if not report.is_public:
        abort(404)


def _page(report: Report, row: Rendition | None, part: int, edition: int | None = None) -> Any:
    if row is None:
        abort(404)
    kept = page_of(row)
    if not 1 <= part <= len(kept["parts"]):
        abort(404)
    html = kept["parts"][part - 1].replace('src="/-/', f'src="{report.path}/pictures/{row.id}/')
    title = report.label
    if edition and edition != report.edition and (record := edition_of(report, edition)):
        title = record.record.get("title") or title
    return render_template(
        "publication/read.html",
        report=report,
        shown_title=title,
        tag=report.language or "en",
        text_direction=text_direction(report.language),
        html=Markup(html),  # sanitized when it was made
        part=part,
        parts=len(kept["parts"]),
        contents=[
            {"level": level, "text": text, "href": f"{_to(part, there + 1)}#{place}"}
            for level, text, place, there in kept["contents"]
        ],
        before=_to(part, part - 1) if part > 1 else None,
        after=_to(part, part + 1) if part < len(kept["parts"]) else None,
        edition=edition,
        address=f"{base_url()}{report.path}/read{f'/{part}' if part > 1 else ''}" if edition is None else "",
    )


def _to(here: int, there: int) -> str:
    return "" if here == there else relative(here - 1, there - 1)


def _file(rows: dict[RenditionKind, Rendition], name: str) -> Any:
    found = next(
        (
            row.file
            for kind, row in rows.items()
            if kind in actions.FILES and row.state is RenditionState.READY and row.file and row.file.name == name
        ),
        None,
    )
    return files.hand_out(found)


def _bytes(key: str, start: int, size: int) -> bytes:
    """Some of the bytes of a stored file."""
    found, place = bytearray(), 0
    try:
        for piece in store().read(key):
            end = place + len(piece)
            if end > start and len(found) < size:
                found += piece[max(0, start - place) :]
            place = end
    except FileNotFoundError:
        abort(404)
    return bytes(found[:size])
