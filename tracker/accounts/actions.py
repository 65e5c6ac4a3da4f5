"""Coming in, being asked in, and what people change about their own account.

As everywhere: plain values and the actor in, one activity per change, no commit (but `set_up_link`, which a
command calls), RuleBroken with a sentence. No activity and no mail ever holds a password or a link.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.accounts import passwords, queries, tokens
from tracker.accounts.models import Purpose, Token
from tracker.activity.kinds import declare
from tracker.activity.models import Delivery
from tracker.activity.record import GENERIC, owe, record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions import actions as institutions
from tracker.institutions.models import Affiliation, Institution, Network, Person
from tracker.themes.actions import start_agenda

declare(
    {
        "accounts.set_up": _l("%(actor)s set up this tracker."),
        "accounts.invite": _l("%(actor)s invited %(person)s."),
        "accounts.add_colleague": _l("%(actor)s noted that %(person)s works here."),
        "accounts.withdraw_invitation": _l("%(actor)s withdrew the invitation of %(person)s."),
        "accounts.join": _l("%(title)s joined."),
        "accounts.change_password": _l("%(actor)s changed their password."),
        "accounts.sign_out_everywhere": _l("%(actor)s signed out everywhere."),
        "accounts.remove_affiliation": _l("%(actor)s removed an affiliation of %(person)s."),
    }
)

LONGEST_VALUE = Token.value.property.columns[0].type.length


@dataclass(frozen=True)
class Addressee:
    """A person at another address than the one they are known by."""

    id: int
    name: str
    email: str
    interface_language: str


# --- the first coordinator ----------------------------------------------------------------------------------


def set_up_link(base_url: str) -> str | None:
    """A fresh link to set the tracker up, valid for a day; None where somebody coordinates already.

    Earlier links stop working. Commits, for it is called when the server starts and not by a page.
    """
    if queries.is_set_up():
        return None
    tokens.withdraw(Purpose.SET_UP, person=None)
    token = tokens.issue(Purpose.SET_UP)
    db.session.commit()
    return tokens.address(token, base_url)


def set_up(*, name: str, email: str, password: str, network_name: str, moderates: bool, language: str) -> Person:
    """The first coordinator, their network and the themes it starts with.

    Raises RuleBroken when the tracker is set up already, or the network's name is taken.
    """
    if queries.is_set_up():
        raise RuleBroken(_("This tracker is set up already. Sign in instead."))
    person = queries.by_email(email)
    if person is None:
        person = institutions.add_person(name=name, email=email, interface_language=language, actor=None)
    person.password_hash = passwords.hashed(password)
    network = institutions.found_network(name=network_name, moderates=moderates, actor=person)
    institutions.name_coordinator(network, person, actor=person)
    start_agenda(actor=person)
    record("accounts.set_up", network, actor=person)
    return person


# --- coming in ----------------------------------------------------------------------------------------------


def sign_in(person: Person) -> None:
    """Note that a person, who has shown who they are, comes in. The first time is when they joined."""
    person.session_key = person.session_key or secrets.token_urlsafe(32)
    person.seen_at = clock.now()
    if person.joined_at is None:
        person.joined_at = clock.now()
        tokens.withdraw(Purpose.JOIN, person=person)
        record("accounts.join", person, actor=person)


def sign_in_link(person: Person, base_url: str, *, next_path: str = "", lasts: timedelta | None = None) -> str:
    """A link that signs a person in once, for whoever runs the server to hand over."""
    token = tokens.issue(Purpose.SIGN_IN, person, next_path, lasts=lasts)
    db.session.flush()
    return tokens.address(token, base_url)


def mail_sign_in_link(email: str, next_path: str = "") -> None:
    """Owe the person of this address a link to sign in; nobody where there is no account.

    An invited person who has not come yet gets their invitation again.
    """
    _mail_link(email, Purpose.SIGN_IN, "accounts/mail/sign_in_link.txt", next_path)


def mail_reset_link(email: str) -> None:
    """Owe the person of this address a link to choose a new password; nobody where there is no account."""
    _mail_link(email, Purpose.RESET_PASSWORD, "accounts/mail/reset_password.txt")


def _mail_link(email: str, purpose: Purpose, template: str, value: str = "") -> None:
    person = queries.by_email(email)
    if person is not None and person.joined_at is None:
        if queries.open_invitation(person):
            _mail_invitation(person)
            return
        person = None  # known by name, never asked in
    with db.session.begin_nested() as attempt:  # the same work for an unknown address, so that time tells nothing
        if person is not None:
            tokens.withdraw(purpose, person=person)
        token = tokens.issue(purpose, person, value)
        db.session.flush()
        if person is None:
            attempt.rollback()
            return
        _owe_link(template, person, token)


def _owe_link(template: str, addressee: Any, token: Token, **details: str) -> None:
    """Owe a mail that names the token's link. The nonce opens nothing without the secret key."""
    owe(template, addressee, purpose=token.purpose.value, nonce=token.nonce, **details)


