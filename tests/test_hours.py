"""Mail comes at a decent hour: in the reader's day, and not on their weekend or holiday."""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import hours, zones
from tracker.activity.states import Rhythm

ZONES = sorted(name for names in zones.by_area().values() for name in names)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
FREE = {"BD": {4, 5}, "EG": {4, 5}, "IR": {4}, "CN": {5, 6}, "BO": {5, 6}, "NG": {5, 6}, "IN": {5, 6}, "SA": {4, 5}}


def local(moment, zone):
    """As a person there would write it: "Sun 2026-09-06 09:00"."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("zone", "asked", "given_"),
    [
        ("Asia/Dhaka", "2026-09-03 18:00", "Sun 2026-09-06 09:00"),  # a Thursday evening; Friday, Saturday free
        ("Asia/Dhaka", "2026-09-06 16:59", "Sun 2026-09-06 16:59"),
        ("Africa/Cairo", "2026-09-04 10:00", "Sun 2026-09-06 09:00"),
        ("Asia/Tehran", "2026-09-04 10:00", "Sat 2026-09-05 09:00"),  # Friday alone is free
        ("Asia/Kabul", "2026-09-04 10:00", "Sun 2026-09-06 09:00"),
        ("Asia/Shanghai", "2026-09-30 20:00", "Thu 2026-10-08 09:00"),  # the week of the national day
        ("America/La_Paz", "2026-09-04 17:00", "Mon 2026-09-07 09:00"),
        ("America/La_Paz", "2026-08-06 10:00", "Fri 2026-08-07 09:00"),  # Independence Day; the 7th is free
        ("Africa/Lagos", "2026-10-01 10:00", "Fri 2026-10-02 09:00"),  # Independence Day
        ("Asia/Kolkata", "2026-09-05 10:00", "Mon 2026-09-07 09:00"),
        ("Asia/Riyadh", "2026-09-03 17:00", "Sun 2026-09-06 09:00"),
        ("Europe/Moscow", "2026-09-01 03:00", "Tue 2026-09-01 09:00"),
        ("UTC", "2026-12-25 10:00", "Fri 2026-12-25 10:00"),  # no country, so no holiday
        ("Nowhere/Atlantis", "2026-12-26 10:00", "Mon 2026-12-28 09:00"),
    ],
)
def test_the_first_decent_hour(zone, asked, given_):
    place = zone if zone in ZONES else "UTC"
    moment = datetime.strptime(asked, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(place))
    assert local(hours.decent(moment, zone), place) == given_


def test_a_person_in_another_country_than_their_zone_says():
    saturday = datetime(2026, 9, 5, 10, tzinfo=UTC)
    assert hours.decent(saturday, "UTC", "BD") == datetime(2026, 9, 6, 9, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_whatever_the_hour_and_the_place(moment, zone):
    found = hours.decent(moment, zone)
    country = zones.country_of(zone)
    there = found.astimezone(ZoneInfo(zone))
    assert moment <= found <= moment + timedelta(days=15)
    assert time(9) <= there.time() < time(17)
    assert there.weekday() not in FREE.get(country, {6} if country in FREE else set())
    calendar = hours._calendar(country, there.year)
    assert calendar is None or there.date() not in calendar
    assert hours.decent(found, zone) == found
    assert hours.is_decent(found, zone)


@settings(max_examples=150, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 10**6))
def test_digests_are_due_in_the_morning_of_a_working_day(now, zone, person):
    daily = hours.next_digest(now, Rhythm.DAILY, zone, person_id=person)
    weekly = hours.next_digest(now, Rhythm.WEEKLY, zone, person_id=person)
    assert now < daily <= weekly <= now + timedelta(days=22)
    for moment in (daily, weekly):
        there = moment.astimezone(ZoneInfo(zone))
        assert there.hour == 8 and there.minute <= 50
        assert hours.decent(moment, zone) - moment <= timedelta(hours=1)
    later = hours.next_digest(weekly, Rhythm.WEEKLY, zone, person_id=person)
    assert timedelta(days=1) <= later - weekly <= timedelta(days=22)


@pytest.mark.parametrize("country", ["CN", "BO", "NG", "EG"])
def test_no_day_of_the_librarys_own_list_is_a_working_day(country):
    """Told by the library itself, not through ours."""
    for day in holidays.country_holidays(country, years=2026):
        assert not hours.is_working_day(day, country)


def test_weekly_digests_come_on_the_first_working_day_of_their_week():
    wednesday = datetime(2026, 9, 2, 12, tzinfo=UTC)
    for zone, expected in {
        "Asia/Dhaka": "Sun 2026-09-06 08:00",
        "America/La_Paz": "Mon 2026-09-07 08:00",
        "Asia/Tehran": "Sat 2026-09-05 08:00",
    }.items():
        assert local(hours.next_digest(wednesday, Rhythm.WEEKLY, zone), zone) == expected
    before_national_day = datetime(2026, 9, 29, 12, tzinfo=UTC)
    found = hours.next_digest(before_national_day, Rhythm.WEEKLY, "Asia/Shanghai")
    assert local(found, "Asia/Shanghai") == "Thu 2026-10-08 08:00"


def test_clocks_that_change_move_nothing():
    friday = datetime(2026, 10, 23, 15, tzinfo=UTC)  # clocks go back on Sunday in Paris
    assert hours.decent(friday, "Europe/Paris") == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert hours.next_digest(friday, Rhythm.DAILY, "Europe/Paris") == datetime(2026, 10, 26, 7, tzinfo=UTC)


def test_a_day_that_a_country_skipped_is_passed_over():
    """Samoa had no 30 December 2011."""
    thursday = datetime(2011, 12, 29, 20, tzinfo=ZoneInfo("Pacific/Apia"))
    assert local(hours.decent(thursday, "Pacific/Apia"), "Pacific/Apia").startswith("Tue 2012-01-03")


def test_ten_thousand_digests_are_spread_over_the_hour():
    now = datetime(2026, 9, 2, 12, tzinfo=UTC)
    due = [hours.next_digest(now, Rhythm.DAILY, "UTC", person_id=person) for person in range(1, 511)]
    assert len(set(due)) == 51 and max(due.count(moment) for moment in set(due)) == 10


def test_nothing_is_read_when_the_program_starts():
    code = "import sys, tracker.hours; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_country_of_a_zone():
    assert zones.country_of("America/La_Paz") == "BO"
    assert zones.country_of("UTC") is None and zones.country_of("") is None
