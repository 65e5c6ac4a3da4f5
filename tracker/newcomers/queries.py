import re
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.activity.models import Activity
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db, locked
from tracker.institutions.models import Institution, Membership, Network, Person
from tracker.institutions.queries import (
    answering_contacts,
    by_acronym,
    by_folded_name,
    look_alikes,
    member_counts,
    networks,
)
from tracker.memberships import queries as memberships
from tracker.newcomers.models import Application
from tracker.projects.models import Project

APPLICATION = "newcomers.application"  # the kind of ask
OUTSIDER = "newcomers.invite"  # the kind of activity
LOOKED_AT = ("name", "native_name", "acronym", "country", "website", "ror")
_PAGE = re.compile(r"(?:.*/)?([1-9][0-9]{0,8})/?")


def application_for_ask(application_id: int, *, lock: bool) -> Application | None:
    """An application with what its question shows; locked, so that two coordinators wait for each other."""
    beside = (joinedload(Application.network), joinedload(Application.person), joinedload(Application.institution))
    application = db.session.get(Application, application_id, options=beside, **locked(Application, lock))
    if application is not None:
        application.alike = _alike(application)
    return application


def network(network_id: int) -> Network:
    """The network that is asked, locked: of those who ask at once, each is counted."""
    return db.session.get_one(Network, network_id, **locked(Network, True))


def is_crowded(network: Network, most: int) -> bool:
    """Whether so many applications wait for the coordinators of a network."""
    waiting = sa.select(sa.func.count()).where(Application.network_id == network.id, Application.ended_at.is_(None))
    return (db.session.scalar(waiting) or 0) >= most


def has_asked(email: str) -> bool:
    """Whether an application from this normalised address waits, in whatever network."""
    waiting = sa.select(Application.id).where(Application.person_email == email, Application.ended_at.is_(None))
    return db.session.scalar(waiting.limit(1)) is not None


def networks_to_ask() -> list[Network]:
    """Every network, that with most members first."""
    counts = member_counts()
    return sorted(networks(), key=lambda known: -counts.get(known.id, 0))


def _alike(application: Application) -> tuple[Institution, ...]:
    """What is here today and perhaps the institution that asks."""
    found = look_alikes(**{name: getattr(application, name) for name in LOOKED_AT})
    return tuple(institution for institution in found if institution.id != application.institution_id)


def meant(words: str, country: str) -> list[Institution]:
    """The institutions somebody may mean by a page's address here, a number, a name, or an acronym of a country."""
    text = words.strip()
    if number := _PAGE.fullmatch(text):
        found = db.session.get(Institution, int(number[1]))
        return [found] if found else []
    return by_folded_name(text) or by_acronym(text, country)


def invited_lately(project: Project) -> int:
    """How many outsiders a project invited in the last 24 hours."""
    return _lately(Activity.subject_type == Project.__tablename__, Activity.subject_id == project.id)


def invited_lately_by(person: Person) -> int:
    """How many outsiders a person invited in the last 24 hours, to whatever projects."""
    return _lately(Activity.actor_id == person.id)


def _lately(*conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).where(*conditions, Activity.kind == OUTSIDER)
    return db.session.scalar(query.where(Activity.at > clock.now() - timedelta(days=1))) or 0


def person_known(email: str) -> Person | None:
    """The person of a normalised address, with where they work and answer."""
    query = sa.select(Person).where(Person.email == email)
    return db.session.scalars(
        query.options(selectinload(Person.affiliations), selectinload(Person.contact_places))
    ).first()


def invited_through(person: Person, project: Project) -> bool:
    """Whether a person answers, or answered, for an institution that has a row in the project."""
    places = {held.institution_id for held in person.affiliations}
    places |= {held.institution_id for held in person.contact_places}
    return any(partner.institution_id in places for partner in project.partners)


def outside(project: Project) -> set[int]:
    """The ids of the project's institutions that are not members of its network."""
    ids = {partner.institution_id for partner in project.partners if partner.institution_id}
    query = sa.select(Membership.institution_id).where(
        Membership.network_id == project.network_id, Membership.left_on.is_(None), Membership.institution_id.in_(ids)
    )
    return ids - set(db.session.scalars(query)) if ids else set()


def could_be_proposed(institution: Institution, network: Network) -> bool:
    """Whether nobody has asked yet about this membership, or what was asked ran out: it is no member, nothing waits,
    and neither side has said no.
    """
    if memberships.is_member(institution, network):
        return False
    candidacy = memberships.candidacy_of(institution, network)
    return candidacy is None or not _settled(candidacy.id, candidacy.__tablename__)


def _settled(subject_id: int, subject_type: str) -> bool:
    of_it = (Ask.subject_type == subject_type, Ask.subject_id == subject_id)
    newest = db.session.scalars(sa.select(Ask).where(*of_it).order_by(Ask.id.desc()).limit(1)).first()
    return newest is not None and (newest.state is AskState.OPEN or newest.choice == "decline")


def has_contacts(institution: Institution) -> bool:
    """Whether somebody answers for an institution."""
    return bool(answering_contacts(institution.id))
