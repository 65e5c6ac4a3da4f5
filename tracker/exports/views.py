from typing import Any

from flask import Blueprint, redirect, render_template, request

from tracker import files
from tracker.access import actor, requires
from tracker.database import db
from tracker.exports import actions, queries
from tracker.exports.handing import hand_over
from tracker.exports.kinds import KINDS
from tracker.exports.models import Export
from tracker.exports.projects import LIST
from tracker.exports.states import ExportState
from tracker.forms import number_or_none

bp = Blueprint("exports", __name__, url_prefix="/exports")


@bp.get("")
@requires("signed_in")
def index() -> str:
    """My files: what I asked for, while it is kept."""
    own = [(export, KINDS[export.kind].title(export.parameters)) for export in queries.own(actor().id)
           if export.kind in KINDS]  # fmt: skip
    return render_template("exports/index.html", own=own, days=queries.KEPT_FOR.days)


@bp.get("/<int:export_id>")
@requires("view_export", Export, loading=queries.WITH_FILE)
def show(export: Export) -> str:
    """How far it is; then the file. It looks again by itself, unless its reader wants it still."""
    return render_template(
        "exports/show.html",
        export=export,
        title=KINDS[export.kind].title(export.parameters),
        gone_at=export.finished_at + queries.KEPT_FOR if export.finished_at else None,
        is_unfinished=export.state in (ExportState.WAITING, ExportState.RUNNING),
        is_still="still" in request.args,
    )


@bp.get("/<int:export_id>/files/<name>")
@requires("view_export", Export, loading=queries.WITH_FILE)
def fetch(export: Export, name: str) -> Any:
    """The file itself."""
    return files.hand_out(export.file if export.file is not None and export.file.name == name else None)


@bp.post("/<int:export_id>/again")
@requires("view_export", Export)
def again(export: Export) -> Any:
    """Have a file made that could not be."""
    actions.try_again(export, actor=actor())
    db.session.commit()
    return redirect(export.path, 303)


@bp.post("/projects")
@requires("coordinate")
def projects() -> Any:
    """The list of projects of one network, or of all that the coordinator has, as a workbook."""
    network_id = number_or_none(request.form.get("network"))
    return hand_over(LIST, {"network": network_id} if network_id else {})
