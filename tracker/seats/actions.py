"""Seats are opened, changed and closed by the lead; partners take them and free them.

Whoever changes a project has locked it first: between looking whether a seat is free and taking it, nobody comes.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare, show
from tracker.activity.record import record
from tracker.countries import is_country, is_place
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.languages import is_language
from tracker.projects.actions import touch
from tracker.projects.models import Partner, Project
from tracker.projects.states import SEEKS_PARTNERS
from tracker.search import index
from tracker.seats.finding import index_for_search
from tracker.seats.models import Filling, Seat
from tracker.seats.queries import fillings_of
from tracker.seats.states import MOST_WANTED, SeatState, Task
from tracker.seats.words import title_from, title_of, values_of
from tracker.themes.models import Theme

declare(
    {
        "seats.open": _l("%(actor)s opened a seat: %(seat)s."),
        "seats.change": _l("%(actor)s changed a seat: %(seat)s."),
        "seats.close": _l("%(actor)s closed a seat: %(seat)s."),
        "seats.reopen": _l("%(actor)s opened a seat again: %(seat)s."),
        "seats.remove": _l("%(actor)s removed a seat: %(seat)s."),
        "seats.give": _l("%(actor)s gave a seat to %(partner)s: %(seat)s."),
        "seats.take_back": _l("%(partner)s fills a seat no longer: %(seat)s."),
    }
)
show("seat", title_from)
MOST_SEATS = 30  # of one project
FIELDS = frozenset({"task", "place", "language", "skills", "description", "wanted", "until"})


def open_seat(
    project: Project,
    *,
    task: Task,
    place: str = "",
    language: str = "",
    skills: str = "",
    description: str = "",
    wanted: int = 1,
    until: date | None = None,
    themes: Iterable[Theme] = (),
    actor: Person | None,
) -> Seat:
    """Say what the project still looks for. `place` is an alpha-2 code, an M49 region or empty; `until` a whole day.

    Raises RuleBroken where no partner can join any more, and for more than MOST_SEATS.
    """
    _demand_seeking(project)
    if len(fillings_of(project.id)) >= MOST_SEATS:
        raise RuleBroken(_("A project has at most %(number)s seats.", number=str(MOST_SEATS)))
    seat = Seat(project=project, state=SeatState.OPEN, taken=0, wanted=1, created_by_id=actor.id if actor else None)
    _write(
        seat,
        task=task,
        place=place,
        language=language,
        skills=skills,
        description=description,
        wanted=wanted,
        until=until,
    )
    seat.themes = list(themes)
    db.session.add(seat)
    db.session.flush()
    index_for_search(seat)
    touch(project)
    record("seats.open", project, actor=actor, seat=values_of(seat), seat_id=seat.id)
    return seat


def change_seat(seat: Seat, *, themes: Iterable[Theme] | None = None, actor: Person | None, **fields: Any) -> None:
    """Change what a seat is (FIELDS). Raises RuleBroken where fewer would be wanted than fill it already."""
    _demand_seeking(seat.project)
    _write(seat, **fields)
    if themes is not None:
        seat.themes = list(themes)
    seat.version += 1
    _reckon(seat)
    index_for_search(seat)
    touch(seat.project)
    record("seats.change", seat.project, actor=actor, seat=values_of(seat), seat_id=seat.id)


def close_seat(seat: Seat, *, actor: Person | None) -> None:
    """Look for nobody more. Who fills it stays."""
    if seat.state is SeatState.CLOSED:
        return
    seat.state = SeatState.CLOSED
    touch(seat.project)
    record("seats.close", seat.project, actor=actor, seat=values_of(seat), seat_id=seat.id)


def reopen_seat(seat: Seat, *, actor: Person | None) -> None:
    """Look for somebody again."""
    _demand_seeking(seat.project)
    if seat.state is not SeatState.CLOSED:
        return
    seat.state = SeatState.OPEN
    _reckon(seat)
    touch(seat.project)
    record("seats.reopen", seat.project, actor=actor, seat=values_of(seat), seat_id=seat.id)


def remove_seat(seat: Seat, *, actor: Person | None) -> None:
    """A seat that was a mistake goes. Raises RuleBroken where somebody was ever asked for it: then it is closed."""
    _demand_seeking(seat.project)
    if seat.fillings:
        raise RuleBroken(_("Somebody was asked to fill this seat. Close it instead: the record stays."))
    project, named = seat.project, values_of(seat)
    index.remove("seat", seat.id)
    db.session.delete(seat)
    touch(project)
    record("seats.remove", project, actor=actor, seat=named)


def give(seat: Seat, partner: Partner, *, actor: Person | None) -> None:
    """The lead gives a seat to a partner that takes part already. Raises RuleBroken where it is full or it has it."""
    _demand_seeking(seat.project)
    if not partner.takes_part or partner.project_id != seat.project_id:
        raise RuleBroken(_("%(name)s does not take part.", name=partner.name))
    if any(known.seat_id == seat.id and known.is_taken for known in fillings_of_partner(partner)):
        raise RuleBroken(_("%(name)s fills this seat already.", name=partner.name))
    ask_for(partner, [seat])
    take(partner)
    record("seats.give", seat.project, actor=actor, partner=partner.name, seat=values_of(seat), seat_id=seat.id)


def take_back(seat: Seat, partner: Partner, *, actor: Person | None) -> None:
    """A partner fills a seat no longer and stays in the project. Raises RuleBroken where it does not fill it."""
    _demand_seeking(seat.project)
    filling = next((known for known in seat.fillings if known.partner_id == partner.id and known.is_taken), None)
    if filling is None:
        raise RuleBroken(_("%(name)s does not fill this seat.", name=partner.name))
    _end(filling)
    db.session.flush()
    touch(seat.project)
    record("seats.take_back", seat.project, actor=actor, partner=partner.name, seat=values_of(seat), seat_id=seat.id)


def ask_for(partner: Partner, seats: Iterable[Seat]) -> None:
    """Note for which seats a partner is asked, or offers itself. Raises RuleBroken for one that is not looked for."""
    for seat in seats:
        demand_free(seat)
        if not any(known.partner_id == partner.id and known.ended_at is None for known in seat.fillings):
            seat.fillings.append(Filling(partner=partner, asked_at=clock.now()))
    db.session.flush()


def take(partner: Partner) -> None:
    """A partner that was asked fills its seats now. Raises RuleBroken where one is full, and takes none."""
    asked = [known for known in fillings_of_partner(partner) if known.is_asked]
    for filling in asked:
        demand_room(filling.seat)
    for filling in asked:
        filling.taken_at = clock.now()
        filling.seat.taken += 1
        _reckon(filling.seat)
    db.session.flush()


def free(partner: Partner) -> list[Seat]:
    """A partner fills its seats no longer, and is asked for none: the seats that are free again."""
    freed = []
    for filling in fillings_of_partner(partner):
        if filling.ended_at is None:
            if filling.is_taken:
                freed.append(filling.seat)
            _end(filling)
    db.session.flush()
    return freed


def ask_again(partner: Partner) -> None:
    """A no is taken back: the partner is asked again for the seats that it never filled. Those that are full stay."""
    past = [known for known in fillings_of_partner(partner) if known.ended_at and known.taken_at is None]
    latest = max((known.asked_at for known in past), default=None)
    for filling in past:
        if filling.asked_at == latest and filling.seat.taken < filling.seat.wanted:
            filling.ended_at = None
    db.session.flush()


def fillings_of_partner(partner: Partner) -> list[Filling]:
    """What a partner was ever asked to fill, with the seats."""
    db.session.flush()
    return [
        filling
        for seat in fillings_of(partner.project_id)
        for filling in seat.fillings
        if filling.partner_id == partner.id
    ]


def demand_free(seat: Seat) -> None:
    """Raise RuleBroken where nobody is looked for: closed, over, or full."""
    if seat.state is SeatState.CLOSED:
        raise RuleBroken(_("This seat is closed: nobody is looked for any more."))
    if seat.is_over:
        raise RuleBroken(_("Offers for this seat were welcome until its last day, which has passed."))
    demand_room(seat)


def demand_room(seat: Seat) -> None:
    """Raise RuleBroken where as many partners fill the seat as are wanted."""
    if seat.taken >= seat.wanted:
        raise RuleBroken(_("The seat “%(seat)s” is filled meanwhile.", seat=title_of(seat)))


def _demand_seeking(project: Project) -> None:
    if project.state not in SEEKS_PARTNERS:
        raise RuleBroken(_("Partners can join until the report goes into review."))


def _write(seat: Seat, **fields: Any) -> None:
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"a seat has no such field: {sorted(unknown)}")
    place, language = fields.get("place", ""), fields.get("language", "")
    if place == "001":  # the whole world
        fields["place"] = place = ""
    if place and not (is_country(place) or is_place(place)):
        raise RuleBroken(_("Choose a country or a region from the list."))
    if language and not is_language(language):
        raise RuleBroken(_("Choose a language from the list."))
    wanted = fields.get("wanted", seat.wanted)
    if not 1 <= wanted <= MOST_WANTED:
        raise RuleBroken(_("Between 1 and %(most)s partners can fill a seat.", most=str(MOST_WANTED)))
    if wanted < seat.taken:
        raise RuleBroken(
            _("Already %(number)s partners fill this seat: want at least as many.", number=str(seat.taken))
        )
    for name, value in fields.items():
        setattr(seat, name, value)


def _end(filling: Filling) -> None:
    if filling.is_taken:
        filling.seat.taken -= 1
    filling.ended_at = clock.now()
    _reckon(filling.seat)


def _reckon(seat: Seat) -> None:
    """Open or filled, as it stands; what the lead closed stays closed."""
    if seat.state is SeatState.CLOSED:
        return
    seat.state = SeatState.FILLED if seat.taken >= seat.wanted else SeatState.OPEN
    if seat.state is SeatState.FILLED and seat.filled_at is None:
        seat.filled_at = clock.now()
