"""Institutions are told of new seats that they fit: one piece of news for each project, when its reader wants."""

from collections.abc import Iterable, Sequence

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.i18n import _, _l, speaking
from tracker.institutions.models import Person
from tracker.matching import candidates as finder
from tracker.matching import queries
from tracker.matching.candidates import Candidate
from tracker.projects.models import Project
from tracker.seats.models import Seat
from tracker.seats.words import title_of

declare({"matching.fits": _l("New seats to fill: %(seats)s.")})
MOST_TOLD = 40  # institutions for one seat: those that fit best
MOST_SEATS = 5  # named in one piece of news
MOST_A_DAY = 5  # pieces of news about one project: seats removed and opened anew are no way to send mails
Found = list[tuple[Seat, Candidate]]


def tell_of_seats(project: Project, seats: Sequence[Seat]) -> int:
    """Tell who answers for the members that fit one of these seats, and return how many people that are.

    Nobody is told of a seat twice, whether or not anybody fitted. Who took part or was asked before is not told, nor
    who wants to hear nothing of it. Beyond MOST_A_DAY the seats are found on the pages only.
    """
    is_enough = queries.told_lately(project.id) >= MOST_A_DAY
    fitting = {seat: [] if is_enough else _fitting(project, seat) for seat in seats}
    places = {candidate.institution.id for found in fitting.values() for candidate in found}
    contacts = queries.listening_contacts(places)
    told: dict[Person, Found] = {}
    for seat, found in fitting.items():
        seat.told_at = clock.now()
        for candidate in found:
            for person in contacts.get(candidate.institution.id, ()):
                told.setdefault(person, []).append((seat, candidate))
    if not told:
        return 0
    activity = record(
        "matching.fits", project, actor=None, tell=told, why=Why.FITS, seats=_named(map(title_of, seats), len(seats))
    )
    for delivery in activity.deliveries:
        person = next(known for known in told if known.id == delivery.recipient_id)
        with speaking(delivery.language):
            lines = [_explained(seat, candidate) for seat, candidate in told[person][:MOST_SEATS]]
            delivery.details = {**delivery.details, "seats": _named(lines, len(told[person]))}
    return len(activity.deliveries)


def _fitting(project: Project, seat: Seat) -> list[Candidate]:
    wanted = finder.wanted_of_seat(seat)
    members = finder.candidates(wanted, network_id=project.network_id, has_contact=True)
    return finder.best_candidates(wanted, members, limit=MOST_TOLD, only_fitting=True)


def _explained(seat: Seat, candidate: Candidate) -> str:
    """A seat with the reasons why one institution may fill it, in the language spoken now."""
    return _(
        "%(seat)s (%(institution)s: %(reasons)s)",
        seat=title_of(seat),
        institution=candidate.institution.short_name,
        reasons=" · ".join(candidate.fit.reasons),
    )


def _named(lines: Iterable[str], number: int) -> str:
    """The lines as one, with how many are left out."""
    shown = list(lines)[:MOST_SEATS]
    more = number - len(shown)
    return "; ".join([*shown, _("and %(number)s more", number=str(more))] if more > 0 else shown)
