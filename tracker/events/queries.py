from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker.database import db
from tracker.dates import earth_day
from tracker.events.models import Event, EventGuest, event_project, event_theme
from tracker.events.permissions import visible_to
from tracker.events.states import EventKind
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.queries import ON_THE_DOOR
from tracker.projects.states import COMMITTED, LEADING, TAKES_PART, Audience
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.search import index

MOST_LED = 100  # projects of one person that a form offers
MOST_OF_A_PROJECT = 50
MOST_FOUND = 20

ON_THE_DOOR_OF_AN_EVENT = (selectinload(Event.projects).options(*ON_THE_DOOR),)
"""What the permissions ask."""

ON_A_PAGE = (
    *ON_THE_DOOR_OF_AN_EVENT,
    joinedload(Event.network),
    selectinload(Event.themes),
    selectinload(Event.reports).options(
        defer(Report.notes), joinedload(Report.project).options(*ON_THE_DOOR), selectinload(Report.authors)
    ),
    selectinload(Event.guests).joinedload(EventGuest.institution),
)
IN_A_LIST = (defer(Event.text), defer(Event.text_html), joinedload(Event.network))


def event_list(
    actor: Person | None,
    *,
    kind: EventKind | None = None,
    country: str = "",
    theme_ids: Iterable[int] | None = None,
    network_id: int | None = None,
    project_id: int | None = None,
    year: int | None = None,
) -> sa.Select[Event]:
    """The events that `actor` may see: those to come, the next one first; then those that are over, newest first.

    `country` (alpha-2) is where they take place; `year` that of their last day.
    """
    is_over = Event.day < earth_day()
    query = (
        sa.select(Event)
        .where(visible_to(actor))
        .options(*IN_A_LIST)
        .order_by(is_over, sa.case((~is_over, Event.day)), Event.day.desc(), Event.id)
    )
    if kind is not None:
        query = query.where(Event.kind == kind)
    if country:
        query = query.where(Event.country == country)
    if theme_ids is not None:
        with_theme = sa.select(event_theme.c.event_id).where(event_theme.c.theme_id.in_(list(theme_ids)))
        query = query.where(Event.id.in_(with_theme))
    if network_id is not None:
        query = query.where(Event.network_id == network_id)
    if project_id is not None:
        query = query.where(Event.id.in_(_of_project(project_id)))
    if year is not None:
        query = query.where(sa.extract("year", Event.day) == year)
    return query


def of_project(project: Project, actor: Person | None) -> list[Event]:
    """The events of a project that this person may see; those that were cancelled too."""
    return list(db.session.scalars(event_list(actor, project_id=project.id).limit(MOST_OF_A_PROJECT)))


def countries_present() -> set[str]:
    """The countries where something takes place: a filter offers no others."""
    return set(db.session.scalars(sa.select(Event.country).where(Event.country != "").distinct()))


def years_present() -> list[int]:
    """The years of events, newest first."""
    year = sa.extract("year", Event.day)
    return sorted((int(found) for found in db.session.scalars(sa.select(year).distinct())), reverse=True)


def led_projects(person: Person) -> list[Project]:
    """The projects that a person leads themselves, or for an institution that they answer for; newest first.

    What they may change only because they coordinate the network is not among them: that may be thousands.
    """
    led = sa.select(ProjectMember.project_id).where(
        ProjectMember.person_id == person.id, ProjectMember.is_lead, ProjectMember.left_at.is_(None)
    )
    for_institution = sa.select(Partner.project_id).where(
        Partner.institution_id.in_(person.contact_ids),
        Partner.role.in_(LEADING),
        Partner.commitment.in_(COMMITTED),
    )
    query = sa.select(Project).where(Project.id.in_(led.union_all(for_institution)), Project.audience != Audience.TEAM)
    loaded = query.options(*ON_THE_DOOR).order_by(Project.changed_at.desc(), Project.id.desc())
    return list(db.session.scalars(loaded.limit(MOST_LED)))


def project_by_id(project_id: int) -> Project | None:
    """A project with what the permissions ask of it."""
    return db.session.get(Project, project_id, options=ON_THE_DOOR)


def projects_called(title: str) -> list[Project]:
    """The projects that are called just so, two at the most, with what the permissions ask of them."""
    query = sa.select(Project).where(Project.title == title, Project.audience != Audience.TEAM)
    return list(db.session.scalars(query.options(*ON_THE_DOOR).order_by(Project.id).limit(2)))


def published_reports(*, ids: Iterable[int] = (), title: str = "", project_ids: Iterable[int] = ()) -> list[Report]:
    """Published reports of these numbers, or called just so, or of these projects; newest first."""
    ways: list[sa.ColumnElement[bool]] = [Report.id.in_(list(ids)), Report.project_id.in_(list(project_ids))]
    if title:
        ways.append(Report.title == title)
    query = sa.select(Report).where(Report.state == ReportState.PUBLISHED, sa.or_(*ways))
    return list(
        db.session.scalars(query.options(defer(Report.notes)).order_by(Report.id.desc()).limit(MOST_OF_A_PROJECT))
    )


def institutions_found(words: str, known: Iterable[int]) -> list[Institution]:
    """Institutions with these words that are not among the `known` ones, by name."""
    query = (
        sa.select(Institution)
        .where(Institution.id.in_(index.matching("institution", words)), Institution.id.not_in(list(known)))
        .order_by(Institution.sort_name, Institution.id)
    )
    return list(db.session.scalars(query.limit(MOST_FOUND)))


def by_import_key(key: str) -> Event | None:
    """The event that an earlier import made under this key."""
    return db.session.scalar(sa.select(Event).where(Event.import_key == key))


def of_institution(institution_id: int) -> sa.CompoundSelect[int]:
    """The ids of the events that an institution came to, and of those of projects in which it takes part."""
    came = sa.select(EventGuest.event_id).where(EventGuest.institution_id == institution_id)
    takes_part = sa.select(Partner.project_id).where(
        Partner.institution_id == institution_id, Partner.commitment.in_(TAKES_PART)
    )
    return came.union_all(sa.select(event_project.c.event_id).where(event_project.c.project_id.in_(takes_part)))


def of_projects(project_ids: sa.Select[int] | sa.CompoundSelect[int]) -> sa.Select[int]:
    """The ids of the events of these projects."""
    return sa.select(event_project.c.event_id).where(event_project.c.project_id.in_(project_ids))


def _of_project(project_id: int) -> sa.Select[int]:
    return sa.select(event_project.c.event_id).where(event_project.c.project_id == project_id)
