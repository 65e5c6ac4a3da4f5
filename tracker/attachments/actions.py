from collections.abc import Sequence

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.attachments import queries
from tracker.attachments.permissions import may_delete
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.projects.actions import touch
from tracker.projects.models import Project
from tracker.projects.states import ProjectState

MOST_ON_ONE = 30  # files on one milestone

declare(
    {
        "attachments.add": _l("%(actor)s added files to the milestone “%(milestone)s”: %(files)s."),
        "attachments.delete": _l("%(actor)s deleted the file “%(file)s”."),
    }
)


def add(milestone: Milestone, files: Sequence[StoredFile], *, actor: Person | None) -> None:
    """Hang stored files on a milestone."""
    project = milestone.project
    if project.state is ProjectState.STOPPED:
        raise RuleBroken(_("This project is stopped. Resume it before adding files."))
    if len([file for file in milestone.files if file.deleted_at is None]) + len(files) > MOST_ON_ONE:
        raise RuleBroken(_("A milestone holds at most %(count)s files.", count=MOST_ON_ONE))
    milestone.files.extend(files)
    touch(project)
    db.session.flush()
    record(
        "attachments.add",
        project,
        actor=actor,
        milestone=milestone.name,
        milestone_id=milestone.id,
        path=milestone.path,
        files="; ".join(file.name for file in files),
    )


def delete(file: StoredFile, project: Project, *, actor: Person) -> None:
    """Delete a file on a note or a milestone: its name, size, digest and who deleted it when stay.

    The caller deletes the bytes once this is committed.
    """
    if file.deleted_at is not None:
        raise RuleBroken(_("This file is deleted already."))
    if not may_delete(actor, file, project):
        raise RuleBroken(_("Who uploaded it may delete it, and whoever leads the project."))
    if queries.note_of(file.id) is None and queries.milestone_of(file.id) is None:
        raise RuleBroken(_("The file of a report is taken away on the page of the report; one of a draft stays."))
    file.deleted_at, file.deleted_by_id = clock.now(), actor.id
    file.deleted_by_name = actor.name
    touch(project)
    record("attachments.delete", project, actor=actor, file=file.name, sha256=file.sha256)
