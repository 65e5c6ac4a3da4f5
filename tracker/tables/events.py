"""Table 8, events with participants and countries."""

from typing import Any

import sqlalchemy as sa

from tracker import countries
from tracker.database import db
from tracker.dates import earth_day
from tracker.events.models import Event, EventGuest
from tracker.events.states import EVENT_LABELS, EventKind
from tracker.i18n import _l, country_name, list_and
from tracker.institutions.models import Institution
from tracker.tables.facts import Facts, Keys, Scope, within
from tracker.tables.parts import Count, Named, Part
from tracker.tables.places import COUNTRY, named_countries
from tracker.tables.table import Period


def _events(period: Period, scope: Scope) -> sa.Select[Any]:
    return (
        sa.select()
        .select_from(Event)
        .where(
            Event.network_id.in_(scope.network_ids),
            Event.cancelled_at.is_(None),
            Event.day <= earth_day(),
            *within(Event.day, period),
        )
    )


def _event_facts(key: Any, period: Period, scope: Scope) -> Facts:
    flags = {"unknown": Event.participants.is_(None), "online": Event.is_online}
    return Facts(Event, Event.id, _events(period, scope), (key,), flags, {"participants": Event.participants})


def by_kind(period: Period, scope: Scope) -> Facts:
    """Events by kind, with those who came."""
    return _event_facts(Event.kind, period, scope)


def one_by_one(period: Period, scope: Scope) -> Facts:
    """Each event, with those who came."""
    return _event_facts(Event.id, period, scope)


def _guests(period: Period, scope: Scope) -> sa.Select[Any]:
    guests = _events(period, scope).join(EventGuest, EventGuest.event_id == Event.id)
    return guests.outerjoin(Institution, Institution.id == EventGuest.institution_id)


def guest_country() -> Any:
    """The country of a guest, of queries that join `Institution`: of its record, else as listed; perhaps empty."""
    return sa.func.coalesce(Institution.country, EventGuest.listed_country)


def guests_by_event(period: Period, scope: Scope) -> Facts:
    """Institutions that took part, by event."""
    return Facts(EventGuest, EventGuest.id, _guests(period, scope), (Event.id,))


def guests_by_country(period: Period, scope: Scope) -> Facts:
    """Institutions that took part, by country, with how many people of theirs came."""
    source, people = _guests(period, scope), {"people": EventGuest.people}
    return Facts(EventGuest, EventGuest.id, source, (guest_country(),), sums=people)


def by_country(period: Period, scope: Scope) -> Facts:
    """Events by the countries of the institutions that took part."""
    place = guest_country().label("place")
    rows = _guests(period, scope).with_only_columns(EventGuest.event_id, place).distinct().subquery()
    return Facts(Event, rows.c.event_id, sa.select().select_from(rows), (rows.c.place,), whole=with_guests)


def with_guests(period: Period, scope: Scope) -> Facts:
    """Events in which an institution took part."""
    ids = _guests(period, scope).with_only_columns(EventGuest.event_id)
    return Facts(Event, Event.id, sa.select().select_from(Event).where(Event.id.in_(ids)))


def _named_kinds(_present: set[Keys]) -> Named:
    return [((kind.value,), (str(EVENT_LABELS[kind]),)) for kind in EventKind]


def _named_events(present: set[Keys]) -> Named:
    """The events by day, the latest first, with the countries that came."""
    ids = [int(event) for (event,) in present if event.isdecimal()]
    country = guest_country()
    came = (
        sa.select(EventGuest.event_id, country)
        .outerjoin(Institution, Institution.id == EventGuest.institution_id)
        .where(EventGuest.event_id.in_(ids), country != "")
        .distinct()
    )
    from_where: dict[int, list[str]] = {}
    for event, code in db.session.execute(came):
        from_where.setdefault(event, []).append(country_name(code) if countries.is_country(code) else code)
    query = sa.select(Event.id, Event.title, Event.on).where(Event.id.in_(ids)).order_by(Event.day.desc(), Event.id)
    return [
        ((str(event),), (title, str(day), list_and(sorted(from_where.get(event, [])))))
        for event, title, day in db.session.execute(query)
    ]


CAME = _l("As far as it is known how many came.")
TABLE_8 = Part(
    key="events",
    title=_l("Events, participants and countries"),
    definition=_l(
        "Events of these networks that have taken place, by their last day; cancelled ones are left out. A day known "
        "by its month or year only counts as the last day of it."
    ),
    words=(("kind", _l("Kind of event")),),
    columns=(
        Count("events", _l("Events"), by_kind),
        Count("participants", _l("Participants"), by_kind, "participants", CAME),
        Count("unknown", _l("Events without a number of participants"), by_kind, "unknown"),
        Count("online", _l("Online"), by_kind, "online"),
    ),
    named=_named_kinds,
    parts=(
        Part(
            "events-countries",
            _l("By country of the institutions that took part"),
            _l("An event counts in each country from which an institution took part; the total counts it once."),
            (COUNTRY,),
            (
                Count("events", _l("Events"), by_country),
                Count(
                    "institutions",
                    _l("Institutions"),
                    guests_by_country,
                    definition=_l("An institution counts once an event."),
                ),
                Count("people", _l("People of theirs"), guests_by_country, "people"),
            ),
            named_countries,
        ),
        Part(
            "events-each",
            _l("Event by event"),
            _l("The countries are those of the institutions that took part."),
            (("event", _l("Event")), ("day", _l("Day")), ("countries", _l("Countries"))),
            (
                Count("participants", _l("Participants"), one_by_one, "participants", CAME),
                Count("institutions", _l("Institutions"), guests_by_event),
            ),
            _named_events,
        ),
    ),
)
