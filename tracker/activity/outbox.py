"""Sending what is owed. Claim first, then work with plain values and no open transaction.

An attempt counts when the mail is about to go, not when it is claimed: a run that dies takes nothing from the
mails it held. A mail that its address refuses for good is not tried again; any other is given up after
MOST_ATTEMPTS, which take more than five days. Both then stay in the table, are listed by `undelivered`, are noted
beside their receiver, and can be owed anew with `retry`.
"""

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from tracker import clock, mail, signing
from tracker.activity.kinds import said, sentence, why_sentence
from tracker.activity.models import UNSENT_ONE_BY_ONE, Delivery
from tracker.activity.states import Sort
from tracker.database import Base, db
from tracker.i18n import speaking

CLAIM_LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 30
FIRST_PAUSE = timedelta(minutes=2)  # doubled after every refusal …
LONGEST_PAUSE = timedelta(hours=6)  # … up to this
A_BOUNCE_COUNTS = timedelta(days=3)  # a mail that was taken only proves something once it can have come back
LISTS = {Sort.NEWS: "news", Sort.DIGEST: "news", Sort.ASK: "asks", Sort.REMINDER: "asks"}
STOPPABLE = frozenset({Sort.NEWS, Sort.DIGEST, Sort.REMINDER})

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One mail, detached from the database."""

    delivery_id: int
    recipient_id: int | None
    address: str
    name: str
    language: str
    template: str
    sort: Sort
    thread: str
    reply_to: str
    values: dict[str, Any]
    claimed_at: datetime


Composer = Callable[[Letter], dict[str, Any]]
_composers: list[tuple[str, Composer]] = []


def composer(prefix: str) -> Callable[[Composer], Composer]:
    """Register what adds values to mails whose template's name begins with `prefix`, just before they go.

    It is called in the reader's language with the letter as far as it is made; it may read, and writes nothing:

        @outbox.composer("asks/mail/")
        def add_link(letter): return {"link": …}
    """

    def register(function: Composer) -> Composer:
        _composers.append((prefix, function))
        return function

    return register


def send_owed(limit: int = 100, send: Callable[[mail.Message], None] | None = None) -> int:
    """Send up to `limit` mails and return how many were handled.

    A crash loses none; at worst one is sent again after CLAIM_LASTS. Safe to run several times at once.
    """
    letters = claim(limit)
    with mail.Connection() as connection:
        for handled, letter in enumerate(letters, start=1):
            if not _still_ours(letter):
                continue
            try:
                message = compose(letter)
                db.session.commit()  # ends what a composer read
                (send or connection.send)(message)
            except Exception as error:  # whatever the server says, the mail is not lost and the others go on
                db.session.rollback()
                _failed(letter, error)
                if isinstance(error, mail.Unreachable):  # for the others too: they need not wait for it in turn
                    _give_back(letters[handled:])
                    return handled
            else:
                _sent(letter)
    return len(letters)


def claim(limit: int) -> list[Letter]:
    """Take mails for this run only, so that two runs at once never send the same one."""
    now = clock.now()
    owed = db.session.scalars(
        sa.select(Delivery)
        .where(*UNSENT_ONE_BY_ONE, *_WANTED, Delivery.attempts < MOST_ATTEMPTS)
        .where(sa.or_(Delivery.not_before.is_(None), Delivery.not_before <= now))
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
        .where(Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None), Delivery.last_error != "")
        .values(attempts=0, claimed_at=None, refused_at=None)
    )
    db.session.commit()
    return int(result.rowcount)  # type: ignore[attr-defined]


def withdraw(thread: str, recipient_id: int | None = None) -> int:
    """Never send what is still unsent of a thread, such as "ask-12", perhaps to one person only; return how many mails
    that are.

    In the same transaction as the change that makes them needless.
    """
    unsent = sa.update(Delivery).where(
        Delivery.thread == thread, Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None)
    )
    if recipient_id is not None:
        unsent = unsent.where(Delivery.recipient_id == recipient_id)
    result = db.session.execute(unsent.values(withdrawn_at=clock.now()).execution_options(synchronize_session="fetch"))
    return int(result.rowcount)  # type: ignore[attr-defined]


def compose(letter: Letter) -> mail.Message:
    """The mail itself, in the reader's language."""
    with speaking(letter.language):
        values = dict(letter.values)
        if "kind" in values:
            values["sentence"] = sentence(values["kind"], values["actor_name"], values)
            values["said"] = said(values, beside=values["sentence"])
            values["why_sentence"] = why_sentence(values.get("why"))
        for prefix, function in _composers:
            if letter.template.startswith(prefix):
                values |= function(replace(letter, values=values))
        routing = mail.Routing(
            name=message_name(letter.delivery_id),
            thread=letter.thread,
            list_name=LISTS.get(letter.sort, ""),
            unsubscribe=_unsubscribe(letter),
            reply_to=letter.reply_to,
        )
        return mail.compose(letter.template, letter.address, letter.name, values, routing)


