"""Reading the mails that are owed, as their receivers would."""

import re

import sqlalchemy as sa

from tracker import clock
from tracker.activity import outbox
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.institutions.models import Person


def owed(person: Person) -> list[Delivery]:
    """What is to be sent to a person, oldest first."""
    db.session.flush()
    unsent = (Delivery.recipient_id == person.id, Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None))
    return list(db.session.scalars(sa.select(Delivery).where(*unsent).order_by(Delivery.id)))


def text_of(delivery: Delivery) -> str:
    """Subject and text of the mail."""
    message = outbox.compose(outbox._letter(delivery, clock.now()))
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


def link_in(text: str) -> str:
    """The path of the link to answer."""
    found = re.search(r"https?://[^/\s]+(/a/[A-Za-z0-9_-]{43})\b", text)
    assert found, text
    return found[1]


def link_to(person: Person) -> str:
    """The path of the link in the newest mail owed to a person."""
    return link_in(text_of(owed(person)[-1]))
