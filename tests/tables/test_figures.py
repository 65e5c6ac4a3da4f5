"""Every figure of the twelve tables beside one reckoned slowly from its definition, over worlds made at random."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tests.tables.figures_slowly import Slowly
from tests.tables.figures_world import World
from tracker import clock
from tracker.database import db
from tracker.i18n import speaking
from tracker.tables.build import KEYS, NUMBERED, Scope, build, build_all
from tracker.tables.lists import listed
from tracker.tables.parts import median
from tracker.tables.table import Format, Period, Table

NOW = datetime(2025, 3, 1, 8, tzinfo=UTC)  # on the last of February it still is somewhere on Earth
PERIODS = (
    Period(),
    Period(date(2023, 6, 15), date(2024, 2, 29)),
    Period(date(2024, 1, 1), date(2024, 12, 31)),
    Period(None, date(2024, 6, 15)),
    Period(date(2024, 3, 1), None),
)
SEEDS = range(int(os.environ.get("FIGURES_SEEDS", "2")))  # more worlds, for whoever changes a figure


@pytest.fixture(autouse=True)
def on_a_day() -> Iterator[None]:
    with clock.frozen(NOW), speaking("en"):
        yield


def flat(tables: Any) -> Iterator[Table]:
    for table in tables:
        yield table
        yield from flat(table.parts)


def figures_of(tables: Any) -> dict[Any, Any]:
    """{(part, keys, column): value} of all columns but those of words."""
    found = {}
    for table in flat(tables):
        for row in [*table.rows, *([table.total] if table.total else [])]:
            assert len(row.values) == len(table.columns), table.key
            for column, value in zip(table.columns, row.values, strict=True):
                if column.format is not Format.TEXT:
                    assert (table.key, tuple(row.keys), column.name) not in found, "a row stands twice"
                    found[table.key, tuple(row.keys), column.name] = value
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_what_its_definition_says_and_its_list_has_as_many_rows(app: Any, seed: int) -> None:
    world = World(seed)
    first, second, _third = (network.id for network in world.networks)
    with app.test_request_context():
        for place in range(2):
            period = PERIODS[(2 * seed + place) % len(PERIODS)]
            scope = Scope(frozenset({first, second} if place else {first}))
            tables = build_all(period, scope)
            shown, expected = figures_of(tables), Slowly(period, scope.network_ids).reckon()
            about = f"seed {seed}, {period}, {sorted(scope.network_ids)}: "
            for key, value in expected.items():
                if value:
                    assert shown.get(key) == pytest.approx(value), about + f"{key} should be {value}"
            for key, value in shown.items():
                assert value is None or (value or 0) == pytest.approx(expected.get(key, 0)), about + f"{key} is {value}"
            if place == 0:
                lists(tables, period, scope)


def lists(tables: Any, period: Period, scope: Scope) -> None:
    """The list behind a figure has as many rows as it says, or adds up to it: in each column of some rows."""
    for table in flat(tables):
        counts = [column.name for column in table.columns if column.format is Format.COUNT]
        for row in [*table.rows[:1], *table.rows[-1:], *([table.total] if table.total else [])]:
            for column, value in zip(table.columns, row.values, strict=True):
                if column.name not in counts or not isinstance(value, int) or (row.keys and table.key == "authors"):
                    assert column.name not in row.links
                    continue
                behind = listed(table.key, tuple(row.keys), column.name, period, scope)
                number = sa.func.count() if behind.adds is None else sa.func.coalesce(sa.func.sum(behind.adds), 0)
                found = db.session.scalar(behind.query.with_only_columns(number))
                assert found == value, f"{behind.label} has {found}, the figure says {value}"
                assert (column.name in row.links) is bool(value)


def test_the_tables_are_the_twelve_in_their_order(app: Any) -> None:
    with app.test_request_context():
        tables = build_all(Period(), Scope(frozenset({1})))
    assert [table.number for table in tables] == list(range(1, 13)) == list(NUMBERED)
    assert [table.key for table in tables] == list(KEYS)
    keys = [table.key for table in flat(tables)]
    assert len(keys) == len(set(keys)), "each part has a key of its own: its lists are found by it"
    for table in flat(tables):
        assert table.title and table.definition, table.key


def test_nobody_can_tell_from_the_table_who_said_which_gender(app: Any) -> None:
    world = World(0)
    scope = Scope(frozenset(network.id for network in world.networks))
    with app.test_request_context():
        table = build("authors", Period(), scope)
        assert table.total and "people" in table.total.links
        assert all(not row.links for row in table.rows)
        with pytest.raises(KeyError):
            listed("authors", ("woman",), "people", Period(), scope)
    numbers = [row.values[1] for row in table.rows if row.keys != ("",)]
    assert all(number == "not shown" or number >= 3 for number in numbers)


@pytest.mark.parametrize(
    ("row", "column"),
    [(("2024",), "nonsense"), (("2024", "2023"), "projects"), ((), "nonsense"), (("x" * 9,), "share")],
)
def test_there_is_no_list_of_what_no_table_counts(app: Any, row: tuple[str, ...], column: str) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        listed("projects", row, column, Period(), Scope(frozenset({1})))


def test_the_middle_of_two_is_their_mean_and_there_is_none_of_nothing() -> None:
    assert median({}) is None
    assert median({5: 1}) == 5
    assert median({-3: 1, 4: 1}) == 0.5
    assert median({1: 2, 9: 2}) == 5
    assert median({1: 1, 2: 5, 100: 1}) == 2
