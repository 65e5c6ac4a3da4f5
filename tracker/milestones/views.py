from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker import files
from tracker.access import actor, requires
from tracker.clock import today
from tracker.database import db
from tracker.dates import PartialDate
from tracker.i18n import _, format_day
from tracker.institutions.models import Person
from tracker.markdown import render
from tracker.milestones import actions, queries
from tracker.milestones.forms import DoneForm, DropForm, LateForm, MilestoneForm, NoteForm
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.order import still_open_words
from tracker.milestones.states import MilestoneState, NoteAudience
from tracker.paging import paginate
from tracker.projects.models import Partner, Project

bp = Blueprint("milestones", __name__)


@bp.route("/projects/<int:project_id>/milestones/new", methods=["GET", "POST"])
@requires("lead_project", Project, loading=queries.PROJECT_TEAM, seen_by="view_project")
def new(project: Project) -> Any:
    form = MilestoneForm(project=project, has_date=True)
    if form.submitted():
        actions.add_milestone(
            project,
            name=form.name.data,
            due=form.due.data,
            partner=_partner(project, form),
            person=_person(project, form),
            actor=actor(),
        )
        db.session.commit()
        return redirect(f"{project.path}/plan", 303)
    return _form_page("milestones/new.html", form, project=project)


@bp.route("/milestones/<int:milestone_id>/edit", methods=["GET", "POST"])
@requires("edit_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def edit(milestone: Milestone) -> Any:
    """Two who edit at once: the second sees what the first saved, and loses nothing."""
    _lock(milestone)
    project = milestone.project
    is_movable = milestone.state is MilestoneState.PLANNED and not actions.has_started(project)
    form = MilestoneForm(project=project, has_date=is_movable, obj=milestone)
    sound = form.submitted()
    conflicts = request.method == "POST" and form.version.data != str(milestone.version)
    if sound and not conflicts:
        actions.revise(
            milestone,
            name=form.name.data,
            due=form.due.data if form.due is not None else milestone.due,
            partner=_partner(project, form, milestone.partner),
            person=_person(project, form, milestone.person),
            actor=actor(),
        )
        db.session.commit()
        return redirect(f"{project.path}/plan", 303)
    theirs = _differing(form, milestone) if conflicts else {}
    form.version.data = str(milestone.version)
    return render_template(
        "milestones/edit.html",
        form=form,
        milestone=milestone,
        project=project,
        conflicts=conflicts,
        theirs=theirs,
    ), (409 if conflicts else 422 if form.errors else 200)


@bp.route("/milestones/<int:milestone_id>/done", methods=["GET", "POST"])
@requires("report_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def done(milestone: Milestone) -> Any:
    _lock(milestone)
    form = DoneForm(on=PartialDate.of(today()))
    if form.submitted():
        actions.mark_done(milestone, on=form.on.data, actor=actor())
        db.session.commit()
        flash(_("“%(name)s” is done.", name=milestone.name), "success")
        if waiting := still_open_words(milestone):
            flash(waiting, "warning")
        return redirect(milestone.path, 303)
    waiting = still_open_words(milestone)
    return _form_page("milestones/done.html", form, project=milestone.project, milestone=milestone, waiting=waiting)


@bp.route("/milestones/<int:milestone_id>/late", methods=["GET", "POST"])
@requires("report_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def late(milestone: Milestone) -> Any:
    _lock(milestone)
    form = LateForm(milestone=milestone)
    if form.submitted():
        actions.move(
            milestone,
            due=form.due.data,
            reason=form.chosen_reason,
            words=form.words.data or "",
            actor=actor(),
        )
        db.session.commit()
        flash(_("“%(name)s” has a new date.", name=milestone.name), "success")
        return redirect(milestone.path, 303)
    return _form_page("milestones/late.html", form, project=milestone.project, milestone=milestone)


@bp.route("/milestones/<int:milestone_id>/drop", methods=["GET", "POST"])
@requires("edit_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def drop(milestone: Milestone) -> Any:
    _lock(milestone)
    form = DropForm()
    if form.submitted():
        if actions.has_started(milestone.project) and not form.words.data:
            form.words.errors = [_("Say why the milestone is dropped.")]
        else:
            actions.drop(milestone, words=form.words.data or "", actor=actor())
            db.session.commit()
            return redirect(f"{milestone.project.path}/plan", 303)
    return _form_page("milestones/drop.html", form, project=milestone.project, milestone=milestone)


@bp.post("/milestones/<int:milestone_id>/reopen")
@requires("edit_milestone", Milestone, loading=queries.WITH_PROJECT, seen_by="view_milestone", locks=False)
def reopen(milestone: Milestone) -> Any:
    _lock(milestone)
    actions.reopen(milestone, actor=actor())
    db.session.commit()
    return redirect(f"{milestone.project.path}/plan", 303)


@bp.route("/projects/<int:project_id>/notes/new", methods=["GET", "POST"])
@requires("work_on_project", Project, loading=queries.PROJECT_TEAM, seen_by="view_project")
def new_note(project: Project) -> Any:
    """Write a progress note; "preview" shows it without saving."""
    milestones = queries.open_milestones(project)
    asked = request.args.get("milestone", "")
    form = NoteForm(
        milestones=milestones,
        on=PartialDate.of(today()),
        language=project.working_language or project.language,
        audience=NoteAudience.TEAM.value,
        milestone=asked if asked in {str(row_id) for row_id, _name in milestones} else "",
    )
    preview = None
    if request.method == "POST" and "preview" in request.form:
        if form.text.validate(form):
            preview = render(form.text.data)
    elif form.submitted() and form.on.data and (note := _write(project, form, form.on.data)):
        db.session.commit()
        flash(_("Your note is written."), "success")
        return redirect(note.path, 303)
    return _form_page("milestones/new_note.html", form, project=project, preview=preview)


@bp.get("/projects/<int:project_id>/notes")
@requires("view_project", Project, loading=queries.PROJECT_TEAM)
def notes(project: Project) -> str:
    """Every note on a project that the reader may see."""
    page = paginate(queries.all_notes(project, actor()))
    return render_template("milestones/notes.html", project=project, page=page)


@bp.route("/notes/<int:progress_note_id>/withdraw", methods=["GET", "POST"])
@requires("withdraw_note", ProgressNote, loading=queries.NOTE_WITH_FILES, seen_by="view_note")
def withdraw_note(note: ProgressNote) -> Any:
    project = note.project
    if request.method != "POST":
        return render_template("milestones/withdraw_note.html", project=project, note=note)
    actions.withdraw_note(note, actor=actor())
    db.session.commit()
    flash(_("The note is withdrawn."), "success")
    return redirect(f"{project.path}#progress", 303)


@bp.get("/notes/<int:progress_note_id>/files/<int:file_id>")
@requires("view_note", ProgressNote, loading=queries.NOTE_WITH_FILES)
def note_file(note: ProgressNote, file_id: int) -> Any:
    return files.hand_out(next((row for row in note.files if row.id == file_id), None), shown=True)


def _write(project: Project, form: NoteForm, on: PartialDate) -> ProgressNote | None:
    """The note, or None with an error beside the field where a file is refused."""
    kept, refused = files.keep_all(form.uploads, uploaded_by=actor(), project_id=project.id)
    if refused:
        form.files.errors = refused
        return None
    milestone = db.session.get(Milestone, form.milestone_id) if form.milestone_id else None
    return actions.write_note(
        project,
        text=form.text.data,
        on=on,
        language=form.language.data,
        audience=form.chosen_audience,
        milestone=milestone,
        files=kept,
        actor=actor(),
    )


def _lock(milestone: Milestone) -> None:
    """For a POST: read the milestone anew and lock it after its project, as everybody who changes a plan."""
    if request.method == "POST":
        queries.lock(milestone)


def _form_page(template: str, form: Any, **context: Any) -> Any:
    return render_template(template, form=form, **context), (422 if form.errors else 200)


def _partner(project: Project, form: MilestoneForm, held: Partner | None = None) -> Partner | None:
    offered = [*project.partners, held] if held else project.partners
    return next((partner for partner in offered if partner.id == form.partner_id), None)


def _person(project: Project, form: MilestoneForm, held: Person | None = None) -> Person | None:
    people = [member.person for member in project.members]
    offered = [*people, held] if held else people
    return next((person for person in offered if person.id == form.person_id), None)


def _differing(form: MilestoneForm, milestone: Milestone) -> dict[str, str]:
    """What is saved now, by field, where it is not what was typed."""
    nobody = _("nobody in particular")
    saved = {
        "name": (milestone.name, milestone.name),
        "due": (milestone.due, format_day(milestone.due) if milestone.due else _("(nothing)")),
        "partner": (str(milestone.partner_id or ""), milestone.partner.name if milestone.partner else nobody),
        "person": (str(milestone.person_id or ""), milestone.person.name if milestone.person else nobody),
    }
    return {name: text for name, (value, text) in saved.items() if name in form and form[name].data != value}
