from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker import files
from tracker.access import actor, requires
from tracker.attachments import actions, queries
from tracker.attachments.forms import FilesForm
from tracker.attachments.permissions import may_delete
from tracker.database import db
from tracker.files import StoredFile
from tracker.i18n import _, ngettext
from tracker.milestones import queries as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.queries import PROJECT_TEAM
from tracker.projects.models import Project

bp = Blueprint("attachments", __name__)


@bp.get("/projects/<int:project_id>/files")
@requires("view_files", Project, loading=PROJECT_TEAM, seen_by="view_project")
def index(project: Project) -> str:
    """Every file of a project, and how much of its quota they take."""
    person = actor()
    kept = queries.files_of(project, person)
    return render_template(
        "attachments/index.html",
        project=project,
        kept=kept,
        deletable={one.file.id for one in kept if one.may_go and may_delete(person, one.file, project)},
        used=files.used_by(project.id),
        quota=files.quota(),
    )


@bp.route("/milestones/<int:milestone_id>/files", methods=["GET", "POST"])
@requires("report_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def add(milestone: Milestone) -> Any:
    """Add files to a milestone."""
    project, form = milestone.project, FilesForm()
    if request.method == "POST":
        milestones.lock(milestone)  # the project too, whose quota is counted
    if form.submitted() and (kept := _keep(form, project)):
        actions.add(milestone, kept, actor=actor())
        db.session.commit()
        flash(ngettext("%(num)s file is added.", "%(num)s files are added.", len(kept)), "success")
        return redirect(milestone.path, 303)
    page = render_template(
        "attachments/add.html",
        project=project,
        milestone=milestone,
        form=form,
        used=files.used_by(project.id),
        quota=files.quota(),
    )
    return page, 422 if form.errors else 200


@bp.get("/milestones/<int:milestone_id>/files/<int:file_id>")
@requires("view_milestone_files", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone")
def milestone_file(milestone: Milestone, file_id: int) -> Any:
    return files.hand_out(next((row for row in milestone.files if row.id == file_id), None), shown=True)


@bp.route("/projects/<int:project_id>/files/<int:file_id>/delete", methods=["GET", "POST"])
@requires("view_files", Project, loading=PROJECT_TEAM, seen_by="view_project")
def delete(project: Project, file_id: int) -> Any:
    """Ask once more, then delete a file; that it was there stays on record."""
    file = db.session.get(StoredFile, file_id) if file_id < 2**31 else None
    if file is None or file.project_id != project.id or file.id not in _readable(project):
        abort(404)
    if not may_delete(actor(), file, project) and file.deleted_at is None:
        abort(403)
    if request.method != "POST":
        return render_template("attachments/delete.html", project=project, file=file)
    actions.delete(file, project, actor=actor())
    key, name = file.key, file.name
    db.session.commit()
    files.store().delete(key)
    flash(_("“%(name)s” is deleted.", name=name), "success")
    return redirect(url_for(".index", project_id=project.id), 303)


def _readable(project: Project) -> set[int]:
    return {kept.file.id for kept in queries.files_of(project, actor())}


def _keep(form: FilesForm, project: Project) -> list[StoredFile]:
    """The stored files, or none with an error beside the field for each that is refused."""
    kept, form.files.errors = files.keep_all(form.uploads, uploaded_by=actor(), project_id=project.id)
    return kept
