from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, requires
from tracker.addresses import local_path
from tracker.database import db
from tracker.i18n import _
from tracker.institutions.models import Institution
from tracker.oversight import actions, queries
from tracker.oversight.computed import computed
from tracker.oversight.forms import HealthForm, NoteForm, ViewForm
from tracker.oversight.models import SavedView, SecretariatNote
from tracker.oversight.states import PAGE_LABELS, PAGES, Health
from tracker.paging import paginate
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR

bp = Blueprint("oversight", __name__)


@bp.route("/projects/<int:project_id>/secretariat", methods=["GET", "POST"])
@requires("view_oversight", Project, loading=ON_THE_DOOR)
def project(project: Project) -> Any:
    """How coordinators see a project, and their notes on it."""
    line = queries.current_line(project)
    back = _back()
    health, note = HealthForm(), NoteForm()
    if request.form.get("what") == "health":
        if health.submitted():
            actions.set_health(project, Health(health.health.data), words=health.words.data or "", actor=actor())
            db.session.commit()
            flash(_("Kept. Only coordinators see it."), "success")
            return redirect(back or url_for(".project", project_id=project.id), 303)
    elif note.submitted():
        return _keep_note(project, note)
    page = render_template(
        "oversight/project.html",
        project=project,
        line=line,
        computed=computed([project])[project.id],
        lines=queries.lines_of(project),
        health=health,
        note=note,
        back=back,
        page=paginate(queries.notes_on(project)),
    )
    return page, 422 if health.errors or note.errors else 200


@bp.route("/institutions/<int:institution_id>/secretariat", methods=["GET", "POST"])
@requires("view_oversight_of_institution", Institution, loading=queries.INSTITUTION_AT_THE_DOOR)
def institution(institution: Institution) -> Any:
    """What coordinators note on an institution."""
    note = NoteForm()
    if note.submitted():
        return _keep_note(institution, note)
    page = render_template(
        "oversight/institution.html",
        institution=institution,
        note=note,
        page=paginate(queries.notes_on(institution)),
    )
    return page, 422 if note.errors else 200


@bp.route("/secretariat-notes/<int:secretariat_note_id>/withdraw", methods=["GET", "POST"])
@requires("view_secretariat_note", SecretariatNote, loading=queries.NOTE_AT_THE_DOOR)
def withdraw_note(note: SecretariatNote) -> Any:
    if note.withdrawn_at is not None and request.method != "POST":
        return redirect(note.path, 303)
    if request.method == "POST":
        actions.withdraw_note(note, actor=actor())
        db.session.commit()
        flash(_("The note is withdrawn."), "success")
        return redirect(note.path, 303)
    return render_template("oversight/withdraw_note.html", note=note)


@bp.get("/board/views")
@requires("coordinate")
def views() -> str:
    """The filters that a coordinator keeps, of every page."""
    kept = queries.views_of(actor())
    return render_template(
        "oversight/views.html",
        groups=[(label, [view for view in kept if view.page == page]) for page, label in PAGE_LABELS.items()],
        most=actions.MOST_VIEWS,
    )


@bp.route("/board/views/keep", methods=["GET", "POST"])
@requires("coordinate")
def keep_view() -> Any:
    """A name for the filters that an address holds."""
    page = request.values.get("page") or "board"
    if page not in PAGES:
        abort(404)
    given = request.values.get("query", "")
    taken = [view.name for view in queries.views_of(actor(), page)]
    form = ViewForm(taken=taken, **({} if request.method == "POST" else {"page": page, "query": given}))
    if form.submitted():
        view = actions.keep_view(actor(), page, form.name.data or "", given)
        db.session.commit()
        flash(_("These filters are kept as “%(name)s”.", name=view.name), "success")
        return redirect(view.path, 303)
    return render_template(
        "oversight/keep_view.html", form=form, page_label=PAGE_LABELS[page], back=_address(page, given)
    ), (422 if form.errors else 200)


@bp.route("/board/views/<int:saved_view_id>/rename", methods=["GET", "POST"])
@requires("view_saved_view", SavedView)
def rename_view(view: SavedView) -> Any:
    taken = [known.name for known in queries.views_of(actor(), view.page) if known is not view]
    form = ViewForm(taken=taken, **({} if request.method == "POST" else {"name": view.name}))
    if form.submitted():
        actions.rename_view(view, form.name.data or "", actor=actor())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for(".views"), 303)
    return render_template("oversight/rename_view.html", view=view, form=form), (422 if form.errors else 200)


@bp.route("/board/views/<int:saved_view_id>/remove", methods=["GET", "POST"])
@requires("view_saved_view", SavedView)
def remove_view(view: SavedView) -> Any:
    if request.method == "POST":
        actions.remove_view(view, actor=actor())
        db.session.commit()
        flash(_("The name is removed."), "success")
        return redirect(url_for(".views"), 303)
    return render_template("oversight/remove_view.html", view=view)


def _keep_note(subject: Project | Institution, form: NoteForm) -> Any:
    note = actions.write_note(subject, text=form.text.data or "", actor=actor())
    db.session.commit()
    flash(_("The note is kept. Only coordinators read it."), "success")
    return redirect(note.path, 303)


def _back() -> str:
    """The list of the board that led here, else ""."""
    path = local_path(request.values.get("back"))
    return path if path.split("?")[0].startswith("/board") else ""


def _address(page: str, query: str) -> str:
    kept = actions.tidy(query)
    return f"{PAGES[page]}?{kept}" if kept else PAGES[page]
