"""The test bench: one database for the run, everything a test writes rolled back, each request as in production."""

import gc
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

import pytest
import sqlalchemy as sa
from flask import before_render_template, got_request_exception, has_request_context, request, template_rendered
from flask.testing import FlaskClient

from tests import remembered
from tests.factories import make_person
from tests.soundness import check_page
from tracker import create_app, csrf, migrations
from tracker.database import db
from tracker.security import limiter

WRITES = ("INSERT", "UPDATE", "DELETE")
ON_SQLITE = "TEST_DATABASE_URL" not in os.environ  # where each page is parsed: its markup is the same on PostgreSQL


def lives(number: int) -> int:
    """How many lives of a state machine to try. Its rules are Python's: PostgreSQL sees a third of them."""
    return number if ON_SQLITE else -(-number // 3)


class Client(FlaskClient):
    """Each request gets its own app context, as in production: a fresh session and a fresh current_user."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.flush()  # the request sees what the test arranged
        response = Context().run(super().open, *args, **kwargs)
        db.session.expire_all()  # the test now sees what the request changed
        readable = response.mimetype == "text/html" and "Content-Encoding" not in response.headers
        if ON_SQLITE and readable and response.request.method == "GET" and not response.location:
            check_page(response.text, response.request.path)
        return response

    def sign_in(self, person: Any) -> "Client":
        """Sign a person in as the entrance would, without its forms."""
        with self.session_transaction() as session:
            session["_user_id"] = person.session_key
            session["_fresh"] = True
        return self

    def submit(self, path: str, **fields: Any) -> Any:
        """POST a form of this site, with its token."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf", "test-secret")
        with self.application.app_context():
            fields["csrf_token"] = csrf._serializer().dumps(["salt", secret])
        headers = fields.pop("headers", None)
        return self.post(path, data=fields, headers=headers)


@pytest.fixture(scope="session")
def app(tmp_path_factory: Any) -> Iterator[Any]:
    url = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{tmp_path_factory.mktemp('db')}/test.db"
    app = create_app(
        {
            "TESTING": True,
            "INSTANCE": str(tmp_path_factory.mktemp("instance")),
            "SQLALCHEMY_DATABASE_URI": url,
            "SECRET_KEY": "test",
            "PASSWORD_METHOD": "scrypt:256:8:1",  # cheap on purpose: tests sign in often
            "LANGUAGES_OFFERED": ["en-XA", "ar-XB"],
        }
    )
    app.test_client_class = Client
    with app.app_context():
        if os.environ.get("TEST_DATABASE_URL"):
            with db.engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
        migrations.upgrade(app)
    gc.collect()
    gc.freeze()  # what is loaded by now stays: looking through it again and again took a tenth of the run
    gc.set_threshold(50_000, 20, 100)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def database(app: Any, nothing_leaves_the_machine: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Everything a test writes is rolled back, commits included."""
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        db.engines[None] = connection
        db.session.configure(join_transaction_mode="create_savepoint")
        app.extensions["tracker.pages"].clear()
        app.extensions["tracker.doorstep"].clear()
        limiter.reset()
        remembered.begin(monkeypatch)
        yield db
        db.session.remove()
        outer.rollback()
        connection.close()
        db.engines[None] = engine


@pytest.fixture
def client(app: Any) -> Client:
    return app.test_client()


@pytest.fixture
def signed_in(app: Any) -> Any:
    """signed_in(person) is a client signed in as that person, or as a new one made with the arguments."""

    def sign_in(person: Any = None, **described: Any) -> Client:
        person = person or make_person(**described)
        db.session.flush()
        return app.test_client().sign_in(person)

    return sign_in


@pytest.fixture
def queries() -> Any:
    """Collects the SQL run inside `with queries() as log`."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        log: list[str] = []

        def listener(*args: Any) -> None:
            if not args[2].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                log.append(args[2])

        sa.event.listen(sa.Engine, "before_cursor_execute", listener)
        try:
            yield log
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", listener)

    return collect


@pytest.fixture(autouse=True)
def pages_only_read(app: Any) -> Iterator[None]:
    """A page gets its data from its view. A lazy load inside a template is an N+1 waiting to happen."""
    rendering: list[str] = []
    caught: list[str] = []

    def watch(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if rendering and statement.startswith("SELECT"):
            caught.append(f"{rendering[-1]} ran {statement}")
        if has_request_context() and request.method == "GET" and statement.split()[0] in WRITES:
            caught.append(f"GET {request.path} ran {statement}")

    def start(_app: Any, template: Any, **_: Any) -> None:
        rendering.append(template.name)

    def stop(_app: Any, **_: Any) -> None:
        rendering.clear()

    sa.event.listen(sa.Engine, "before_cursor_execute", watch)
    before_render_template.connect(start, app)
    template_rendered.connect(stop, app)
    got_request_exception.connect(stop, app)
    yield
    sa.event.remove(sa.Engine, "before_cursor_execute", watch)
    before_render_template.disconnect(start, app)
    template_rendered.disconnect(stop, app)
    got_request_exception.disconnect(stop, app)
    assert not caught, "\n".join(caught)


@pytest.fixture(autouse=True)
def nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine: only loopback and local sockets connect."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and not re.fullmatch(r"127\..*|::1|localhost", str(address[0])):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
