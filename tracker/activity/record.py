"""Note that something happened, and owe the mails that follow from it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tracker import clock, hours
from tracker.activity.kinds import KINDS, Why
from tracker.activity.models import Activity, Delivery
from tracker.activity.states import Rhythm, Sort
from tracker.database import db
from tracker.permissions import Actor

GENERIC = "activity/mail/happened.txt"

_beside: ContextVar[dict[str, Any] | None] = ContextVar("beside", default=None)


@contextmanager
def noting(**details: Any) -> Iterator[None]:
    """Whatever is recorded inside gets these details too, such as that it was done by a mailed link."""
    token = _beside.set(details)
    try:
        yield
    finally:
        _beside.reset(token)


def record(
    kind: str,
    subject: Any,
    *,
    actor: Actor | None,
    tell: Iterable[Any] = (),
    why: Why | None = None,
    template: str = GENERIC,
    sort: Sort = Sort.NEWS,
    thread: str = "",
    reply_to: str = "",
    **details: Any,
) -> Activity:
    """Write one row for one change, in the same transaction.

    `kind` is declared in `activity.kinds`; `subject` is a row with `path` and `label`; `tell` are Persons who
    get a mail (never the actor, never somebody without an address); `why` is the reason the mail gives for
    coming to them (left out: the team of a project, else themselves); `details` are plain JSON values, of
    which `reason`, `note` or `words` is what somebody wrote, and goes into the mail. `sort` is what the mails are
    for their readers; `thread` gathers them with others (left out: those about the same subject); answers go to
    `reply_to`, an address (left out: as the settings say).
    """
    if kind not in KINDS:
        raise LookupError(f"undeclared kind of activity: {kind}")
    db.session.flush()  # the subject may be new: give it an id
    activity = Activity(
        kind=kind,
        at=clock.now(),
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        actor_id=actor.id if actor else None,
        actor_name=actor.name if actor else "",
        details={"title": subject.label, "path": subject.path, **(_beside.get() or {}), **details},
    )
    db.session.add(activity)
    why = why or (Why.TEAM if activity.subject_type == "project" else Why.YOURSELF)
    for person in dict.fromkeys(tell):
        if person is not actor and person.email and (owed := _owed(person, template, {"why": why.value}, sort)):
            owed.thread = thread or f"{activity.subject_type}-{activity.subject_id}"
            owed.reply_to = reply_to
            activity.deliveries.append(owed)
    return activity


def owe(
    template: str, person: Any, *, sort: Sort = Sort.ACCOUNT, thread: str = "", reply_to: str = "", **details: Any
) -> Delivery:
    """Owe a person one mail that no activity stands behind, such as a link to sign in, and return its row."""
    delivery = delivery_to(person, template, details, sort)
    delivery.thread, delivery.reply_to = thread, reply_to
    db.session.add(delivery)
    return delivery


def _owed(person: Any, template: str, details: dict[str, Any], sort: Sort) -> Delivery | None:
    return _news(person, template, details) if sort is Sort.NEWS else delivery_to(person, template, details, sort)


def _news(person: Any, template: str, details: dict[str, Any]) -> Delivery | None:
    """News as often as the person wants it: at once, held for their next digest, or not at all.

    A mail with a text of its own is more than news: it goes at once to everybody.
    """
    news = delivery_to(person, template, details, Sort.NEWS)
    rhythm = getattr(person, "rhythm", Rhythm.AT_ONCE)  # an address alone has none
    if template != GENERIC or rhythm is Rhythm.AT_ONCE:
        return news
    if rhythm is Rhythm.ASKS:
        return None
    news.is_held = True
    news.not_before = hours.next_digest(clock.now(), rhythm, person.time_zone, person_id=person.id)
    return news


def delivery_to(person: Any, template: str, details: dict[str, Any], sort: Sort) -> Delivery:
    """The row of a mail to a person, at the address and in the language they have now; not added to the session."""
    return Delivery(
        sort=sort,
        recipient_id=person.id,
        address=person.email,
        name=person.name,
        language=person.interface_language or "en",
        template=template,
        details=details,
    )