# --- passwords and sessions ---------------------------------------------------------------------------------


def set_password(person: Person, password: str) -> None:
    """Keep a new password and end all sessions and links that the old one could have led to.

    Whoever calls it for the person who asks begins their session again.
    """
    person.password_hash = passwords.hashed(password)
    person.session_key = secrets.token_urlsafe(32)
    tokens.withdraw(Purpose.RESET_PASSWORD, Purpose.SIGN_IN, person=person)
    record("accounts.change_password", person, actor=person)
    if person.email and person.joined_at:
        owe("accounts/mail/password_changed.txt", person)


def sign_out_everywhere(person: Person, *, actor: Person | None) -> None:
    """End all sessions of a person and the links to sign in that are on their way."""
    person.session_key = secrets.token_urlsafe(32)
    tokens.withdraw(Purpose.SIGN_IN, Purpose.RESET_PASSWORD, person=person)
    record("accounts.sign_out_everywhere", person, actor=actor)


# --- another e-mail address ---------------------------------------------------------------------------------


def ask_to_change_email(person: Person, email: str) -> None:
    """Mail a link to the new address; the old one stays until it is opened, and is told.

    Raises RuleBroken when the address is another person's.
    """
    if queries.by_email(email) not in (None, person):
        raise RuleBroken(_("Another person uses this address."))
    tokens.withdraw(Purpose.CHANGE_EMAIL, person=person)
    token = tokens.issue(Purpose.CHANGE_EMAIL, person, email)
    language = person.interface_language
    _owe_link("accounts/mail/change_email.txt", Addressee(person.id, person.name, email, language), token)
    if person.email:
        owe("accounts/mail/change_email_notice.txt", person)


def change_email(token: Token) -> Person:
    """Make the address of an opened CHANGE_EMAIL token the person's. Raises RuleBroken when it was taken since."""
    assert token.person is not None
    person = token.person
    institutions.change_person(person, email=token.value, actor=person)
    tokens.withdraw(Purpose.SIGN_IN, Purpose.RESET_PASSWORD, person=person)  # they went to the old address
    return person


