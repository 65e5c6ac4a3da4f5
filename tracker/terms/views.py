from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker.access import actor, can, demand, requires
from tracker.database import db
from tracker.forms import row_number
from tracker.i18n import LANGUAGES, _, language_name
from tracker.institutions.models import Network
from tracker.languages import choices as language_choices
from tracker.languages import is_language
from tracker.projects import queries as project_queries
from tracker.projects.models import Project
from tracker.terms import actions, beginnings, queries
from tracker.terms.changes import changes
from tracker.terms.forms import FIELD_OF, PartsForm, TemplateForm, TermsForm, form_for
from tracker.terms.models import Terms, TermsTemplate
from tracker.terms.parts import (
    document,
    named,
    partners_since,
    taking_part,
    values_of,
    without_tasks,
)
from tracker.terms.states import AUTHOR_ORDER_LABELS, AuthorOrder

bp = Blueprint("terms", __name__)
OF_A_PROJECT = "/projects/<int:project_id>/terms"
OF_A_NETWORK = "/networks/<int:network_id>/terms"


@bp.record_once
def _give_mails_their_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(terms_parts_named=named)


# --- reading ------------------------------------------------------------------------------------------------


@bp.get(OF_A_PROJECT)
@requires("follow_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def show(project: Project) -> str:
    versions = queries.versions(project)
    latest = versions[0] if versions else None
    waiting = actions.unconfirmed(project, latest)
    is_kept = can("lead_project", project) and project.state not in actions.CLOSED
    return render_template(
        "terms/show.html",
        project=project,
        versions=versions,
        latest=latest,
        document=document(latest) if latest else None,
        changes=changes(versions[1], versions[0]) if len(versions) > 1 else [],
        partners_since=partners_since(latest) if latest and is_kept else [],
        without_tasks=without_tasks(latest) if latest else [],
        is_kept=is_kept,
        waiting=waiting,
        mine=[partner for partner in waiting if latest and can("answer_for_partner", partner)],
        asks=queries.newest_asks(latest) if latest else {},
    )


@bp.get(f"{OF_A_PROJECT}/history")
@requires("follow_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def history(project: Project) -> str:
    """Who confirmed which version when, those who left since included."""
    return render_template("terms/history.html", project=project, versions=queries.versions(project))


@bp.get(f"{OF_A_PROJECT}/<int:number>")
@requires("follow_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def version(project: Project, number: int) -> str:
    versions = queries.versions(project)
    terms = _numbered(versions, number)
    return render_template(
        "terms/version.html", project=project, terms=terms, document=document(terms), newest=versions[0]
    )


@bp.get(f"{OF_A_PROJECT}/<int:number>/changes")
@requires("follow_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def compare(project: Project, number: int) -> str:
    """What changed between any two versions; without another one named, since the one before."""
    versions = queries.versions(project)
    terms = _numbered(versions, number)
    try:
        against = row_number(request.args.get("against") or str(max(1, number - 1)))
    except ValueError:
        abort(404)
    before, after = sorted((_numbered(versions, against), terms), key=lambda known: known.number)
    return render_template(
        "terms/changes.html",
        project=project,
        versions=versions,
        before=before,
        after=after,
        changes=changes(before, after),
    )


def _numbered(versions: list[Terms], number: int) -> Terms:
    return next((terms for terms in versions if terms.number == number), None) or abort(404)


# --- writing ------------------------------------------------------------------------------------------------


@bp.route(f"{OF_A_PROJECT}/write", methods=["GET", "POST"])
@requires("lead_project", Project, loading=project_queries.ON_A_PAGE, seen_by="view_project")
def write(project: Project) -> Any:
    latest = next(iter(queries.versions(project)), None)
    number = latest.number if latest else 0
    partners, tasks = taking_part(project), beginnings.tasks(project, latest)
    form = form_for(partners, tasks, **beginnings.start(project, latest))
    stale = request.method == "POST" and request.form.get("number") != str(number)
    if form.submitted() and not stale:
        actions.write(project, tasks=form.tasks, **form.values(), actor=actor())
        db.session.commit()
        flash(
            _("Version %(number)s is written. Each partner is asked to confirm it.", number=number + 1),
            "success",
        )
        return redirect(url_for(".show", project_id=project.id), 303)
    page = render_template(
        "terms/write.html",
        project=project,
        partners=partners,
        form=form,
        number=number,
        is_stale=stale and latest is not None,
        saved=_saved_meanwhile(latest, form) if stale and latest else {},
    )
    return page, 409 if stale else (422 if form.errors else 200)


def _saved_meanwhile(latest: Terms | TermsTemplate, form: PartsForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed."""
    current = {name: value or "" for name, value in values_of(latest).items()}
    typed = form.values()
    if isinstance(form, TermsForm) and isinstance(latest, Terms):
        written = {task.partner_id: task.tasks for task in latest.tasks}
        for partner_id, name in form.partner_fields.items():
            current[name], typed[name] = written.get(partner_id, ""), form.tasks[partner_id]
    differing = {name: value for name, value in current.items() if str(typed[name]).strip() != str(value).strip()}
    if "author_order" in differing:
        differing["author_order"] = str(AUTHOR_ORDER_LABELS[AuthorOrder(differing["author_order"])])
    if differing.get("working_language"):
        differing["working_language"] = language_name(differing["working_language"])
    return {FIELD_OF.get(name, name): value or _("(nothing)") for name, value in differing.items()}


@bp.post(f"{OF_A_PROJECT}/confirm")
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


# --- what a network's terms start from -----------------------------------------------------------------------


@bp.get(OF_A_NETWORK)
@requires("coordinate_network", Network)
def templates(network: Network) -> Any:
    chosen = request.args.get("language", "")
    if is_language(chosen):
        return redirect(url_for(".template", network_id=network.id, language=chosen), 303)
    known = {template.language: template for template in queries.templates(network)}
    listed = [*LANGUAGES, *(language for language in known if language not in LANGUAGES)]
    others = [(tag, name) for tag, name in language_choices() if tag not in listed]
    return render_template("terms/templates.html", network=network, known=known, listed=listed, others=others)


@bp.route(f"{OF_A_NETWORK}/<language>", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def template(network: Network, language: str) -> Any:
    known = queries.template(network, language) if is_language(language) else abort(404)
    number = known.version if known else 0
    start = values_of(known) if known else beginnings.built_in(language)
    form = TemplateForm(**start, version=number)
    saved: dict[str, str] = {}
    is_stale = False
    if form.submitted():
        is_stale = form.version.data != str(number)
        if not is_stale:
            actions.keep_template(network, language, **form.values(), actor=actor())
            db.session.commit()
            flash(_("Saved. New terms in this language start from it."), "success")
            return redirect(url_for(".templates", network_id=network.id), 303)
        saved = _saved_meanwhile(known, form) if known else {}
        form.version.data = str(number)
        form.version.raw_data = None
    page = render_template(
        "terms/template.html",
        network=network,
        tag=language,
        template=known,
        form=form,
        is_stale=is_stale,
        saved=saved,
    )
    return page, 422 if form.errors else (409 if is_stale else 200)


@bp.route(f"{OF_A_NETWORK}/<language>/remove", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def remove_template(network: Network, language: str) -> Any:
    """A page that says what it means; its button removes the template."""
    known = (queries.template(network, language) if is_language(language) else None) or abort(404)
    if request.method == "POST":
        actions.remove_template(known, actor=actor())
        db.session.commit()
        flash(_("Removed. Terms that are written already stay as they are."), "success")
        return redirect(url_for(".templates", network_id=network.id), 303)
    return render_template("terms/remove_template.html", network=network, template=known)
