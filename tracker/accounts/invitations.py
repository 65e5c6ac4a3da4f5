"""Asking somebody in, and taking that back. Part of the actions."""

from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.accounts import queries
from tracker.accounts.models import Invitation
from tracker.activity.models import Activity, Delivery
from tracker.activity.record import GENERIC, record
from tracker.asks import actions as asks
from tracker.asks import links, post
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.institutions.places import current_contacts

JOIN = "accounts.join"  # the kind of ask


def invite(
    *,
    name: str,
    email: str,
    actor: Person | None,
    institution: Institution | None = None,
    position: str = "",
    as_contact: int | None = None,
    coordinates: Network | None = None,
    time_zone: str | None = None,
    language: str = "",
    note: str = "",
) -> Person:
    """Ask somebody in by mail; `email` is normalised. Safe to repeat: one person, one affiliation, a fresh ask.

    `as_contact` is the place (1 or 2) in which they answer for the institution; `coordinates` a network. `language`
    (a tag) is that of somebody new, as far as it is known; a few words in `note` go into the mail.
    Somebody with an account gets no second one: they are affiliated, and told.
    """
    person = queries.by_email(email)
    if person is None:
        likeliest = language or (actor.interface_language if actor else "")  # until they choose
        more = {"interface_language": likeliest} if likeliest else {}
        more |= {"time_zone": time_zone} if time_zone else {}
        person = institutions.add_person(name=name, email=email, actor=actor, **more)
    elif person.joined_at is None:
        db.session.refresh(person, with_for_update={"of": Person})  # two who invite at once make one invitation each
    newest = _newest_delivery()
    is_new_here = is_seated = is_named = False
    if institution is not None:
        is_new_here = not any(held.is_current for held in queries.affiliations_of(person, institution))
        if is_new_here:
            institutions.affiliate(person, institution, position=position, actor=actor)
        for held in queries.affiliations_of(person, institution):
            institutions.confirm_affiliation(held, actor=actor)  # who asks somebody in vouches for them
        if as_contact and not _holds(person, institution, as_contact):
            if actor is not None and any(held.place == as_contact for held in current_contacts(institution)):
                raise RuleBroken(_("Somebody holds this place. It passes on under “Contacts”, once they are here."))
            institutions.name_contact(institution, person, as_contact, actor=actor)
            is_seated = True
    if coordinates is not None and coordinates.id not in person.coordinated_ids:
        institutions.name_coordinator(coordinates, person, actor=actor)
        is_named = True
    who = named(person)
    if person.joined_at is not None:
        if is_new_here and not is_seated and not is_named:  # who was named was told so
            record("accounts.add_colleague", institution, actor=actor, tell=[person], **who)
        return person
    _forget_mails(person, newest)  # one mail for one thing
    invitation = queries.invitation_to(institution or coordinates, person)
    if invitation is None:
        invitation = Invitation(person=person, institution=institution, network=coordinates)
        invitation.has_affiliated = invitation.has_seated = False
        db.session.add(invitation)
    invitation.has_affiliated |= is_new_here
    invitation.has_seated |= is_seated
    db.session.flush()
    noted = record("accounts.invite", invitation.place, actor=actor, **who)
    _ask_in(invitation, actor, because=noted, note=note)
    return person


def _ask_in(invitation: Invitation, inviter: Person | None, *, because: Activity | None = None, note: str = "") -> Ask:
    """Ask the person, afresh where they were asked before."""
    person, place = invitation.person, invitation.place
    asks.supersede(invitation, JOIN)
    return asks.raise_ask(
        JOIN,
        invitation,
        to=person,
        about=place,
        network_id=invitation.network_id,
        actor=inviter,
        because=because,
        place="" if place is person else place.label,
        note=note,
    )


def mail_again(invitation: Invitation) -> None:
    """The invitation once more, for an ask that ran out as a new one."""
    asked = latest(JOIN, invitation)
    if asked is not None and asked.mailed_at is not None and asked.mailed_at > clock.now() - post.MAILED_AGAIN_AFTER:
        return  # nobody floods a mailbox by typing its address
    if asked is not None and asked.is_open and not _is_over(asked):
        post.send(asked, invitation.person, is_reminder=True)
    else:
        _ask_in(invitation, asked.asked_by if asked else None)


