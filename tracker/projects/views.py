from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker import countries, languages
from tracker.access import actor, can, demand, public, requires
from tracker.asks.queries import open_of
from tracker.database import db
from tracker.forms import number_or_none
from tracker.goals import GOALS
from tracker.i18n import _, country_name, language, language_name, list_and
from tracker.institutions.models import Institution, Network
from tracker.markdown import clean_text, render
from tracker.paging import COUNT_UP_TO, paginate
from tracker.projects import actions, queries
from tracker.projects.forms import NewProjectForm, ProjectForm, ReasonForm
from tracker.projects.models import NARRATIVES, Project, ProjectMember
from tracker.projects.requirements import missing
from tracker.projects.states import (
    COMMITMENT_LABELS,
    DECIDES_PROPOSAL,
    FUNDER_LABELS,
    ROLE_LABELS,
    STATE_LABELS,
    STEPS,
    FunderKind,
    ProjectState,
)
from tracker.themes import queries as theme_queries

bp = Blueprint("projects", __name__, url_prefix="/projects")
PER_PAGE = 20
KEPT = ("institution", "beside", "network", "goal", "mine")  # filters that links set and the form carries along


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(
        STATE_LABELS=STATE_LABELS, ROLE_LABELS=ROLE_LABELS, COMMITMENT_LABELS=COMMITMENT_LABELS
    )


