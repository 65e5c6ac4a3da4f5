from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template

from tracker.access import actor, requires
from tracker.activity.queries import undelivered
from tracker.board import queries
from tracker.i18n import _l
from tracker.milestones.queries import due_within, late
from tracker.paging import COUNT_UP_TO, count, paginate
from tracker.projects.queries import state_counts
from tracker.projects.states import STATE_LABELS, ProjectState

bp = Blueprint("board", __name__, url_prefix="/board")

DUE_DAYS = 14
SHOWN = 4  # rows of each list on the first screen
LISTS: dict[str, tuple[Any, Callable[[set[int]], Any], str]] = {  # name -> (title, query, what a row is)
    "proposals": (_l("Proposals to answer"), queries.proposals, "project"),
    "late": (_l("Late"), late, "milestone"),
    "unanswered": (_l("Invitations and offers not answered"), queries.unanswered, "partner"),
    "due": (_l("Due in 14 days"), lambda ids: due_within(ids, DUE_DAYS), "milestone"),
    "mails": (_l("Mails that could not be sent"), lambda _ids: undelivered(), "mail"),
    "silent": (_l("No news for 45 days"), queries.silent, "project"),
}


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
    is_new = not any(number for _state, _label, number in states)
    return render_template(
        "board/index.html", lists=lists, states=states, most=COUNT_UP_TO, network_id=only, is_new=is_new
    )


@bp.get("/<name>")
@requires("coordinate")
def one_list(name: str) -> str:
    """One of the lists, whole."""
    title, query, kind = LISTS.get(name) or abort(404)
    chosen = query(actor().coordinated_ids)
    return render_template("board/list.html", title=title, page=paginate(chosen), kind=kind)
