from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.institutions.models import Institution, Membership, Person
from tracker.oversight.models import HealthLine, SavedView, SecretariatNote
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR

MOST_LINES = 50  # of the history of one project

INSTITUTION_AT_THE_DOOR = (selectinload(Institution.memberships).joinedload(Membership.network),)
NOTE_AT_THE_DOOR = (
    joinedload(SecretariatNote.project).options(*ON_THE_DOOR),
    joinedload(SecretariatNote.institution).options(*INSTITUTION_AT_THE_DOOR),
)


def current_line(project: Project) -> HealthLine | None:
    """How a coordinator sees the project now."""
    return current_lines([project.id]).get(project.id)


def current_lines(project_ids: Iterable[int]) -> dict[int, HealthLine]:
    """By project: how a coordinator sees it now; those of which nobody said anything are left out."""
    lines = sa.select(HealthLine).where(HealthLine.project_id.in_(list(project_ids)), HealthLine.replaced_at.is_(None))
    return {line.project_id: line for line in db.session.scalars(lines)}


def lines_of(project: Project) -> list[HealthLine]:
    """How coordinators saw the project over time, the newest first; the current one is the first."""
    query = sa.select(HealthLine).where(HealthLine.project_id == project.id).order_by(HealthLine.id.desc())
    return list(db.session.scalars(query.limit(MOST_LINES)))


def notes_on(subject: Project | Institution) -> sa.Select[SecretariatNote]:
    """The notes on a project or an institution, the newest first; of a withdrawn one the words are not shown."""
    return sa.select(SecretariatNote).where(_about(subject)).order_by(SecretariatNote.id.desc())


def count_notes(subject: Project | Institution) -> int:
    """How many notes on it can be read."""
    here = (_about(subject), SecretariatNote.withdrawn_at.is_(None))
    return db.session.scalar(sa.select(sa.func.count(SecretariatNote.id)).where(*here)) or 0


def views_of(person: Person, page: str = "") -> list[SavedView]:
    """What a person keeps of one page ("board", "tables"), by name; left out: of all pages."""
    query = sa.select(SavedView).where(SavedView.person_id == person.id)
    if page:
        query = query.where(SavedView.page == page)
    return list(db.session.scalars(query.order_by(SavedView.page, SavedView.name, SavedView.id)))


def view_called(person: Person, page: str, name: str) -> SavedView | None:
    """The view of this name that a person keeps of a page."""
    named = (SavedView.person_id == person.id, SavedView.page == page, SavedView.name == name)
    return db.session.scalars(sa.select(SavedView).where(*named)).first()


def _about(subject: Project | Institution) -> sa.ColumnElement[bool]:
    column = SecretariatNote.project_id if isinstance(subject, Project) else SecretariatNote.institution_id
    return column == subject.id
