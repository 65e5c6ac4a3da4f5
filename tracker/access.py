"""The web's side of `tracker.permissions`: who is asking, and what a view does when the answer is no."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import abort, redirect, request, url_for
from flask_login import current_user

from tracker.database import SAFE_METHODS, db
from tracker.permissions import permissions


def actor() -> Any:
    """The signed-in Person itself, never Flask-Login's proxy; None for a visitor."""
    person = current_user._get_current_object()  # None where no request is at hand, as in a mail
    return person if person is not None and person.is_authenticated else None


def can(name: str, *subject: Any) -> bool:
    """Whether whoever asks holds the permission `name` on the subject."""
    return permissions[name](actor(), *subject)


def demand(name: str, *subject: Any) -> None:
    """Stop the request unless the permission holds. What may not be seen is not there: 404, not 403."""
    if not can(name, *subject):
        if actor() is None:
            abort(to_sign_in())
        abort(404 if name.startswith("view_") else 403)


def requires(
    name: str, model: Any = None, loading: Sequence = (), seen_by: str | None = None, locks: bool = True
) -> Callable:
    """The view's door: load the row the URL names with what its page shows, check, hand the row over.

    `seen_by` names the permission to see the row: without it the row is not there (404) rather than
    forbidden (403), so that an address reveals nothing. `locks` False leaves it to the action to lock the row, after
    another one that everybody locks first.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**url: Any) -> Any:
            subject = [load(model, url.pop(f"{model.__tablename__}_id"), loading, locks=locks)] if model else []
            if actor() is None and not can(name, *subject):
                return to_sign_in()
            if seen_by:
                demand(seen_by, *subject)
            demand(name, *subject)
            return view(*subject, **url)

        guarded.access = name  # type: ignore[attr-defined]  # tests/test_house.py reads it
        return guarded

    return decorate


def to_sign_in() -> Any:
    """Send a visitor to sign in and back again; who was writing gets a page that gives their words back (401)."""
    if request.method not in SAFE_METHODS:
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)


def load(model: Any, row_id: int, loading: Sequence = (), *, locks: bool = True) -> Any:
    """The row, or 404. A request that will change it locks it, so two people cannot take one step twice."""
    if row_id > 2**31 - 1:  # PostgreSQL would refuse the number rather than find nothing
        abort(404)
    lock = None if request.method in SAFE_METHODS or not locks else {"of": model}
    if lock is not None and hasattr(model, "locked_after"):
        _lock_first(model, row_id)
    row = db.session.get(model, row_id, options=loading, with_for_update=lock)
    return row if row is not None else _look_elsewhere(model, row_id)


def _lock_first(model: Any, row_id: int) -> None:
    """Lock the row that everybody locks before this one, so that nobody waits for somebody who waits for them."""
    column, first = model.locked_after
    number = db.session.scalar(sa.select(getattr(model, column)).where(model.id == row_id))
    if number is not None:
        db.session.get(first, number, with_for_update={"of": first})


_led_on: dict[Any, Callable[[int], int | None]] = {}


def lead_on(model: Any, find: Callable[[int], int | None]) -> None:
    """Let addresses that name a row which became part of another lead there: `find(old id)` gives its id or None."""
    _led_on[model] = find


def _look_elsewhere(model: Any, row_id: int) -> NoReturn:
    """The row is not there: on to the one it became part of, for who looks; 409 for who wrote; else 404."""
    named = f"{model.__tablename__}_id"
    new_id = _led_on[model](row_id) if model in _led_on else None
    if new_id is None or (request.view_args or {}).get(named) != row_id:
        abort(404)
    if request.method not in SAFE_METHODS:
        abort(409)
    address = url_for(request.endpoint or "", **{**(request.view_args or {}), named: new_id})
    asked = request.query_string.decode("ascii", "ignore")
    abort(redirect(f"{address}?{asked}" if asked else address, 308))


def public(view: Callable) -> Callable:
    """Anyone may call this view."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def by_link(view: Callable) -> Callable:
    """The address itself holds a secret and is the permission: anyone who has it may call this view.

    No token against forged requests is asked for: who does not know the address cannot forge one. So the page works
    without a cookie, and a mail program can post to it (RFC 8058).
    """
    view.holds_secret = True  # type: ignore[attr-defined]  # tracker.csrf reads it
    return public(view)
