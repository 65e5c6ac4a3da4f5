from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.database import db, locked
from tracker.goals import GOALS
from tracker.i18n import _, country_name
from tracker.institutions.models import Affiliation, Contact, Institution, Membership, Network, Person
from tracker.projects.models import (
    Partner,
    Project,
    ProjectCountry,
    ProjectGoal,
    ProjectMember,
    project_theme,
)
from tracker.projects.permissions import visible_to
from tracker.projects.states import ASKED, TAKES_PART, Audience, ProjectState
from tracker.search import index

MOST_INVITABLE = 400
ON_THE_DOOR = (  # what permissions ask of a project
    selectinload(Project.partners).joinedload(Partner.institution),
    selectinload(Project.partners).joinedload(Partner.network),
    selectinload(Project.members),
)
PROJECT_CARD = (
    selectinload(Project.partners).joinedload(Partner.institution),
    selectinload(Project.partners).joinedload(Partner.network),
    selectinload(Project.themes),
)
ON_A_PAGE = (
    joinedload(Project.network),
    selectinload(Project.partners).joinedload(Partner.institution),
    selectinload(Project.partners).joinedload(Partner.network),
    selectinload(Project.partners).joinedload(Partner.asked_by),
    selectinload(Project.partners).joinedload(Partner.institution).selectinload(Institution.contacts),
    selectinload(Project.members).joinedload(ProjectMember.person),
    selectinload(Project.themes),
    selectinload(Project.country_links),
    selectinload(Project.goal_links),
    selectinload(Project.transitions),
)
FOR_ASK = (
    *ON_THE_DOOR,
    joinedload(Project.network),
    selectinload(Project.themes),
    selectinload(Project.country_links),
)
FOR_EDITING = (
    *ON_THE_DOOR,
    joinedload(Project.network),
    selectinload(Project.themes),
    selectinload(Project.country_links),
    selectinload(Project.goal_links),
    selectinload(Project.funder_links),
)


def project_list(
    actor: Person | None,
    *,
    words: str = "",
    state: ProjectState | None = None,
    theme_ids: Iterable[int] | None = None,
    country: str = "",
    institution_id: int | None = None,
    beside_id: int | None = None,
    network_id: int | None = None,
    goal: int | None = None,
    mine: bool = False,
) -> sa.Select[Project]:
    """The projects that `actor` may see, the liveliest first. `country` is one studied; with `beside_id` too, both
    institutions take part.
    """
    query = (
        sa.select(Project)
        .where(visible_to(actor))
        .options(*PROJECT_CARD)
        .order_by(Project.changed_at.desc(), Project.id.desc())
    )
    if state is not None:
        query = query.where(Project.state == state)
    if theme_ids is not None:
        with_theme = sa.select(project_theme.c.project_id).where(project_theme.c.theme_id.in_(list(theme_ids)))
        query = query.where(Project.id.in_(with_theme))
    if country:
        query = query.where(
            Project.id.in_(sa.select(ProjectCountry.project_id).where(ProjectCountry.country == country))
        )
    for taking_part in (institution_id, beside_id):
        if taking_part is not None:
            query = query.where(
                Project.id.in_(
                    sa.select(Partner.project_id).where(
                        Partner.institution_id == taking_part, Partner.commitment.in_(TAKES_PART)
                    )
                )
            )
    if network_id is not None:
        query = query.where(Project.network_id == network_id)
    if goal is not None:
        query = query.where(Project.id.in_(sa.select(ProjectGoal.project_id).where(ProjectGoal.goal == goal)))
    if mine and actor is not None:
        query = query.where(_own(actor))
    if words:
        query = query.where(Project.id.in_(index.matching("project", words)))
    return query


def named_filters(
    institution_id: int | None, beside_id: int | None, network_id: int | None, goal: int | None
) -> list[tuple[str, str]]:
    """(argument, name) of the filters that links set, so that a list can say what it is a list of."""
    named = []
    for name, row_id in (("institution", institution_id), ("beside", beside_id)):
        if row_id and (institution := db.session.get(Institution, row_id)):
            named.append((name, institution.name))
    network = db.session.get(Network, network_id) if network_id else None
    named += [("network", network.name)] if network else []
    return named + ([("goal", f"{goal}. {GOALS[goal]}")] if goal in GOALS else [])


def state_counts(network_ids: Iterable[int]) -> dict[ProjectState, int]:
    """How many projects a coordinator of these networks sees in each state."""
    rows = db.session.execute(
        sa.select(Project.state, sa.func.count())
        .where(Project.network_id.in_(list(network_ids)), Project.audience != Audience.TEAM)
        .group_by(Project.state)
    )
    return {state: count for state, count in rows}  # noqa: C416  # rows are tuples only at run time


def visible_counts(actor: Person | None, states: Iterable[ProjectState]) -> dict[ProjectState, int]:
    """How many projects in each of these states this person's list shows."""
    rows = db.session.execute(
        sa.select(Project.state, sa.func.count())
        .where(Project.state.in_(list(states)), visible_to(actor))
        .group_by(Project.state)
    )
    return {state: count for state, count in rows}  # noqa: C416


