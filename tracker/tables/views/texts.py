from typing import Any

from flask import flash, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _, language
from tracker.institutions.models import Network
from tracker.markdown import render
from tracker.tables import actions, queries
from tracker.tables.forms import BoardTextForm
from tracker.tables.views.blueprint import bp


@bp.route("/text/<int:network_id>", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def text(network: Network) -> Any:
    """The text above the printed tables; "preview" shows it without saving."""
    known = queries.board_text(network.id)
    version = str(known.version if known else 0)
    form = BoardTextForm(**({} if request.method == "POST" else _current(known, version)))
    preview, saved = None, ""
    if form.submitted():
        if "preview" in request.form:
            preview = render(form.text.data or "")
        elif form.version.data == version:
            actions.write_text(network, text=form.text.data or "", language=form.language.data, actor=actor())
            db.session.commit()
            flash(_("Saved. It stands on the cover of the printed tables."), "success")
            return redirect(url_for(".printed", network=network.id), 303)
        else:
            saved = (known.text if known else "") or _("(nothing)")
            form.version.data, form.version.raw_data = version, None
    page = render_template("tables/text.html", network=network, form=form, preview=preview, saved=saved)
    return page, 409 if saved else (422 if form.errors else 200)


def _current(known: Any, version: str) -> dict[str, Any]:
    return {
        "text": known.text if known else "",
        "language": known.language if known else language(),
        "version": version,
    }