# --- being asked in -----------------------------------------------------------------------------------------


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
) -> Person:
    """Ask somebody in by mail; `email` is normalised. Safe to repeat: one person, one affiliation, a fresh link.

    `as_contact` is the place (1 or 2) in which they answer for the institution; `coordinates` a network.
    Somebody with an account gets no second one: they are affiliated, and told.
    """
    person = queries.by_email(email)
    if person is None:
        more = {"time_zone": time_zone} if time_zone else {}
        person = institutions.add_person(name=name, email=email, actor=actor, **more)
    newest = _newest_delivery()
    is_new_here = is_named = False
    if institution is not None:
        is_new_here = not any(held.is_current for held in queries.affiliations_of(person, institution))
        if is_new_here:
            institutions.affiliate(person, institution, position=position, actor=actor)
        for held in queries.affiliations_of(person, institution):
            institutions.confirm_affiliation(held, actor=actor)  # who asks somebody in vouches for them
        if as_contact and not _holds(person, institution, as_contact):
            institutions.name_contact(institution, person, as_contact, actor=actor)
            is_named = True
    if coordinates is not None and coordinates.id not in person.coordinated_ids:
        institutions.name_coordinator(coordinates, person, actor=actor)
        is_named = True
    named = _named(person)
    if person.joined_at is not None:
        if is_new_here and not is_named:  # who was named was told so
            record("accounts.add_colleague", institution, actor=actor, tell=[person], **named)
        return person
    _forget_mails(person, newest)  # one mail for one thing
    record("accounts.invite", institution or coordinates or person, actor=actor, **named)
    _mail_invitation(person, actor, institution or coordinates)
    return person


def _mail_invitation(person: Person, inviter: Person | None = None, place: Institution | Network | None = None) -> None:
    """One link for all who asked; the token keeps where, so that one can take its invitation back."""
    open_one = queries.open_invitation(person)
    asked = [*(open_one.value.split() if open_one else ()), *([place.path] if place else ())]
    while len(" ".join(asked)) > LONGEST_VALUE:
        asked.pop(0)
    tokens.withdraw(Purpose.JOIN, person=person)
    token = tokens.issue(Purpose.JOIN, person, " ".join(dict.fromkeys(asked)))
    names = {"inviter": inviter.name if inviter else "", "place": place.label if place else ""}
    _owe_link("accounts/mail/join.txt", person, token, **names)


def invitation_link(person: Person, base_url: str) -> str | None:
    """The link that an open invitation was mailed with; None where there is none."""
    token = queries.open_invitation(person)
    return tokens.address(token, base_url) if token and person.joined_at is None else None


def join(person: Person, *, name: str, password: str | None, language: str) -> None:
    """An invited person makes their account; without a password they sign in by mailed links."""
    institutions.change_person(person, name=name, interface_language=language, actor=person)
    if password:
        person.password_hash = passwords.hashed(password)
    sign_in(person)


def withdraw_invitation(person: Person, institution: Institution, *, actor: Person | None) -> None:
    """Take an invitation back before the person came: the link, the contact's place and the bare affiliation.

    The link works on where somebody else asked the person in too. An affiliation with dates is knowledge and
    stays. Raises RuleBroken when they have come already.
    """
    invitation = queries.open_invitation(person)
    if person.joined_at is not None or invitation is None:
        raise RuleBroken(_("%(name)s has no open invitation.", name=person.name))
    newest = _newest_delivery()
    if institution.id in person.place_ids:
        institutions.dismiss_contact(institution, person, actor=actor)
    for affiliation in queries.affiliations_of(person, institution):
        if affiliation.starts_on is None and affiliation.ends_on is None:
            db.session.delete(affiliation)
    invitation.value = " ".join(path for path in invitation.value.split() if path != institution.path)
    if not invitation.value:  # nobody else's invitation stands
        tokens.withdraw(Purpose.JOIN, person=person)
    _forget_mails(person, newest)
    named = _named(person)
    record("accounts.withdraw_invitation", institution, actor=actor, **named)


def _named(person: Person) -> dict[str, Any]:
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


# --- where a person works -----------------------------------------------------------------------------------


def remove_affiliation(affiliation: Affiliation, *, actor: Person | None) -> None:
    """Remove what was never true; what is over is ended instead. A contact's place that rested on it is freed."""
    person, institution = affiliation.person, affiliation.institution
    others = [held for held in queries.affiliations_of(person, institution) if held is not affiliation]
    if institution.id in person.place_ids and not any(held.is_current for held in others):
        institutions.dismiss_contact(institution, person, actor=actor)
    db.session.delete(affiliation)
    named = _named(person)
    record("accounts.remove_affiliation", institution, actor=actor, **named)
