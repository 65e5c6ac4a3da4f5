"""The mails of asks: one to each who can answer, withdrawn as soon as the ask has ended. Part of the actions."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tracker import clock, hours, mail
from tracker.activity import outbox
from tracker.activity.models import Activity, Delivery
from tracker.activity.record import delivery_to
from tracker.activity.states import Sort
from tracker.asks import addressees, links, queries
from tracker.asks.kinds import KINDS
from tracker.asks.models import Ask
from tracker.asks.queries import LOST
from tracker.database import db
from tracker.i18n import speaking
from tracker.institutions.models import Person
from tracker.institutions.queries import person_by_email

NOBODY = "asks/mail/nobody.txt"
MOST_MAILED_AGAIN = 10
MAILED_AGAIN_AFTER = timedelta(minutes=15)
LINK = re.compile(r"/a/[A-Za-z0-9_-]{43}")


def send_to_all(ask: Ask, *, but: Person | None, because: Activity | None = None) -> None:
    """Owe the mail to everyone who can answer, but not to whoever asks.

    Where nobody holds the seat the coordinators of its network are told: they can name somebody, or answer for it.
    """
    able = addressees.mailed(ask)
    names = [person.name for person in able]
    for person in able:
        if but is None or person.id != but.id:
            send(ask, person, because=because, others=[name for name in names if name != person.name])
    if not able and ask.network_id is not None and ask.addressee_type == "institution":
        for person in addressees.ROLES["network"].people(ask.network_id):
            if person.email and (but is None or person.id != but.id):
                told = _owe(ask, person, because, template=NOBODY, nonce="")
                if KINDS[ask.kind].is_by_calendar:
                    told.not_before = hours.decent(clock.now(), person.time_zone)


def send(ask: Ask, person: Person, *, because: Activity | None = None, is_reminder: bool = False, **more: Any) -> None:
    """Owe one person the mail of an ask, with a link of their own: at once, unless only the calendar asks."""
    kind, link = KINDS[ask.kind], links.issue(ask, person)
    delivery = _owe(
        ask,
        person,
        because,
        template=kind.mail,
        nonce=link.nonce,
        sort=Sort.REMINDER if is_reminder else Sort.ASK,
        is_reminder=is_reminder,
        **more,
    )
    if kind.is_by_calendar and not (is_reminder or more.get("handed_on_by")):
        delivery.is_held, delivery.not_before = True, hours.decent(clock.now(), person.time_zone)


def hold_reminder(ask: Ask, person: Person, not_before: Any) -> None:
    """Owe a reminder that is gathered, from `not_before` on, with whatever else is held for the person."""
    link = links.issue(ask, person)
    delivery = _owe(
        ask, person, None, template=KINDS[ask.kind].mail, nonce=link.nonce, sort=Sort.REMINDER, is_reminder=True
    )
    delivery.is_held, delivery.not_before = True, not_before


def mail_again(asks: Iterable[Ask], person: Person) -> None:
    """Owe a person fresh mails of what they can answer: they asked for them. Not of what was mailed just now, so that
    nobody can fill another's mailbox.
    """
    since = clock.now() - MAILED_AGAIN_AFTER
    for ask in sorted(asks, key=lambda ask: ask.id):
        queries.lock(ask)
        if ask.is_open and addressees.answers_for(person, ask) and not _was_mailed(ask, person, since):
            send(ask, person, is_reminder=True)


def mail_what_waits(email: str) -> None:
    """Owe whoever has this normalised address the mails of what waits for them; nobody where nothing does."""
    person = person_by_email(email)
    if person is not None:
        mail_again(queries.waiting(person)[:MOST_MAILED_AGAIN], person)


def note_lost(email: str) -> None:
    """Somebody says that this normalised address lost its mails: a row for the worker, which takes it away again.

    So the page that takes the address does the same for a known one and an unknown one, and takes as long. The row
    is held, so nobody sends it: see `rounds.mail_again`.
    """
    now = clock.now()
    lost = Delivery(address=email, template=LOST, sort=Sort.ACCOUNT, is_held=True, not_before=now, created_at=now)
    db.session.add(lost)


def _was_mailed(ask: Ask, person: Person, since: datetime) -> bool:
    """Whether a mail of the ask to this person was owed since then, and not withdrawn."""
    mails = sa.select(Delivery.id).where(Delivery.recipient_id == person.id, Delivery.created_at > since)
    wanted = (Delivery.thread == ask.thread, Delivery.withdrawn_at.is_(None), Delivery.is_held.is_(False))
    return db.session.scalar(mails.where(*wanted).limit(1)) is not None


def withdraw(ask: Ask, person: Person | None = None) -> None:
    """What was not sent yet is not sent any more; with a person: theirs only, and their links stop working too."""
    if person is not None:
        links.withdraw(ask, person)
    db.session.flush()
    outbox.withdraw(ask.thread, recipient_id=person.id if person is not None else None)


def _owe(
    ask: Ask,
    person: Person,
    because: Activity | None,
    *,
    template: str,
    nonce: str,
    sort: Sort = Sort.ASK,
    is_reminder: bool = False,
    **more: Any,
) -> Delivery:
    if because is not None and any(_asks_else(known, ask, person) for known in because.deliveries):
        because = None  # somebody of two places is asked twice: each question has its mail
    if because is not None:  # one mail for one event: this one says it all
        for known in [known for known in because.deliveries if known.recipient_id == person.id]:
            because.deliveries.remove(known)
            db.session.expunge(known) if known in db.session.new else db.session.delete(known)
            db.session.flush()  # before the new row, of which there may be one for each activity and person
    delivery = delivery_to(person, template, _details(ask, person, nonce, is_reminder=is_reminder, **more), sort)
    delivery.reply_to = (ask.asked_by.email or "") if ask.asked_by and ask.asked_by is not person else ""
    delivery.thread, delivery.created_at = ask.thread, clock.now()
    delivery.activity = because
    db.session.add(delivery)
    ask.mailed_at = clock.now()
    return delivery


def _asks_else(known: Delivery, ask: Ask, person: Person) -> bool:
    return known.recipient_id == person.id and known.details.get("ask_id", ask.id) != ask.id


def _details(ask: Ask, person: Person, nonce: str, **more: Any) -> dict[str, Any]:
    """What the text of the mail names. Nothing is read when it is sent; the nonce opens nothing without the key."""
    return {
        **ask.details,
        "ask_id": ask.id,
        "asked_kind": ask.kind,
        "person_id": person.id,
        "nonce": nonce,
        "for": ask.addressee_name,
        "by": ask.asked_by_name,
        "role": ask.addressee_type,
        "due": ask.due_on.isoformat(),
        "others": [],
        **dict.fromkeys(("handed_on_by", "reminded_by", "words"), ""),
        **more,
    }


def prepared_reminder(ask: Ask, person: Person, *, by: str) -> tuple[str, str]:
    """(language, text with its subject) of the reminder that `person` would get from somebody called `by`.

    Whoever looks at it before it goes must not get the link: it is left out.
    """
    tag = person.interface_language or "en"
    with speaking(tag):
        details = _details(ask, person, "", is_reminder=True, reminded_by=by)
        values = {"recipient_name": person.name, **details}
        message = mail.compose(KINDS[ask.kind].mail, person.email or "", person.name, values)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    return tag, f"{message['Subject']}\n\n{LINK.sub('/a/…', text)}"
