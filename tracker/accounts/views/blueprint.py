from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request

from tracker.accounts import session, tokens
from tracker.accounts.actions import sign_in
from tracker.accounts.models import Purpose, Token
from tracker.addresses import local_path
from tracker.database import db
from tracker.institutions.models import Person

bp = Blueprint("accounts", __name__)

HOME = "/me"
BOARD = "/board"


@bp.after_request
def _keep_nowhere(response: Response) -> Response:
    """A page behind a secret link is in nobody's cache."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
    return response


def opened(text: str, purpose: Purpose, *, use: bool = False) -> Token | None:
    """The token behind the link that was opened; a view answers None with `dead_link`."""
    return tokens.open_token(text, purpose, use=use)


def dead_link(purpose: str) -> Any:
    """One answer for links that are wrong, old, used or withdrawn: it tells nobody which.

    `purpose` is that of a token, or "join".
    """
    return render_template("accounts/dead_link.html", purpose=str(purpose)), 404


def come_in(person: Person, path: str = HOME) -> Any:
    """Sign a person in, commit, and go on to a local path."""
    sign_in(person)
    session.begin(person)
    db.session.commit()
    return redirect(local_path(path) or HOME, 303)


def done(sentence: str, path: str) -> Any:
    """Commit, say what was done and go on."""
    db.session.commit()
    flash(sentence, "success")
    return redirect(path, 303)