def message_name(delivery_id: int) -> str:
    """What stands before the @ in the Message-ID of a mail: the same each time it is sent, and nobody can guess it."""
    return f"delivery-{delivery_id}.{signing.hashed(signing.sign('message', str(delivery_id)))[:24]}"


def bounced(name: str, words: str) -> bool | None:
    """Note that a mail came back for good: `name` as `message_name` made it, `words` what was said. Commits.

    False where it was known already, None where no mail of ours has that name.
    """
    number = name.removeprefix("delivery-").partition(".")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    if not hmac.compare_digest(message_name(int(number)), name):
        return None
    delivery = db.session.get(Delivery, int(number), with_for_update=True)
    if delivery is None or delivery.refused_at is not None:
        db.session.rollback()
        return None if delivery is None else False
    delivery.refused_at, delivery.last_error = clock.now(), words[:500]
    _note_trouble(delivery.recipient_id, delivery.address, words)
    db.session.commit()
    return True


def _unsubscribe(letter: Letter) -> str:
    """The address that stops mails like this one: a later feature makes it, under "tracker.unsubscribe"."""
    address = current_app.extensions.get("tracker.unsubscribe")
    if address is None or letter.sort not in STOPPABLE or letter.recipient_id is None:
        return ""
    return str(address(letter.recipient_id))


_WANTED = (Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None), Delivery.refused_at.is_(None))


def _still_ours(letter: Letter) -> bool:
    """Claim it once more and count the attempt, just before it goes: it may have been withdrawn meanwhile.

    With a slow server the first of many take longer than a claim lasts.
    """
    result = db.session.execute(
        sa.update(Delivery)
        .where(*_WANTED, Delivery.id == letter.delivery_id, Delivery.claimed_at == letter.claimed_at)
        .values(claimed_at=clock.now(), attempts=Delivery.attempts + 1)
    )
    db.session.commit()
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _give_back(letters: list[Letter]) -> None:
    claimed = [letter.delivery_id for letter in letters]
    db.session.execute(
        sa.update(Delivery)
        .where(*_WANTED, Delivery.id.in_(claimed), Delivery.claimed_at.in_({letter.claimed_at for letter in letters}))
        .values(claimed_at=None)
    )
    db.session.commit()


def _letter(delivery: Delivery, claimed_at: datetime) -> Letter:
    values = {"recipient_name": delivery.name, **delivery.details}
    if activity := delivery.activity:
        values = {**activity.details, **values, "kind": activity.kind, "actor_name": activity.actor_name}
    return Letter(
        delivery_id=delivery.id,
        recipient_id=delivery.recipient_id,
        address=delivery.address,
        name=delivery.name,
        language=delivery.language,
        template=delivery.template,
        sort=delivery.sort,
        thread=delivery.thread,
        reply_to=delivery.reply_to,
        values=values,
        claimed_at=claimed_at,
    )


def _sent(letter: Letter) -> None:
    _note(letter.delivery_id, sent_at=clock.now(), last_error="")
    came_back = sa.exists().where(
        Delivery.recipient_id == letter.recipient_id,
        Delivery.sent_at.is_not(None),
        Delivery.refused_at > clock.now() - A_BOUNCE_COUNTS,
    )
    person = Base.metadata.tables["person"]
    db.session.execute(
        sa.update(person)
        .where(person.c.id == letter.recipient_id, person.c.email == letter.address, person.c.mail_trouble != "")
        .where(~came_back)
        .values(mail_trouble="", mail_trouble_at=None)
    )
    db.session.commit()


def _failed(letter: Letter, error: Exception) -> None:
    words = mail.said(error)
    log.warning("mail %s could not be sent: %s", letter.delivery_id, words)
    attempts = db.session.scalar(sa.select(Delivery.attempts).where(Delivery.id == letter.delivery_id)) or 1
    if mail.is_refusal(error):
        _note(letter.delivery_id, refused_at=clock.now(), last_error=words[:500])
    else:
        pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
        _note(letter.delivery_id, claimed_at=clock.now() - CLAIM_LASTS + pause, last_error=words[:500])
    if mail.is_refusal(error) or attempts >= MOST_ATTEMPTS:
        _note_trouble(letter.recipient_id, letter.address, words)
    db.session.commit()


def _note(delivery_id: int, **values: Any) -> None:
    db.session.execute(sa.update(Delivery).where(Delivery.id == delivery_id).values(**values))


def _note_trouble(person_id: int | None, address: str, words: str) -> None:
    """Beside the person, unless they have another address by now. People are a later feature's: only their table."""
    person = Base.metadata.tables["person"]
    db.session.execute(
        sa.update(person)
        .where(person.c.id == person_id, person.c.email == address)
        .values(mail_trouble=words[:300], mail_trouble_at=clock.now())
    )
