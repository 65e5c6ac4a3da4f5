from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from tracker import clock
from tracker.dates import PartialDate, PartialDateField, PartialDateType, add_months, earth_day
from tracker.i18n import format_day


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31), "2016"),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "February 2016"),
        ("2016-09-30", date(2016, 9, 30), date(2016, 9, 30), "30 September 2016"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(text, first, last, words):
    known = PartialDate.parse(text)
    assert (known.first_day, known.last_day, str(known), format_day(known)) == (first, last, text, words)


@pytest.mark.parametrize("text", [" 2016-09 ", "2016-9", "2016–09", "٢٠١٦-٠٩", "２０１６－０９"])
def test_what_people_type_is_understood(text):
    assert PartialDate.parse(text) == PartialDate("2016-09")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "2016-13",
        "2016-00",
        "2015-02-29",
        "09/2016",
        "1899",
        "2200",
        "2016-09-30T10",
        "20160930",
        "x",
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        PartialDate.parse(text)


@given(st.text(max_size=12))
def test_parsing_any_text_gives_a_date_or_a_value_error(text):
    try:
        known = PartialDate.parse(text)
    except ValueError:
        return
    assert PartialDate.parse(str(known)) == known


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
PARTIAL = st.builds(lambda day, length: PartialDate(day.isoformat()[:length]), DAYS, st.sampled_from([4, 7, 10]))


@given(PARTIAL, PARTIAL)
def test_dates_are_ordered_by_their_first_day(one, other):
    if one.first_day != other.first_day:
        assert (one < other) == (one.first_day < other.first_day)
    assert one.first_day <= one.last_day


def test_dates_are_kept_as_text_and_sorted_in_the_database():
    table = sa.Table("thing", sa.MetaData(), sa.Column("start", PartialDateType))
    engine = sa.create_engine("sqlite://")
    texts = ["2017", None, "2016-09-30", "2016", "2016-09"]
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"start": text and PartialDate(text)} for text in texts])
        connection.execute(table.insert(), {"start": date(2018, 1, 2)})
        found = connection.scalars(
            sa.select(table.c.start).where(table.c.start >= PartialDate("2016-09")).order_by(table.c.start)
        ).all()
        assert [str(known) for known in found] == ["2016-09", "2016-09-30", "2017", "2018-01-02"]
        assert connection.scalar(sa.select(sa.func.count()).where(table.c.start.startswith("2016"))) == 3
    engine.dispose()


class Dated(Form):
    start = PartialDateField("Start")


def test_a_field_takes_a_partial_date():
    form = Dated(MultiDict({"start": " 2016-9 "}))
    assert form.validate()
    assert form.start.data == PartialDate("2016-09")
    assert Dated(MultiDict({"start": " "})).start.data is None
    assert Dated(data={"start": PartialDate("2016")}).start() == (
        '<input dir="ltr" id="start" name="start" type="text" value="2016">'
    )


def test_a_field_keeps_what_was_typed_beside_the_reason():
    form = Dated(MultiDict({"start": "autumn"}))
    assert not form.validate()
    assert form.start.errors == ["Write a date as 2016, 2016-09 or 2016-09-30."]
    assert 'value="autumn"' in form.start()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 5, 31), 30, date(2026, 11, 30)),
        (date(2024, 5, 31), 0, date(2024, 5, 31)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert add_months(day, months) == later


@pytest.mark.parametrize(("hour", "day"), [(11, 30), (12, 1), (23, 1)])
def test_a_day_is_over_when_it_is_over_everywhere(hour, day):
    with clock.frozen(datetime(2026, 12, 1, hour, 59, tzinfo=UTC)):
        assert earth_day().day == day