@bp.get("")
@public
def index() -> str:
    filters = _filters()
    query = queries.project_list(actor(), **filters)
    return render_template(
        "projects/index.html",
        page=paginate(query, PER_PAGE),
        most=COUNT_UP_TO,
        words=filters["words"],
        is_filtered=any(filters.values()),
        about=queries.named_filters(*(filters[name] for name in ("institution_id", "beside_id", "network_id", "goal"))),
        kept=[(name, number) for name in KEPT if (number := number_or_none(request.args.get(name)))],
        themes=theme_queries.choices(),
        states=_states(),
        countries=countries.choices(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("propose_project")
def new() -> Any:
    person = actor()
    places = queries.places_to_lead_from(person)
    form = NewProjectForm(places=places, theme_choices=theme_queries.choices(), language=_language())
    if form.submitted():
        lead = _lead(form.lead.data if form.lead else places[0][0])
        project = actions.create(
            network=_network(lead), lead=lead, actor=person, **_proposal(form), **_what_it_is_about(form)
        )
        db.session.commit()
        flash(_("Your draft is saved. Only your team can read it."), "success")
        return redirect(project.path, 303)
    return render_template("projects/new.html", form=form), (422 if form.errors else 200)


@bp.route("/<int:project_id>/edit", methods=["GET", "POST"])
@requires("lead_project", Project, loading=queries.FOR_EDITING, seen_by="view_project")
def edit(project: Project) -> Any:
    form = ProjectForm(
        theme_choices=theme_queries.choices(keep=[theme.id for theme in project.themes]),
        **({} if request.method == "POST" else _current(project)),
    )
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(project.version):
            actions.change(
                project,
                actor=actor(),
                **_proposal(form),
                **_details(form),
                **_what_it_is_about(form),
                goals=form.goals.data,
            )
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(project.path, 303)
        saved = _saved_meanwhile(project, form)
        form.version.data = str(project.version)
    status = 409 if saved else (422 if form.errors else 200)
    return render_template("projects/edit.html", project=project, form=form, saved=saved), status


@bp.post("/<int:project_id>/preview")
@requires("lead_project", Project, loading=queries.FOR_EDITING, seen_by="view_project")
def preview(project: Project) -> Any:
    """What the typed text will look like, with everything typed carried along and nothing saved."""
    form = ProjectForm(theme_choices=theme_queries.choices(keep=[theme.id for theme in project.themes]))
    form.validate()
    texts = [(form[name].label.text, render(form[name].data or "")) for name in NARRATIVES if form[name].data]
    return render_template(
        "projects/edit.html",
        project=project,
        form=form,
        saved={},
        preview=texts,
        preview_title=form.title.data,
    )


@bp.route("/<int:project_id>/steps/<name>", methods=["GET", "POST"])
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def step(project: Project, name: str) -> Any:
    """A page that says what the step means; its button takes it."""
    taken = STEPS.get(name) or abort(404)
    demand(taken.permission, project)
    asked = open_of("projects.proposal", project, project.network) if name in DECIDES_PROPOSAL else None
    if asked is not None and request.method != "POST" and can("answer_ask", asked):
        return redirect(asked.path, 303)  # one place to decide
    form = ReasonForm()
    if not taken.needs_reason:
        form.reason.label.text = _("A few words to go with it")
    if request.method == "POST" and form.validate():
        if taken.needs_reason and not form.reason.data:
            form.reason.errors = [_("Say why, in a few words.")]
        else:
            actions.take_step(project, name, actor=actor(), reason=form.reason.data or "")
            db.session.commit()
            flash(_("The project is now %(state)s.", state=str(STATE_LABELS[project.state])), "success")
            return redirect(project.path, 303)
    still = missing(project, name) if project.state in taken.sources else []
    possible = project.state in taken.sources
    status = 422 if form.errors else 200
    page = render_template("projects/step.html", project=project, step=taken, form=form, still=still, possible=possible)
    return page, status


@bp.route("/<int:project_id>/team", methods=["GET", "POST"])
@requires("lead_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def team(project: Project) -> Any:
    """Who works on it: added from the people of the partner institutions."""
    candidates = queries.people_to_add(project)
    if request.method == "POST":
        member = next((m for m in project.members if str(m.id) == request.form.get("member")), None)
        person = next((p for p in candidates if str(p.id) == request.form.get("person")), None)
        _change_team(project, request.form.get("action", ""), member, person)
        db.session.commit()
        return redirect(url_for(".team", project_id=project.id), 303)
    return render_template("projects/team.html", project=project, candidates=candidates)


def _change_team(project: Project, action: str, member: ProjectMember | None, person: Any) -> None:
    if action == "add" and person is not None:
        actions.add_member(project, person, actor=actor())
    elif action == "lead" and member is not None:
        actions.add_member(project, member.person, is_lead=True, actor=actor())
    elif action == "member" and member is not None:
        actions.step_back(project, member, actor=actor())
    elif action == "remove" and member is not None:
        actions.remove_member(project, member, actor=actor())
    else:
        flash(_("Choose somebody first."), "warning")


def _filters() -> dict[str, Any]:
    """The filters of the address; a value that makes no sense is no filter."""
    args = request.args
    theme, institution, network = (number_or_none(args.get(name)) for name in ("theme", "institution", "network"))
    goal = number_or_none(args.get("goal"))
    country = args.get("country", "")
    return {
        "words": clean_text(args.get("q", ""))[:200].strip(),
        "state": ProjectState(args["state"]) if args.get("state") in {str(s) for s in ProjectState} else None,
        "theme_ids": theme_queries.with_descendants(theme) or [theme] if theme else None,
        "country": country if countries.is_country(country) else "",
        "institution_id": institution,
        "beside_id": number_or_none(args.get("beside")),
        "network_id": network,
        "goal": goal if goal and goal <= 17 else None,
        "mine": actor() is not None and args.get("mine") == "1",
    }


def _states() -> list[tuple[str, str]]:
    return [(state, str(STATE_LABELS[state])) for state in ProjectState]


def _language() -> str:
    spoken = language()
    return spoken if languages.is_language(spoken) else "en"


def _lead(place: str) -> Institution | Network:
    kind, _dash, number = place.partition("-")
    row_id = int(number)
    return db.get_or_404(Institution, row_id) if kind == "institution" else db.get_or_404(Network, row_id)


def _network(lead: Institution | Network) -> Network:
    if isinstance(lead, Network):
        return lead
    networks = queries.networks_of(lead.id)
    if not networks:
        actions.refuse_outsider(lead)
    return networks[0]


def _proposal(form: Any) -> dict[str, Any]:
    return {
        "title": form.title.data or "",
        "question": form.question.data or "",
        "why_now": form.why_now.data or "",
        "language": form.language.data,
    }


def _details(form: ProjectForm) -> dict[str, Any]:
    texts = {name: form[name].data or "" for name in ("summary", "method", "funding", "notes", "website")}
    return texts | {
        "title_is_description": form.title_is_description.data,
        "funder_kinds": sorted(kind for kind in FunderKind if kind in (form.funder_kinds.data or ())),
        "working_language": form.working_language.data or "",
        "starts_on": form.starts_on.data,
        "ends_on": form.ends_on.data,
    }


def _what_it_is_about(form: Any) -> dict[str, Any]:
    return {"themes": theme_queries.by_ids(form.themes.data or ()), "countries": form.countries.data or []}


def _current(project: Project) -> dict[str, Any]:
    """The form's fields as the project fills them. Not `obj`: its lists hold rows, the form's hold ids."""
    plain = (
        "version",
        "title",
        "title_is_description",
        "language",
        "working_language",
        "starts_on",
        "ends_on",
        "website",
    )
    texts = {name: getattr(project, name) for name in (*plain, *NARRATIVES)}
    about = {"themes": [theme.id for theme in project.themes], "countries": project.countries, "goals": project.goals}
    return texts | about | {"funder_kinds": project.funder_kinds}


def _saved_meanwhile(project: Project, form: ProjectForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed in it."""
    nothing = _("(nothing)")
    readable: dict[str, Any] = {"language": language_name, "working_language": language_name}
    readable |= {"title_is_description": _yes_or_no, "funder_kinds": _funders}
    saved = {}
    for name, typed in (_proposal(form) | _details(form)).items():
        current = getattr(project, name)
        if (current or None) != (typed or None):
            saved[name] = readable.get(name, str)(current or "") or nothing
    if set(form.countries.data or []) != set(project.countries):
        saved["countries"] = ", ".join(map(country_name, project.countries)) or nothing
    if set(form.themes.data or []) != {theme.id for theme in project.themes}:
        saved["themes"] = "; ".join(theme.name for theme in project.themes) or nothing
    if set(form.goals.data or []) != set(project.goals):
        saved["goals"] = "; ".join(f"{goal}. {GOALS[goal]}" for goal in project.goals) or nothing
    return saved or {"title": project.title}


def _funders(kinds: Any) -> str:
    return list_and(FUNDER_LABELS[kind] for kind in kinds)


def _yes_or_no(chosen: object) -> str:
    return _("yes") if chosen else _("no")
