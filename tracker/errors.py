"""Errors of the domain, and the pages for them and for HTTP's own. Views never catch RuleBroken."""

from flask import Flask, current_app, render_template
from werkzeug.exceptions import HTTPException

from tracker.access import actor
from tracker.database import db

PAGES = {400, 403, 404, 405, 409, 413, 429}


class RuleBroken(Exception):
    """A rule of the domain says no. The sentence is shown to the person who tried."""


def init_app(app: Flask) -> None:
    """Answer every error with a page that says what happened and offers a way on."""
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _rule_broken(error: RuleBroken) -> tuple[str, int]:
    _roll_back()
    return render_template("errors/rule_broken.html", sentence=str(error)), 409


def _http_error(error: HTTPException) -> object:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    _roll_back()
    page = error.code if error.code in PAGES else (400 if error.code < 500 else 500)
    body = render_template(f"errors/{page}.html", **({"sentence": error.description} if page == 400 else {}))
    headers = [item for item in error.get_headers() if item[0] in ("Allow", "Retry-After")]
    return body, error.code, headers


def _unexpected(error: Exception) -> tuple[str, int]:
    current_app.logger.exception("An unexpected error", exc_info=error)
    if current_app.testing:
        raise error
    db.session.rollback()
    return render_template("errors/500.html"), 500


def _roll_back() -> None:
    """Undo, then read again who is asking: a rollback forgets it, and the page's header shows it."""
    db.session.rollback()
    if person := actor():
        assert person.name is not None and person.is_coordinator is not None
