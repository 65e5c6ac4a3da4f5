from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, can, demand, requires
from tracker.database import db
from tracker.forms import row_number
from tracker.i18n import _
from tracker.projects import queries as project_queries
from tracker.projects.models import Project
from tracker.terms import actions, queries
from tracker.terms.forms import TermsForm

bp = Blueprint("terms", __name__, url_prefix="/projects/<int:project_id>/terms")


@bp.get("")
@requires("follow_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def show(project: Project) -> str:
    versions = queries.versions(project)
    latest = versions[0] if versions else None
    waiting = actions.unconfirmed(project, latest)
    return render_template(
        "terms/show.html",
        project=project,
        versions=versions,
        latest=latest,
        waiting=waiting,
        mine=[partner for partner in waiting if latest and can("answer_for_partner", partner)],
        asks=queries.newest_asks(latest) if latest else {},
    )


@bp.route("/write", methods=["GET", "POST"])
@requires("lead_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def write(project: Project) -> Any:
    latest = queries.latest(project)
    number = latest.number if latest else 0
    form = TermsForm(text=latest.text if latest else actions.starting_text(project))
    stale = request.method == "POST" and request.form.get("number") != str(number)
    if form.submitted() and not stale:
        actions.write(project, text=form.text.data, actor=actor())
        db.session.commit()
        flash(
            _("Version %(number)s is written. Each partner is asked to confirm it.", number=number + 1),
            "success",
        )
        return redirect(url_for(".show", project_id=project.id), 303)
    page = render_template(
        "terms/write.html",
        project=project,
        form=form,
        number=number,
        theirs=latest.text if stale and latest else None,
    )
    return page, 409 if stale else (422 if form.errors else 200)


@bp.post("/confirm")
@requires("view_project", Project, loading=project_queries.ON_A_PAGE)
def confirm(project: Project) -> Any:
    """Note the confirmation of a partner that is known by its printed name only: there is nobody to ask."""
    try:
        terms_id, partner_id = (
            row_number(request.form.get("terms", "")),
            row_number(request.form.get("partner", "")),
        )
    except ValueError:
        abort(400)
    partner = next((known for known in project.partners if known.id == partner_id), None) or abort(404)
    if partner.organisation is not None:
        abort(404)
    demand("answer_for_partner", partner)
    terms = next((known for known in queries.versions(project) if known.id == terms_id), None) or abort(404)
    actions.confirm(terms, partner, actor=actor())
    db.session.commit()
    flash(_("Thank you: %(name)s has confirmed the terms.", name=partner.name), "success")
    return redirect(url_for(".show", project_id=project.id), 303)
