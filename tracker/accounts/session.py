"""Who is signed in: Flask-Login's place in the app, and how a session begins and ends.

The session is a signed cookie that names the person's `session_key`, never their id: a new key ends all of
their sessions at once. Visitors get no cookie until they meet a form.
"""

from datetime import timedelta

from flask import Flask, request, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from tracker import clock
from tracker.access import actor
from tracker.accounts import queries, tokens
from tracker.database import SAFE_METHODS, db
from tracker.institutions.models import Person

SEEN_AGAIN_AFTER = timedelta(days=1)


def init_app(app: Flask) -> None:
    """Let the app know who is asking, and mails name their links."""
    login = LoginManager(app)
    login.session_protection = None  # it would sign people out who move from one mobile network to another
    login.user_loader(queries.by_session_key)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # no cookie with every answer; see _note_presence
    app.jinja_env.globals["link_for"] = tokens.link_for
    app.before_request(_note_presence)


def begin(person: Person) -> None:
    """Sign a person in, with nothing left of the session before (the language has a cookie of its own)."""
    session.clear()
    login_user(person)
    session.pop("_id", None)  # a hash of address and browser that only session protection would read
    session.permanent = True


def end() -> None:
    """Sign whoever asks out of this browser."""
    logout_user()
    session.clear()


def preferred_language() -> str | None:
    """The interface language of whoever asks, or None."""
    if "_user_id" not in session:
        return None
    try:
        person = actor()
    except SQLAlchemyError:  # the page that says so must still find its language
        db.session.rollback()
        return None
    return (person.interface_language or None) if person else None


def _note_presence() -> None:
    """Once a day, with something a person sends: note that they were here, and renew their cookie."""
    if request.method in SAFE_METHODS or "_user_id" not in session:
        return
    person = actor()
    if person and (person.seen_at is None or clock.now() - person.seen_at > SEEN_AGAIN_AFTER):
        person.seen_at = clock.now()  # kept when the view commits
        session.modified = True
