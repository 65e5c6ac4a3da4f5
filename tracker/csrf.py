"""Forged requests are refused in one place, for every form whether it has a class or not."""

import secrets

from flask import Flask, abort, current_app, request, session
from itsdangerous import BadData, URLSafeSerializer

from tracker.database import SAFE_METHODS
from tracker.i18n import _


def init_app(app: Flask) -> None:
    """Check every unsafe request before its view runs."""
    app.before_request(check)
    app.jinja_env.globals["csrf_token"] = csrf_token


def csrf_token() -> str:
    """A token for a form on this page. Differs on every page, so that compression reveals nothing (BREACH)."""
    if not session and _holds_secret():
        return ""  # and no cookie either
    secret = session.setdefault("csrf", secrets.token_urlsafe(24))
    return str(_serializer().dumps([secrets.token_urlsafe(6), secret]))


def check() -> None:
    """Stop an unsafe request that does not carry this session's token."""
    if request.method in SAFE_METHODS or _holds_secret() or _only_asks():
        return
    try:
        _salt, sent = _serializer().loads(request.form.get("csrf_token", ""))
    except (BadData, ValueError, TypeError):
        sent = ""
    expected = session.get("csrf", "")
    if not expected or not isinstance(sent, str) or not secrets.compare_digest(sent.encode(), expected.encode()):
        abort(400, _("This page had expired, and nothing was changed. Go back, reload the page and try again."))


def _holds_secret() -> bool:
    """Whether the address that was called is itself the permission: see `access.by_link`."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "holds_secret", False)


def _only_asks() -> bool:
    """Whether a POST to this view changes nothing, whoever sends it: a protocol asks that way."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "only_asks", False)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="csrf")
