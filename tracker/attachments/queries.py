from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.drafts.models import Draft
from tracker.drafts.queries import WITHOUT_TEXT
from tracker.files import StoredFile
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone, ProgressNote, milestone_file, note_file
from tracker.milestones.permissions import notes_visible_to
from tracker.milestones.queries import PROJECT_TEAM
from tracker.projects.models import Project
from tracker.reports.models import Report

MOST_LISTED = 500

WITH_PROJECT = (joinedload(Milestone.project).options(*PROJECT_TEAM), selectinload(Milestone.files))
"""A milestone with its files, and what the permissions ask of its project."""


@dataclass(frozen=True)
class Kept:
    """A file of a project and where it hangs: on one of these, or on nothing any more."""

    file: StoredFile
    uploader: str
    note: ProgressNote | None = None
    milestone: Milestone | None = None
    report: Report | None = None
    draft: Draft | None = None

    @property
    def path(self) -> str:
        """Its address; empty where it hangs on nothing."""
        if self.note is not None:
            return f"/notes/{self.note.id}/files/{self.file.id}"
        if self.milestone is not None:
            return f"/milestones/{self.milestone.id}/files/{self.file.id}"
        if self.draft is not None:
            return f"{self.draft.path}/file"
        return f"/reports/{self.report.id}/files/{self.file.id}" if self.report is not None else ""

    @property
    def may_go(self) -> bool:
        """A report's file is taken away on the report's own page."""
        return self.note is not None or self.milestone is not None


def files_of(project: Project, actor: Person | None) -> list[Kept]:
    """Every file of a project, deleted ones too, the newest first; those of notes that `actor` may not read are
    left out."""
    query = (
        sa.select(StoredFile, Person.name, ProgressNote, Milestone, Report, Draft)
        .outerjoin(Person, Person.id == StoredFile.uploaded_by_id)
        .outerjoin(note_file, note_file.c.stored_file_id == StoredFile.id)
        .outerjoin(ProgressNote, ProgressNote.id == note_file.c.progress_note_id)
        .outerjoin(milestone_file, milestone_file.c.stored_file_id == StoredFile.id)
        .outerjoin(Milestone, Milestone.id == milestone_file.c.milestone_id)
        .outerjoin(Report, Report.file_id == StoredFile.id)
        .outerjoin(Draft, Draft.file_id == StoredFile.id)
        .options(*WITHOUT_TEXT)
        .where(
            StoredFile.project_id == project.id,
            sa.or_(ProgressNote.id.is_(None), notes_visible_to(actor, project)),
        )
        .order_by(StoredFile.id.desc())
        .limit(MOST_LISTED)
    )
    return [Kept(row[0], row[1] or "", *row[2:]) for row in db.session.execute(query)]


def note_of(file_id: int) -> ProgressNote | None:
    """The note a file hangs on."""
    query = sa.select(ProgressNote).join(note_file).where(note_file.c.stored_file_id == file_id)
    return db.session.scalars(query.limit(1)).first()


def milestone_of(file_id: int) -> Milestone | None:
    """The milestone a file hangs on."""
    query = sa.select(Milestone).join(milestone_file).where(milestone_file.c.stored_file_id == file_id)
    return db.session.scalars(query.limit(1)).first()
