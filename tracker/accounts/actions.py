"""Coming in, being asked in, and what people change about their own account.

As everywhere: plain values and the actor in, one activity per change, no commit (but `set_up_link`, which a
command calls), RuleBroken with a sentence. No activity and no mail ever holds a password or a link.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.accounts import passwords, queries, tokens
from tracker.accounts.invitations import (
    JOIN,
    can_join,
    decline,
    end_invitations,
    invitation_link,
    invite,
    mail_again,
    named,
    take_back,
    withdraw_invitation,
)
from tracker.accounts.models import Invitation, Purpose, Token
from tracker.activity.kinds import declare
from tracker.activity.record import owe, record
from tracker.asks import actions as asks
from tracker.asks.models import Ask
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions import actions as institutions
from tracker.institutions.models import Affiliation, Person
from tracker.themes.actions import start_agenda

declare(
    {
        "accounts.set_up": _l("%(actor)s set up this tracker."),
        "accounts.invite": _l("%(actor)s invited %(person)s."),
        "accounts.add_colleague": _l("%(actor)s noted that %(person)s works here."),
        "accounts.withdraw_invitation": _l("%(actor)s withdrew the invitation of %(person)s."),
        "accounts.decline": _l("%(person)s does not want an account."),
        "accounts.join": _l("%(title)s joined."),
        "accounts.change_password": _l("%(actor)s changed their password."),
        "accounts.sign_out_everywhere": _l("%(actor)s signed out everywhere."),
        "accounts.remove_affiliation": _l("%(actor)s removed an affiliation of %(person)s."),
    }
)


__all__ = [
    "JOIN",
    "ask_to_change_email",
    "can_join",
    "change_email",
    "come",
    "decline",
    "invitation_link",
    "invite",
    "join",
    "mail_reset_link",
    "mail_sign_in_link",
    "remove_affiliation",
    "set_password",
    "set_up",
    "set_up_link",
    "sign_in",
    "sign_in_link",
    "sign_out_everywhere",
    "take_back",
    "withdraw_invitation",
]


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
        record("accounts.join", person, actor=person, tell=end_invitations(person))


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
        if standing := queries.invitations(person):
            mail_again(standing[-1])
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


def _owe_link(template: str, addressee: Any, token: Token, **details: Any) -> None:
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
    person.mail_trouble, person.mail_trouble_at = "", None
    asks.follow_address(person)
    return person


# --- being asked in -----------------------------------------------------------------------------------------


def join(person: Person, ask: Ask, *, name: str, password: str | None, language: str) -> bool:
    """An invited person makes their account; without a password they sign in by mailed links.

    Returns False, with nothing changed, where the ask does not allow it any more: see `can_join`.
    """
    db.session.refresh(person, with_for_update={"of": Person})
    db.session.refresh(ask)
    if not can_join(ask, person):
        return False
    institutions.change_person(person, name=name, interface_language=language, actor=person)
    if password:
        person.password_hash = passwords.hashed(password)
    stands, _invitation = asks.answer(ask, "join", {}, actor=person, by_link=True)
    return stands


def come(invitation: Invitation, *, actor: Person) -> None:
    """The answer “join”: the account is there, and so is again what an earlier no gave up of where they work."""
    institution = invitation.institution
    if institution is not None and not any(
        held.is_current for held in queries.affiliations_of(invitation.person, institution)
    ):
        held = institutions.affiliate(invitation.person, institution, actor=actor)
        institutions.confirm_affiliation(held, actor=actor)  # who asked them in vouched for them
    sign_in(invitation.person)


# --- where a person works -----------------------------------------------------------------------------------


def remove_affiliation(affiliation: Affiliation, *, actor: Person | None) -> None:
    """Remove what was never true; what is over is ended instead. A contact's place that rested on it is freed."""
    person, institution = affiliation.person, affiliation.institution
    others = [held for held in queries.affiliations_of(person, institution) if held is not affiliation]
    if institution.id in person.place_ids and not any(held.is_current for held in others):
        institutions.dismiss_contact(institution, person, actor=actor)
    institutions.drop_affiliation(affiliation, actor=actor)
    who = named(person)
    record("accounts.remove_affiliation", institution, actor=actor, **who)
