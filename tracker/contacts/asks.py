"""What is asked about contacts: an institution whether somebody works there, a person whether they answer for it."""

from typing import Any

from tracker.asks.kinds import Choice, Kind, Shown, declare
from tracker.contacts import actions, queries
from tracker.contacts.models import SeatOffer
from tracker.i18n import _, _l, format_day
from tracker.institutions import actions as institutions
from tracker.institutions.models import Affiliation, Person
from tracker.institutions.permissions import keep_contacts


def _claim_shown(claim: Affiliation) -> Shown:
    person, institution = claim.person, claim.institution
    return Shown(
        facts=[
            (_("Name"), person.name),
            (_("E-mail address"), person.email or ""),
            (_("Institution"), institution.name),
            (_("Position"), claim.position),
            (_("From"), format_day(claim.starts_on) if claim.starts_on else ""),
            (_("Until"), format_day(claim.ends_on) if claim.ends_on else ""),
        ],
        path=f"{institution.path}/contacts",
    )


def _confirm(claim: Affiliation, *, actor: Person) -> None:
    institutions.confirm_affiliation(claim, actor=actor)


def _refuse(claim: Affiliation, *, actor: Person) -> None:
    institutions.refuse_affiliation(claim, actor=actor)


def _seat_shown(offer: SeatOffer) -> Shown:
    held = queries.holder(offer.institution_id, offer.place)
    return Shown(
        facts=[
            (_("Place"), _("Main contact") if offer.place == 1 else _("Second contact")),
            (_("Held by"), held.person.name if held else _("nobody")),
        ],
        path=offer.institution.path,
    )


def _keeps(actor: Any, offer: SeatOffer) -> bool:
    return keep_contacts(actor, offer.institution)


declare(
    Kind(
        name=queries.CLAIM,
        label=_l("affiliation"),
        load=queries.claim_for_ask,
        question=_l("Does %(person)s work at %(for)s?"),
        meaning=_l(
            "Until you confirm it, they have no say in the institution’s name and see nothing that is meant for its"
            " people. With a no they are told, and are not listed there."
        ),
        choices=(
            Choice("confirm", _l("Yes"), _l("%(person)s works at %(for)s."), _confirm, fields=()),
            Choice("refuse", _l("No"), _l("%(person)s does not work at %(for)s."), _refuse, fields=(), tone="quiet"),
        ),
        mail="contacts/mail/claim.txt",
        waiting=_l("Waiting for a contact to confirm who works there."),
        waiting_for=_l("Waiting for %(for)s to confirm that %(person)s works there."),
        shows=_claim_shown,
        is_withdrawable=False,
    ),
    Kind(
        name=queries.SEAT,
        label=_l("contact"),
        load=queries.offer_for_ask,
        question=_l("Will you become a contact of %(title)s?"),
        meaning=_l(
            "Contacts answer for the institution: invitations to projects come to the two of them, and either can say"
            " yes or no. It is a few mails a month at most. A no is fine and needs no reason."
        ),
        choices=(
            Choice("accept", _l("Yes, I will"), _l("%(for)s is now a contact of %(title)s."), actions.take),
            Choice(
                "decline",
                _l("No, thank you"),
                _l("%(for)s prefers not to become a contact of %(title)s."),
                actions.decline,
                tone="quiet",
                by_any_link=True,
            ),
        ),
        changes={("decline", "accept"): actions.take},
        can_change=actions.is_free,
        mail="contacts/mail/seat.txt",
        waiting=_l("Waiting for somebody to become a contact."),
        waiting_for=_l("Waiting for %(for)s to become a contact."),
        shows=_seat_shown,
        lasts=actions.OFFER_LASTS,
        expired=actions.lapse,
        keeps=_keeps,
        is_forwardable=False,
        is_delegable=False,
    ),
)
