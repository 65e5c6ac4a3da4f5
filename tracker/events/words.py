"""When an event is, in words: in the time of its place, and in that of whoever reads."""

from datetime import datetime

from tracker.events.models import Event
from tracker.i18n import _, format_day, format_hour, zone_city, zone_of


def when(event: Event) -> str:
    """Its day or days, and where they are known its hours, in the time of its place."""
    if event.starts_at is not None:
        return _("%(when)s (%(place)s time)", when=_span(event, event.time_zone), place=zone_city(event.time_zone))
    if event.until is None or event.until == event.on:
        return format_day(event.on, weekday=True)
    return _("%(first)s to %(last)s", first=format_day(event.on), last=format_day(event.until))


def when_for(event: Event, zone: str) -> str:
    """Its hours in the zone of a reader (an IANA name); empty where those are the hours of its place, or not known."""
    if event.starts_at is None:
        return ""
    there, here = (event.starts_at.astimezone(zone_of(name)) for name in (event.time_zone, zone))
    return "" if there.utcoffset() == here.utcoffset() else _span(event, zone)


def local(moment: datetime | None, zone: str) -> datetime | None:
    """A moment as the clocks of a zone show it, for a form."""
    return moment.astimezone(zone_of(zone)) if moment else None


def _span(event: Event, zone: str) -> str:
    """ "Tuesday, 1 September 2026, 09:00 to 11:30", with the second day where it ends on another."""
    assert event.starts_at is not None
    begins = event.starts_at.astimezone(zone_of(zone))
    first = _("%(day)s, %(hour)s", day=format_day(begins, zone, weekday=True), hour=format_hour(begins, zone))
    if event.ends_at is None:
        return first
    ends = event.ends_at.astimezone(zone_of(zone))
    last = format_hour(ends, zone)
    if begins.date() != ends.date():
        last = _("%(day)s, %(hour)s", day=format_day(ends, zone, weekday=True), hour=last)
    return _("%(first)s to %(last)s", first=first, last=last)
