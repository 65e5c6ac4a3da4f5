"""What many tests begin with is built once, by real steps, and its rows are written again for the next test.

`once(build, …)` walks for real wherever that could make a difference: in a database that holds something already,
outside the bench (where everything is rolled back), under a patch, and when the rows are older than a slow test
would find them.
"""

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from tracker import clock
from tracker.database import Base, db, is_sqlite

FIRST = 101  # as many digits for all, so that names sort as they were made
OLDEST = 180  # seconds: what was built "now" still was, for every test


class Numbers:
    """What tells names apart: 101, 102, … anew in each test of the bench, whichever tests ran before.

    In a database of its own, which several tests may share, it never begins anew.
    """

    def __init__(self) -> None:
        self.last = FIRST - 1
        self.elsewhere = count(FIRST)

    def __next__(self) -> int:
        if not _on_the_bench():
            return next(self.elsewhere)
        self.last += 1
        return self.last


@dataclass(frozen=True)
class Built:
    at: float
    rows: list[Any]
    result: bytes
    last_number: int


numbers = Numbers()
_known: dict[Any, Built] = {}
_patching: list[tuple[pytest.MonkeyPatch, int]] = []  # of the test that runs, and how much the bench itself patches


def begin(patches: pytest.MonkeyPatch) -> None:
    """A new test. What it patches from here on keeps `once` from remembering."""
    _patching[:] = [(patches, _count(patches))]
    numbers.last = FIRST - 1


def once(key: Any, build: Callable[[], Any]) -> Any:
    """What `build()` returns: rows, or plain data that holds rows. The key says everything it depends on."""
    if not _may_remember():
        return build()
    key = (key, clock._frozen_at)
    known = _known.get(key)
    if known is None or (clock._frozen_at is None and monotonic() - known.at > OLDEST):
        at = monotonic()
        result = build()
        db.session.flush()
        _known[key] = Built(at, _read(), _flat(result), numbers.last)
        return result
    _write(known.rows)
    numbers.last = known.last_number
    return _Rows(io.BytesIO(known.result)).load()


def _on_the_bench() -> bool:
    return bool(_patching) and isinstance(db.engines.get(None), sa.Connection)


def _count(patches: pytest.MonkeyPatch) -> int:
    return len(patches._setattr) + len(patches._setitem)


def _may_remember() -> bool:
    if not _on_the_bench():
        return False
    patches, ours = _patching[0]
    if _count(patches) != ours:
        return False
    db.session.flush()
    return not db.session.connection().exec_driver_sql(_anything()).scalar()


@cache
def _anything() -> str:
    """A statement that says whether any table holds a row."""
    return "SELECT " + " OR ".join(f"EXISTS (SELECT 1 FROM {_quoted(t)})" for t in _tables())


@cache
def _tables() -> list[str]:
    return [
        *(table.name for table in Base.metadata.sorted_tables),
        *([] if is_sqlite() else ["search_words", "search_words_shelf"]),
    ]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _read() -> list[Any]:
    """Every row of every table, as the statements that write them."""
    connection, found = db.session.connection(), []
    for table in map(_quoted, _tables()):
        if is_sqlite():
            rows = [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]
            if rows:
                found.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows))
        else:
            rows = connection.exec_driver_sql(f"SELECT CAST(json_agg(t) AS text) FROM {table} AS t").scalar()
            if rows:
                held = rows.replace("'", "''")
                found.append(f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, '{held}')")
    return found


def _write(rows: list[Any]) -> None:
    cursor = db.session.connection().connection.cursor()
    if is_sqlite():
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for statement, held in rows:
            cursor.executemany(statement, held)
    else:
        cursor.execute(";\n".join(rows), prepare=False)
    cursor.close()


class _Flat(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        state = sa.inspect(thing, raiseerr=False)
        if not isinstance(state, sa.orm.InstanceState):
            return None
        told = {n: v for n, v in vars(thing).items() if n not in state.mapper.attrs and not n.startswith("_sa_")}
        return (type(thing), state.identity, told)


class _Rows(pickle.Unpickler):
    def persistent_load(self, told: Any) -> Any:
        model, identity, more = told
        thing = db.session.get(model, identity)
        vars(thing).update(more)
        return thing


def _flat(thing: Any) -> bytes:
    into = io.BytesIO()
    _Flat(into).dump(thing)
    return into.getvalue()
