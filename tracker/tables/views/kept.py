from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for

from tracker import clock
from tracker.access import actor, load, requires
from tracker.database import db
from tracker.forms import number_or_none
from tracker.i18n import _, format_day, speaking
from tracker.paging import Page, page_number
from tracker.permissions import permissions
from tracker.tables import actions, queries, sections
from tracker.tables.build import KEYS, Scope, build, build_all
from tracker.tables.forms import KeepForm
from tracker.tables.models import Snapshot
from tracker.tables.snapshots import Comparison, compare, empty, from_plain, window
from tracker.tables.table import Period, Table
from tracker.tables.views.blueprint import asked, bp

PER_PAGE = 40  # rows
TODAY = "today"


@bp.get("/kept")
@requires("coordinate")
def kept() -> str:
    """The figures that were kept, the newest first."""
    return render_template("tables/kept.html", kept=queries.snapshots(actor()), query=asked().query)


@bp.route("/keep", methods=["GET", "POST"])
@requires("coordinate")
def keep() -> Any:
    """Keep the figures of a period and network as they stand, under a name."""
    wanted = asked(request.values)
    if wanted.errors:
        return redirect(f"{url_for('.index')}?{urlencode(request.args.to_dict(), errors='replace')}", 303)
    named = _("Board meeting, %(day)s", day=format_day(clock.today()))
    form = KeepForm(**({} if request.method == "POST" else {"name": named}))
    if form.submitted():
        networks = queries.networks_of(set(wanted.scope.network_ids))
        tables = build_all(wanted.period, wanted.scope)
        snapshot = actions.keep(form.name.data or "", tables, period=wanted.period, networks=networks, actor=actor())
        db.session.commit()
        flash(_("These figures are kept. They stay as they are today."), "success")
        return redirect(snapshot.path, 303)
    return render_template("tables/keep.html", wanted=wanted, form=form), 422 if form.errors else 200


@bp.get("/snapshots/<int:snapshot_id>")
@requires("view_snapshot", Snapshot, loading=queries.AT_THE_DOOR)
def snapshot(snapshot: Snapshot) -> str:
    """What was kept: the text of then, and its tables."""
    return render_template(
        "tables/snapshot.html",
        snapshot=snapshot,
        period=Period(snapshot.first_day, snapshot.last_day),
        tables=[(plain["key"], plain["number"], plain["title"]) for plain in snapshot.figures["tables"]],
        others=[each for each in queries.snapshots(actor()) if each.id != snapshot.id],
        definitions=None,
    )


@bp.get("/snapshots/<int:snapshot_id>/<key>")
@requires("view_snapshot", Snapshot, loading=queries.AT_THE_DOOR)
def snapshot_table(snapshot: Snapshot, key: str) -> str:
    """One of its tables."""
    table = _tables(snapshot).get(key) or abort(404)
    number, most = page_number(), sections.rows_in(table)
    first = (number - 1) * PER_PAGE
    return render_template(
        "tables/snapshot_table.html",
        snapshot=snapshot,
        period=Period(snapshot.first_day, snapshot.last_day),
        table=table,
        parts=sections.sections(table, first, PER_PAGE),
        page=Page([], number, PER_PAGE, most > first + PER_PAGE, most),
    )


@bp.get("/snapshots/<int:snapshot_id>/compare")
@requires("view_snapshot", Snapshot, loading=queries.AT_THE_DOOR)
def compared(snapshot: Snapshot) -> str:
    """What is otherwise now, or in another snapshot: which tables, and how many of their rows."""
    other = _other(snapshot)
    before, now = _tables(snapshot), _now(snapshot, other)
    found = [(key, _compared(before.get(key), now.get(key), snapshot, other)) for key in _keys(snapshot, other)]
    return render_template(
        "tables/compared.html",
        snapshot=snapshot,
        other=other,
        found=found,
        **_about(snapshot, other),
    )


