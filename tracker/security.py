"""Headers of every answer, and the limits on how often something may be tried."""

from math import ceil
from time import time

from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.database import SAFE_METHODS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

MOST_FIELDS = 5000  # of one form; the longest of ours has a few hundred

limiter = Limiter(get_remote_address, default_limits=[])


def init_app(app: Flask) -> None:
    """Add the headers and the limiter; believe as many proxies as the settings say."""
    app.config.setdefault("RATELIMIT_STRATEGY", "moving-window")
    app.before_request(_refuse_flood)
    limiter.init_app(app)
    app.after_request(_headers)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def _refuse_flood() -> None:
    """A form without files is no larger than its texts may be. Werkzeug limits only those with files that way."""
    if request.method in SAFE_METHODS or request.mimetype == "multipart/form-data":
        return
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if request.get_data().count(b"&") > MOST_FIELDS:
        abort(413)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if response.status_code == 429 and limiter.current_limit:
        headers["Retry-After"] = str(max(1, ceil(limiter.current_limit.reset_at - time())))
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
