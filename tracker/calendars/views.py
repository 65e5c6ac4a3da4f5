import hashlib
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from tracker import signing
from tracker.access import actor, by_link, requires
from tracker.calendars import actions, links, queries
from tracker.calendars.entries import contents_of, name_of
from tracker.calendars.models import CalendarFeed
from tracker.calendars.permissions import may_subscribe
from tracker.calendars.states import Scope
from tracker.calendars.writing import write
from tracker.database import db
from tracker.forms import number_or_none
from tracker.i18n import _, speaking
from tracker.templating import site_name

bp = Blueprint("calendars", __name__)


@bp.route("/me/calendars", methods=["GET", "POST"])
@requires("signed_in")
def index() -> Any:
    """The calendars somebody has; a POST names what to subscribe to (`scope` and `subject`)."""
    person = actor()
    if request.method == "POST":
        return _subscribe(person)
    feeds = queries.feeds_of(person)
    subjects = queries.subjects(feeds)
    return render_template(
        "calendars/index.html",
        shown=[(feed, *_named(feed, subjects.get((feed.scope, feed.subject_id)))) for feed in feeds],
        address=links.address,
        to_open=links.to_open,
        has_own=any(feed.scope is Scope.PERSON for feed in feeds),
    )


@bp.route("/me/calendars/<int:calendar_feed_id>/renew", methods=["GET", "POST"])
@requires("view_calendar_feed", CalendarFeed)
def renew(feed: CalendarFeed) -> Any:
    if request.method == "POST":
        actions.renew(feed, actor=actor())
        db.session.commit()
        flash(_("The calendar has a new address. The old one no longer works."), "success")
        return redirect(f"{url_for('.index')}#calendar-{feed.id}", 303)
    return render_template("calendars/renew.html", feed=feed, name=_name(feed))


@bp.route("/me/calendars/<int:calendar_feed_id>/end", methods=["GET", "POST"])
@requires("view_calendar_feed", CalendarFeed)
def end(feed: CalendarFeed) -> Any:
    if request.method == "POST":
        actions.end(feed, actor=actor())
        db.session.commit()
        flash(_("The calendar is ended. Its address no longer works."), "success")
        return redirect(url_for(".index"), 303)
    return render_template("calendars/end.html", feed=feed, name=_name(feed))


@bp.get("/calendars/<token>.ics")
@by_link
def feed(token: str) -> Response:
    """The file that a calendar program fetches every few hours: what the owner may read now, in their language."""
    found = links.find(token) or abort(404)
    with speaking(found.person.interface_language or None):
        contents = contents_of(found, site_name())
        body = write(contents, site=links.site(), base_url=signing.base_url())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    return response


def _subscribe(person: Any) -> Any:
    wanted, number = request.form.get("scope", ""), number_or_none(request.form.get("subject"))
    if wanted not in set(Scope) or number is None:
        flash(_("Choose a calendar first."), "warning")
        return redirect(url_for(".index"), 303)
    scope = Scope(wanted)
    subject = queries.subject(scope, number)
    if not may_subscribe(person, scope, subject):
        abort(404)
    subscribed = actions.subscribe(person, scope, subject)
    db.session.commit()
    return redirect(f"{url_for('.index')}#calendar-{subscribed.id}", 303)


def _named(feed: CalendarFeed, subject: Any) -> tuple[str, str]:
    """What a calendar is called, and the page it is of; neither where the reader may not see that any more."""
    if not may_subscribe(actor(), feed.scope, subject):
        return _("A calendar that is no longer open to you"), ""
    name = name_of(feed.scope, subject, site_name())
    return name, "" if feed.scope is Scope.PERSON else str(subject.path)


def _name(feed: CalendarFeed) -> str:
    return _named(feed, queries.subject(feed.scope, feed.subject_id))[0]
