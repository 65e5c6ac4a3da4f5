from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.events.models import Event, EventGuest
from tracker.i18n import _, _l, zone_of
from tracker.institutions.models import Institution, Network, Person
from tracker.projects.actions import leads

MOST_GUESTS = 400
MOST_PEOPLE = 100_000  # at one event
HOURS = ("starts_at", "ends_at")
DATES = ("on", "until", *HOURS, "time_zone")

declare(
    {
        "events.announce": _l("%(actor)s announced the event “%(title)s”."),
        "events.change": _l("%(actor)s changed the event “%(title)s”."),
        "events.move": _l("%(actor)s moved the event “%(title)s”."),
        "events.cancel": _l("%(actor)s cancelled the event “%(title)s”."),
        "events.restore": _l("%(actor)s took back that the event “%(title)s” is cancelled."),
        "events.guest": _l("%(actor)s noted that %(name)s came to the event “%(title)s”."),
        "events.remove_guest": _l("%(actor)s took %(name)s off those who came to the event “%(title)s”."),
        "events.import": _l("The event “%(title)s” came in with a list."),
    }
)


def announce(network: Network, *, actor: Person | None, **fields: Any) -> Event:
    """Put an event on record. `fields` are those of `Event`; raises RuleBroken for days that cannot be."""
    event = Event(network=network, created_by=actor, version=1, created_at=clock.now(), changed_at=clock.now())
    _fill(event, fields)
    db.session.add(event)
    _note("events.announce", event, actor=actor, tell=_told(event))
    return event


def import_event(network: Network, *, key: str, actor: Person | None, **fields: Any) -> Event:
    """An event as a list tells of it, whenever it was."""
    event = Event(network=network, import_key=key, created_at=clock.now(), changed_at=clock.now(), version=1)
    _fill(event, fields)
    db.session.add(event)
    _note("events.import", event, actor=actor)
    return event


def change(event: Event, *, actor: Person | None, **fields: Any) -> None:
    """Set fields of an event. Nothing happens when nothing differs; those who lead its projects hear of new dates."""
    before = {name: getattr(event, name) for name in (*DATES, *fields)}
    projects = list(event.projects)
    _fill(event, fields)
    if all(_same(value, getattr(event, name)) for name, value in before.items()):
        return
    _touch(event)
    if any(before[name] != getattr(event, name) for name in ("on", "until", *HOURS)):
        _note("events.move", event, actor=actor, tell=_told(event))
    else:
        new = [project for project in event.projects if project not in projects]
        _note("events.change", event, actor=actor, tell=[person for project in new for person in leads(project)])


def cancel(event: Event, *, actor: Person | None) -> None:
    """The event does not take place. It stays on record, and calendars say so."""
    if event.cancelled_at is not None:
        raise RuleBroken(_("This event is cancelled already."))
    event.cancelled_at = clock.now()
    _touch(event)
    _note("events.cancel", event, actor=actor, tell=_told(event))


def restore(event: Event, *, actor: Person | None) -> None:
    """The event takes place after all."""
    if event.cancelled_at is None:
        raise RuleBroken(_("This event is not cancelled."))
    event.cancelled_at = None
    _touch(event)
    _note("events.restore", event, actor=actor, tell=_told(event))


def add_guest(
    event: Event,
    *,
    institution: Institution | None = None,
    listed_as: str = "",
    listed_country: str = "",
    people: int = 1,
    actor: Person | None,
) -> EventGuest:
    """Note that an institution came, one on record or one only named, with how many people.

    One that is noted already gets the new number. Raises RuleBroken for none, and for too many.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise RuleBroken(_("Write a number between 1 and %(most)s.", most=str(MOST_PEOPLE)))
    if institution is None and not listed_as.strip():
        raise RuleBroken(_("Write the name of the institution."))
    guest = next((known for known in event.guests if _is(known, institution, listed_as, listed_country)), None)
    if guest is None:
        if len(event.guests) >= MOST_GUESTS:
            raise RuleBroken(_("There are too many to note one by one. Write how many people came instead."))
        guest = EventGuest(institution=institution, people=people)
        if institution is None:
            guest.listed_as, guest.listed_country = listed_as.strip(), listed_country
        event.guests.append(guest)
    elif guest.people == people:
        return guest
    guest.people = people
    _note("events.guest", event, actor=actor, name=guest.name, people=people)
    return guest


def remove_guest(event: Event, guest: EventGuest, *, actor: Person | None) -> None:
    """An institution did not come after all."""
    event.guests.remove(guest)
    _note("events.remove_guest", event, actor=actor, name=guest.name)


def at(day: date, hour: time, zone: str) -> datetime:
    """The moment (UTC) at which the clocks of a zone show this hour of this day; of two the first.

    Raises RuleBroken where they skip it.
    """
    there = datetime.combine(day, hour, zone_of(zone))
    moment = there.astimezone(UTC)
    if moment.astimezone(zone_of(zone)).replace(tzinfo=None) != there.replace(tzinfo=None):
        raise RuleBroken(_("The clocks skip this hour on that day. Choose another one."))
    return moment


def check_days(
    on: PartialDate | None, until: PartialDate | None, starts_at: datetime | None, ends_at: datetime | None
) -> None:
    """Raise RuleBroken where an event would end before it begins."""
    if on and until and until.last_day < on.first_day:
        raise RuleBroken(_("The last day lies before the first."))
    if starts_at and ends_at and ends_at <= starts_at:
        raise RuleBroken(_("It would end before it begins."))
    if ends_at and not starts_at:
        raise RuleBroken(_("Write also when it begins."))


def _fill(event: Event, fields: dict[str, Any]) -> None:
    days = {name: fields.get(name, getattr(event, name)) for name in ("on", "until", *HOURS)}
    check_days(**days)
    for name, value in fields.items():
        current = getattr(event, name)
        if not _same(current, value):
            setattr(event, name, list(value) if isinstance(current, list) else value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return {row.id for row in one} == {row.id for row in other}
    return bool(one == other)


def _is(guest: EventGuest, institution: Institution | None, name: str, country: str) -> bool:
    if institution is not None:
        return guest.institution_id == institution.id
    return guest.institution_id is None and (guest.listed_as, guest.listed_country) == (name.strip(), country)


def _touch(event: Event) -> None:
    event.version += 1
    event.changed_at = clock.now()


def _told(event: Event) -> list[Person]:
    return [person for project in event.projects for person in leads(project)]


def _note(kind: str, event: Event, *, actor: Person | None, tell: Iterable[Person] = (), **details: Any) -> None:
    record(kind, event, actor=actor, tell=tell, why=Why.TEAM, **details)
