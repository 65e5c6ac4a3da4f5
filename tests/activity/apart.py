"""A database of its own, with what is committed really committed: for tests of two who act at once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tracker import create_app, csrf, migrations
from tracker.database import db

_numbers = count(1)


@contextmanager
def database_apart(folder: Path, version: str = "head", **settings: Any) -> Iterator[Flask]:
    """An application on an empty database of `version`: a SQLite file in `folder`, or a schema beside the tests'."""
    address = os.environ.get("TEST_DATABASE_URL")
    url = sa.make_url(address) if address else sa.make_url(f"sqlite:///{folder}/apart.db")
    schema = f"tracker_apart_{next(_numbers)}"
    if address:
        _in_database(address, f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}")
        url = url.update_query_dict({"options": f"-csearch_path={schema}"})
    app = create_app(
        {
            "TESTING": True,
            "INSTANCE": str(folder / "instance"),
            "SQLALCHEMY_DATABASE_URI": url.render_as_string(hide_password=False),
            "SECRET_KEY": "test",
            "PASSWORD_METHOD": "scrypt:256:8:1",
            **settings,
        }
    )
    with app.app_context():
        migrations.upgrade(app, version)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
        if address:
            _in_database(address, f"DROP SCHEMA {schema} CASCADE")


def _in_database(address: str, *statements: str) -> None:
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or raised, all begun at the same moment, each in a thread of its own.

    Whoever is about to commit waits a moment for the others to be as far: a rule that is only looked up and not
    held by a lock or a constraint is then broken every time, and not once in a thousand.
    """
    start, before_commit = threading.Barrier(len(calls)), threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)
    waited = threading.local()

    def meet(session: Session) -> None:
        if session.in_nested_transaction() or getattr(waited, "once", False):
            return
        waited.once = True
        with suppress(threading.BrokenBarrierError):  # the others wait for our lock, as they should
            before_commit.wait(timeout=0.4)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:
            results[number] = error

    sa.event.listen(Session, "before_commit", meet)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    finally:
        sa.event.remove(Session, "before_commit", meet)
    return results


def post(app: Flask, session_key: str | None, path: str, **fields: Any) -> Callable[[], Any]:
    """A call that POSTs a form of this site as somebody who is signed in."""

    def call() -> Any:
        client = app.test_client()
        with client.session_transaction() as session:
            session["csrf"] = "apart"
            if session_key:
                session["_user_id"], session["_fresh"] = session_key, True
        with app.app_context():
            token = csrf._serializer().dumps(["salt", "apart"])
        return client.post(path, data={**fields, "csrf_token": token})

    return call
