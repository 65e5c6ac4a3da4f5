"""Where people work and whom they answer for: affiliations and contacts. Part of the feature's actions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.followers import Change, affiliation_changed, seat_changed
from tracker.institutions.models import Affiliation, Contact, Institution, Person
from tracker.institutions.permissions import keep_contacts

declare(
    {
        "institutions.affiliate": _l("%(person)s is now affiliated with the institution."),
        "institutions.confirm_affiliation": _l("%(actor)s confirmed that %(person)s works at the institution."),
        "institutions.refuse_affiliation": _l("%(actor)s said that %(person)s does not work at the institution."),
        "institutions.change_affiliation": _l("The affiliation of %(person)s was changed."),
        "institutions.end_affiliation": _l("The affiliation of %(person)s ended."),
        "institutions.name_contact": _l("%(actor)s named %(person)s as contact."),
        "institutions.take_place": _l("%(person)s is now a contact of the institution."),
        "institutions.dismiss_contact": _l("%(person)s is no longer a contact."),
    }
)

MAIN, SECOND = 1, 2  # an institution's two places for contacts


def affiliate(
    person: Person,
    institution: Institution,
    *,
    actor: Person | None,
    position: str = "",
    starts_on: PartialDate | None = None,
    ends_on: PartialDate | None = None,
) -> Affiliation:
    """Note that a person works or worked at an institution. Raises RuleBroken when the dates are reversed.

    What people say of themselves gives them no say in the institution's name until a contact or a coordinator
    of its networks confirms it; the contacts are asked.
    """
    _in_order(starts_on, ends_on)
    vouched = _vouches(actor, institution)
    affiliation = Affiliation(
        person=person,
        institution=institution,
        position=position,
        starts_on=starts_on,
        ends_on=ends_on,
        confirmed_at=clock.now() if vouched else None,
    )
    db.session.add(affiliation)
    record("institutions.affiliate", institution, actor=actor, **named(person))
    if not vouched:
        affiliation_changed(affiliation, Change.CLAIMED, actor)
    return affiliation


def confirm_affiliation(affiliation: Affiliation, *, actor: Person | None) -> None:
    """Somebody who answers for the institution says that the person works there. Twice changes nothing."""
    if affiliation.confirmed_at is not None:
        return
    affiliation.confirmed_at = clock.now()
    affiliation_changed(affiliation, Change.CONFIRMED, actor)
    person = affiliation.person
    record("institutions.confirm_affiliation", affiliation.institution, actor=actor, tell=[person], **named(person))


def refuse_affiliation(affiliation: Affiliation, *, actor: Person | None) -> None:
    """Somebody who answers for the institution says that the person does not work there: the claim goes."""
    if affiliation.confirmed_at is not None:
        raise RuleBroken(_("This affiliation was confirmed already."))
    person = affiliation.person
    affiliation_changed(affiliation, Change.REFUSED, actor)
    record("institutions.refuse_affiliation", affiliation.institution, actor=actor, tell=[person], **named(person))
    db.session.delete(affiliation)


def drop_affiliation(affiliation: Affiliation, *, actor: Person | None) -> None:
    """Delete what was never true. The caller records why."""
    affiliation_changed(affiliation, Change.GONE, actor)
    db.session.delete(affiliation)


def _vouches(actor: Person | None, institution: Institution) -> bool:
    """Whether what `actor` says of who works there needs nobody else's word."""
    return actor is None or keep_contacts(actor, institution)


def change_affiliation(
    affiliation: Affiliation,
    *,
    actor: Person | None,
    position: str,
    starts_on: PartialDate | None,
    ends_on: PartialDate | None,
) -> None:
    """Change position and dates. Where it thereby ended, so does a contact's place that rested on it."""
    _in_order(starts_on, ends_on)
    was_current, vouched = affiliation.is_current, _vouches(actor, affiliation.institution)
    affiliation.position, affiliation.starts_on, affiliation.ends_on = position, starts_on, ends_on
    if affiliation.is_current and not was_current and not vouched:
        affiliation.confirmed_at = None  # coming back is a new claim
    record("institutions.change_affiliation", affiliation.institution, actor=actor, **named(affiliation.person))
    if affiliation.is_current and not was_current and affiliation.confirmed_at is None:
        affiliation_changed(affiliation, Change.CLAIMED, actor)
    _free_place_of_leaver(affiliation, actor)


def end_affiliation(affiliation: Affiliation, *, actor: Person | None, on: PartialDate | None = None) -> None:
    """Note that a person left on a date (None: today). A contact's place that rested on it becomes free."""
    ends_on = on or PartialDate.of(clock.today())
    _in_order(affiliation.starts_on, ends_on)
    affiliation.ends_on = ends_on
    record("institutions.end_affiliation", affiliation.institution, actor=actor, **named(affiliation.person))
    _free_place_of_leaver(affiliation, actor)


