"""Who takes a contact's place, and how it is handed over.

Nobody becomes a contact without a yes of their own, and whoever holds a place keeps it until then. As everywhere:
plain values and the actor in, one activity per change, no commit, RuleBroken with a sentence.
"""

from datetime import timedelta

from tracker.accounts import actions as accounts
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import follow_place, forget, raise_ask, settle, take_back
from tracker.asks.models import Ask
from tracker.contacts import queries
from tracker.contacts.models import SeatOffer
from tracker.contacts.queries import CLAIM, SEAT
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions import actions as institutions
from tracker.institutions.followers import Change, follows_affiliations, follows_seats
from tracker.institutions.models import Affiliation, Contact, Institution, Person
from tracker.institutions.places import current_contacts, has_left, named

declare(
    {
        "contacts.offer": _l("%(actor)s asked %(person)s to become a contact."),
        "contacts.hand_over": _l("%(actor)s asked %(person)s to take over as contact."),
        "contacts.decline": _l("%(person)s prefers not to become a contact."),
        "contacts.lapse": _l("%(person)s did not answer whether they become a contact."),
    }
)
OFFER_LASTS = timedelta(days=30)


# --- a place, and a yes to it -------------------------------------------------------------------------------


def name(institution: Institution, person: Person, place: int, *, actor: Person | None) -> Ask | None:
    """Name who answers in place MAIN or SECOND. The ask, where they are asked first; None where the place is theirs.

    It is theirs at once when they name themselves, when a command does it, and when they have no account and the
    place is empty: nobody is pushed aside, and they hear of it. Raises RuleBroken when they are a contact or are
    asked already.
    """
    held = queries.holder(institution.id, place)
    if actor is None or person is actor or (held is None and person.joined_at is None):
        institutions.name_contact(institution, person, place, actor=actor)
        return None
    return _offer(institution, person, place, actor=actor)


def leave(
    institution: Institution,
    *,
    actor: Person,
    successor: Person | None = None,
    leaves_on: PartialDate | None = None,
    at_once: bool = False,
    words: str = "",
) -> Ask | None:
    """A contact hands their place to `successor`, who is asked; on `leaves_on` they leave the institution too.

    They keep place and affiliation until the yes, or give up both now with `at_once`: then the coordinators are
    told. A hand-over that they began before is replaced. Return the ask to the successor.
    Raises RuleBroken when `actor` is no contact, names nobody and stays, or leaves before they came.
    """
    contact = _held_by(institution, actor)
    if successor is None and not at_once:
        raise RuleBroken(_("Choose who takes your place, or leave it from today."))
    for _ask, offer in queries.open_offers(institution):
        if offer.is_hand_over and offer.offered_by_id == actor.id:
            take_back(offer, SEAT)
    if at_once:
        told = queries.coordinators_of(institution)
        institutions.dismiss_contact(institution, actor, actor=actor, tell=told, words=words)
        _end_work(institution, actor, leaves_on)
    if successor is None:
        return None
    return _offer(institution, successor, contact.place, actor=actor, hands_over=True, leaves_on=leaves_on, words=words)


def take(offer: SeatOffer, *, actor: Person, note: str = "") -> None:
    """Yes: the place is theirs, and what is asked of the institution goes to them.

    A leaver who handed over leaves the institution on the day they chose. Raises RuleBroken when the place was given
    to somebody else meanwhile.
    """
    if not is_free(offer):
        raise RuleBroken(_("Somebody else took the place meanwhile."))
    institution, leaver = offer.institution, offer.offered_by
    told = [leaver] if leaver else []
    institutions.name_contact(institution, offer.person, offer.place, actor=actor, tell=told, words=note)
    settle(SEAT, offer, "accept", actor=actor)
    if offer.is_hand_over and leaver is not None:
        _end_work(institution, leaver, offer.leaves_on)


def decline(offer: SeatOffer, *, actor: Person, note: str = "") -> None:
    """No: everything stays as it is. Whoever asked is told, and of a hand-over the coordinators too."""
    told = _concerned(offer)
    record("contacts.decline", offer.institution, actor=actor, tell=told, **named(offer.person), words=note)


def lapse(offer: SeatOffer) -> None:
    """Nobody answered: everything stays as it is. Whoever asked is told by the ask itself, the coordinators here."""
    told = [person for person in _concerned(offer) if person is not offer.offered_by]
    record("contacts.lapse", offer.institution, actor=None, tell=told, **named(offer.person))


