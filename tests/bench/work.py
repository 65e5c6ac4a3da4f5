"""Measuring the worker on one database: a turn with nothing due, much that falls due at once, composing mails.

It leaves its mails in the database, unsent: measure pages before.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.bench.bulk import Bulk
from tests.bench.files import FileMade, files
from tests.bench.statements import Statement, collected, plan
from tracker import clock, worker
from tracker.activity import outbox
from tracker.activity.models import Activity, Delivery
from tracker.activity.record import GENERIC
from tracker.activity.states import Sort
from tracker.asks.models import Ask
from tracker.asks.rounds import remind
from tracker.asks.states import AskState
from tracker.database import Base, db
from tracker.institutions.models import Person
from tracker.notifications.rounds import gather

TURNS = 5  # with nothing due; the median counts
MOST_PEOPLE, OF_EACH = 5_000, 2  # for whom things fall due at once: so many reminders each, and so much news
LETTERS = 1_000  # composed, of each kind


@dataclass
class Work:
    """How the worker did on one database. Times are in seconds."""

    found: int = 0  # things that were due where nothing should have been
    queries: int = 0  # of a turn with nothing due
    turn: float = 0.0
    rounds: dict[str, tuple[int, float]] = field(default_factory=dict)  # of that turn: what -> (queries, seconds)
    slowest: list[Statement] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)
    people: int = 0  # for whom things fell due at once
    reminders: int = 0
    news: int = 0
    holding: float = 0.0  # until all reminders were held
    gathering: float = 0.0  # until all that was held was gathered into mails
    mails: int = 0
    longest_holding: float = 0.0  # transaction
    longest_gathering: float = 0.0
    digests: float = 0.0  # composed in a second
    questions: float = 0.0
    files: list[FileMade] = field(default_factory=list)


def work(app: Flask, *, explain: bool = False) -> Work:
    """The figures of the worker."""
    done = Work(found=worker.run_once(app))
    while worker.run_once(app):
        pass
    _idle(app, done, explain=explain)
    done.files = files(app)
    with app.app_context(), db.engine.begin() as connection:
        _fall_due(Bulk(connection), done)
    with _transactions() as took:
        done.holding = _until_done(app, remind)
        done.longest_holding = max(took, default=0.0)
        with app.app_context():  # at a decent hour, which is not waited for
            held = sa.update(Delivery).where(Delivery.is_held, Delivery.sent_at.is_(None))
            db.session.execute(held.values(not_before=clock.now() - timedelta(seconds=1)))
            db.session.commit()
        took.clear()
        done.gathering = _until_done(app, gather)
        done.longest_gathering = max(took, default=0.0)
    with app.app_context():
        owed = sa.select(sa.func.count()).where(Delivery.is_held.is_(False), Delivery.sent_at.is_(None))
        done.mails = db.session.scalar(owed.where(Delivery.refused_at.is_(None))) or 0
        done.digests = _composed(outbox.claim(LETTERS))
        done.questions = _composed(_asked_again())
    return done


def _idle(app: Flask, done: Work, *, explain: bool) -> None:
    times = []
    for _turn in range(TURNS):
        with collected() as sent:
            began = time.perf_counter()
            worker.run_once(app)
            times.append(time.perf_counter() - began)
    done.queries, done.turn = len(sent), median(times)
    done.slowest = sorted(sent, key=lambda one: -one.took)[:5]
    if explain:
        done.plans = [plan(app, statement) for statement in done.slowest]
    for each in worker.ROUNDS.values():
        with app.app_context(), collected() as sent:
            began = time.perf_counter()
            each.run(worker.AT_ONCE)
            done.rounds[each.what] = len(sent), time.perf_counter() - began


def _fall_due(bulk: Bulk, done: Work) -> None:
    """Questions to remind of now, and news to gather now, all for the same people."""
    now = clock.now()
    people = list(bulk.connection.scalars(sa.select(Person.id).order_by(Person.id).limit(MOST_PEOPLE)))
    activities = bulk.connection.scalar(sa.select(sa.func.max(Activity.id))) or 1
    ours = 1_000_000_000  # milestones that nobody else was asked about: reminding reads none
    asks, news = [], []
    for order, person in enumerate(person for person in people for _time in range(OF_EACH)):
        title, path = f"Border trade around Kelang {order}", f"/projects/{order % 200 + 1}"
        asks.append(
            {
                "kind": "milestones.due",
                "subject_type": "milestone",
                "subject_id": ours + order,
                "about_type": "project",
                "about_id": order % 200 + 1,
                "network_id": 1,
                "addressee_type": "person",
                "addressee_id": person,
                "addressee_name": f"Person {person}",
                "state": AskState.OPEN,
                "asked_at": now - timedelta(days=9),
                "due_on": now.date() - timedelta(days=2),
                "remind_at": now - timedelta(minutes=1),
                "details": {"title": title, "path": path, "milestone": "Field work done"},
            }
        )
        news.append(
            {
                "activity_id": order % activities + 1,
                "recipient_id": person,
                "address": f"p{person}@example.org",
                "name": f"Person {person}",
                "template": GENERIC,
                "details": {"why": "team"},
                "sort": Sort.NEWS,
                "thread": f"project-{order % 200 + 1}",
                "is_held": True,
                "not_before": now,
            }
        )
    bulk.put(Ask, asks)
    bulk.put(Delivery, news)
    bulk.finish(Base.metadata)
    done.people, done.reminders, done.news = len(people), len(asks), len(news)


def _until_done(app: Flask, run: Callable[[int], int]) -> float:
    """Seconds until a round finds no more, as the worker repeats it."""
    began, handled = time.perf_counter(), worker.AT_ONCE
    while handled == worker.AT_ONCE:
        with app.app_context():
            handled = run(worker.AT_ONCE)
    return time.perf_counter() - began


def _composed(letters: list[outbox.Letter]) -> float:
    """Mails a second, text and HTML."""
    began = time.perf_counter()
    for letter in letters:
        outbox.compose(letter).as_bytes()
    return len(letters) / (time.perf_counter() - began)


def _asked_again() -> list[outbox.Letter]:
    """The mails of some open asks, of all kinds."""
    open_ones = sa.select(sa.literal("ask-") + sa.cast(Ask.id, sa.String)).where(
        Ask.state == AskState.OPEN, Ask.mailed_at.is_not(None)
    )
    mails = sa.select(Delivery).where(Delivery.thread.in_(open_ones), Delivery.sort == Sort.ASK)
    return [
        outbox._letter(mail, clock.now()) for mail in db.session.scalars(mails.order_by(Delivery.id).limit(LETTERS))
    ]


@contextmanager
def _transactions() -> Iterator[list[float]]:
    """A list of how many seconds each transaction of a session takes meanwhile, its commit included."""
    took: list[float] = []
    began: dict[int, float] = {}

    def begin(session: Any, *_more: Any) -> None:
        began[id(session)] = time.perf_counter()

    def end(session: Any, *_more: Any) -> None:
        if (started := began.pop(id(session), None)) is not None:
            took.append(time.perf_counter() - started)

    listeners = (("after_begin", begin), ("after_commit", end), ("after_rollback", end))
    for name, listener in listeners:
        sa.event.listen(sa.orm.Session, name, listener)
    try:
        yield took
    finally:
        for name, listener in listeners:
            sa.event.remove(sa.orm.Session, name, listener)
