from typing import Any

import sqlalchemy as sa
from flask import Response, abort, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.exports.handing import hand_over
from tracker.forms import clean
from tracker.oversight.queries import views_of
from tracker.paging import Page, page_number, paginate
from tracker.tables import files, lists, sections
from tracker.tables.as_csv import as_csv
from tracker.tables.build import KEYS, NUMBERED, build
from tracker.tables.periods import BETWEEN, PRESETS, Asked
from tracker.tables.table import Period, Table
from tracker.tables.things import lines, loading
from tracker.tables.views.blueprint import asked, bp

PER_PAGE = 40  # rows of figures
STACKS_UP_TO = 5  # columns; a wider table is moved sideways on a phone


@bp.get("")
@requires("coordinate")
def index() -> str:
    """Which days, which network, and the twelve tables."""
    wanted = asked()
    return render_template(
        "tables/index.html",
        wanted=wanted,
        presets=PRESETS,
        tables=[(number, NUMBERED[number]) for number in NUMBERED],
        views=views_of(actor(), "tables"),
    )


@bp.get("/<key>")
@requires("coordinate")
def show(key: str) -> str:
    """One of the twelve, with the parts that stand under the same heading."""
    wanted = asked()
    table = _table(key, wanted)
    number, most = page_number(), sections.rows_in(table)
    first = (number - 1) * PER_PAGE
    return render_template(
        "tables/show.html",
        wanted=wanted,
        presets=PRESETS,
        table=table,
        parts=sections.sections(table, first, PER_PAGE),
        page=Page([], number, PER_PAGE, most > first + PER_PAGE, most),
        stacks_up_to=STACKS_UP_TO,
        before=_neighbour(key, -1),
        after=_neighbour(key, 1),
    )


@bp.get("/<key>.csv")
@requires("coordinate")
def one_as_csv(key: str) -> Response:
    """A table, or one of its parts, for a program to read."""
    wanted = asked()
    owner = sections.owner(NUMBERED, key) or abort(404)
    table = sections.find(build(owner, wanted.period, wanted.scope), key) or abort(404)
    names = [network.name for network in wanted.networks if wanted.network_id in (None, network.id)]
    response = Response(as_csv(table), mimetype="text/csv")
    name = files.file_name(f"{table.number} {table.title}", names, wanted.period, "csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/files/all")
@requires("coordinate")
def as_file() -> Any:
    """All tables as a workbook: at once, or by way of a page that shows how far it is."""
    wanted = asked(request.form)
    if wanted.errors:
        abort(400)
    return hand_over(files.ALL_TABLES, wanted.parameters)


@bp.get("/<key>/list")
@requires("coordinate")
def behind(key: str) -> Any:
    """The things that one figure counts."""
    wanted = asked({"period": BETWEEN, **request.args.to_dict()})
    owner = sections.owner(NUMBERED, key) or abort(404)
    if not request.args.get("column"):  # an address that was cut short
        return redirect(url_for(".show", key=owner), 303)
    try:
        keys = tuple(clean(word) for word in request.args.getlist("row"))
        found = lists.listed(key, keys, request.args.get("column", ""), wanted.period, wanted.scope)
    except (KeyError, ValueError):
        abort(404)
    listed = found.query.order_by(None).order_by(*_order(found.subject)).options(*loading(found.subject))
    page = paginate(listed)
    return render_template(
        "tables/list.html", wanted=wanted, label=found.label, page=page, rows=lines(page.items), owner=owner
    )


def _order(subject: Any) -> list[sa.ColumnElement[Any]]:
    return [sa.inspect(subject).primary_key[0].desc()]


def _table(key: str, wanted: Asked) -> Table:
    if key not in KEYS:
        abort(404)
    return build(key, Period() if wanted.errors else wanted.period, wanted.scope)


def _neighbour(key: str, step: int) -> tuple[str, str] | None:
    """Key and title of the table before or after this one."""
    place = KEYS.index(key) + step
    numbers = list(NUMBERED)
    return (KEYS[place], str(NUMBERED[numbers[place]].title)) if 0 <= place < len(KEYS) else None
