from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker import clock
from tracker.access import actor, load, requires
from tracker.database import db
from tracker.i18n import _, country_name
from tracker.institutions.models import Institution, Network
from tracker.institutions.queries import memberships, not_yet_members
from tracker.markdown import clean_text
from tracker.memberships import actions, queries
from tracker.memberships.forms import JoinForm, MemberForm
from tracker.memberships.permissions import could_join
from tracker.paging import paginate
from tracker.security import limiter

bp = Blueprint("memberships", __name__)
PER_PAGE = 20


@bp.route("/networks/<int:network_id>/members", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("coordinate_network", Network)
def members(network: Network) -> Any:
    """Who belongs, and who is asked; whoever may join is found by the words in `q`."""
    words = clean_text(request.args.get("q", ""))[:200].strip()
    found = not_yet_members(network.id, words) if words else []
    form = MemberForm(
        institutions=[(row.id, f"{row.name} ({country_name(row.country)})") for row in found],
        joined_on=clock.today(),
    )
    if form.submitted():
        institution = next(row for row in found if str(row.id) == form.institution.data)
        asked = actions.add(institution, network, on=form.joined_on.data, note=form.note.data or "", actor=actor())
        db.session.commit()
        if asked is None:
            flash(_("%(name)s is a member now.", name=institution.name), "success")
        else:
            flash(_("%(name)s is asked. It is a member as soon as it says yes.", name=institution.name), "success")
        return redirect(url_for(".members", network_id=network.id), 303)
    page = paginate(memberships(network.id), PER_PAGE)
    status = 422 if form.errors else 200
    parts = {"network": network, "page": page, "words": words, "found": found, "form": form}
    return render_template("memberships/members.html", **parts, waiting=queries.waiting(network)), status


@bp.route("/networks/<int:network_id>/members/<int:institution_id>/leave", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def leave(network: Network, institution_id: int) -> Any:
    institution = load(Institution, institution_id)
    path = url_for(".members", network_id=network.id)
    if request.method != "POST":
        title = _("End the membership of %(name)s", name=institution.short_name)
        sentences = [
            _("%(name)s leaves %(network)s today.", name=institution.name, network=network.name),
            _("Its people no longer see what is for members only. Projects it takes part in stay as they are."),
        ]
        trail = [(_("Networks"), url_for("directory.networks")), (network.name, network.path), (_("Members"), path)]
        page = {"title": title, "sentences": sentences, "submit": title, "trail": trail, "hidden": {}}
        return render_template("institutions/confirm.html", **page)
    actions.leave(institution, network, actor=actor())
    db.session.commit()
    flash(_("%(name)s is no longer a member.", name=institution.name), "success")
    return redirect(path, 303)


@bp.route("/networks/<int:network_id>/join", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
@requires("request_membership", Network)
def join(network: Network) -> Any:
    """A contact asks the coordinators to take the institution in."""
    own = queries.institutions(could_join(actor(), network))
    waiting = queries.waiting_for(network, [row.id for row in own])
    # One that the network has asked may come the other way too: then it joins at once.
    free = [row for row in own if row.id not in waiting or waiting[row.id].kind == queries.INVITATION]
    form = JoinForm(institutions=[(row.id, row.name) for row in free])
    if form.submitted():
        institution = next(row for row in free if str(row.id) == form.institution.data)
        asked = actions.request(institution, network, note=form.note.data or "", actor=actor())
        db.session.commit()
        if asked is None:
            flash(_("%(name)s is a member now.", name=institution.name), "success")
        else:
            flash(_("The coordinators are asked. You will hear from us."), "success")
        return redirect(network.path, 303)
    status = 422 if form.errors else 200
    asked_before = [(row, waiting[row.id]) for row in own if row not in free]
    return render_template(
        "memberships/join.html", network=network, form=form, free=free, asked_before=asked_before
    ), status
