from flask import render_template, request

from tracker import clock
from tracker.access import requires
from tracker.tables import queries, sections
from tracker.tables.build import build_all
from tracker.tables.views.blueprint import asked, bp

ROWS = 24  # of each table on paper, unless all are asked for


@bp.get("/print")
@requires("coordinate")
def printed() -> str:
    """All of them on paper: a cover with the coordinators' text, then a table after the other, with what it means."""
    wanted = asked()
    text = queries.board_text(wanted.network_id) if wanted.network_id else None
    is_whole = "whole" in request.args
    tables = [] if wanted.errors else build_all(wanted.period, wanted.scope)
    return render_template(
        "tables/print.html",
        wanted=wanted,
        text=text,
        tables=[(table, sections.shortened(table, None if is_whole else ROWS)) for table in tables],
        today=clock.today(),
        is_whole=is_whole,
    )
