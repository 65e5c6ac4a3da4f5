from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from markupsafe import Markup

from tracker import files
from tracker.access import actor, demand, requires
from tracker.database import db
from tracker.drafts import actions, comparison, queries
from tracker.drafts.blocks import cut_out, linked
from tracker.drafts.comparison import Stretch
from tracker.drafts.forms import DraftForm
from tracker.drafts.models import Draft
from tracker.drafts.states import ReadingState
from tracker.drafts.words import noticed, summed_up
from tracker.files import StoredFile
from tracker.forms import number_or_none
from tracker.i18n import _
from tracker.languages import text_direction
from tracker.paging import Page, page_number
from tracker.projects.actions import team
from tracker.reports.models import Report

MOST_HEADINGS = 50  # in the table of contents; the deeper ones are left out first

bp = Blueprint("drafts", __name__)


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents, and the page and block it leads to."""

    level: int
    text: str
    page: int
    block: int


@bp.route("/reports/<int:report_id>/drafts", methods=["GET", "POST"])
@requires("view_drafts", Report, loading=queries.REPORT_TEAM, seen_by="view_report", locks=False)
def index(report: Report) -> Any:
    """Every draft of a report; whoever takes part brings the next one."""
    if request.method == "POST":
        demand("add_draft", report)
        queries.lock(report)  # the project first, whose quota is counted
    form = DraftForm(language=report.language)
    if form.submitted() and (kept := _kept(form, report)):
        note, language = form.note.data or "", form.language.data
        draft = actions.add_file(report, kept, note=note, language=language, actor=actor())
        db.session.commit()
        flash(_("%(draft)s is here. Everybody in the team is told.", draft=draft.label), "success")
        return redirect(draft.path, 303)
    page = render_template(
        "drafts/index.html",
        report=report,
        drafts=queries.drafts_of(report),
        form=form,
        is_open=actions.is_open(report),
    )
    return page, 422 if form.errors else 200


@bp.get("/drafts/<int:draft_id>")
@requires("view_draft", Draft, loading=queries.DRAFT_PAGE)
def show(draft: Draft) -> str:
    """A draft as it is read in the browser, part by part; while it is being converted the page looks again."""
    parts = draft.found.get("parts", []) if draft.reading is ReadingState.READABLE else []
    number = min(page_number(), max(1, len(parts)))
    return render_template(
        "drafts/show.html",
        draft=draft,
        report=draft.report,
        html=_part(draft, parts, number),
        text_direction=text_direction(draft.language),
        page=Page([], number, 1, number < len(parts), len(parts)),
        headings=_headings(draft, parts),
        noticed=noticed(draft, [person.name for person in _team(draft)]),
        others=[other for other in queries.drafts_of(draft.report) if other.id != draft.id],
        is_waiting=draft.reading is ReadingState.WAITING,
        is_still="still" in request.args,
        is_open=actions.is_open(draft.report),
    )


@bp.get("/drafts/<int:draft_id>/file")
@requires("view_draft", Draft, loading=queries.DRAFT_PAGE)
def original(draft: Draft) -> Any:
    """The file as it was brought; the Markdown of one written here."""
    if draft.file is not None:
        return files.hand_out(draft.file)
    response = Response(draft.markdown, mimetype="text/markdown")
    response.headers["Content-Disposition"] = f"attachment; filename=draft-{draft.number}.md"
    return response


@bp.get("/drafts/<int:draft_id>/pictures/<int:number>")
@requires("view_draft", Draft, loading=queries.DRAFT_PAGE)
def picture(draft: Draft, number: int) -> Any:
    found = queries.picture(draft, number) if number < 2**31 else None
    return files.hand_out(found.file if found else None, shown=True)


@bp.route("/drafts/<int:draft_id>/current", methods=["GET", "POST"])
@requires("choose_draft", Draft, loading=queries.DRAFT_PAGE, seen_by="view_draft", locks=False)
def choose(draft: Draft) -> Any:
    """Ask once more, then let this draft be the current one."""
    if request.method != "POST":
        return render_template(
            "drafts/choose.html", draft=draft, report=draft.report, current=queries.current(draft.report)
        )
    queries.lock(draft.report)
    db.session.refresh(draft, ["is_current"])
    actions.make_current(draft, actor=actor())
    db.session.commit()
    flash(_("%(draft)s is the current one now.", draft=draft.label), "success")
    return redirect(f"{draft.report.path}/drafts", 303)


@bp.get("/drafts/<int:draft_id>/compare")
@requires("view_draft", Draft, loading=queries.DRAFT_PAGE)
def compare(draft: Draft) -> str:
    """This draft beside another of the same report: the one with the smaller number is the older."""
    others = [other for other in queries.drafts_of(draft.report) if other.id != draft.id]
    readable = [other for other in others if other.reading is ReadingState.READABLE]
    wanted = number_or_none(request.args.get("with"))
    other = next((each for each in readable if each.number == wanted), None)
    if wanted and other is None and not any(each.number == wanted for each in others):
        abort(404)
    if other is None and not wanted:  # the one before, else the one after
        other = next((each for each in readable if each.number < draft.number), readable[-1] if readable else None)
    context = {"draft": draft, "report": draft.report, "readable": readable, "other": other}
    if other is None or draft.reading is not ReadingState.READABLE:
        return render_template("drafts/compare.html", **context, stretches=None)
    older, newer = sorted((draft, other), key=lambda each: each.number)
    entries = comparison.compared(queries.blocks_of(older), queries.blocks_of(newer))
    pages = comparison.in_pages(entries)
    number = min(page_number(), len(pages))
    return render_template(
        "drafts/compare.html",
        **context,
        older=older,
        newer=newer,
        sentence=summed_up(comparison.counted(entries)),
        stretches=comparison.with_words(pages[number - 1], _("picture")),
        page=Page([], number, 1, number < len(pages), len(pages)),
        page_of=lambda stretch: _page_of_run(newer, stretch),
        shown=lambda text: comparison.shown(text, _("picture")),
    )


def _kept(form: DraftForm, report: Report) -> StoredFile | None:
    """The stored file, or None and a sentence beside the field."""
    try:
        return files.keep(form.upload.data, uploaded_by=actor(), project_id=report.project_id)
    except ValueError as error:
        form.upload.errors = [str(error)]
        return None


def _part(draft: Draft, parts: list[list[int]], number: int) -> Markup:
    if not parts:
        return Markup()
    start, end, first, last = parts[number - 1]
    html = queries.slice_of(draft, start, end)
    is_cut = any(
        place != number - 1 and other[0] < end and start < other[1] for place, other in enumerate(parts)
    )  # a table or a list goes on in the part beside it
    html = cut_out(html, first, last) if is_cut else html
    return Markup(linked(html, lambda block: _page_of(parts, block), number, draft.path))  # safe: drafts.blocks


def _page_of(parts: list[list[int]], block: int) -> int:
    return next((number for number, part in enumerate(parts, 1) if block <= part[3]), 1)


def _page_of_run(draft: Draft, stretch: Stretch) -> int:
    return _page_of(draft.found.get("parts", []), stretch.entries[0].new or 1)


def _headings(draft: Draft, parts: list[list[int]]) -> list[Heading]:
    """The table of contents: as many levels as it can hold."""
    found = draft.found.get("headings", []) if parts else []
    deepest = max((level for level, _text, _block in found), default=0)
    while deepest > 2 and sum(level <= deepest for level, _text, _block in found) > MOST_HEADINGS:
        deepest -= 1
    lines = [Heading(level, text, _page_of(parts, block), block) for level, text, block in found if level <= deepest]
    return lines[:MOST_HEADINGS] if len(lines) > 1 else []


def _team(draft: Draft) -> list[Any]:
    return team(draft.report.project) if draft.report.project is not None else []