def is_free(offer: SeatOffer) -> bool:
    """Whether a yes still gives the place: nobody else took it, and the person did not leave since."""
    held = queries.holder(offer.institution_id, offer.place)
    here = [known for known in offer.person.affiliations if known.institution_id == offer.institution_id]
    works_here = not here or any(not has_left(known) for known in here)
    return works_here and (held is None or held.id == offer.instead_of_id)


def _offer(
    institution: Institution,
    person: Person,
    place: int,
    *,
    actor: Person,
    hands_over: bool = False,
    leaves_on: PartialDate | None = None,
    words: str = "",
) -> Ask:
    if institution.id in person.place_ids:
        raise RuleBroken(_("%(name)s is a contact of this institution already.", name=person.name))
    if any(known.person_id == person.id for _ask, known in queries.open_offers(institution)):
        raise RuleBroken(_("%(name)s is asked already.", name=person.name))
    if not person.email:
        raise RuleBroken(_("No e-mail address of %(name)s is known. Invite them with their address.", name=person.name))
    if has_no_account := person.joined_at is None:  # one mail for one thing: the question waits for them inside
        accounts.invite(name=person.name, email=person.email, institution=institution, actor=actor)
    held = queries.holder(institution.id, place)
    offer = SeatOffer(
        institution=institution,
        person=person,
        place=place,
        instead_of=held,
        offered_by=actor,
        is_hand_over=hands_over,
        leaves_on=leaves_on,
    )
    db.session.add(offer)
    kind = "contacts.hand_over" if hands_over else "contacts.offer"
    noted = record(kind, institution, actor=actor, **named(person), place=place, words=words)
    return raise_ask(
        SEAT,
        offer,
        to=person,
        about=institution,
        network_id=_network_id(institution),
        actor=actor,
        because=noted,
        is_mailed=not has_no_account,
        seat=place,
        hands_over=hands_over,
        holder=held.person.name if held else "",
        note=words,
    )


def _end_work(institution: Institution, person: Person, on: PartialDate | None) -> None:
    """The affiliations of whoever leaves the institution too end on that day."""
    if on is None:
        return
    for held in person.current_affiliations:
        if held.institution_id == institution.id:
            institutions.end_affiliation(held, actor=person, on=on)


def _held_by(institution: Institution, person: Person) -> Contact:
    for contact in current_contacts(institution):
        if contact.person_id == person.id:
            return contact
    raise RuleBroken(_("%(name)s is not a contact of this institution.", name=person.name))


def _concerned(offer: SeatOffer) -> list[Person]:
    coordinators = queries.coordinators_of(offer.institution) if offer.is_hand_over else []
    return [*([offer.offered_by] if offer.offered_by else []), *coordinators]


def _network_id(institution: Institution) -> int | None:
    """The network whose coordinators look after what is asked here: of several, the one known longest."""
    return min(institution.network_ids, default=None)


# --- what follows a change, whichever door led to it --------------------------------------------------------


@follows_seats
def _seat_changed(institution: Institution, place: int, newcomer: Person | None, leaver: Person | None) -> None:
    """Open questions follow the seat; whoever else was asked to take it is asked no longer."""
    if newcomer is not None:
        for _ask, offer in queries.open_offers(institution):
            if offer.place == place or offer.person_id == newcomer.id:
                take_back(offer, SEAT)
    newcomers, leavers = [newcomer] if newcomer else [], [leaver] if leaver else []
    follow_place(institution, newcomers=newcomers, leavers=leavers)


@follows_affiliations
def _affiliation_changed(affiliation: Affiliation, change: Change, actor: Person | None) -> None:
    """What somebody says of where they work is asked of its contacts, until it is answered or over."""
    institution, person = affiliation.institution, affiliation.person
    if change is Change.CLAIMED and not affiliation.is_current:
        return  # where somebody worked before gives no say
    if change is Change.CLAIMED:
        db.session.flush()
        raise_ask(
            CLAIM,
            affiliation,
            to=institution,
            about=institution,
            network_id=_network_id(institution),
            actor=actor,
            **named(person),
            position=affiliation.position,
        )
    elif change is Change.GONE:
        take_back(affiliation, CLAIM)
        if not any(
            known is not affiliation and known.institution_id == institution.id and not has_left(known)
            for known in person.affiliations
        ):
            for _ask, offer in queries.open_offers(institution):
                if offer.person_id == person.id:
                    take_back(offer, SEAT)
    else:
        settle(CLAIM, affiliation, "confirm" if change is Change.CONFIRMED else "refuse", actor=actor)
    if change in (Change.REFUSED, Change.GONE):
        forget(affiliation)
