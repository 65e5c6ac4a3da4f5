"""A calendar as a file: iCalendar (RFC 5545) with what RFC 7986 adds, the same bytes for the same contents."""

from datetime import UTC, datetime, timedelta

import icalendar

from tracker.calendars.entries import Contents, Entry

PRODUCT = "-//Research tracker//Calendar//EN"
FETCHED_AGAIN = timedelta(hours=6)


def write(contents: Contents, *, site: str, base_url: str) -> bytes:
    """The file. `site` tells the entries from those of other sites: with the UID of each it is unique (3.8.4.7).

    It has no METHOD, so DTSTAMP is when an entry last changed (3.8.7.2), and nothing in it depends on the moment.
    """
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    for name in ("name", "x-wr-calname"):  # RFC 7986, 5.1; the older one is what programs read
        calendar.add(name, icalendar.vText(contents.name))
    calendar.add("refresh-interval", icalendar.vDuration(FETCHED_AGAIN), parameters={"value": "DURATION"})  # 7986, 5.7
    calendar.add("x-published-ttl", f"PT{FETCHED_AGAIN.seconds // 3600}H")
    for entry in contents.entries:
        calendar.add_component(_event(entry, site, base_url))
    return bytes(calendar.to_ical())


def _event(entry: Entry, site: str, base_url: str) -> icalendar.Event:
    """A VEVENT (3.6.1). Of an entry that lasts all day DTEND is the day after its last (3.8.2.2)."""
    event = icalendar.Event()
    changed_at = entry.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("uid", f"{entry.uid}@{site}.research-tracker")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", _point(entry))
    if entry.end is not None:
        event.add("dtend", entry.end.astimezone(UTC) if isinstance(entry.end, datetime) else entry.end)
    event.add("summary", entry.summary)
    event.add("status", entry.status)
    event.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")  # 3.8.2.7: whether the time is taken
    event.add("url", base_url + entry.path)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    return event


def _point(entry: Entry) -> object:
    return entry.first.astimezone(UTC) if isinstance(entry.first, datetime) else entry.first
