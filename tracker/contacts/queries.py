from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.asks.models import Answer, Ask
from tracker.asks.queries import open_about_page
from tracker.asks.states import AskState
from tracker.contacts.models import SeatOffer
from tracker.database import db, locked
from tracker.institutions.models import Affiliation, Contact, Institution, Membership, Person
from tracker.institutions.queries import answering_coordinators, claims

CLAIM, SEAT = "contacts.claim", "contacts.seat"
SILENT_AFTER = timedelta(days=30)
_PEOPLE = (selectinload(Person.affiliations), selectinload(Person.contact_places))


def claim_for_ask(affiliation_id: int, *, lock: bool) -> Affiliation | None:
    """What somebody said of where they work, with what its question shows. Locked: the institution first."""
    institution_id = db.session.scalar(sa.select(Affiliation.institution_id).where(Affiliation.id == affiliation_id))
    if institution_id is None:
        return None
    _institution(institution_id, lock=lock)
    return db.session.get(
        Affiliation,
        affiliation_id,
        options=(joinedload(Affiliation.person).options(*_PEOPLE), joinedload(Affiliation.institution)),
        **locked(Affiliation, lock),
    )


def offer_for_ask(offer_id: int, *, lock: bool) -> SeatOffer | None:
    """The offer of a contact's place with its people. Locked is the institution: of two who say yes one is first."""
    institution_id = db.session.scalar(sa.select(SeatOffer.institution_id).where(SeatOffer.id == offer_id))
    if institution_id is None:
        return None
    _institution(institution_id, lock=lock)
    return db.session.get(
        SeatOffer,
        offer_id,
        options=(
            joinedload(SeatOffer.institution).selectinload(Institution.memberships),
            joinedload(SeatOffer.person).options(*_PEOPLE),
            joinedload(SeatOffer.offered_by).options(*_PEOPLE),
            joinedload(SeatOffer.instead_of).joinedload(Contact.person),
        ),
    )


def _institution(institution_id: int, *, lock: bool) -> Institution | None:
    return db.session.get(
        Institution,
        institution_id,
        options=(selectinload(Institution.memberships),),
        **locked(Institution, lock),
    )


def holder(institution_id: int, place: int) -> Contact | None:
    """Who holds a contact's place now."""
    held = (Contact.institution_id == institution_id, Contact.place == place, Contact.until.is_(None))
    return db.session.scalars(sa.select(Contact).where(*held).options(joinedload(Contact.person))).first()


def open_offers(institution: Institution) -> list[tuple[Ask, SeatOffer]]:
    """Who is asked to take a place and has not answered, oldest first."""
    asks = {ask.subject_id: ask for ask in open_about_page("institution", institution.id) if ask.kind == SEAT}
    found = db.session.scalars(
        sa.select(SeatOffer)
        .where(SeatOffer.id.in_(asks))
        .options(joinedload(SeatOffer.person), joinedload(SeatOffer.offered_by))
        .order_by(SeatOffer.id)
    )
    return [(asks[offer.id], offer) for offer in found]


def open_claims(institution: Institution) -> list[tuple[Affiliation, Ask]]:
    """What people say of themselves and nobody has confirmed, with the question that waits for it, oldest first."""
    asks = {ask.subject_id: ask for ask in open_about_page("institution", institution.id) if ask.kind == CLAIM}
    return [(claim, asks[claim.id]) for claim in claims([institution.id]) if claim.id in asks]


def coordinators_of(institution: Institution) -> list[Person]:
    """Who coordinates the networks of an institution, each once."""
    found = [person for network_id in sorted(institution.network_ids) for person in answering_coordinators(network_id)]
    return list(dict.fromkeys(found))


def silent(network_ids: Iterable[int]) -> sa.Select[Contact]:
    """Contacts of the networks' members from whom nothing was heard for SILENT_AFTER though a question waited all the
    time: no answer, not seen here. The longest waiting first; each with its person and institution."""
    since = clock.now() - SILENT_AFTER
    waiting = (
        sa.select(Ask.addressee_id.label("institution_id"), sa.func.min(Ask.asked_at).label("asked_at"))
        .where(Ask.addressee_type == "institution", Ask.state == AskState.OPEN, Ask.asked_at < since)
        .group_by(Ask.addressee_id)
        .subquery()
    )
    answered = sa.exists().where(Answer.person_id == Contact.person_id, Answer.at >= since)
    return (
        _current(network_ids)
        .join(waiting, waiting.c.institution_id == Contact.institution_id)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.since < since, sa.or_(Person.seen_at.is_(None), Person.seen_at < since), ~answered)
        .order_by(waiting.c.asked_at, Contact.id)
    )


def unreachable(network_ids: Iterable[int]) -> sa.Select[Contact]:
    """Contacts of the networks' members whom mail does not reach, the longest first."""
    return (
        _current(network_ids)
        .join(Person, Person.id == Contact.person_id)
        .where(Person.mail_trouble != "")
        .order_by(Person.mail_trouble_at, Contact.id)
    )


def _current(network_ids: Iterable[int]) -> sa.Select[Contact]:
    members = sa.select(Membership.institution_id).where(
        Membership.network_id.in_(list(network_ids)), Membership.left_on.is_(None)
    )
    return (
        sa.select(Contact)
        .where(Contact.until.is_(None), Contact.institution_id.in_(members))
        .options(joinedload(Contact.person), joinedload(Contact.institution))
    )
