"""What workbooks are filled from."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from tracker import clock
from tracker.database import db
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.projects.models import Project
from tracker.projects.queries import FOR_EDITING
from tracker.projects.queries import led_by as ids_led_by
from tracker.projects.states import Audience, ProjectState
from tracker.sheets.models import Sheet
from tracker.sheets.reading import MOST_LINES

KEPT_FOR = timedelta(days=7)


def of_network(network_id: int, lock: bool = False) -> list[Project]:
    """The projects of a network that its coordinators may change, those changed last first."""
    return _projects(lock, Project.network_id == network_id, Project.audience != Audience.TEAM)


def led_by(person: Person, lock: bool = False) -> list[Project]:
    """The projects that a person leads and may still change, those changed last first."""
    return _projects(lock, Project.id.in_(ids_led_by(person)))


def _projects(lock: bool, *where: sa.ColumnExpressionArgument[bool]) -> list[Project]:
    """With what their rows show; locked in the order of their numbers, as everybody who locks several does."""
    chosen = sa.select(Project.id).where(Project.state != ProjectState.PUBLISHED, *where)
    ids = db.session.scalars(chosen.order_by(Project.changed_at.desc(), Project.id.desc()).limit(MOST_LINES)).all()
    if lock:
        for part in _parts(sorted(ids)):
            db.session.execute(sa.select(Project.id).where(Project.id.in_(part)).order_by(Project.id).with_for_update())
    found: dict[int, Project] = {}
    for part in _parts(ids):
        rows = db.session.scalars(
            sa.select(Project)
            .where(Project.id.in_(part))
            .options(*FOR_EDITING)
            .execution_options(populate_existing=lock)
        )
        found.update((project.id, project) for project in rows)
    return [found[project_id] for project_id in ids if project_id in found]


def _parts(ids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    """In parts that a database takes as parameters."""
    listed = list(ids)
    return (listed[start : start + size] for start in range(0, len(listed), size))


def themes_of(projects: Iterable[Project]) -> set[int]:
    """The themes these projects have, retired ones too."""
    return {theme.id for project in projects for theme in project.themes}


def forgotten(limit: int) -> list[int]:
    """The uploads nobody needs any more."""
    query = sa.select(Sheet.id).where(Sheet.created_at < clock.now() - KEPT_FOR).order_by(Sheet.created_at)
    return list(db.session.scalars(query.limit(limit)))


def lock_plan(project_id: int) -> None:
    """Lock the milestones of a project, before the project itself, as everybody does."""
    query = sa.select(Milestone.id).where(Milestone.project_id == project_id).order_by(Milestone.id)
    db.session.execute(query.with_for_update())
