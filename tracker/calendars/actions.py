from typing import Any

from tracker import clock, signing
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.calendars import queries
from tracker.calendars.links import token
from tracker.calendars.models import CalendarFeed
from tracker.calendars.permissions import may_subscribe
from tracker.calendars.states import Scope
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person

MOST_FEEDS = 50  # of one person

declare(
    {
        "calendars.subscribe": _l("%(actor)s subscribed to a calendar."),
        "calendars.renew": _l("%(actor)s gave a calendar a new address."),
        "calendars.end": _l("%(actor)s ended a calendar."),
    }
)


def subscribe(person: Person, scope: Scope, subject: Any) -> CalendarFeed:
    """Give somebody a calendar of their own dates, a project, an institution or a network; the one they have already.

    Raises RuleBroken for what they may not read.
    """
    if not may_subscribe(person, scope, subject):
        raise RuleBroken(_("You cannot subscribe to this calendar."))
    held = queries.feed_of(person, scope, subject.id)
    if held is not None:
        return held
    if len(queries.feeds_of(person)) >= MOST_FEEDS:
        raise RuleBroken(_("You have many calendars already. End one that you no longer need."))
    nonce = signing.new_nonce()
    feed = CalendarFeed(
        person=person,
        scope=scope,
        subject_id=subject.id,
        nonce=nonce,
        token_hash=signing.hashed(token(nonce)),
        created_at=clock.now(),
    )
    db.session.add(feed)
    record("calendars.subscribe", person, actor=person, scope=scope.value, subject_id=subject.id)
    return feed


def renew(feed: CalendarFeed, *, actor: Person) -> None:
    """A new address; the old one stops working at once."""
    feed.nonce = signing.new_nonce()
    feed.token_hash = signing.hashed(token(feed.nonce))
    feed.renewed_at = clock.now()
    record("calendars.renew", feed.person, actor=actor, scope=feed.scope.value, subject_id=feed.subject_id)


def end(feed: CalendarFeed, *, actor: Person) -> None:
    """The address stops working, and nothing is kept of it."""
    record("calendars.end", feed.person, actor=actor, scope=feed.scope.value, subject_id=feed.subject_id)
    db.session.delete(feed)