def invitable(project: Project, words: str = "", *, keep: int | None = None) -> list[tuple[int, str]]:
    """(id, name and country) of the institutions that can be asked, by name; only those found by `words`, if any.

    MOST_INVITABLE at the most; the one with the id `keep` is among them.
    """
    taken = [partner.institution_id for partner in project.partners if partner.takes_part or partner.is_asked]
    contacts = sa.exists().where(Contact.institution_id == Institution.id, Contact.until.is_(None))
    query = (
        sa.select(Institution.id, Institution.name, Institution.country, contacts.label("has_contact"))
        .where(Institution.id.not_in([known for known in taken if known]))
        .order_by(Institution.sort_name, Institution.id)
        .limit(MOST_INVITABLE)
    )
    kept = query.where(Institution.id == keep) if keep else None
    if words:
        query = query.where(Institution.id.in_(index.matching("institution", words)))
    rows = [*(db.session.execute(kept) if kept is not None else ()), *db.session.execute(query)]
    found = []
    for row in dict.fromkeys(rows):
        place = country_name(row.country)
        label = (
            f"{row.name}, {place}"
            if row.has_contact
            else _("%(name)s, %(country)s (no contact yet)", name=row.name, country=place)
        )
        found.append((row.id, label))
    return found


def places_to_lead_from(person: Person) -> list[tuple[str, str]]:
    """("institution-3", name) of where a person may lead a project from: where they work, or a network of theirs."""
    institutions = db.session.execute(
        sa.select(Institution.id, Institution.name)
        .where(Institution.id.in_(person.institution_ids))
        .order_by(Institution.sort_name)
    )
    networks = db.session.execute(
        sa.select(Network.id, Network.name).where(Network.id.in_(person.coordinated_ids)).order_by(Network.name)
    )
    return [(f"institution-{row.id}", row.name) for row in institutions] + [
        (f"network-{row.id}", row.name) for row in networks
    ]


def networks_of(institution_id: int) -> list[Network]:
    """The networks an institution is a member of now."""
    return list(
        db.session.scalars(
            sa.select(Network)
            .join(Membership, Membership.network_id == Network.id)
            .where(Membership.institution_id == institution_id, Membership.left_on.is_(None))
            .order_by(Network.id)
        )
    )


def people_to_add(project: Project) -> list[Person]:
    """People of the partner institutions who are not on the team yet, by name."""
    places = [partner.institution_id for partner in project.partners if partner.institution_id and partner.takes_part]
    present = [member.person_id for member in project.members if member.left_at is None]
    return list(
        db.session.scalars(
            sa.select(Person)
            .where(
                Person.id.in_(
                    sa.select(Affiliation.person_id).where(
                        Affiliation.institution_id.in_(places), Affiliation.confirmed_at.is_not(None)
                    )
                ),
                Person.id.not_in(present),
            )
            .order_by(Person.folded_name, Person.id)
            .limit(300)
        )
    )


def _own(actor: Person) -> sa.ColumnElement[bool]:
    places = actor.institution_ids | actor.contact_ids
    return sa.or_(
        Project.id.in_(
            sa.select(ProjectMember.project_id).where(
                ProjectMember.person_id == actor.id, ProjectMember.left_at.is_(None)
            )
        ),
        Project.id.in_(
            sa.select(Partner.project_id).where(
                Partner.institution_id.in_(places), Partner.commitment.in_(TAKES_PART | ASKED)
            )
        ),
    )


def for_ask(project_id: int, *, lock: bool) -> Project | None:
    """The project with what a page that asks about it shows; locked for an answer."""
    return db.session.get(Project, project_id, options=FOR_ASK, **locked(Project, lock))


def partner_for_ask(partner_id: int, *, lock: bool) -> Partner | None:
    """A partner with its project, as `for_ask`. The project is locked first, as by every page that changes it."""
    project_id = db.session.scalar(sa.select(Partner.project_id).where(Partner.id == partner_id))
    project = for_ask(project_id, lock=lock) if project_id else None
    partner = next((partner for partner in project.partners if partner.id == partner_id), None) if project else None
    if partner is not None:
        set_committed_value(partner, "project", project)  # else nothing holds it, and it is read again
    return partner


def lead_people(project_id: int) -> list[Person]:
    """The people who act for a project now."""
    return _members(project_id, ProjectMember.is_lead)


def team_people(project_id: int) -> list[Person]:
    """The team of a project now."""
    return _members(project_id)


def _members(project_id: int, *more: sa.ColumnExpressionArgument[bool]) -> list[Person]:
    query = sa.select(Person).join(ProjectMember, ProjectMember.person_id == Person.id)
    here = (ProjectMember.project_id == project_id, ProjectMember.left_at.is_(None))
    return list(db.session.scalars(query.where(*here, *more).order_by(ProjectMember.id)))


def led_by(person: Person) -> sa.Select[int]:
    """The ids of the projects that a person acts for."""
    return sa.select(ProjectMember.project_id).where(
        ProjectMember.person_id == person.id, ProjectMember.is_lead, ProjectMember.left_at.is_(None)
    )
