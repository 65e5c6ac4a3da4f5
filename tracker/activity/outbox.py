"""Sending what is owed. Claim first, then work with plain values and no open transaction.

An attempt counts when the mail is about to go, not when it is claimed: a run that dies takes nothing from the
mails it held. A mail is given up after MOST_ATTEMPTS, which take more than five days; it then stays in the
table, is listed by `undelivered`, and can be owed anew with `retry`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker import clock, mail
from tracker.activity.kinds import said, sentence, why_sentence
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.i18n import speaking

CLAIM_LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 30
FIRST_PAUSE = timedelta(minutes=2)  # doubled after every refusal …
LONGEST_PAUSE = timedelta(hours=6)  # … up to this

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One mail, detached from the database."""

    delivery_id: int
    address: str
    name: str
    language: str
    template: str
    values: dict[str, Any]
    claimed_at: datetime


def send_owed(limit: int = 100, send: Callable[[mail.Message], None] | None = None) -> int:
    """Send up to `limit` mails and return how many were handled.

    A crash loses none; at worst one is sent again after CLAIM_LASTS. Safe to run several times at once.
    """
    letters = claim(limit)
    for letter in letters:
        if not _still_ours(letter):
            continue
        try:
            (send or mail.send)(compose(letter))
        except Exception as error:  # whatever the server says, the mail stays owed and the others go on
            log.warning("mail %s could not be sent: %s", letter.delivery_id, error)
            _note(letter.delivery_id, claimed_at=_next_try(letter.delivery_id), last_error=str(error)[:500])
        else:
            _note(letter.delivery_id, sent_at=clock.now(), last_error="")
    return len(letters)


def claim(limit: int) -> list[Letter]:
    """Take mails for this run only, so that two runs at once never send the same one."""
    now = clock.now()
    owed = db.session.scalars(
        sa.select(Delivery)
        .where(Delivery.sent_at.is_(None), Delivery.attempts < MOST_ATTEMPTS)
        .where(sa.or_(Delivery.claimed_at.is_(None), Delivery.claimed_at < now - CLAIM_LASTS))
        .options(joinedload(Delivery.activity))
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    letters = [_letter(delivery, now) for delivery in owed]
    for delivery in owed:
        delivery.claimed_at = now
    db.session.commit()
    return letters


def retry() -> int:
    """Owe every mail that is still unsent after an error anew, at once, and return how many there are. Commits."""
    result = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.sent_at.is_(None), Delivery.last_error != "")
        .values(attempts=0, claimed_at=None)
    )
    db.session.commit()
    return int(result.rowcount)  # type: ignore[attr-defined]


def compose(letter: Letter) -> mail.Message:
    """The mail itself, in the reader's language."""
    with speaking(letter.language):
        values = dict(letter.values)
        if "kind" in values:
            values["sentence"] = sentence(values["kind"], values["actor_name"], values)
            values["said"] = said(values, beside=values["sentence"])
            values["why_sentence"] = why_sentence(values.get("why"))
        return mail.compose(letter.template, letter.address, letter.name, values)


def _still_ours(letter: Letter) -> bool:
    """Claim it once more and count the attempt, just before it goes.

    With a slow server the first of many take longer than a claim lasts.
    """
    result = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.id == letter.delivery_id, Delivery.sent_at.is_(None))
        .where(Delivery.claimed_at == letter.claimed_at)
        .values(claimed_at=clock.now(), attempts=Delivery.attempts + 1)
    )
    db.session.commit()
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _letter(delivery: Delivery, claimed_at: datetime) -> Letter:
    values = {"recipient_name": delivery.name, **delivery.details}
    if activity := delivery.activity:
        values = {**activity.details, **values, "kind": activity.kind, "actor_name": activity.actor_name}
    return Letter(
        delivery.id, delivery.address, delivery.name, delivery.language, delivery.template, values, claimed_at
    )


def _next_try(delivery_id: int) -> datetime:
    attempts = db.session.scalar(sa.select(Delivery.attempts).where(Delivery.id == delivery_id)) or 1
    pause = FIRST_PAUSE * 2 ** min(attempts - 1, 10)
    return clock.now() - CLAIM_LASTS + min(pause, LONGEST_PAUSE)


def _note(delivery_id: int, **values: Any) -> None:
    db.session.execute(sa.update(Delivery).where(Delivery.id == delivery_id).values(**values))
    db.session.commit()
