from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker import clock
from tracker.activity.models import Activity
from tracker.database import db, locked
from tracker.dates import earth_day
from tracker.institutions.models import Person
from tracker.milestones.models import IS_PLANNED, DateChange, Milestone, ProgressNote, milestone_order
from tracker.milestones.permissions import notes_visible_to
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.states import TAKES_PART, ProjectState

STARTED = frozenset({ProjectState.RUNNING, ProjectState.REVIEW, ProjectState.PUBLISHED})
ASKED_BEFORE = timedelta(days=7)  # before it is due
LOOKED_BACK = timedelta(days=30)  # longer than a worker ever rests; beyond it nothing is read to find nothing
MOST_SHOWN = 200  # milestones of one plan on a page
MOST_COMING = 30  # milestones of one person
SHOWN_NOTES = 20  # on the page of their project

LINKED = (
    selectinload(Milestone.must_follow),
    selectinload(Milestone.helpers).options(joinedload(Partner.institution), joinedload(Partner.network)),
)
WITH_PROJECT = (
    joinedload(Milestone.project).options(
        selectinload(Project.partners).joinedload(Partner.institution),
        selectinload(Project.partners).joinedload(Partner.network),
        selectinload(Project.members).joinedload(ProjectMember.person),
    ),
    joinedload(Milestone.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
    joinedload(Milestone.person),
    *LINKED,
)
"""What a page about one milestone shows, and what the permissions ask of its project."""

FOR_ASK = (
    *WITH_PROJECT,
    joinedload(Milestone.project).joinedload(Project.network),
    selectinload(Milestone.changes),
)

PROJECT_TEAM = (
    selectinload(Project.partners).options(joinedload(Partner.institution), joinedload(Partner.network)),
    selectinload(Project.members).joinedload(ProjectMember.person),
)
"""What the permissions ask of a project, and the names its forms offer."""

NOTE_WITH_FILES = (
    joinedload(ProgressNote.project).options(*PROJECT_TEAM),
    joinedload(ProgressNote.author),
    joinedload(ProgressNote.milestone),
    selectinload(ProgressNote.files),
)


def plan(project: Project) -> list[Milestone]:
    """The milestones of a project in the order they are due, those without a date last."""
    found = list(
        db.session.scalars(
            sa.select(Milestone)
            .where(Milestone.project_id == project.id)
            .options(
                joinedload(Milestone.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
                joinedload(Milestone.person),
                selectinload(Milestone.changes).joinedload(DateChange.person),
                selectinload(Milestone.files),
                *LINKED,
            )
            .order_by(Milestone.last_day.asc().nulls_last(), Milestone.id)
            .limit(MOST_SHOWN)
        )
    )
    if any(milestone.state is MilestoneState.DROPPED for milestone in found):
        words = _words_of_dropped(project)
        for milestone in found:
            milestone.dropped_because = words.get(milestone.id, "")
    return found


def _words_of_dropped(project: Project) -> dict[int, str]:
    """By milestone: what was said when it was last dropped."""
    drops = sa.select(Activity.details).where(
        Activity.subject_type == "project",
        Activity.subject_id == project.id,
        Activity.kind == "milestones.drop",
    )
    newest_last = db.session.scalars(drops.order_by(Activity.id.desc()).limit(MOST_SHOWN)).all()[::-1]
    return {details.get("milestone_id", 0): details.get("words", "") for details in newest_last}


def size(project: Project) -> int:
    """How many milestones the project has, dropped ones included."""
    return db.session.scalar(sa.select(sa.func.count()).where(Milestone.project_id == project.id)) or 0


def has_dated_plan(project: Project) -> bool:
    """Whether at least one milestone that was not dropped has a date."""
    query = sa.select(Milestone.id).where(
        Milestone.project_id == project.id,
        Milestone.state != MilestoneState.DROPPED,
        Milestone.last_day.is_not(None),
    )
    return db.session.scalar(query.limit(1)) is not None


def open_milestones(project: Project) -> list[tuple[int, str]]:
    """(id, name) of every milestone, for a choice in a form; in the order of the plan."""
    query = (
        sa.select(Milestone.id, Milestone.name)
        .where(Milestone.project_id == project.id, Milestone.state != MilestoneState.DROPPED)
        .order_by(Milestone.last_day.asc().nulls_last(), Milestone.id)
        .limit(MOST_SHOWN)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def all_notes(project: Project, actor: Person | None) -> sa.Select[ProgressNote]:
    """The notes this person may read on a project that they may read, newest first."""
    return (
        sa.select(ProgressNote)
        .where(ProgressNote.project_id == project.id, notes_visible_to(actor, project))
        .options(
            joinedload(ProgressNote.author),
            joinedload(ProgressNote.milestone),
            selectinload(ProgressNote.files),
        )
        .order_by(ProgressNote.on.desc(), ProgressNote.id.desc())
    )


def notes(project: Project, actor: Person | None, limit: int = SHOWN_NOTES + 1) -> list[ProgressNote]:
    """The newest of them, for the project's page: SHOWN_NOTES, and one more from which it knows that there are
    more."""
    return list(db.session.scalars(all_notes(project, actor).limit(limit)))


def late(network_ids: set[int], before: date | None = None) -> sa.Select[Milestone]:
    """Planned milestones of started projects whose last day lies before `before` (today), oldest first."""
    return _due(network_ids).where(Milestone.last_day < (before or earth_day()))


def due_within(network_ids: set[int], days: int) -> sa.Select[Milestone]:
    """Planned milestones of started projects due from today until `days` days from now, soonest first."""
    today = earth_day()
    return _due(network_ids).where(Milestone.last_day >= today, Milestone.last_day <= today + timedelta(days=days))


def coming(person: Person, within: timedelta) -> list[Milestone]:
    """What this person or an institution they answer for is responsible for and is late or due `within` that
    time, and everything of that kind in the projects they lead; soonest first, at most MOST_COMING."""
    leads = sa.select(ProjectMember.project_id).where(
        ProjectMember.person_id == person.id, ProjectMember.is_lead, ProjectMember.left_at.is_(None)
    )
    places = person.contact_ids | person.institution_ids
    own = sa.select(Partner.id).where(Partner.institution_id.in_(places), Partner.commitment.in_(TAKES_PART))
    ways = (Milestone.person_id == person.id, Milestone.partner_id.in_(own), Milestone.project_id.in_(leads))
    due = (IS_PLANNED, Milestone.last_day <= earth_day() + within)
    ids = sa.union_all(*(sa.select(Milestone.id).where(way, *due) for way in ways))  # each by an index of its own
    return list(
        db.session.scalars(
            sa.select(Milestone)
            .join(Milestone.project)
            .where(Milestone.id.in_(ids), Project.state.in_(STARTED))
            .options(joinedload(Milestone.project))
            .order_by(Milestone.last_day, Milestone.id)
            .limit(MOST_COMING)
        )
    )


def for_ask(milestone_id: int, *, lock: bool) -> Milestone | None:
    """A milestone with what a page that asks about it shows; for an answer locked, after its project.

    In this order everywhere: who saves a whole plan locks the project and then writes many milestones.
    """
    if lock:
        project_id = db.session.scalar(sa.select(Milestone.project_id).where(Milestone.id == milestone_id))
        if project_id is not None:
            db.session.get(Project, project_id, options=PROJECT_TEAM, **locked(Project, lock))
    return db.session.get(Milestone, milestone_id, options=FOR_ASK, **locked(Milestone, lock))


def lock(milestone: Milestone) -> None:
    """Lock a milestone at hand after its project, and read the columns of both anew: what is loaded beside them, such
    as the people a page names, stays as it is."""
    for row in (milestone.project, milestone):
        columns = [column.key for column in type(row).__mapper__.column_attrs]
        db.session.refresh(row, columns, with_for_update={"of": type(row)})


def links_of(project: Project) -> dict[int, list[int]]:
    """Of each milestone of a project: the ids of those that must come before it."""
    query = (
        sa.select(Milestone.id, milestone_order.c.before_id)
        .outerjoin(milestone_order, milestone_order.c.milestone_id == Milestone.id)
        .where(Milestone.project_id == project.id)
        .order_by(Milestone.id, milestone_order.c.before_id)
    )
    links: dict[int, list[int]] = {}
    for milestone_id, before_id in db.session.execute(query):
        links.setdefault(milestone_id, []).extend([before_id] if before_id else [])
    return links


def to_look_after(limit: int) -> list[Milestone]:
    """Milestones about which something may have to be asked: those that are late or due soon and were not looked at
    yet, whatever became of them, and planned ones that were, where the project has changed since.

    They and their projects are locked; those that somebody else holds are left for later.
    """
    due = sa.select(Milestone.id).where(Milestone.unseen_day <= earth_day() + ASKED_BEFORE)
    changed = (
        sa.select(Milestone.id)
        .join(Milestone.project)
        .where(
            Project.changed_at > clock.now() - LOOKED_BACK,
            Milestone.state == MilestoneState.PLANNED,
            Milestone.seen_as_of.is_not(None),
            Milestone.seen_as_of.is_distinct_from(Project.changed_at),
        )
    )
    found = db.session.scalars(due.union_all(changed).limit(limit)).all()
    if not found:
        return []
    return list(
        db.session.scalars(
            sa.select(Milestone)
            .join(Milestone.project)
            .where(Milestone.id.in_(found))
            .options(
                contains_eager(Milestone.project).options(*PROJECT_TEAM),
                joinedload(Milestone.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
                joinedload(Milestone.person),
                selectinload(Milestone.changes),
            )
            .order_by(Milestone.id)
            .with_for_update(of=[Milestone, Project], skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )


def count(query: sa.Select[Milestone]) -> int:
    """How many milestones `late` or `due_within` would list."""
    bare = query.with_only_columns(Milestone.id).order_by(None)
    return db.session.scalar(sa.select(sa.func.count()).select_from(bare.subquery())) or 0


def _due(network_ids: set[int]) -> sa.Select[Milestone]:
    return (
        sa.select(Milestone)
        .join(Milestone.project)
        .where(
            Milestone.state == MilestoneState.PLANNED,
            Project.network_id.in_(network_ids),
            Project.state.in_(STARTED),
        )
        .options(*WITH_PROJECT)
        .order_by(Milestone.last_day, Milestone.id)
    )
