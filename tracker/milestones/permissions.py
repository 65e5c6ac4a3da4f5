import sqlalchemy as sa

from tracker.institutions.models import Person
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.states import NoteAudience
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import follow_project, lead_project, view_project, work_on_project


@permission
def view_milestone(actor: Person | None, milestone: Milestone) -> bool:
    """A plan is read by those who read the project."""
    return view_project(actor, milestone.project)


@permission
def edit_milestone(actor: Person | None, milestone: Milestone) -> bool:
    """The plan is the lead's."""
    return lead_project(actor, milestone.project)


@permission
def report_milestone(actor: Person | None, milestone: Milestone) -> bool:
    """Done, or late until: said by whoever works on the project."""
    return work_on_project(actor, milestone.project)


@permission
def view_note(actor: Person | None, note: ProgressNote) -> bool:
    """A note is read by its audience, a withdrawn one by its author; never by somebody who may not read the project."""
    if not view_project(actor, note.project) or note.audience not in audiences(actor, note.project):
        return False
    return note.withdrawn_at is None or (actor is not None and actor.id == note.author_id)


@permission
def withdraw_note(actor: Person | None, note: ProgressNote) -> bool:
    """Its author, and the lead; once."""
    if actor is None or note.withdrawn_at is not None:
        return False
    return actor.id == note.author_id or lead_project(actor, note.project)


def audiences(actor: Person | None, project: Project) -> list[NoteAudience]:
    """The kinds of notes on a project that somebody who may read the project reads."""
    if actor is None:
        return [NoteAudience.PUBLIC]
    if follow_project(actor, project) or work_on_project(actor, project):
        return list(NoteAudience)
    if project.network_id in actor.network_ids:
        return [NoteAudience.PUBLIC, NoteAudience.MEMBERS]
    return [NoteAudience.PUBLIC]


def notes_visible_to(actor: Person | None, project: Project) -> sa.ColumnElement[bool]:
    """`view_note` as SQL, for the notes of a project that may be read."""
    is_shown: sa.ColumnElement[bool] = ProgressNote.withdrawn_at.is_(None)
    if actor is not None:
        is_shown = sa.or_(is_shown, ProgressNote.author_id == actor.id)
    return ProgressNote.audience.in_(audiences(actor, project)) & is_shown
