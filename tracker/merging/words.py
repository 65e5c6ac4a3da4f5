"""What points to an institution, in words: for whoever decides whether two are one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.i18n import _, _l

WORDS = {  # by the name of the table, in the order of the page
    "membership": _l("Memberships of networks"),
    "affiliation": _l("People who work or worked there"),
    "contact": _l("Contacts, former ones too"),
    "partner": _l("Projects it takes part in or was asked to join"),
    "milestone": _l("Milestones it answers for"),
    "ask": _l("Questions that wait for its answer"),
    "report_author": _l("Authors of reports"),
    "author_affiliation": _l("Further affiliations of authors"),
    "contributor": _l("Others who contributed to reports"),
    "authorship_confirmation": _l("Lists of authors that it was asked to confirm"),
    "use_inquiry": _l("Questions about the use of reports"),
    "invitation": _l("Invitations of people"),
    "seat_offer": _l("People asked to become its contact"),
    "candidacy": _l("Networks that it asked, or that asked it"),
    "saved_call": _l("Calls kept in mind"),
    "call_question": _l("Questions about calls"),
    "application": _l("Requests to be added"),
    "event_guest": _l("Meetings it came to"),
    "report_use": _l("Uses of reports that it told of"),
    "secretariat_note": _l("Notes of the secretariat"),
    "institution_alias": _l("Records that became this one before"),
}
SHOWN_APART = frozenset({"institution_theme", "institution_language"})


@dataclass(frozen=True)
class Moved:
    """How many of one sort each of the two records has, in their order."""

    label: str
    numbers: tuple[int, ...]


def moved(counted: Mapping[str, Mapping[int, int]], ids: Sequence[int]) -> list[Moved]:
    """What there is, known sorts first; what no words are known for is counted together."""
    found = [Moved(str(label), _of(counted[table], ids)) for table, label in WORDS.items() if table in counted]
    rest = [_of(counts, ids) for table, counts in counted.items() if table not in {*WORDS, *SHOWN_APART}]
    if rest:
        found.append(Moved(_("Something else"), tuple(map(sum, zip(*rest, strict=True)))))
    return found


def _of(counts: Mapping[int, Any], ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(counts.get(row_id, 0)) for row_id in ids)
