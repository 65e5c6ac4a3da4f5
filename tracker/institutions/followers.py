"""Whom this feature tells when people come and go, though they stand above it.

A later feature registers a function; the actions in places.py call it in their transaction. So open questions follow
a seat, and what somebody says of where they work is asked of its contacts, whichever door led there.
"""

from collections.abc import Callable
from enum import StrEnum

from tracker.institutions.models import Affiliation, Institution, Person


class Change(StrEnum):
    """What became of what somebody said of where they work."""

    CLAIMED = "claimed"  # they say so themselves
    CONFIRMED = "confirmed"
    REFUSED = "refused"  # the row goes next
    GONE = "gone"  # ended or removed; a removed row goes next


type_of_seat_follower = Callable[[Institution, int, Person | None, Person | None], None]
type_of_affiliation_follower = Callable[[Affiliation, Change, Person | None], None]

_of_seats: list[type_of_seat_follower] = []
_of_affiliations: list[type_of_affiliation_follower] = []


def follows_seats(follower: type_of_seat_follower) -> type_of_seat_follower:
    """Call `follower(institution, place, newcomer, leaver)` whenever a contact's place changes hands."""
    _of_seats.append(follower)
    return follower


def follows_affiliations(follower: type_of_affiliation_follower) -> type_of_affiliation_follower:
    """Call `follower(affiliation, change, actor)` whenever one is claimed, confirmed, refused, ended or removed."""
    _of_affiliations.append(follower)
    return follower


def seat_changed(institution: Institution, place: int, *, newcomer: Person | None, leaver: Person | None) -> None:
    """A contact's place has changed hands, or was empty, or is now."""
    for follower in _of_seats:
        follower(institution, place, newcomer, leaver)


def affiliation_changed(affiliation: Affiliation, change: Change, actor: Person | None) -> None:
    """Something became of an affiliation."""
    for follower in _of_affiliations:
        follower(affiliation, change, actor)
