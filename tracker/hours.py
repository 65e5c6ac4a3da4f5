"""When mail may come: at a decent hour of the reader's day, and not on their weekend or holiday.

Weekends come from the `holidays` library where it knows that Fridays are free, otherwise from CLDR; public holidays
from the same library where it knows the country. Everything returned is aware and in UTC.
"""

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import count, islice

from babel import Locale, localedata

from tracker import clock, zones
from tracker.activity.states import Rhythm
from tracker.i18n import zone_of

MORNING, EVENING = time(9), time(17)  # reminders come between these
DIGEST_AT = time(8)
SPREAD = 51  # minutes over which digests come due, so that ten thousand do not in one second
LONGEST_BREAK = 15  # days without a working day; beyond it the calendar is not believed
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
SATURDAY_AND_SUNDAY = frozenset({SATURDAY, SUNDAY})


def decent(moment: datetime, zone: str, country: str | None = None) -> datetime:
    """The first moment from `moment` (aware) on that lies between 9 and 17 o'clock on a working day.

    `zone` is an IANA name (unknown: UTC), `country` its alpha-2 code (left out: the country of the zone; unknown:
    Saturdays and Sundays are free).
    """
    place, country = zone_of(zone), country or zones.country_of(zone)
    for day in working_days(moment.astimezone(place).date(), country):
        opens, closes = _at(day, MORNING, place), _at(day, EVENING, place)
        if opens and closes and moment < closes:
            return max(opens, moment.astimezone(UTC))
    raise AssertionError("working days never end")


def is_decent(moment: datetime, zone: str, country: str | None = None) -> bool:
    """Whether mail may come at `moment`: on a working day, from the hour of digests until the evening."""
    place, country = zone_of(zone), country or zones.country_of(zone)
    local = moment.astimezone(place)
    return DIGEST_AT <= local.time() < EVENING and is_working_day(local.date(), country)


def next_digest(
    now: datetime, rhythm: Rhythm, zone: str, country: str | None = None, *, person_id: int = 0
) -> datetime:
    """The next moment after `now` (aware) at which a person's digest is due: 8 o'clock and a few minutes local.

    Every working day, or for Rhythm.WEEKLY the first working day of each week of their country. The minutes (0 to
    50) depend on `person_id` alone.
    """
    place, country = zone_of(zone), country or zones.country_of(zone)
    at = time(DIGEST_AT.hour, person_id * 7 % SPREAD)
    today = now.astimezone(place).date()
    days = _first_days_of_weeks(today, country) if rhythm is Rhythm.WEEKLY else working_days(today, country)
    for day in days:
        moment = _at(day, at, place)
        if moment and moment > now:
            return moment
    raise AssertionError("working days never end")


def working_days(start: date, country: str | None) -> Iterator[date]:
    """The working days of a country from `start` on, without end."""
    last_one = start - timedelta(days=1)
    for day in (start + timedelta(days=number) for number in count()):
        believed = (day - last_one).days < LONGEST_BREAK
        if is_working_day(day, country) or (not believed and day.weekday() not in weekend(country)):
            last_one = day
            yield day


def is_working_day(day: date, country: str | None) -> bool:
    """Whether people of this country work on this day; without a country, from Monday to Friday."""
    return day.weekday() not in weekend(country) and day not in public_holidays(country, day.year)


@lru_cache(maxsize=400)
def weekend(country: str | None) -> frozenset[int]:
    """The days of the week (Monday is 0) that are free in a country.

    CLDR alone has Saturdays and Sundays for some countries with free Fridays, Bangladesh among them. Where the law
    frees Sundays only, as in India, offices are closed on Saturdays too.
    """
    lawful = frozenset(getattr(_calendar(country, clock.today().year), "weekend", ()))
    if FRIDAY in lawful:
        return lawful
    known = _weekend_of_cldr(country)
    return SATURDAY_AND_SUNDAY if SUNDAY in known else known


@lru_cache(maxsize=400)
def public_holidays(country: str | None, year: int) -> frozenset[date]:
    """The days that are free in the whole country in a year; none where the country is unknown."""
    return frozenset(_calendar(country, year) or ())


def get_ready() -> None:
    """Load the library of holidays, which takes long the first time: call it before a transaction holds locks."""
    public_holidays("FR", clock.today().year)


def _calendar(country: str | None, year: int) -> dict[date, str] | None:
    if not country:
        return None
    from holidays import PUBLIC, country_holidays  # reads its list of countries: not when starting

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a year that the library does not know yet has no holidays
        try:
            return country_holidays(country, years=year, categories=PUBLIC)
        except (NotImplementedError, ValueError):  # a country, or a category, that it does not know
            return None


def _weekend_of_cldr(country: str | None) -> frozenset[int]:
    names = (name for name in localedata.locale_identifiers() if country and name.endswith(f"_{country}"))
    name = next(names, None)
    if name is None:
        return SATURDAY_AND_SUNDAY
    locale = Locale.parse(name)
    length = (locale.weekend_end - locale.weekend_start) % 7 + 1
    return frozenset((locale.weekend_start + number) % 7 for number in range(length))


def _first_days_of_weeks(start: date, country: str | None) -> Iterator[date]:
    """The first working day of the week that `start` lies in, and of each week after it."""
    free = weekend(country)
    begins = next(day for day in range(7) if day not in free and (day - 1) % 7 in free)
    monday = start - timedelta(days=(start.weekday() - begins) % 7)
    for number in count():
        yield from islice(working_days(monday + timedelta(weeks=number), country), 1)


def _at(day: date, hour: time, place: tzinfo) -> datetime | None:
    """This hour of this day in UTC; None where clocks skipped it."""
    local = datetime.combine(day, hour, place)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None) else None
