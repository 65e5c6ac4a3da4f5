from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker.access import actor, can, requires
from tracker.balance import actions
from tracker.balance.forms import WishForm
from tracker.balance.meter import meter
from tracker.balance.models import Wish
from tracker.balance.queries import wish_of
from tracker.database import db
from tracker.i18n import _
from tracker.institutions.models import Network
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR

bp = Blueprint("balance", __name__)


@bp.get("/projects/<int:project_id>/balance")
@requires("view_project", Project, loading=ON_THE_DOOR)
def show(project: Project) -> str:
    reckoned = meter(project, leads=can("lead_project", project))
    return render_template("balance/show.html", project=project, meter=reckoned)


@bp.route("/networks/<int:network_id>/wishes", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def wishes(network: Network) -> Any:
    wish = wish_of(network.id)
    version = wish.version if wish else 0
    form = WishForm(obj=wish if request.method == "GET" else None)
    if request.method == "GET":
        form.version.data = str(version)
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(version):
            actions.wish(network, **form.values(), actor=actor())
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(network.path, 303)
        saved = _saved_meanwhile(wish, form)
        form.version.data = str(version)
        form.version.raw_data = None
    status = 422 if form.errors else (409 if saved else 200)
    return render_template("balance/wishes.html", network=network, form=form, saved=saved), status


def _saved_meanwhile(wish: Wish | None, form: WishForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed."""
    saved = {}
    for name, typed in form.values().items():
        current = getattr(wish, name) if wish else None
        if (current or None) != (typed or None):
            saved[name] = str(current) if current else _("(nothing)")
    return saved or {"words": (wish.words if wish else "") or _("(nothing)")}
