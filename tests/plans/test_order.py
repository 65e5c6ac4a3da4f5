"""What comes before what, how far a day lies from a start, and a plan moved as a whole: whatever the numbers."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.dates import PartialDate, add_months
from tracker.errors import RuleBroken
from tracker.milestones import order
from tracker.plans.offsets import offset, shifted

DAY = PartialDate
graphs = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4, unique=True), max_size=8)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
partial = st.builds(lambda day, length: DAY(day.isoformat()[:length]), days, st.sampled_from((4, 7, 10, 10)))


def reaches_itself(links, start):
    """The slow way: walk from `start` as far as the links lead."""
    seen, to_visit = set(), list(links.get(start, ()))
    while to_visit:
        key = to_visit.pop()
        if key == start:
            return True
        if key not in seen:
            seen.add(key)
            to_visit += links.get(key, ())
    return False


@given(graphs)
@settings(max_examples=150, deadline=None)
def test_a_ring_is_found_where_there_is_one_and_else_each_comes_after_what_it_follows(links):
    found = order.ring(links)
    assert bool(found) == any(reaches_itself(links, key) for key in links)
    for key, following in zip(found, [*found[1:], *found[:1]], strict=True):
        assert following in links[key]
    if not found:
        placed = order.first_things_first(links)
        assert sorted(placed) == sorted(links)
        for place, key in enumerate(placed):
            assert set(links[key]) & links.keys() <= set(placed[:place])


def test_a_ring_is_told_by_its_names():
    with pytest.raises(RuleBroken, match=r"“Draft”.* and “Review”|“Review”.* and “Draft”"):
        order.check_rings({"Draft": ["Review"], "Review": ["Draft"], "Launch": ["Review"]}, str)
    with pytest.raises(RuleBroken, match="“Draft” cannot come before itself"):
        order.check_rings({"Draft": ["Draft"]}, str)
    order.check_rings({"Draft": [], "Review": ["Draft"], "Launch": ["Review", "Draft"]}, str)


def test_nothing_is_due_before_what_must_come_first_and_both_are_named():
    inception = order.Due("Inception", DAY("2026-09"))
    with pytest.raises(RuleBroken, match=r"“Draft” cannot be due on 29 September 2026: “Inception”.* September 2026"):
        order.check_order(order.Due("Draft", DAY("2026-09-29")), [inception])
    for fine in ("2026-09-30", "2026-09", "2026", None):
        order.check_order(order.Due("Draft", DAY(fine) if fine else None), [inception, order.Due("Idea", None)])


@given(days, st.integers(0, 5000))
@settings(max_examples=200, deadline=None)
def test_an_offset_leads_back_to_its_day(start, further):
    day = date.fromordinal(start.toordinal() + further)
    months, rest = offset(start, day)
    assert date.fromordinal(add_months(start, months).toordinal() + rest) == day
    assert 0 <= rest <= 31
    assert offset(day, start) == (0, 0)


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), (1, 0)),
        (date(2024, 2, 29), date(2025, 2, 28), (12, 0)),
        (date(2024, 2, 29), date(2028, 2, 29), (48, 0)),
        (date(2026, 3, 1), date(2026, 2, 1), (0, 0)),
        (date(2026, 3, 30), date(2026, 4, 2), (0, 3)),
    ],
)
def test_ends_of_months_and_leap_days(start, day, expected):
    assert offset(start, day) == expected


@given(st.lists(partial, min_size=1, max_size=8), days)
@settings(max_examples=200, deadline=None)
def test_a_plan_moved_as_a_whole_keeps_its_order_and_how_exact_each_date_is(dates, start):
    moved = shifted(dates, start)
    assert [day.precision for day in moved] == [day.precision for day in dates]
    for one, new_one in zip(dates, moved, strict=True):
        for other, new_other in zip(dates, moved, strict=True):
            assert one.last_day >= other.last_day or new_one.last_day <= new_other.last_day
    earliest = min(dates, key=lambda day: day.last_day)
    if earliest.precision == "day" and earliest.first_day == min(day.first_day for day in dates):
        assert moved[dates.index(earliest)] == DAY.of(start)
