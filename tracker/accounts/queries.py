from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.accounts.models import Invitation
from tracker.asks.models import Ask
from tracker.database import db
from tracker.institutions.models import Affiliation, Contact, Coordinator, Institution, Network, Person

# What permissions and every page's header ask about whoever is signed in.
STANDING = (
    selectinload(Person.affiliations).joinedload(Affiliation.institution),
    selectinload(Person.contact_places).joinedload(Contact.institution),
    selectinload(Person.coordinator_places).joinedload(Coordinator.network),
    selectinload(Person.memberships),
)
OF_AFFILIATION = (joinedload(Affiliation.institution), joinedload(Affiliation.person))
_PLACES = (joinedload(Invitation.institution), joinedload(Invitation.network))


def by_session_key(key: str) -> Person | None:
    """Whoever the session cookie names, with their standing; None for a session that was ended."""
    if not isinstance(key, str) or not key:
        return None
    return db.session.scalars(sa.select(Person).where(Person.session_key == key).options(*STANDING)).first()


def by_email(email: str) -> Person | None:
    """The person of a normalised address."""
    return db.session.scalars(sa.select(Person).where(Person.email == email)).first()


def has_orcid(orcid: str, *, other_than: Person) -> bool:
    """Whether another person has this ORCID iD."""
    query = sa.select(Person.id).where(Person.orcid == orcid, Person.id != other_than.id)
    return db.session.scalar(query) is not None


def is_set_up() -> bool:
    """Whether somebody coordinates a network, so that the first set-up is over."""
    return db.session.scalar(sa.select(Coordinator.id).where(Coordinator.until.is_(None)).limit(1)) is not None


def network_named(text: str) -> Network | None:
    """A network by its exact name, or by its number."""
    query = sa.select(Network).where(Network.name == text)
    found = db.session.scalars(query).first()
    if found is None and text.isascii() and text.isdigit() and len(text) < 10:
        found = db.session.get(Network, int(text))
    return found


def people_with_address() -> sa.Select[Person]:
    """Everyone who could sign in, by name."""
    return (
        sa.select(Person)
        .where(Person.email.is_not(None))
        .options(selectinload(Person.coordinator_places))
        .order_by(Person.folded_name, Person.id)
    )


def invitations(person: Person) -> list[Invitation]:
    """The invitations of this person that stand, oldest first; what was mailed may be too old by now."""
    query = sa.select(Invitation).where(Invitation.person_id == person.id, Invitation.ended_at.is_(None))
    return list(db.session.scalars(query.options(*_PLACES).order_by(Invitation.id)))


def invitation_to(place: Institution | Network | None, person: Person) -> Invitation | None:
    """The invitation of this person that stands, to an institution, a network, or to nowhere in particular."""
    return next((known for known in invitations(person) if known.place is (place or person)), None)


def invitation_for_ask(invitation_id: int, *, lock: bool) -> Invitation | None:
    """An invitation with its person and its place. The person is locked: they make one account, once."""
    query = sa.select(Invitation).join(Invitation.person).where(Invitation.id == invitation_id)
    query = query.options(contains_eager(Invitation.person).options(*STANDING), *_PLACES)
    if lock:
        query = query.with_for_update(of=Person).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def invited_to(institution: Institution, limit: int = 50) -> list[tuple[Person, datetime]]:
    """(person, until when the link works) of those invited to an institution who have not come yet."""
    latest = sa.func.max(Ask.expires_at, type_=Ask.expires_at.type)
    query = (
        sa.select(Person, latest)
        .join(Invitation, Invitation.person_id == Person.id)
        .join(Ask, (Ask.subject_type == Invitation.__tablename__) & (Ask.subject_id == Invitation.id))
        .where(Invitation.institution_id == institution.id, Invitation.ended_at.is_(None))
        .group_by(Person.id)
        .order_by(Person.folded_name, Person.id)
        .limit(limit)
    )
    return [(person, until) for person, until in db.session.execute(query) if until is not None]


def affiliations_of(person: Person, institution: Institution) -> list[Affiliation]:
    """Those of one person at one institution."""
    of_both = (Affiliation.person_id == person.id) & (Affiliation.institution_id == institution.id)
    return list(db.session.scalars(sa.select(Affiliation).where(of_both).options(*OF_AFFILIATION)))
