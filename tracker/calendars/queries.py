"""What stands in a calendar, bounded: the nearest dates of half a year back and two years ahead."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.activity.models import Activity
from tracker.calendars.models import CalendarFeed
from tracker.calendars.states import Scope
from tracker.database import db
from tracker.dates import add_months, earth_day
from tracker.events import queries as events
from tracker.events.models import Event
from tracker.events.permissions import visible_to as event_visible_to
from tracker.institutions.models import Institution, Network, Person
from tracker.institutions.queries import alias
from tracker.milestones.models import IS_PLANNED, Milestone, milestone_helper
from tracker.milestones.queries import STARTED
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.permissions import visible_to
from tracker.projects.queries import ON_THE_DOOR, led_by
from tracker.projects.states import TAKES_PART

MONTHS_BACK, MONTHS_AHEAD = 6, 24
CANCELLED_KEPT = timedelta(days=90)  # what no longer takes place is said so long
MOST_COMING, MOST_LATE, MOST_DONE, MOST_DROPPED, MOST_EVENTS = 200, 60, 60, 40, 60
MOST_CHANGES = 4000  # rows of the history that are read for the moments of changes

MODELS: dict[Scope, Any] = {
    Scope.PERSON: Person,
    Scope.PROJECT: Project,
    Scope.INSTITUTION: Institution,
    Scope.NETWORK: Network,
}


def feeds_of(person: Person) -> list[CalendarFeed]:
    """The calendars somebody subscribed to, the oldest first."""
    return list(
        db.session.scalars(sa.select(CalendarFeed).where(CalendarFeed.person_id == person.id).order_by(CalendarFeed.id))
    )


def feed_of(person: Person, scope: Scope, subject_id: int) -> CalendarFeed | None:
    """Their calendar of this row, if they have one."""
    return db.session.scalar(
        sa.select(CalendarFeed).where(
            CalendarFeed.person_id == person.id, CalendarFeed.scope == scope, CalendarFeed.subject_id == subject_id
        )
    )


def subject(scope: Scope, subject_id: int) -> Any:
    """The row that a calendar is of, with what the permissions ask; of a merged institution the one it became."""
    options = ON_THE_DOOR if scope is Scope.PROJECT else ()
    found = db.session.get(MODELS[scope], subject_id, options=options)
    if found is None and scope is Scope.INSTITUTION and (new_id := alias(subject_id)):
        return db.session.get(Institution, new_id)
    return found


def subjects(feeds: Iterable[CalendarFeed]) -> dict[tuple[Scope, int], Any]:
    """The same for several calendars at once."""
    wanted: dict[Scope, set[int]] = {}
    for feed in feeds:
        wanted.setdefault(feed.scope, set()).add(feed.subject_id)
    found: dict[tuple[Scope, int], Any] = {}
    for scope, ids in wanted.items():
        model = MODELS[scope]
        options = ON_THE_DOOR if scope is Scope.PROJECT else ()
        rows = db.session.scalars(sa.select(model).where(model.id.in_(ids)).options(*options))
        found |= {(scope, row.id): row for row in rows}
    return found


def milestones(feed_scope: Scope, of: Any, owner: Person) -> list[Milestone]:
    """The milestones of a calendar that its owner may read: planned and late ones, done ones, dropped ones.

    Those without a date stand in none. Each is read with what its entry says.
    """
    ids = _of_network(of, owner) if feed_scope is Scope.NETWORK else _of_projects(feed_scope, of, owner)
    return list(
        db.session.scalars(
            sa.select(Milestone)
            .where(Milestone.id.in_(ids))
            .options(
                joinedload(Milestone.project).options(*ON_THE_DOOR),
                joinedload(Milestone.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
                joinedload(Milestone.person),
                selectinload(Milestone.changes),
            )
            .order_by(Milestone.last_day, Milestone.id)
        )
    )


def events_of(feed_scope: Scope, of: Any, owner: Person) -> list[Event]:
    """The events of a calendar that its owner may see; cancelled ones for a while."""
    start, end = window()
    where: sa.ColumnElement[bool]
    if feed_scope is Scope.NETWORK:
        where = Event.network_id == of.id
    elif feed_scope is Scope.INSTITUTION:
        where = Event.id.in_(events.of_institution(of.id))
    elif feed_scope is Scope.PROJECT:
        where = Event.id.in_(events.of_projects(sa.select(sa.literal(of.id))))
    else:
        where = Event.id.in_(events.of_projects(_taken_part_in(of)))
    still = sa.or_(Event.cancelled_at.is_(None), Event.cancelled_at > clock.now() - CANCELLED_KEPT)
    query = sa.select(Event.id).where(where, still, event_visible_to(owner)).limit(MOST_EVENTS)
    coming = query.where(Event.day.between(earth_day(), end)).order_by(Event.day, Event.id)
    past = query.where(Event.day >= start, Event.day < earth_day()).order_by(Event.day.desc(), Event.id)
    nearest = sa.union_all(*(sa.select(part.subquery().c.id) for part in (coming, past)))
    loaded = (defer(Event.text_html), selectinload(Event.projects).options(*ON_THE_DOOR))
    found = sa.select(Event).where(Event.id.in_(nearest)).options(*loaded).order_by(Event.day, Event.id)
    return list(db.session.scalars(found))


def changed_at(found: Iterable[Milestone]) -> dict[int, datetime]:
    """By milestone: when it last changed, as the history of its project tells. Only those that ever did."""
    changed = {milestone.id: milestone.project_id for milestone in found if milestone.version > 1}
    if not changed:
        return {}
    rows = db.session.execute(
        sa.select(Activity.details, Activity.at)
        .where(
            Activity.subject_type == "project",
            Activity.subject_id.in_(set(changed.values())),
            sa.or_(Activity.kind.startswith("milestones."), Activity.kind.startswith("plans.")),
        )
        .order_by(Activity.id.desc())
        .limit(MOST_CHANGES)
    )
    moments: dict[int, datetime] = {}
    for details, at in rows:
        moments.setdefault(details.get("milestone_id", 0), at)
    return {number: moments[number] for number in changed if number in moments}


def window() -> tuple[date, date]:
    """The first and the last day that a calendar holds."""
    today = earth_day()
    return add_months(today, -MONTHS_BACK), add_months(today, MONTHS_AHEAD)


def _of_network(network: Network, owner: Person) -> list[int]:
    """The ids of the nearest dates of a network: of very many, so each group by the index of states and days."""
    today, (start, end) = earth_day(), window()
    day = Milestone.last_day
    groups: tuple[tuple[sa.ColumnElement[bool], Any, int], ...] = (
        (sa.and_(IS_PLANNED, day.between(today, end)), day, MOST_COMING),
        (sa.and_(IS_PLANNED, day.between(start, today - timedelta(days=1))), day.desc(), MOST_LATE),
        (sa.and_(Milestone.state == MilestoneState.DONE, day.between(start, end)), day.desc(), MOST_DONE),
        (sa.and_(Milestone.state == MilestoneState.DROPPED, day.between(start, end)), day.desc(), MOST_DROPPED),
    )
    readable = (Project.network_id == network.id, Project.state.in_(STARTED), visible_to(owner))
    found = []
    for group, order, most in groups:
        query = sa.select(Milestone.id).join(Milestone.project).where(group, *readable)
        found.append(sa.select(query.order_by(order, Milestone.id).limit(most).subquery().c.id))
    return list(db.session.scalars(sa.union_all(*found)))


def _of_projects(scope: Scope, of: Any, owner: Person) -> list[int]:
    """The ids of the nearest dates of a project, an institution or a person: found by way of their projects."""
    today, (start, end) = earth_day(), window()
    query = (
        sa.select(Milestone.id, Milestone.state, Milestone.last_day)
        .join(Milestone.project)
        .where(_belongs(scope, of), Milestone.last_day.between(start, end), visible_to(owner))
        .order_by(Milestone.last_day, Milestone.id)
    )
    rows = db.session.execute(query if scope is Scope.PROJECT else query.where(Project.state.in_(STARTED))).all()
    planned = [row for row in rows if row.state is MilestoneState.PLANNED]
    groups = (
        [row.id for row in planned if row.last_day >= today][:MOST_COMING],
        [row.id for row in planned if row.last_day < today][-MOST_LATE:],
        [row.id for row in rows if row.state is MilestoneState.DONE][-MOST_DONE:],
        [row.id for row in rows if row.state is MilestoneState.DROPPED][-MOST_DROPPED:],
    )
    return [number for group in groups for number in group]


def _belongs(scope: Scope, of: Any) -> sa.ColumnElement[bool]:
    """Whether a milestone belongs to the calendar of a project, an institution or a person."""
    if scope is Scope.PROJECT:
        return Milestone.project_id == of.id
    places = {of.id} if scope is Scope.INSTITUTION else of.contact_ids | of.institution_ids
    taking_part = (Partner.institution_id.in_(places), Partner.commitment.in_(TAKES_PART))
    own = sa.select(Partner.id).where(*taking_part)
    helps = sa.select(milestone_helper.c.milestone_id).where(milestone_helper.c.partner_id.in_(own))
    ways = [Milestone.partner_id.in_(own), Milestone.id.in_(helps)]
    projects: Any = sa.select(Partner.project_id).where(*taking_part)
    if scope is Scope.PERSON:
        ways += [Milestone.person_id == of.id, Milestone.project_id.in_(led_by(of))]
        # Whoever is responsible was in the team; perhaps they are no longer.
        projects = projects.union(sa.select(ProjectMember.project_id).where(ProjectMember.person_id == of.id))
    return sa.and_(Milestone.project_id.in_(projects), sa.or_(*ways))


def _taken_part_in(person: Person) -> sa.CompoundSelect[int]:
    """The ids of the projects in whose team somebody is, or in which an institution of theirs takes part."""
    member = sa.select(ProjectMember.project_id).where(
        ProjectMember.person_id == person.id, ProjectMember.left_at.is_(None)
    )
    places = person.contact_ids | person.institution_ids
    partner = sa.select(Partner.project_id).where(
        Partner.institution_id.in_(places), Partner.commitment.in_(TAKES_PART)
    )
    return member.union_all(partner)
