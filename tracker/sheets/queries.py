"""What workbooks are filled from."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker import clock
from tracker.checkins.models import CheckIn
from tracker.checkins.queries import GOES_ON
from tracker.database import db
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.projects.models import Partner, Project
from tracker.projects.queries import FOR_ASK, FOR_EDITING
from tracker.projects.queries import led_by as ids_led_by
from tracker.projects.states import LEADING, Audience, Commitment, ProjectState
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
    """Lock the milestones of a project, after the project itself, as everybody does."""
    query = sa.select(Milestone.id).where(Milestone.project_id == project_id).order_by(Milestone.id)
    db.session.execute(query.with_for_update())


def partners_of(institution_id: int, lock: bool = False) -> list[Partner]:
    """An institution as a partner of each project under way that it agreed to, by the project's title; for a change
    the projects and then their milestones are locked."""
    mine = (Partner.institution_id == institution_id, Partner.commitment == Commitment.AGREED)
    chosen = sa.select(Partner.project_id).join(Partner.project).where(*mine, Project.state.in_(GOES_ON))
    if lock:
        projects = sa.select(Project.id).where(Project.id.in_(chosen)).order_by(Project.id)
        db.session.execute(projects.with_for_update(of=Project))
        plans = sa.select(Milestone.id).where(Milestone.project_id.in_(chosen)).order_by(Milestone.id)
        db.session.execute(plans.with_for_update(of=Milestone))
    query = (
        sa.select(Partner)
        .join(Partner.project)
        .where(*mine, Project.state.in_(GOES_ON))
        .options(joinedload(Partner.institution), contains_eager(Partner.project).options(*FOR_ASK))
        .order_by(Project.title, Partner.id)
        .limit(MOST_LINES)
        .execution_options(populate_existing=lock)
    )
    return list(db.session.scalars(query))


def months_of(partners: Iterable[Partner], month: date) -> dict[int, CheckIn]:
    """By partner: what it was asked, or said, about a month."""
    ids = [partner.id for partner in partners]
    query = sa.select(CheckIn).where(CheckIn.partner_id.in_(ids), CheckIn.month == month)
    found = db.session.scalars(query.options(joinedload(CheckIn.note), joinedload(CheckIn.milestone))).all()
    return {check_in.partner_id: check_in for check_in in found}


def plans_of(partners: Iterable[Partner]) -> dict[int, list[Milestone]]:
    """By partner: the milestones it may speak about, soonest first: its own, and nobody's where it leads."""
    listed = {partner.project_id: partner for partner in partners}
    query = (
        sa.select(Milestone)
        .where(Milestone.project_id.in_(listed))
        .options(selectinload(Milestone.must_follow))
        .order_by(Milestone.last_day.asc().nulls_last(), Milestone.id)
    )
    found: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in db.session.scalars(query):
        partner = listed[milestone.project_id]
        is_nobodys = milestone.partner_id is None and milestone.person_id is None
        if milestone.partner_id == partner.id or (is_nobodys and partner.role in LEADING):
            found[partner.id].append(milestone)
    return dict(found)
