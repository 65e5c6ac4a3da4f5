"""Errors of the domain, and the pages for them and for HTTP's own. Views never catch RuleBroken."""

import re
from typing import Any

from flask import Flask, current_app, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadHost, HTTPException

from tracker.access import actor
from tracker.database import db, is_busy, is_collision, is_twin
from tracker.i18n import _, speaking
from tracker.markdown import clean_text

PAGES = {400, 401, 403, 404, 405, 409, 413, 429}
WORTH_KEEPING = 20  # characters; a shorter text is quickly typed again
LARGEST_GIVEN_BACK = 200_000  # characters of a form's texts
HIDDEN = re.compile("token|password|^current$")  # names of fields that no page repeats


class RuleBroken(Exception):
    """A rule of the domain says no. The sentence is shown to the person who tried."""


def init_app(app: Flask) -> None:
    """Answer every error with a page that says what happened and offers a way on."""
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _refused_by_database)
    app.register_error_handler(Exception, _unexpected)


def _rule_broken(error: RuleBroken) -> tuple[str, int]:
    _roll_back()
    back = request.referrer if request.referrer and request.referrer.startswith(request.host_url) else None
    return render_template("errors/rule_broken.html", sentence=str(error), back=back, written=written()), 409


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, BadHost):
        # Without a host no page of ours could name an address.
        return _("The name of this site was not understood.") + "\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
    _roll_back()
    page = error.code if error.code in PAGES else (400 if error.code < 500 else 500)
    said = {"sentence": error.description} if page == 400 and error.description != type(error).description else {}
    body = render_template(f"errors/{page}.html", **said, written=written())
    headers = [item for item in error.get_headers() if item[0] in ("Allow", "Retry-After")]
    return body, error.code, headers


def written() -> list[str]:
    """The longer texts of the form that was sent, so that a page which refuses it can give them back."""
    if request.method != "POST":
        return []
    try:
        texts = [text for name, text in request.form.items() if name and not HIDDEN.search(name)]
    except HTTPException:  # the form itself is what was wrong
        return []
    if sum(map(len, texts)) > LARGEST_GIVEN_BACK:
        return []
    return [clean_text(text) for text in texts if len(text.strip()) >= WORTH_KEEPING]


def _refused_by_database(error: DBAPIError) -> Any:
    if is_twin(error):  # who asks first whether it is there is told so; this one asked at the same moment
        current_app.logger.warning("Made twice at the same moment", exc_info=error)
    if is_collision(error) or is_twin(error):
        return _rule_broken(RuleBroken(_("Somebody changed the same thing at the same moment. Please try again.")))
    if is_busy(error):
        db.session.rollback()
        with speaking("en"):  # to ask whose language it is would be to wait once more
            return render_template("errors/503.html", written=written()), 503, {"Retry-After": "60"}
    return _unexpected(error)


def _unexpected(error: Exception) -> tuple[str, int]:
    current_app.logger.exception("An unexpected error", exc_info=error)
    if current_app.testing:
        raise error
    db.session.rollback()
    with speaking("en"):  # asking whose language it is may be what failed
        return render_template("errors/500.html"), 500


def _roll_back() -> None:
    """Undo, then read again who is asking: a rollback forgets it, and the page's header shows it."""
    db.session.rollback()
    if person := actor():
        assert person.name is not None and person.is_coordinator is not None
