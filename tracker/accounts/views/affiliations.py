"""Where a person works and worked, kept by themselves."""

from typing import Any

from flask import render_template, request, url_for

from tracker.access import actor, load, requires
from tracker.accounts import actions, queries
from tracker.accounts.forms import AffiliationForm
from tracker.accounts.views.blueprint import bp, done
from tracker.database import db
from tracker.i18n import _
from tracker.institutions import actions as institutions
from tracker.institutions.models import Affiliation, Institution
from tracker.institutions.queries import institution_list
from tracker.markdown import clean_text

MOST_FOUND = 20


@bp.get("/account/affiliations")
@requires("signed_in")
def affiliations() -> Any:
    return render_template("accounts/affiliations.html", me=actor())


@bp.get("/account/affiliations/find")
@requires("signed_in")
def find_institution() -> Any:
    """The first step of adding one: find the institution by any of its names."""
    words = clean_text(request.args.get("q", ""))[:200].strip()
    found = db.session.scalars(institution_list(words=words).limit(MOST_FOUND + 1)).all() if words else []
    more = len(found) > MOST_FOUND
    return render_template("accounts/find_institution.html", words=words, found=found[:MOST_FOUND], more=more)


@bp.route("/account/affiliations/add/<int:institution_id>", methods=["GET", "POST"])
@requires("signed_in")
def add_affiliation(institution_id: int) -> Any:
    institution = load(Institution, institution_id)
    form = AffiliationForm()
    if not form.submitted():
        status = 422 if request.method == "POST" else 200
        page = "accounts/affiliation.html"
        return render_template(page, form=form, institution=institution, affiliation=None), status
    added = institutions.affiliate(actor(), institution, actor=actor(), **_values(form))
    if added.confirmed_at is None:
        said = _("Your affiliation is added. A contact of %(name)s is asked to confirm it.", name=institution.name)
        return done(said, url_for(".affiliations"))
    return done(_("Your affiliation is added."), url_for(".affiliations"))


@bp.route("/account/affiliations/<int:affiliation_id>", methods=["GET", "POST"])
@requires("keep_affiliation", Affiliation, loading=queries.OF_AFFILIATION)
def affiliation(affiliation: Affiliation) -> Any:
    form = AffiliationForm(obj=affiliation)
    if not form.submitted():
        status = 422 if request.method == "POST" else 200
        institution = affiliation.institution
        page = "accounts/affiliation.html"
        return render_template(page, form=form, institution=institution, affiliation=affiliation), status
    institutions.change_affiliation(affiliation, actor=actor(), **_values(form))
    return done(_("Your affiliation is saved."), url_for(".affiliations"))


@bp.route("/account/affiliations/<int:affiliation_id>/remove", methods=["GET", "POST"])
@requires("keep_affiliation", Affiliation, loading=queries.OF_AFFILIATION)
def remove_affiliation(affiliation: Affiliation) -> Any:
    if request.method != "POST":
        return render_template("accounts/remove_affiliation.html", affiliation=affiliation)
    actions.remove_affiliation(affiliation, actor=actor())
    return done(_("The affiliation is removed."), url_for(".affiliations"))


def _values(form: AffiliationForm) -> dict[str, Any]:
    return {
        "position": form.position.data or "",
        "starts_on": form.starts_on.data,
        "ends_on": form.ends_on.data,
    }