@bp.get("/snapshots/<int:snapshot_id>/compare/<key>")
@requires("view_snapshot", Snapshot, loading=queries.AT_THE_DOOR)
def compared_table(snapshot: Snapshot, key: str) -> str:
    """One table then and now: what changed in it, row by row."""
    other = _other(snapshot)
    if key not in _keys(snapshot, other):
        abort(404)
    before, now = _tables(snapshot).get(key), _now(snapshot, other, key).get(key)
    found, number = _compared(before, now, snapshot, other), page_number()
    first = (number - 1) * PER_PAGE
    most = sum(len(each.rows) for each in found)
    return render_template(
        "tables/compared_table.html",
        snapshot=snapshot,
        other=other,
        found=window(found, first, PER_PAGE),
        number=found[0].number,
        page=Page([], number, PER_PAGE, most > first + PER_PAGE, most),
        **_about(snapshot, other),
    )


@bp.route("/snapshots/<int:snapshot_id>/withdraw", methods=["GET", "POST"])
@requires("view_snapshot", Snapshot, loading=queries.AT_THE_DOOR)
def withdraw(snapshot: Snapshot) -> Any:
    if request.method == "POST":
        actions.withdraw(snapshot, actor=actor())
        db.session.commit()
        flash(_("These figures are withdrawn."), "success")
        return redirect(url_for(".kept"), 303)
    return render_template("tables/withdraw.html", snapshot=snapshot)


def _tables(snapshot: Snapshot) -> dict[str, Table]:
    return {plain["key"]: from_plain(plain) for plain in snapshot.figures["tables"]}


def _other(snapshot: Snapshot) -> Snapshot | None:
    """What it is compared with, as the address says; None for today. 404 for what this person may not see."""
    number = number_or_none(request.args.get("with"))
    if number is None:
        return None
    other = load(Snapshot, number, queries.AT_THE_DOOR)
    if not permissions["view_snapshot"](actor(), other):
        abort(404)
    return other


def _keys(snapshot: Snapshot, other: Snapshot | None) -> list[str]:
    """The tables that both sides have, or one of them, in the order of now."""
    now = [plain["key"] for plain in other.figures["tables"]] if other else list(KEYS)
    return list(dict.fromkeys([*now, *(plain["key"] for plain in snapshot.figures["tables"])]))


def until_today(snapshot: Snapshot) -> Period:
    """The days of the figures of today that it is compared with: where its period ran until then, until today.

    One that was chosen to end on another day, such as the last of a quarter, ends on it still.
    """
    runs = snapshot.last_day == snapshot.taken_at.date()
    return Period(snapshot.first_day, clock.today() if runs else snapshot.last_day)


def _now(snapshot: Snapshot, other: Snapshot | None, key: str = "") -> dict[str, Table]:
    """What it is compared with, by key; of today's tables only the one with this key, if it is given."""
    if other is not None:
        return _tables(other)
    scope, period = Scope(frozenset(snapshot.figures["networks"])), until_today(snapshot)
    with speaking(snapshot.language):  # as it was kept, so that only what changed differs
        if key:
            return {key: build(key, period, scope)} if key in KEYS else {}
        return {table.key: table for table in build_all(period, scope)}


def _compared(before: Table | None, now: Table | None, snapshot: Snapshot, other: Snapshot | None) -> list[Comparison]:
    alike = other is None or other.language == snapshot.language
    return compare(*_both(before, now), with_words=alike)


def _both(before: Table | None, now: Table | None) -> tuple[Table, Table]:
    """Both sides; where one knows nothing of the table, an empty one. 404 where neither does."""
    known = before or now or abort(404)
    return before or empty(known), now or empty(known)


def _about(snapshot: Snapshot, other: Snapshot | None) -> dict[str, Any]:
    return {
        "period": Period(snapshot.first_day, snapshot.last_day),
        "other_period": Period(other.first_day, other.last_day) if other else until_today(snapshot),
        "is_one_language": other is None or other.language == snapshot.language,
        "with_id": other.id if other else None,
        "words_in": (other or snapshot).language,  # the language of the tables' own words
    }
