from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Purpose, Token
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
_OPEN_INVITATION = (
    Token.purpose == Purpose.JOIN,
    Token.used_at.is_(None),
    Token.withdrawn_at.is_(None),
)


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


def open_invitation(person: Person) -> Token | None:
    """The newest invitation of this person that nobody took back; its link may be too old by now."""
    query = sa.select(Token).where(Token.person_id == person.id, *_OPEN_INVITATION)
    return db.session.scalars(query.order_by(Token.id.desc()).limit(1)).first()


def invited_to(institution: Institution, limit: int = 50) -> list[tuple[Person, datetime]]:
    """(person, until when the link works) of those invited to an institution who have not come yet."""
    latest = sa.func.max(Token.expires_at, type_=Token.expires_at.type)
    query = (
        sa.select(Person, latest)
        .join(Token, Token.person_id == Person.id)
        .where(Person.joined_at.is_(None), *_OPEN_INVITATION)
        .where(Person.affiliations.any(Affiliation.institution_id == institution.id))
        .group_by(Person.id)
        .order_by(Person.folded_name, Person.id)
        .limit(limit)
    )
    return [(person, until) for person, until in db.session.execute(query)]


def affiliations_of(person: Person, institution: Institution) -> list[Affiliation]:
    """Those of one person at one institution."""
    of_both = (Affiliation.person_id == person.id) & (Affiliation.institution_id == institution.id)
    return list(db.session.scalars(sa.select(Affiliation).where(of_both).options(*OF_AFFILIATION)))
