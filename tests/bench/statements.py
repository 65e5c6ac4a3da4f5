"""What a page or the worker asks of the database: how often, how long, and how the database goes about it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.bench.pages import Page
from tracker.database import db


@dataclass(frozen=True)
class Statement:
    """One SQL statement that a page sent, with the time until its first row in milliseconds."""

    sql: str
    values: Any
    took: float


def sent_by(app: Flask, page: Page, cookie: str | None) -> list[Statement]:
    """The statements of one request for a page, after one that filled the caches of the process."""
    client, addresses = app.test_client(), page.addresses()
    headers: dict[str, str] = {}
    if cookie:
        client.set_cookie(*cookie.split("=", 1))
    for _time in range(2):
        client.get(next(addresses), headers=headers)
    path = next(addresses)
    if page.how == "unchanged":
        headers = {"If-None-Match": client.get(path).headers["ETag"]}
    elif page.how == "kept":
        client.get(path, headers=headers)
    with collected() as sent:
        client.get(path, headers=headers)
    return sent


def plan(app: Flask, statement: Statement) -> list[str]:
    """How the database answers a statement."""
    with app.app_context(), db.engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN ANALYZE"
        rows = connection.exec_driver_sql(f"{explain} {statement.sql}", statement.values).all()
        return [str(row[-1]) for row in rows]


@contextmanager
def collected() -> Iterator[list[Statement]]:
    """A list that fills with what is sent meanwhile."""
    sent: list[Statement] = []
    began: list[float] = []

    def before(*_arguments: Any) -> None:
        began.append(time.perf_counter())

    def after(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        took = (time.perf_counter() - began.pop()) * 1000
        if not sql.startswith("BEGIN"):
            sent.append(Statement(sql, values, took))

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "after_cursor_execute", after)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", before)
        sa.event.remove(sa.Engine, "after_cursor_execute", after)
