import sqlalchemy as sa
from flask import Blueprint, Response, render_template

from tracker.access import actor, public, requires
from tracker.database import db
from tracker.home import queries
from tracker.institutions.queries import claims
from tracker.projects import queries as project_queries
from tracker.reports import queries as report_queries

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def index() -> str:
    person = actor()
    return render_template(
        "home/index.html",
        figures=queries.figures(person),
        reports=queries.first(report_queries.published(), 3),
        projects=queries.first(queries.going_on(person), 4),
    )


@bp.get("/me")
@requires("signed_in")
def me() -> str:
    person = actor()
    return render_template(
        "home/me.html",
        invitations=project_queries.asked_of(person),
        offers=project_queries.offers_to(person),
        milestones=queries.coming_milestones(person),
        terms=queries.terms_to_confirm(person),
        claims=claims(person.contact_ids),
        projects=queries.first(project_queries.project_list(person, mine=True), 30),
    )


@bp.get("/healthz")
@public
def healthz() -> Response:
    """For monitors: answers when the database does."""
    db.session.execute(sa.select(1))
    return Response("ok\n", mimetype="text/plain")
