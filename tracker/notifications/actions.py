"""Gather what is held for a person into one mail, and change how often they want to hear.

A held row that was gathered has its `digest_id`, and `sent_at` for the moment it was; whether that mail went out is
told by its own row. A held row that nobody wants any more has `withdrawn_at`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tracker import clock, hours
from tracker.activity.models import Delivery
from tracker.activity.record import delivery_to
from tracker.activity.states import Rhythm, Sort
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.institutions.models import Person
from tracker.milestones.queries import coming
from tracker.notifications import queries

DIGEST = "notifications/mail/digest.txt"
MOST_REMINDER_MAILS = 3  # with reminders, for one person …
WEEK = timedelta(days=7)  # … in this time
AHEAD = timedelta(hours=12)  # what comes due later on the same day comes along
TOO_LATE = timedelta(hours=2)  # what nobody gathered in time waits for a decent hour again
COMING = timedelta(days=7)  # in a mail that may come every day: else the same dates stand in it too often
COMING_WEEKLY = timedelta(days=14)
MOST_OF_ONE = 10  # of news about one thing in one mail; the rest is counted


def gather(person_id: int) -> bool:
    """Owe a person one mail with all that is due for them; return whether anything was done.

    Nothing is, while another worker does it. The weekly most of mails with reminders is kept: above it, reminders
    wait for the first decent moment after it frees.
    """
    now = clock.now()
    person = queries.claimed_person(person_id)
    if person is None:
        return False
    held = queries.held_for(person, now + AHEAD)
    due = [row for row in held if _since(row) <= now]
    if not due:
        return False
    if not person.email:
        _withdraw(held)
    elif now - min(map(_since, due)) > TOO_LATE and not hours.is_decent(now, person.time_zone):
        put_off(due, hours.decent(now, person.time_zone))
    else:
        _gather(person, held, now)
    return True


def put_off(rows: Sequence[Delivery], until: datetime) -> None:
    """Hold rows for longer."""
    for row in rows:
        row.not_before = max(_since(row), until)


def put_off_all(person_id: int, until: datetime) -> None:
    """Hold what is due for a person for longer, as when gathering it failed."""
    if person := queries.claimed_person(person_id):
        put_off(queries.held_for(person, clock.now()), until)


def choose_rhythm(person: Person, rhythm: Rhythm) -> None:
    """From now on this person hears of what happened this often. Questions to them come at once in any case."""
    institutions.change_person(person, rhythm=rhythm, actor=person)


def _gather(person: Person, held: Sequence[Delivery], now: datetime) -> None:
    asked = [row for row in held if row.sort is Sort.ASK]
    reminders = [row for row in held if row.sort is Sort.REMINDER]
    news = [row for row in held if row.sort not in (Sort.ASK, Sort.REMINDER)]
    if person.rhythm is Rhythm.ASKS:
        _withdraw(news)
        news = []
    if reminders and (freed := _freed_at(person, now)):
        put_off(reminders, hours.decent(freed, person.time_zone))
        reminders = []
    if not any(_since(row) <= now for row in (*asked, *reminders, *news)):
        return  # the rest has its own time
    newest = list({row.thread or row.id: row for row in (*reminders, *asked)}.values())  # one of each question
    if len(newest) == 1 and not news:
        mail = _question(person, newest[0])
    else:
        mail = _digest(person, newest, news)
    mail.created_at = now
    db.session.add(mail)
    db.session.flush()
    for row in (*asked, *reminders, *news):
        row.digest_id, row.sent_at = mail.id, now


def _freed_at(person: Person, now: datetime) -> datetime | None:
    """When the person may get a mail with reminders again; None: now."""
    mails = queries.reminded_at(person, now - WEEK)
    return mails[-MOST_REMINDER_MAILS] + WEEK if len(mails) >= MOST_REMINDER_MAILS else None


def _question(person: Person, row: Delivery) -> Delivery:
    is_reminder = row.sort is Sort.REMINDER
    mail = delivery_to(person, row.template, _values(row) | {"is_reminder": is_reminder}, row.sort)
    mail.thread, mail.reply_to = row.thread, row.reply_to
    return mail


def _digest(person: Person, questions: Sequence[Delivery], news: Sequence[Delivery]) -> Delivery:
    """What is late is asked of whoever can help it; among the coming dates it would stand every day."""
    asked = [
        _values(row) | {"thread": row.thread, "template": row.template, "is_reminder": row.sort is Sort.REMINDER}
        for row in questions
    ]
    named = {(each.get("path"), each.get("milestone")) for each in asked}
    is_reminding = any(row.sort is Sort.REMINDER for row in questions)
    details = {
        "questions": asked,
        "news": _by_subject(news),
        "dates": [
            {
                "title": milestone.name,
                "project": milestone.project.label,
                "path": milestone.path,
                "due": str(milestone.due),
            }
            for milestone in coming(person, COMING_WEEKLY if person.rhythm is Rhythm.WEEKLY else COMING)
            if not milestone.is_late and (milestone.project.path, milestone.name) not in named
        ],
    }
    sort = Sort.DIGEST if news else Sort.REMINDER if is_reminding else Sort.ASK
    return delivery_to(person, DIGEST, details, sort)


def _by_subject(news: Sequence[Delivery]) -> list[dict[str, Any]]:
    """[{"title", "path", "items": [the values of each], "more": how many are left out}, …], first come first."""
    groups: dict[str, dict[str, Any]] = {}
    for row in news:
        values = _values(row)
        group = groups.setdefault(
            row.thread or values.get("path", ""),
            {"title": values.get("title", ""), "path": values.get("path", ""), "items": [], "more": 0},
        )
        if values in group["items"]:
            continue  # a text saved five times is one piece of news
        if len(group["items"]) < MOST_OF_ONE:
            group["items"].append(values)
        else:
            group["more"] += 1
    return list(groups.values())


def _values(row: Delivery) -> dict[str, Any]:
    """What the row's mail would be composed of, as plain values."""
    if activity := row.activity:
        return {**activity.details, **row.details, "kind": activity.kind, "actor_name": activity.actor_name}
    return dict(row.details)


def _withdraw(rows: Sequence[Delivery]) -> None:
    for row in rows:
        row.withdrawn_at = clock.now()


def _since(row: Delivery) -> datetime:
    return row.not_before or row.created_at