def _in_order(starts_on: PartialDate | None, ends_on: PartialDate | None) -> None:
    if starts_on and ends_on and starts_on.first_day > ends_on.last_day:
        raise RuleBroken(_("The end lies before the start."))


def has_left(affiliation: Affiliation) -> bool:
    """Whether it is over: the last day counts as gone for who says so on it."""
    return affiliation.ends_on is not None and affiliation.ends_on.last_day <= clock.today()


def _free_place_of_leaver(affiliation: Affiliation, actor: Person | None) -> None:
    """A contact is affiliated: who has left answers no longer."""
    if has_left(affiliation):
        affiliation_changed(affiliation, Change.GONE, actor)
    stays = any(
        other.institution_id == affiliation.institution_id and not has_left(other)
        for other in affiliation.person.affiliations
    )
    if not stays and affiliation.institution_id in affiliation.person.place_ids:
        dismiss_contact(affiliation.institution, affiliation.person, actor=actor)


def name_contact(
    institution: Institution,
    person: Person,
    place: int,
    *,
    actor: Person | None,
    tell: Iterable[Person] = (),
    is_told: bool = True,
    words: str = "",
) -> Contact:
    """Name who answers for an institution, in place MAIN or SECOND; whoever held it gives it up.

    An affiliation is added where there is none. The newcomer, whoever is replaced, the other contact and `tell` are
    told; the newcomer not where `is_told` is False, because another mail says it. Whether somebody must be asked
    first is decided by `contacts.actions.name`, not here.
    Raises RuleBroken when the person holds a place already.
    """
    if place not in (MAIN, SECOND):
        raise RuleBroken(_("An institution has a main and a second contact."))
    held = {contact.place: contact for contact in current_contacts(institution)}
    if any(contact.person_id == person.id for contact in held.values()):
        raise RuleBroken(_("%(name)s is a contact of this institution already.", name=person.name))
    _vouch(person, institution, actor)
    with unique(_("Somebody else named a contact at the same moment. Look at the page again.")):
        if previous := held.get(place):
            previous.until = clock.now()
            db.session.flush()  # the place must be free before it is given away
        contact = Contact(institution=institution, person=person, place=place, since=clock.now())
        db.session.add(contact)
    db.session.expire(institution, ["contacts"])
    told = [*([person] if is_told else []), *(contact.person for contact in held.values()), *tell]
    kind = "institutions.take_place" if actor is person else "institutions.name_contact"
    record(kind, institution, actor=actor, tell=told, **named(person), place=place, words=words)
    seat_changed(institution, place, newcomer=person, leaver=previous.person if previous else None)
    return contact


def _vouch(person: Person, institution: Institution, actor: Person | None) -> None:
    """A contact works at the institution: noted where it was not, confirmed where it was only said."""
    held_now = [known for known in person.current_affiliations if known.institution_id == institution.id]
    if not held_now:
        db.session.add(Affiliation(person=person, institution=institution, confirmed_at=clock.now()))
        record("institutions.affiliate", institution, actor=actor, **named(person))
    for claim in held_now:
        if claim.confirmed_at is None:
            claim.confirmed_at = clock.now()
            affiliation_changed(claim, Change.CONFIRMED, actor)


def dismiss_contact(
    institution: Institution, person: Person, *, actor: Person | None, tell: Iterable[Person] = (), words: str = ""
) -> None:
    """End a contact's time; the place stays empty. They, the other contact and `tell` are told.

    Raises RuleBroken when the person is no contact.
    """
    held = current_contacts(institution)
    contact = next((known for known in held if known.person_id == person.id), None)
    if contact is None:
        raise RuleBroken(_("%(name)s is not a contact of this institution.", name=person.name))
    contact.until = clock.now()
    db.session.flush()
    db.session.expire(institution, ["contacts"])
    told = [person, *(known.person for known in held), *tell]
    record("institutions.dismiss_contact", institution, actor=actor, tell=told, **named(person), words=words)
    seat_changed(institution, contact.place, newcomer=None, leaver=person)


def current_contacts(institution: Institution) -> list[Contact]:
    """Who holds the two places now, the main one first, whether or not they still work there."""
    current = sa.select(Contact).where(Contact.institution_id == institution.id, Contact.until.is_(None))
    people = joinedload(Contact.person).selectinload(Person.affiliations)
    return list(db.session.scalars(current.order_by(Contact.place).options(people)))


@contextmanager
def unique(sentence: str) -> Iterator[None]:
    """What is set inside is written at once; where the database says it is taken, nothing is written."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            yield
            db.session.flush()
    except IntegrityError as error:
        raise RuleBroken(sentence) from error


def named(person: Person) -> dict[str, Any]:
    return {"person": person.name, "person_id": person.id}
