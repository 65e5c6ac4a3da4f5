"""Pages that many visitors read are answered before Flask begins: sent again as they were, or known to be unchanged.

A feature says how a page is told apart from its later self: `@stamped("library.show", "/reports/{}")` over a function
that gives a statement of SQL. As long as the one row it finds stays the same, so does the page; within a day at most,
for the sake of what else stands on it. See `caching`, which tags the same pages by the same stamps.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import sqlalchemy as sa
from cachetools import LRUCache
from flask import Flask
from werkzeug.http import parse_etags

from tracker.clock import now
from tracker.database import db

BYTES_KEPT = 32 * 1024 * 1024
LARGEST_KEPT = 64 * 1024  # bytes, as sent
LONGEST_ASKED = 1000  # characters of all that tells a request from others: what is longer is Flask's to answer
MADE = "tracker.made"  # key in the environ, where Flask leaves the stamp of the page it made
_OF_A_BODY = ("content-type", "content-length", "content-encoding")

type_of_statement = Callable[[int], str]
_statements: dict[str, type_of_statement] = {}
_paths: list[tuple[re.Pattern[str], str]] = []


def stamped(endpoint: str, path: str) -> Callable[[type_of_statement], type_of_statement]:
    """Register `statement(row id) -> SQL` for an endpoint whose address is `path`, "{}" standing for the id.

    Its one row must differ whenever visitors are to see another page. It is asked for every request: be quick.
    """

    def register(statement: type_of_statement) -> type_of_statement:
        _statements[endpoint] = statement
        _paths.append((re.compile(path.replace("{}", "([0-9]{1,9})")), endpoint))
        return statement

    return register


def stamp_of(endpoint: str | None, row_id: int, connection: Any) -> str | None:
    """What tells a page from its later self, asked over a connection of SQLAlchemy; None for a page without stamp."""
    if endpoint not in _statements or row_id >= 10**9:
        return None
    return _stamp(connection.exec_driver_sql(_statements[endpoint](row_id)).fetchone())


def _stamp(row: Any) -> str:
    return f"{now():%Y-%m-%d} {tuple(row) if row is not None else None}"


@dataclass(frozen=True)
class _Kept:
    stamp: str
    tag: str
    headers: list[tuple[str, str]]
    body: bytes


class Doorstep:
    """A WSGI application in front of Flask's. Whoever brings a cookie goes on to Flask: it may be a session."""

    def __init__(self, app: Flask) -> None:
        self.app, self.within = app, app.wsgi_app
        self.pages: LRUCache[tuple[str, ...], _Kept] = LRUCache(BYTES_KEPT, getsizeof=lambda kept: len(kept.body))
        self.lock = Lock()
        self.engines: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = self._page(environ)
        if found is None:
            return self.within(environ, start_response)
        key, endpoint, row_id = found
        with self.lock:
            kept = self.pages.get(key)
        if kept is not None and kept.stamp == self._stamp(endpoint, row_id):
            return self._answer(kept, environ, start_response)
        return self._keep(key, environ, start_response)

    def _page(self, environ: dict[str, Any]) -> tuple[tuple[str, ...], str, int] | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_COOKIE" in environ:
            return None
        path = environ.get("PATH_INFO", "")
        for pattern, endpoint in _paths:
            if match := pattern.fullmatch(path):
                names = ("HTTP_HOST", "wsgi.url_scheme", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")
                key = (path, *(environ.get(name, "") for name in names))
                return (key, endpoint, int(match[1])) if sum(map(len, key)) <= LONGEST_ASKED else None
        return None

    def _stamp(self, endpoint: str, row_id: int) -> str | None:
        """Past the session and SQLAlchemy's transactions; None where the database does not answer now."""
        if self.engines is None:
            with self.app.app_context():
                self.engines = db.engines
        engine, statement = self.engines[None], _statements[endpoint](row_id)
        try:
            if not isinstance(engine, sa.Engine):  # the tests' one connection
                return _stamp(engine.exec_driver_sql(statement).fetchone())
            connection = engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(statement)
                return _stamp(cursor.fetchone())
            finally:
                connection.close()
        except (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error):
            return None

    def _answer(self, kept: _Kept, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and kept.tag in known:
            tags = parse_etags(known)
            if not tags.star_tag and tags.contains_weak(kept.tag):
                headers = [(name, value) for name, value in kept.headers if name.lower() not in _OF_A_BODY]
                start_response("304 NOT MODIFIED", headers)
                return [b""]
        start_response("200 OK", kept.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else kept.body]

    def _keep(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Flask's answer, kept where it is a whole page for any visitor."""
        began: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            began[:] = [status, list(headers)]
            return start_response(status, headers, *more)

        answer = self.within(environ, start)
        stamp = environ.get(MADE)
        if stamp is None or not began or not began[0].startswith("200") or environ["REQUEST_METHOD"] != "GET":
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        headers = {name.lower(): value for name, value in began[1]}
        if "set-cookie" not in headers and len(body) <= LARGEST_KEPT and headers.get("etag", "").startswith('W/"'):
            with self.lock:
                self.pages[key] = _Kept(stamp, headers["etag"][3:-1], began[1], body)
        return [body]
