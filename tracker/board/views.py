from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.activity.queries import undelivered
from tracker.asks.actions import remind as remind_of
from tracker.asks.forms import WordsForm
from tracker.board import queries
from tracker.board.rows import AskRow, mails_by_language, names, rows_of, rows_of_late
from tracker.contacts.queries import silent, unreachable
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.forms import row_number
from tracker.i18n import _, _l, ngettext
from tracker.milestones.queries import due_within, late
from tracker.paging import COUNT_UP_TO, count, paginate
from tracker.projects.queries import state_counts
from tracker.projects.states import STATE_LABELS, ProjectState

bp = Blueprint("board", __name__, url_prefix="/board")

DUE_DAYS = 14
SHOWN = 4  # rows of each list on the first screen
MOST_REMINDED = 50  # at once
LISTS: dict[str, tuple[Any, Callable[[set[int]], Any], str]] = {  # name -> (title, query, what a row is)
    "mine": (_l("Waiting for you"), queries.to_coordinators, "ask"),
    "overdue": (_l("Answers overdue"), queries.overdue, "ask"),
    "late": (_l("Milestones late"), late, "late"),
    "due": (_l("Due in 14 days"), lambda ids: due_within(ids, DUE_DAYS), "milestone"),
    "unanswered": (_l("Asked, not answered yet"), queries.unanswered, "ask"),
    "mails": (_l("Mails that could not be sent"), lambda _ids: undelivered(), "mail"),
    "unreachable": (_l("Mail does not arrive"), unreachable, "contact"),
    "quiet": (_l("Contacts we hear nothing from"), silent, "contact"),
    "silent": (_l("Projects without news for 45 days"), queries.silent, "project"),
}
REMINDABLE = frozenset({"overdue", "late", "unanswered"})


@bp.get("")
@requires("coordinate")
def index() -> str:
    """Exceptions first, then the totals; every figure opens its list."""
    ids = actor().coordinated_ids
    lists = [
        (name, title, count(query(ids)), queries.first(query(ids), SHOWN), kind)
        for name, (title, query, kind) in LISTS.items()
    ]
    counts = state_counts(ids)
    states = [
        (state, STATE_LABELS[state], counts.get(state, 0)) for state in ProjectState if state != ProjectState.DRAFT
    ]
    only = next(iter(ids)) if len(ids) == 1 else None  # the list behind a figure is filtered as the figure is
    return render_template(
        "board/index.html",
        lists=lists,
        asked=rows_of(row for *_more, rows, kind in lists if kind == "ask" for row in rows),
        late=rows_of_late(row for *_more, rows, kind in lists if kind == "late" for row in rows),
        remindable=REMINDABLE,
        states=states,
        most=COUNT_UP_TO,
        network_id=only,
        is_new=not any(number for _state, _label, number in states),
    )


@bp.get("/<name>")
@requires("coordinate")
def one_list(name: str) -> str:
    """One of the lists, whole."""
    title, query, kind = LISTS.get(name) or abort(404)
    page = paginate(query(actor().coordinated_ids))
    return render_template(
        "board/list.html",
        name=name,
        title=title,
        page=page,
        kind=kind,
        asked=rows_of(page.items) if kind == "ask" else {},
        late=rows_of_late(page.items) if kind == "late" else {},
        is_remindable=name in REMINDABLE,
    )


@bp.route("/remind", methods=["GET", "POST"])
@requires("coordinate")
def remind() -> Any:
    """Remind of several at once: first what would be mailed and to whom, then, with the button, the mails."""
    asks = queries.chosen(actor().coordinated_ids, _chosen())
    rows = list(rows_of(asks).values())
    back = request.values.get("list", "")
    back = url_for(".one_list", name=back) if back in LISTS else url_for(".index")
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
        back=back,
        list_name=request.values.get("list", ""),
    )
    return page, 422 if form.errors else 200


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
