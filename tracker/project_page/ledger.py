"""The ledger of commitments: for each partner what it stood for, since when, and who said so."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tracker.projects.models import LedgerEntry, Partner, Project
from tracker.projects.states import ASKED, TAKES_PART, Commitment
from tracker.seats.models import Filling, Seat

JOINED_OR_LEFT = TAKES_PART | {Commitment.WITHDREW}


@dataclass(frozen=True)
class Said:
    """One entry as its reader may know it: `words` are empty where they were meant for the other side alone."""

    entry: LedgerEntry
    words: str


@dataclass(frozen=True)
class Line:
    """A partner, the seats that it fills or filled, and its commitments in order."""

    partner: Partner
    fillings: list[Filling]
    said: list[Said]


def lines(
    project: Project,
    entries: Mapping[int, list[LedgerEntry]],
    seats: Iterable[Seat],
    *,
    leads: bool,
    is_own: Callable[[Partner], bool],
) -> list[Line]:
    """A line for each partner that the reader may know of.

    Those who lead read everything, and whoever answers for a partner everything about it (`is_own`). To the others it
    matters who took part: who was only asked, or declined, is not named to them.
    """
    taken: dict[int, list[Filling]] = {}
    for seat in seats:
        for filling in seat.fillings:
            if filling.taken_at is not None:
                taken.setdefault(filling.partner_id, []).append(filling)
    found = []
    for partner in project.partners:
        known = entries.get(partner.id, [])
        if leads or is_own(partner):
            said = [Said(entry, entry.note) for entry in known]
        else:
            said = _told_to_others(known)
        if said or partner.takes_part or leads:
            found.append(Line(partner, taken.get(partner.id, []), said))
    return found


def _told_to_others(entries: list[LedgerEntry]) -> list[Said]:
    """How a partner came to take part, and left: not a no, and not what it was asked again since."""
    last = max((number for number, entry in enumerate(entries) if entry.commitment in JOINED_OR_LEFT), default=-1)
    return [
        Said(entry, "" if entry.commitment in ASKED else entry.note)
        for entry in entries[: last + 1]
        if entry.commitment is not Commitment.DECLINED
    ]
