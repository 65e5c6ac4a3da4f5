"""Where days lie in a picture, whatever days there are."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.i18n import speaking
from tracker.timelines.axis import LAST_LABEL, MOST_LABELS, Axis, around

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NEAR = st.lists(DAYS, min_size=1, max_size=8) | st.builds(
    lambda first, steps: [min(first + timedelta(days=step), date(2199, 12, 31)) for step in steps],
    DAYS,
    st.lists(st.integers(0, 900), min_size=1, max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(NEAR, DAYS)
def test_days_lie_within_the_picture_in_their_order_and_mirrored(days, other):
    axis, mirrored = around(days, False), around(days, True)
    places = [axis.at(day) for day in sorted(days)]
    assert places == sorted(places) and places[0] >= 0 and places[-1] <= 100
    assert all(axis.holds(day) for day in days)
    for day in [*days, other]:
        assert 0 <= axis.at(day) <= 100
        assert mirrored.at(day) == pytest.approx(100 - axis.at(day), abs=0.011)
        assert mirrored.along(mirrored.at(day)) == pytest.approx(axis.at(day), abs=0.011)
    first, last = min(days), max(days)
    left, width = axis.span(first, last)
    assert left <= axis.at(first) <= axis.at(last) <= left + width + 0.011 and width > 0


@settings(max_examples=60, deadline=None)
@given(NEAR, st.booleans())
def test_what_is_written_along_it_has_room(days, is_mirrored):
    axis = around(days, is_mirrored)
    with speaking("en"):
        ticks = axis.ticks()
    along = [axis.along(tick.x) for tick in ticks]
    assert along == sorted(along) and along[0] >= 0 and along[-1] <= 100
    labels = [place for place, tick in zip(along, ticks, strict=True) if tick.month]
    years = [place for place, tick in zip(along, ticks, strict=True) if tick.year]
    assert years and len(ticks) <= 40
    for row in (labels, years):
        assert len(row) <= MOST_LABELS + 1 and all(place <= LAST_LABEL for place in row)
        assert all(after - before > 7 for before, after in pairwise(row))


@pytest.mark.parametrize(
    ("last", "written"),
    [
        (date(2016, 9, 30), ["2016", "Aug", "Sept", "Oct"]),
        (date(2017, 8, 31), ["2016", "Sept", "Nov", "2017 Jan", "Mar", "May", "Jul"]),
        (date(2046, 9, 1), ["2020", "2030", "2040"]),
    ],
)
def test_months_or_years_are_named_as_the_time_is_long(last, written):
    with speaking("en"):
        ticks = around([date(2016, 9, 1), last], False).ticks()
    assert [f"{tick.year} {tick.month}".strip() for tick in ticks if tick.year or tick.month] == written


def test_what_lies_beyond_lies_on_the_edge_and_nothing_is_no_picture():
    axis = Axis(date(2016, 1, 1), date(2016, 12, 31))
    assert (axis.at(date(2015, 1, 1)), axis.at(date(2018, 1, 1))) == (0, 100)
    assert around([], False) is None
