"""How the database goes about what it is asked, as far as a test can hold it to that: on SQLite alone, whose plans do
not depend on how many rows there are."""

from collections.abc import Callable
from typing import Any

from tests.bench.statements import collected
from tracker.database import db


def steps(ask: Callable[[], Any]) -> list[str]:
    """The steps of all that `ask` asks the database for, as "SEARCH ask USING INDEX …"; none on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        ask()
        return []
    with collected() as sent:
        ask()
    connection = db.session.connection()
    plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {known.sql}", known.values).all() for known in sent]
    return [str(row[-1]) for plan in plans for row in plan]