def invitation_link(person: Person) -> str | None:
    """The link that the newest invitation was mailed with; None where none stands."""
    for invitation in reversed(queries.invitations(person)):
        asked = latest(JOIN, invitation)
        if asked is not None and asked.is_open:
            link = links.issue(asked, person)
            db.session.flush()
            return links.address(asked.id, person.id, link.nonce)
    return None


def can_join(ask: Ask, person: Person) -> bool:
    """Whether this ask still lets the person make their account: unanswered, or after a no on second thoughts."""
    answered_no = ask.state is AskState.ANSWERED and ask.choice == "decline"
    return ask.kind == JOIN and person.joined_at is None and (ask.is_open or answered_no) and not _is_over(ask)


def _is_over(ask: Ask) -> bool:
    return ask.expires_at is not None and ask.expires_at <= clock.now()


def end_invitations(person: Person) -> list[Person]:
    """They came: nothing asks them any more. Returns who had asked."""
    inviters = []
    for invitation in queries.invitations(person):
        asks.settle(JOIN, invitation, "join", actor=person)
        invitation.ended_at = clock.now()
        asked = latest(JOIN, invitation)
        inviters += [asked.asked_by] if asked and asked.asked_by else []
    return inviters


def decline(invitation: Invitation, *, actor: Person, note: str = "") -> None:
    """The answer “no, thank you”: what the invitation gave is given up, and whoever asked is told."""
    asked = latest(JOIN, invitation)
    inviters = [asked.asked_by] if asked and asked.asked_by else []
    newest = _newest_delivery()
    _take_away(invitation, actor=actor)
    for inviter in inviters:
        _forget_mails(inviter, newest)  # one mail for one thing
    asks.settle(JOIN, invitation, "decline", actor=actor, note=note)
    record("accounts.decline", invitation.place, actor=actor, tell=inviters, note=note, **named(invitation.person))


def withdraw_invitation(person: Person, institution: Institution, *, actor: Person | None) -> None:
    """Take an invitation back before the person came: the ask, and the contact's place and the affiliation it gave.

    What somebody else asked the person stays. Raises RuleBroken when there is no such invitation, or they have come.
    """
    invitation = queries.invitation_to(institution, person)
    if person.joined_at is not None or invitation is None:
        raise RuleBroken(_("%(name)s has no open invitation.", name=person.name))
    take_back(invitation, actor=actor)
    asks.take_back(invitation, JOIN)
    record("accounts.withdraw_invitation", institution, actor=actor, **named(person))


def take_back(invitation: Invitation, *, actor: Person | None, words: str = "") -> None:
    """What a withdrawn invitation gave is freed, and no mail says so beside the one about the ask."""
    newest = _newest_delivery()
    _take_away(invitation, actor=actor)
    _forget_mails(invitation.person, newest)


def _take_away(invitation: Invitation, *, actor: Person | None) -> None:
    """End an invitation. An affiliation with dates is knowledge and stays, and so does what was there before it."""
    person, institution = invitation.person, invitation.institution
    invitation.ended_at = clock.now()
    if institution is None:
        return
    if invitation.has_seated and institution.id in person.place_ids:
        institutions.dismiss_contact(institution, person, actor=actor)
    if invitation.has_affiliated and institution.id not in person.place_ids:
        for affiliation in queries.affiliations_of(person, institution):
            if affiliation.starts_on is None and affiliation.ends_on is None:
                institutions.drop_affiliation(affiliation, actor=actor)
    db.session.flush()
    db.session.expire(person, ["affiliations", "contact_places"])


def named(person: Person) -> dict[str, Any]:
    return {"person": person.name, "person_id": person.id}


def _holds(person: Person, institution: Institution, place: int) -> bool:
    places = person.contact_places
    return any(p.institution_id == institution.id and p.place == place and p.until is None for p in places)


def _newest_delivery() -> int:
    db.session.flush()
    return db.session.scalar(sa.select(sa.func.max(Delivery.id))) or 0


def _forget_mails(person: Person, newer_than: int) -> None:
    """Drop the general mails owed to a person since: the one special mail that follows says it all."""
    db.session.flush()
    owed = (Delivery.recipient_id == person.id) & (Delivery.id > newer_than) & (Delivery.template == GENERIC)
    for delivery in db.session.scalars(sa.select(Delivery).where(owed)).all():
        db.session.delete(delivery)
    db.session.flush()
