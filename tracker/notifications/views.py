"""How often mail comes, chosen from a mail: without signing in, cookies or scripts."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker.access import by_link
from tracker.activity.kinds import why_sentence
from tracker.activity.states import RHYTHM_LABELS, Rhythm
from tracker.database import db
from tracker.i18n import prefer
from tracker.institutions.models import Person
from tracker.notifications import actions, links, words

bp = Blueprint("notifications", __name__)


@bp.record_once
def _give_mails_their_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(
        happened=words.happened, own_words=words.own_words, day_of=words.day_of, why_said=why_sentence
    )
    setup.app.extensions["tracker.unsubscribe"] = links.address


@bp.after_request
def _keep_nowhere(response: Response) -> Response:
    """A page behind a secret link is in nobody's cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/mail/stop/<token>", methods=["GET", "POST"])
@by_link
def stop(token: str) -> Any:
    """Opening it changes nothing. A button, or a mail program's one click (RFC 8058), does."""
    writing = request.method == "POST"
    person_id = links.person_id_of(token)
    person = db.session.get(Person, person_id, with_for_update=writing or None) if person_id else None
    if person is None:
        return render_template("notifications/dead_link.html"), 404
    prefer(person.interface_language)
    if not writing:
        return _page(person, token)
    chosen = request.form.get("rhythm", "")
    actions.choose_rhythm(person, Rhythm(chosen) if chosen in set(Rhythm) else Rhythm.ASKS)
    db.session.commit()
    # A mail program's click is answered at once: it follows no redirect.
    return redirect(url_for(".stop", token=token), 303) if chosen else _page(person, token)


def _page(person: Person, token: str) -> str:
    return render_template(
        "notifications/stop.html",
        rhythm=person.rhythm,
        label=RHYTHM_LABELS[person.rhythm],
        action=url_for(".stop", token=token),
        is_stopped=person.rhythm is Rhythm.ASKS,
        others=[known for known in (Rhythm.DAILY, Rhythm.WEEKLY) if known is not person.rhythm],
    )
