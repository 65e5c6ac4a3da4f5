import sqlalchemy as sa
from flask import Blueprint, Response, render_template
from flask.blueprints import BlueprintSetupState

from tracker.access import actor, public, requires
from tracker.asks import queries as asks
from tracker.asks.actions import overdue_since
from tracker.calls.queries import kept
from tracker.database import db
from tracker.home import queries
from tracker.matching.openings import best_of
from tracker.milestones.models import Milestone
from tracker.milestones.queries import coming
from tracker.projects import queries as project_queries
from tracker.reports import queries as report_queries

MOST_FITTING = 5  # seats on one's own page
bp = Blueprint("home", __name__)


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(ask_days_overdue=overdue_since)


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
    waiting = asks.waiting(person)
    asked_already = {ask.subject_id for ask in waiting if ask.subject_type == Milestone.__tablename__}
    return render_template(
        "home/me.html",
        waiting=waiting,
        milestones=[known for known in coming(person, queries.COMING) if known.id not in asked_already],
        asked=queries.asked_by(person),
        kept=kept(person),
        fitting=best_of(person, MOST_FITTING),
        projects=queries.first(project_queries.project_list(person, mine=True), 30),
    )


@bp.get("/healthz")
@public
def healthz() -> Response:
    """For monitors: answers when the database does."""
    db.session.execute(sa.select(1))
    return Response("ok\n", mimetype="text/plain")
