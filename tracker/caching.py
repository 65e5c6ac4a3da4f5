"""Public pages answer `If-None-Match` before any of their work is done.

A visitor's page depends on its address, the language, the day and the revision of the content (see
`activity.queries.revision`). That makes its tag; the same tag keeps the last pages made, so that a page many
people read is made once for each revision. A page that has a stamp of its own is made once for each of these
(see `doorstep`).
"""

import hashlib
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask, Response, current_app, g, request, session
from sqlalchemy.exc import OperationalError

from tracker.activity.queries import revision
from tracker.clock import now
from tracker.database import db
from tracker.doorstep import MADE, Doorstep, stamp_of
from tracker.i18n import language

BYTES_KEPT = 48 * 1024 * 1024  # of pages: some thousands
LARGEST_KEPT = 64 * 1024  # bytes
KEPT = ("Content-Type", "Link")  # headers of a page that are kept with it
PRIVATE = (
    "accounts.",
    "asks.",
    "contacts.",
    "notifications.",
    "home.me",
    "board.",
    "calendars.",
    "harvest.oai",
    "reviewing.",
    "credit.",
)

_lock = Lock()


def init_app(app: Flask) -> None:
    """Answer visitors from their tag where they have the page already, or where we have just made it."""
    app.extensions["tracker.pages"] = LRUCache(BYTES_KEPT, getsizeof=lambda kept: len(kept[0]))
    app.before_request(_answer_from_tag)
    app.after_request(_tag)
    app.wsgi_app = Doorstep(app)  # type: ignore[method-assign]
    app.extensions["tracker.doorstep"] = app.wsgi_app.pages


def _answer_from_tag() -> Response | None:
    if request.method not in ("GET", "HEAD") or session or request.endpoint in (None, "static", "style", "healthz"):
        return None
    if str(request.endpoint).startswith(PRIVATE) or "lang" in request.args:
        return None
    try:
        g.page_stamp = _own_stamp()
        g.page_tag = _tag_of(g.page_stamp or f"{now():%H} {revision()}")
    except OperationalError:
        return None  # the page itself will say what is wrong
    if not request.if_none_match.star_tag and request.if_none_match.contains_weak(g.page_tag):
        return _finish(Response(status=304))
    kept = _kept(g.page_tag)
    if kept is None:
        return None
    body, headers = kept
    if g.page_stamp is not None:
        request.environ[MADE] = g.page_stamp
    return _finish(Response(body, headers=headers))


def _tag(response: Response) -> Response:
    tag = g.get("page_tag")
    nowhere = request.endpoint is None and request.method in ("GET", "HEAD")
    if session or session.modified or (tag is None and not nowhere):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
    is_page = response.status_code == 200 and not (response.is_streamed or response.direct_passthrough)
    if tag is None or "ETag" in response.headers or not is_page:  # nothing here, or a file with a tag of its own
        response.headers.setdefault("Cache-Control", "no-cache")
        response.vary.update(("Accept-Language", "Cookie"))
        return response
    body = response.get_data()
    if g.get("page_stamp") is not None:
        request.environ[MADE] = g.page_stamp
    if len(body) <= LARGEST_KEPT and response.mimetype == "text/html":
        with _lock:
            kept = [(name, response.headers[name]) for name in KEPT if name in response.headers]
            _pages()[tag] = (body, kept)
    return _finish(response)


def _finish(response: Response) -> Response:
    response.set_etag(g.page_tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.headers["Content-Language"] = language()
    return response


def _own_stamp() -> str | None:
    """The stamp of the page alone, where it has one."""
    numbers = list((request.view_args or {}).values())
    if len(numbers) != 1 or not isinstance(numbers[0], int):
        return None
    return stamp_of(request.endpoint, numbers[0], db.session.connection())


def _tag_of(revision_now: str) -> str:
    parts = (request.full_path, language(), f"{now():%Y-%m-%d}", revision_now, _code(), request.host)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@cache
def _code() -> str:
    """Changes with a new version of the application."""
    folder = Path(__file__).resolve().parent
    newest = max(file.stat().st_mtime for file in folder.rglob("*.py"))
    return str(newest)


def _kept(tag: str) -> Any:
    with _lock:
        return _pages().get(tag)


def _pages() -> Any:
    return current_app.extensions["tracker.pages"]
