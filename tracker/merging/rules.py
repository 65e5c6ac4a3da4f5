"""What becomes of two rows that are the same once two institutions are. Part of the actions.

The row with the higher number stays: SQLite gives the number of a deleted newest row to the next one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tracker import clock
from tracker.asks.actions import take_back
from tracker.calls.models import SavedCall
from tracker.contacts.queries import CLAIM
from tracker.credit.models import AuthorshipConfirmation
from tracker.database import db
from tracker.events.models import EventGuest
from tracker.institutions.followers import seat_changed
from tracker.institutions.models import Affiliation, Contact, Institution
from tracker.institutions.places import MAIN, SECOND, current_contacts
from tracker.institutions.queries import answering_contacts
from tracker.merging import queries
from tracker.merging.references import become_one, rule
from tracker.uses.models import UseInquiry


@rule("institution", "contact")
def contacts(kept: Institution, gone: Institution) -> None:
    """Who sits at the record that stays keeps their place; others take an empty one, or answer no longer.

    What is asked of either goes to all who answer then.
    """
    answering = {person.id for person in answering_contacts(gone.id)}
    sitting = {contact.place: contact for contact in current_contacts(kept)}
    there = list(sitting.values())
    came: list[tuple[Contact, int]] = []
    left: list[Contact] = []
    for contact in current_contacts(gone):
        free = [place for place in (contact.place, MAIN, SECOND) if place not in sitting]
        if any(contact.person_id == known.person_id for known in sitting.values()):
            contact.until = clock.now()
        elif free:
            sitting[free[0]] = contact
            came.append((contact, free[0]))
        else:
            contact.until = clock.now()
            left.append(contact)
    db.session.flush()  # a place must be free before it is taken
    for contact, place in came:
        contact.place = place
    db.session.flush()
    for contact in there:
        if contact.answers and contact.person_id not in answering:
            seat_changed(gone, contact.place, newcomer=contact.person, leaver=None)
    for contact in left:
        seat_changed(gone, contact.place, newcomer=None, leaver=contact.person)
    for contact, place in came:
        seat_changed(kept, place, newcomer=contact.person, leaver=None)


@rule("institution", "institution_theme", "institution_language")
def pairs(kept: Institution, gone: Institution) -> None:
    """What both have, one has."""
    db.session.flush()
    for table in ("institution_theme", "institution_language"):
        db.session.execute(queries.union(table, kept.id, gone.id))


@rule("institution", "membership")
def memberships(kept: Institution, gone: Institution) -> None:
    """Of two current memberships of a network one stays, since the earlier day."""
    for stays, goes in doubles(queries.memberships(kept.id, gone.id), "network_id"):
        stays.joined_on = min((day for day in (stays.joined_on, goes.joined_on) if day), default=None)
        become_one(stays, goes)


@rule("institution", "affiliation")
def affiliations(kept: Institution, gone: Institution) -> None:
    """Somebody who is at both from and until the same days, in the same position or in one not said, is there once."""
    for stays, goes in doubles(queries.affiliations(kept.id, gone.id), "person_id", "starts_on", "ends_on"):
        if stays.institution_id != goes.institution_id and _fit(stays, goes):
            stays.position = stays.position or goes.position
            stays.confirmed_at = earliest(stays.confirmed_at, goes.confirmed_at)
            become_one(stays, goes)
            if stays.confirmed_at is not None:
                take_back(stays, CLAIM)


def _fit(one: Affiliation, other: Affiliation) -> bool:
    return not (one.position and other.position) or one.position.casefold() == other.position.casefold()


@rule("institution", "candidacy")
def candidacies(kept: Institution, gone: Institution) -> None:
    """What was asked about both joining one network was asked about one."""
    for stays, goes in doubles(queries.candidacies(kept.id, gone.id), "network_id"):
        become_one(stays, goes)


@rule("institution", "saved_call")
def saved_calls(kept: Institution, gone: Institution) -> None:
    """A call that both keep in mind is kept once, as it was first."""
    for stays, goes in doubles(queries.rows_of(SavedCall, kept.id, gone.id), "project_id"):
        if goes.saved_at < stays.saved_at:
            stays.saved_at, stays.saved_by_id = goes.saved_at, goes.saved_by_id
        become_one(stays, goes)


@rule("institution", "event_guest")
def guests(kept: Institution, gone: Institution) -> None:
    """Who came to one meeting as both came once, with as many people as the larger number says."""
    for stays, goes in doubles(queries.rows_of(EventGuest, kept.id, gone.id), "event_id"):
        stays.people = max(stays.people, goes.people)
        become_one(stays, goes)


@rule("institution", "authorship_confirmation")
def confirmations_of_authors(kept: Institution, gone: Institution) -> None:
    """What either confirmed of one version is confirmed, since the earlier moment."""
    rows = queries.rows_of(AuthorshipConfirmation, kept.id, gone.id)
    for stays, goes in doubles(rows, "proof_id"):
        if goes.at is not None and (stays.at is None or goes.at < stays.at):
            stays.at, stays.person_id = goes.at, goes.person_id
        stays.words = stays.words or goes.words
        become_one(stays, goes)


@rule("institution", "use_inquiry")
def inquiries(kept: Institution, gone: Institution) -> None:
    """Both were asked how one report was used: what either answered is the answer."""
    for stays, goes in doubles(queries.rows_of(UseInquiry, kept.id, gone.id), "report_id", "months"):
        if stays.answered_at is None:
            stays.answered_at, stays.knows_none = goes.answered_at, goes.knows_none
        become_one(stays, goes)


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def doubles(rows: Iterable[Any], *names: str) -> list[tuple[Any, Any]]:
    """(which stays, which goes) of rows that are the same in these columns, the rows by their ids."""
    seen: dict[tuple[Any, ...], Any] = {}
    found = []
    for row in rows:
        key = tuple(getattr(row, name) for name in names)
        if before := seen.get(key):
            found.append((row, before))
        seen[key] = row
    return found
