from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request

from tracker.access import actor, can, requires
from tracker.calls import actions, queries
from tracker.calls.forms import DatesForm, QuestionForm
from tracker.calls.models import CallQuestion
from tracker.calls.words import about_questions, end, standing
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.forms import row_number
from tracker.i18n import _
from tracker.institutions.models import Institution
from tracker.paging import paginate
from tracker.projects.models import Project
from tracker.projects.queries import ON_A_PAGE
from tracker.projects.states import ProjectState
from tracker.seats.queries import fillings_of

bp = Blueprint("calls", __name__, url_prefix="/projects/<int:project_id>/call")
ON_ONE_PAGE = 10  # questions with their answers


@bp.record_once
def _give_templates_the_words(setup: Any) -> None:
    setup.app.jinja_env.globals.update(call_standing=standing, call_about_questions=about_questions, call_end=end)


@bp.get("")
@requires("view_project", Project, loading=ON_A_PAGE)
def show(project: Project) -> str:
    """The call in one page: what is looked for, until when, how to offer, what was asked and answered."""
    person = actor()
    may_read = can("read_call_questions", project)
    page = paginate(queries.answered(project.id), ON_ONE_PAGE) if may_read else None
    waiting = queries.unanswered(project.id, person) if may_read else []
    asks, refused = can("ask_about_call", project), actions.why_no_question(project)
    return render_template(
        "calls/show.html",
        project=project,
        call=queries.standing(project, person),
        is_call=project.state is ProjectState.RECRUITING,
        seats=fillings_of(project.id),
        page=page,
        waiting=waiting[: queries.MOST_UNANSWERED_SHOWN],
        are_more=len(waiting) > queries.MOST_UNANSWERED_SHOWN,
        asked=_answered_at(project, [*(page.items if page else ()), *waiting]),
        leads=can("lead_project", project),
        offers=can("offer_to_join", project),
        refused=refused,
        form=_question_form(project) if asks and not refused else None,
    )


@bp.route("/ask", methods=["GET", "POST"])
@requires("ask_about_call", Project, loading=ON_A_PAGE, seen_by="view_project")
def ask(project: Project) -> Any:
    """The form of a question by itself: where it is sent, and where it stands when something was wrong with it."""
    form = _question_form(project)
    if form.submitted():
        institution = db.get_or_404(Institution, int(form.institution.data))
        question = actions.ask(project, institution, text=form.text.data, language=form.language.data, actor=actor())
        db.session.commit()
        flash(_("Your question is with the lead. You will get a mail when they answer."), "success")
        return redirect(f"{project.path}/call#question-{question.id}", 303)
    page = render_template("calls/ask.html", project=project, form=form, refused=actions.why_no_question(project))
    return page, (422 if form.errors else 200)


@bp.route("/dates", methods=["GET", "POST"])
@requires("lead_project", Project, loading=ON_A_PAGE, seen_by="view_project")
def dates(project: Project) -> Any:
    form = DatesForm(call=queries.call_of(project.id))
    if form.submitted():
        actions.set_dates(project, **form.days, actor=actor())
        db.session.commit()
        flash(_("The days of the call are saved."), "success")
        return redirect(f"{project.path}/call", 303)
    possible = project.state in actions.MAY_BE_DATED
    return render_template("calls/dates.html", project=project, form=form, possible=possible), (
        422 if form.errors else 200
    )


@bp.post("/keep")
@requires("keep_call", Project, loading=ON_A_PAGE, seen_by="view_project")
def keep(project: Project) -> Any:
    """Keep the call in mind for an institution."""
    institution = _chosen()
    actions.keep(project, institution, actor=actor())
    db.session.commit()
    flash(_("Kept in mind for %(name)s. You find it under “My work”.", name=institution.name), "success")
    return _back(project)


@bp.post("/let-go")
@requires("keep_call", Project, loading=ON_A_PAGE, seen_by="view_project")
def let_go(project: Project) -> Any:
    """Keep it in mind no longer."""
    institution = _chosen()
    actions.let_go(project, institution, actor=actor())
    db.session.commit()
    flash(_("No longer kept in mind for %(name)s.", name=institution.name), "success")
    return _back(project)


def _chosen() -> Institution:
    """The institution that a button names. RuleBroken for anything else, 400 for no such thing at all."""
    try:
        institution = db.session.get(Institution, row_number(request.form.get("institution", "")))
    except ValueError:
        abort(400)
    if institution is None:
        raise RuleBroken(_("Choose an institution where you work."))
    return institution


def _back(project: Project) -> Any:
    """To the page that the button stood on."""
    return redirect(f"{project.path}#call" if request.form.get("back") == "project" else f"{project.path}/call", 303)


def _question_form(project: Project) -> QuestionForm:
    person = actor()
    places = {
        held.institution_id: held.institution.name
        for held in person.current_affiliations
        if held.institution_id in person.institution_ids
    }
    return QuestionForm(institutions=list(places.items()), languages=[project.language, project.working_language])


def _answered_at(project: Project, questions: list[CallQuestion]) -> dict[int, int]:
    """By question: the ask that its leads answer, or that whoever asked may take back. For others nothing is read."""
    person = actor()
    if not can("answer_call_questions", project):
        questions = [known for known in questions if person is not None and known.asked_by_id == person.id]
    return queries.ask_ids(questions)
