"""Figures that are kept stay as they were; compared, each row is found again and every difference is right."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_network, make_person
from tests.tables.made_up import COLUMNS, make_snapshot, make_table
from tracker import clock
from tracker.database import db
from tracker.i18n import speaking
from tracker.tables import actions
from tracker.tables.models import Snapshot
from tracker.tables.sections import rows_in, sections
from tracker.tables.snapshots import compare, from_plain, to_plain, window
from tracker.tables.table import Column, Format
from tracker.tables.views.kept import until_today

shares = st.none() | st.floats(0, 1).map(lambda share: round(share, 3))
figures = st.tuples(
    st.sampled_from("ABCDEF"), st.just("Land"), st.integers(0, 9), shares, shares, st.none() | st.dates()
)
tables = st.lists(figures, max_size=6, unique_by=lambda row: row[0]).map(lambda rows: make_table(rows=rows))


@given(tables, tables)
@settings(max_examples=40, deadline=None)
def test_what_is_kept_is_read_back_as_it_was(table, part):
    both = make_table(rows=[], parts=[table, part], total=None)
    read = from_plain(json.loads(json.dumps(to_plain(both))))
    assert to_plain(read) == to_plain(both)
    assert [list(row.values) for row in read.parts[0].rows] == [list(row.values) for row in table.rows]


@given(tables, tables)
@settings(max_examples=60, deadline=None)
def test_each_row_is_found_once_and_differences_are_right(before, now):
    (found,), (back,) = compare(before, now), compare(now, before)
    then = {row.keys: row.values for row in before.rows}
    today = {row.keys: row.values for row in now.rows}
    assert found.same + len(found.rows) == len(then | today) == back.same + len(back.rows)
    assert len({tuple(row.keys) for row in found.rows}) == len(found.rows)
    for row in found.rows:
        keys = tuple(row.keys)
        assert (row.is_new, row.is_gone) == (keys not in then, keys not in today)
        for place, change in enumerate(row.changes, start=1):
            assert change.before == (then[keys][place] if keys in then else None)
            assert change.now == (today[keys][place] if keys in today else None)
            if change.by is not None:
                assert change.before + change.by == pytest.approx(change.now)
                assert bool(change.in_words) == (change.by != 0)
    opposite = {tuple(row.keys): row for row in back.rows}
    for row in found.rows:
        forth, there = row.changes[0].by, opposite[tuple(row.keys)].changes[0].by
        assert there == (None if forth is None else -forth)
    assert not compare(now, now)[0].is_change


def test_differences_are_said_with_a_word():
    before = make_table(rows=[("BD", "Bangladesh", 3, 0.25, 30, None)])
    now = make_table(rows=[("BD", "Bangladesch", 5, 0.208, 20.5, None), ("PE", "Peru", 1, None, None, None)])
    (found,) = compare(before, now)
    assert [change.in_words for change in found.rows[0].changes] == [
        "2 more",
        "4.2 points lower",
        "9.5 days shorter",
    ]
    assert found.rows[0].words[0] == "Bangladesch" and found.rows[1].is_new
    assert found.total.changes[0].in_words == "3 more"


def test_what_is_reckoned_otherwise_is_said():
    renamed = (*COLUMNS[:1], Column("projects", "Projects", Format.COUNT, "Twice."), Column("new", "New", Format.COUNT))
    now = make_table(definition="Another one.", columns=renamed, rows=[], total=None)
    (found,) = compare(make_table(rows=[]), now)
    assert found.definitions == [
        ("Projects by country", "Projects that began.", "Another one."),
        ("Projects", "Each project once.", "Twice."),
    ]
    assert found.came == ["New"] and found.went == ["Share they lead", "Median slip", "Latest"]
    assert not compare(make_table(rows=[]), now, with_words=False)[0].definitions


@given(st.lists(st.integers(0, 7), min_size=1, max_size=5), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_pages_hold_every_row_and_every_total_once(sizes, most):
    def of(size, **more):
        return make_table(rows=[(str(n), "x", n, None, None, None) for n in range(size)], **more)

    table = of(sizes[0], parts=[of(size, key=f"part{n}") for n, size in enumerate(sizes[1:])])
    pages = [sections(table, first, most) for first in range(0, rows_in(table), most)]
    shown = [(section.table.key, row.keys) for page in pages for section in page for row in section.rows]
    assert shown == [(part.key, row.keys) for part in (table, *table.parts) for row in part.rows]
    for flag in ("begins", "total"):
        assert sum(bool(getattr(section, flag)) for page in pages for section in page) == len(sizes)
    assert all(page for page in pages)
    changed = compare(make_table(rows=[]), of(sizes[0]))
    again = [
        row.keys
        for first in range(0, max(sizes[0], 1), most)
        for _one, rows, _begins in window(changed, first, most)
        for row in rows
    ]
    assert again == [row.keys for row in changed[0].rows]


@pytest.fixture
def network():
    return make_network("Southern Voices")


def test_it_keeps_the_text_and_the_words_of_then(network):
    coordinator = make_person(coordinates=network)
    actions.write_text(network, text="**Well done.**", language="en", actor=coordinator)
    with speaking("ar-XB"):
        snapshot = make_snapshot(network, coordinator)
    actions.write_text(network, text="Otherwise.", language="en", actor=coordinator)
    db.session.expire_all()
    kept = db.session.get(Snapshot, snapshot.id)
    assert "<strong>Well done.</strong>" in kept.text_html and kept.language == "ar-XB"
    assert from_plain(kept.figures["tables"][0]).rows[0].values[1] == 3


def test_today_is_compared_over_days_that_ran_until_then(network):
    coordinator = make_person(coordinates=network)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with clock.frozen(noon):
        running = make_snapshot(network, coordinator)
        ended = make_snapshot(network, coordinator)
        ended.last_day = date(2026, 6, 30)
        quarter = make_snapshot(network, coordinator)
        quarter.last_day = date(2026, 12, 31)
    with clock.frozen(noon + timedelta(days=20)):
        assert until_today(running).last == date(2026, 12, 12)
        assert until_today(ended).last == date(2026, 6, 30)
        assert until_today(quarter).last == date(2026, 12, 31)
