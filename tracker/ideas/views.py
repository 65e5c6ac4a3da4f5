import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request

from tracker import countries
from tracker.access import actor, can, demand, load, requires
from tracker.asks.queries import latest
from tracker.database import SAFE_METHODS, db
from tracker.forms import number_or_none
from tracker.i18n import _
from tracker.ideas import actions, queries, radar
from tracker.ideas.closeness import READ, Idea
from tracker.ideas.forms import UnionForm
from tracker.ideas.states import BEGINNING, UnionKind
from tracker.markdown import clean_text
from tracker.projects.models import Project
from tracker.projects.queries import FOR_ASK, ON_A_PAGE, ON_THE_DOOR

bp = Blueprint("ideas", __name__, url_prefix="/projects")
MOST_VALUES = 50  # of one kind in an address
BETWEEN_COUNTRIES = re.compile(r"[,;،、，\n]")


@bp.get("/alike")
@requires("propose_project")
def alike() -> str:
    """A few projects that are close to what is being written, as a piece of a page; nothing where none is."""
    number = number_or_none(request.args.get("project"))
    draft = db.session.get(Project, number, options=ON_THE_DOOR) if number else None
    if draft is not None and (draft.state not in BEGINNING or not can("act_as_lead", draft)):
        draft = None
    found = radar.near(_idea(), actor(), radar.A_FEW, draft=draft)
    return render_template("ideas/radar.html", found=found, draft=draft)


@bp.get("/<int:project_id>/alike")
@requires("act_as_lead", Project, loading=ON_A_PAGE, seen_by="view_project")
def alike_to(project: Project) -> str:
    """Every project that is close to this one."""
    found = radar.near(queries.idea_of(project), actor(), radar.MOST, draft=project)
    return render_template("ideas/alike.html", project=project, found=found)


@bp.route("/<int:project_id>/join/<int:into_id>", methods=["GET", "POST"])
@requires("act_as_lead", Project, loading=FOR_ASK, seen_by="view_project", locks=False)
def join(project: Project, into_id: int) -> Any:
    """Ask to go on as a partner of another project."""
    return _propose(project, into_id, UnionKind.JOIN)


@bp.route("/<int:project_id>/merge/<int:into_id>", methods=["GET", "POST"])
@requires("act_as_lead", Project, loading=FOR_ASK, seen_by="view_project", locks=False)
def merge(project: Project, into_id: int) -> Any:
    """Propose to become one project with another, led by both."""
    return _propose(project, into_id, UnionKind.MERGE)


@bp.get("/<int:project_id>/ideas/<int:union_id>")
@requires("view_project", Project, loading=ON_THE_DOOR)
def text(project: Project, union_id: int) -> str:
    """The text of an idea that went on as part of this project, or asks to, side by side with nothing lost."""
    union = queries.with_text(union_id, project.id) if union_id < 2**31 else None
    if union is None:
        abort(404)
    leads_one = can("lead_project", project) or can("lead_project", union.project)
    is_kept = union.stands and (union.kind is UnionKind.MERGE or can("view_project", union.project))
    if not is_kept and not (union.is_open and leads_one):
        abort(404)
    return render_template("ideas/text.html", project=project, union=union, readable=can("view_project", union.project))


def _propose(project: Project, into_id: int, kind: UnionKind) -> Any:
    load(Project, into_id, locks=False)  # 404 before anything is locked
    _same, into = queries.pair(project.id, into_id, lock=request.method not in SAFE_METHODS)
    if into is None:
        abort(404)
    demand("view_project", into)
    demand("act_as_lead", project)  # as it is now that it is locked
    form = UnionForm()
    if form.submitted():
        actions.propose(project, into, kind, words=form.words.data or "", actor=actor())
        db.session.commit()
        names = into.led_by
        flash(_("Your question is with %(names)s. You will get a mail when they answer.", names=names), "success")
        return redirect(project.path, 303)
    first = actions.asked_first(project, into)
    ask = latest(actions.ASKS[first.kind], first) if first else None
    asked = queries.open_from(project.id)
    page = render_template(
        "ideas/propose.html",
        project=project,
        into=into,
        kind=kind,
        other_ways=[way for way in radar.ways_between(project, into) if way is not kind],
        form=form,
        reason=actions.why_not(project, into, kind, actor()),
        first=ask if ask is not None and can("answer_ask", ask) else None,
        is_asked_first=first is not None,
        asked=latest(actions.ASKS[asked.kind], asked) if asked else None,
    )
    return page, (422 if form.errors else 200)


def _idea() -> Idea:
    """What is typed so far, out of the address. What makes no sense is left out."""
    args = request.args
    themes = (number_or_none(value) for value in args.getlist("theme")[:MOST_VALUES])
    named = [name.strip() for value in args.getlist("country") for name in BETWEEN_COUNTRIES.split(value)]
    codes = (name if countries.is_country(name) else countries.by_name(name) for name in named[:MOST_VALUES] if name)
    return Idea(
        clean_text(args.get("title", ""))[:300],
        clean_text(args.get("question", ""))[:READ],
        frozenset(theme for theme in themes if theme),
        frozenset(code for code in codes if code),
    )
