from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.addresses import local_path
from tracker.asks.actions import remind as remind_of
from tracker.asks.forms import WordsForm
from tracker.board import beside, pictures, queries
from tracker.board.choices import chosen, offered
from tracker.board.filters import Filters
from tracker.board.lists import LISTS
from tracker.board.rows import AskRow, mails_by_language, names, rows_of, rows_of_milestones, rows_of_projects
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.forms import row_number
from tracker.i18n import _, ngettext
from tracker.oversight.queries import views_of
from tracker.paging import COUNT_UP_TO, count, paginate
from tracker.projects.states import STATE_LABELS, ProjectState
from tracker.timelines import shares

bp = Blueprint("board", __name__, url_prefix="/board")
bp.register_blueprint(pictures.bp)

SHOWN = 2  # rows of each list on the first screen
MOST_REMINDED = 50  # at once


@bp.get("")
@requires("coordinate")
def index() -> str:
    """Exceptions first, then the totals; every figure opens its list."""
    filters = _filters()
    lists = [
        (name, known, count(query := known.query(filters)), queries.first(query, SHOWN))
        for name, known in LISTS.items()
        if known.is_exception
    ]
    counts = queries.state_counts(filters)
    states = [
        (state, STATE_LABELS[state], counts.get(state, 0)) for state in ProjectState if state != ProjectState.DRAFT
    ]
    only = next(iter(filters.network_ids)) if len(filters.network_ids) == 1 else None
    return render_template(
        "board/index.html",
        lists=lists,
        **_rows({name: (known.kind, rows) for name, known, _number, rows in lists}),
        **_filtering(filters),
        on_time=shares.chart(filters.conditions(), shares.FEWER),
        views=views_of(actor(), "board"),
        states=states,
        most=COUNT_UP_TO,
        network_id=only,  # the list behind a figure is filtered as the figure is
        is_new=not filters and not any(number for _state, _label, number in states),
    )


@bp.get("/<name>")
@requires("coordinate")
def one_list(name: str) -> str:
    """One of the lists, whole."""
    known = LISTS.get(name) or abort(404)
    filters = _filters()
    page = paginate(known.query(filters))
    return render_template(
        "board/list.html",
        name=name,
        known=known,
        page=page,
        **_rows({name: (known.kind, page.items)}),
        **_filtering(filters),
    )


@bp.route("/remind", methods=["GET", "POST"])
@requires("coordinate")
def remind() -> Any:
    """Remind of several at once: first what would be mailed and to whom, then, with the button, the mails."""
    asks = queries.chosen(actor().coordinated_ids, _chosen())
    rows = list(rows_of(asks).values())
    back = _back()
    form = WordsForm()
    if not rows:
        flash(_("Choose at least one question that is still open."), "warning")
        return redirect(back, 303)
    if form.submitted():
        _send([row for row in rows if not row.why_not_now], form.words.data or "")
        return redirect(back, 303)
    ready, waiting = [row for row in rows if not row.why_not_now], [row for row in rows if row.why_not_now]
    page = render_template(
        "board/remind.html",
        form=form,
        ready=ready,
        waiting=waiting,
        mails=sum(len(row.mailed) for row in ready),
        languages=mails_by_language(ready),
        reminded=beside.reminded(person for row in ready for person in row.mailed),
        back=back,
    )
    return page, 422 if form.errors else 200


def _filters() -> Filters:
    return Filters.read(request.args, actor().coordinated_ids)


def _filtering(filters: Filters) -> dict[str, Any]:
    """What `_filters.html` needs of a page, and its links."""
    choices = offered(filters)
    return {"filters": filters, "offered": choices, "chosen": chosen(filters, choices) if filters else []}


def _rows(lists: dict[str, tuple[str, list[Any]]]) -> dict[str, Any]:
    """What the rows of some lists show, by their kind; `lists` holds by name the kind and the rows."""

    def of(wanted: str) -> list[Any]:
        return [row for kind, rows in lists.values() if kind == wanted for row in rows]

    return {
        "asked": rows_of(of("ask")),
        "milestones": rows_of_milestones(of("milestone")),
        "projects": rows_of_projects({name: rows for name, (kind, rows) in lists.items() if kind == "project"}),
    }


def _back() -> str:
    """The list that the reminders were chosen from, as it was filtered."""
    path = local_path(request.values.get("back"))
    if path.partition("?")[0] in {"/board", *(f"/board/{name}" for name in LISTS)}:
        return path
    name = request.values.get("list", "")
    return url_for(".one_list", name=name) if name in LISTS else url_for(".index")


def _send(rows: list[AskRow], words: str) -> None:
    """Owe the reminders, each in a transaction of its own, and say what came of it."""
    mails, refused = 0, []
    for row in rows:
        try:
            mails += len(remind_of(row.ask, actor=actor(), words=words))
        except RuleBroken:  # answered, or reminded of by somebody else, since the page was made
            refused.append(row)
        db.session.commit()
    if mails:
        flash(
            ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", mails, number=str(mails)),
            "success",
        )
    if refused:
        flash(_("Not reminded, because something has happened meanwhile: %(names)s.", names=names(refused)), "warning")


def _chosen() -> list[int]:
    """The asks that were ticked, or all that the page showed; at most MOST_REMINDED."""
    fields = request.values.getlist("shown" if request.values.get("all") else "ask")
    found = []
    for text in fields[:MOST_REMINDED]:
        try:
            found.append(row_number(text))
        except ValueError:
            continue
    return found
