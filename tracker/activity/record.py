"""Note that something happened, and owe the mails that follow from it."""

from collections.abc import Iterable
from typing import Any

from tracker import clock
from tracker.activity.kinds import KINDS, Why
from tracker.activity.models import Activity, Delivery
from tracker.database import db
from tracker.permissions import Actor

GENERIC = "activity/mail/happened.txt"


def record(
    kind: str,
    subject: Any,
    *,
    actor: Actor | None,
    tell: Iterable[Any] = (),
    why: Why | None = None,
    template: str = GENERIC,
    **details: Any,
) -> Activity:
    """Write one row for one change, in the same transaction.

    `kind` is declared in `activity.kinds`; `subject` is a row with `path` and `label`; `tell` are Persons who
    get a mail (never the actor, never somebody without an address); `why` is the reason the mail gives for
    coming to them (left out: the team of a project, else themselves); `details` are plain JSON values, of
    which `reason`, `note` or `words` is what somebody wrote, and goes into the mail.
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
        details={"title": subject.label, "path": subject.path, **details},
    )
    db.session.add(activity)
    why = why or (Why.TEAM if activity.subject_type == "project" else Why.YOURSELF)
    for person in dict.fromkeys(tell):
        if person is not actor and person.email:
            activity.deliveries.append(_delivery(person, template, {"why": why.value}))
    return activity


def owe(template: str, person: Any, **details: Any) -> None:
    """Owe a person one mail that no activity stands behind, such as a link to sign in."""
    db.session.add(_delivery(person, template, details))


def _delivery(person: Any, template: str, details: dict[str, Any]) -> Delivery:
    return Delivery(
        recipient_id=person.id,
        address=person.email,
        name=person.name,
        language=person.interface_language or "en",
        template=template,
        details=details,
    )
