"""The worker: every round has its turn, a failure stops nobody, and a killed one is continued by the next."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from tests.activity.apart import at_once, database_apart
from tests.factories import make_person
from tracker import clock, worker
from tracker.activity.models import Delivery
from tracker.activity.outbox import CLAIM_LASTS
from tracker.activity.record import owe
from tracker.activity.states import Rhythm, Sort
from tracker.database import db

PASSWORD_CHANGED = "accounts/mail/password_changed.txt"
QUESTION = {"title": "Water", "asked_kind": "recruiting.invitation", "for": "An institute", "by": "", "due": ""} | {
    "nonce": "n"
}


@pytest.fixture
def rounds(monkeypatch):
    """The register of rounds, empty."""
    kept = {}
    monkeypatch.setattr(worker, "ROUNDS", kept)
    return kept


def test_a_round_is_repeated_until_it_did_less_than_it_might_have(app, rounds):
    left, asked = [450], []

    @worker.round_of_work("Things done")
    def do(limit):
        asked.append(limit)
        done = min(left[0], limit)
        left[0] -= done
        return done

    said = []
    assert worker.run_once(app, say=said.append) == 450
    assert asked == [worker.AT_ONCE] * 3 and said == ["Things done: 450"]
    assert worker.run_once(app, say=said.append) == 0 and len(said) == 1


def test_a_round_without_end_leaves_the_others_their_turn(app, rounds):
    turns = Counter()

    @worker.round_of_work("Endless")
    def endless(limit):
        turns["endless"] += 1
        return limit

    @worker.round_of_work("Other")
    def other(limit):
        turns["other"] += 1
        return 0

    worker.run_once(app)
    assert turns == {"endless": worker.MOST_BATCHES, "other": 1}


def test_a_round_that_fails_is_undone_and_logged_and_the_others_go_on(app, rounds, caplog):
    person = make_person(email="amina@example.org")
    db.session.execute(sa.delete(Delivery))
    owe(PASSWORD_CHANGED, person)
    db.session.commit()

    @worker.round_of_work("Failing")
    def failing(limit):
        db.session.execute(sa.delete(Delivery))
        raise ValueError("a fault of ours")

    @worker.round_of_work("Other")
    def other(limit):
        return 1

    said = []
    worker.run_once(app, say=said.append)
    assert said == ["Other: 1; E-mails: 1"]
    assert "Failing" in caplog.text and "a fault of ours" in caplog.text
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(Delivery.sent_at.is_not(None))) == 1


def test_who_is_told_to_stop_finishes_the_batch_under_way_and_begins_no_other(app, rounds):
    stopping, turns = threading.Event(), []

    @worker.round_of_work("Being stopped")
    def being_stopped(limit):
        stopping.set()
        turns.append("first")
        return limit

    @worker.round_of_work("Other")
    def other(limit):
        turns.append("other")
        return 0

    worker.work_until(app, stopping)
    assert turns == ["first"]


def test_it_rests_after_each_turn(app, rounds):
    turns, stopping = [], threading.Event()

    @worker.round_of_work("Looking")
    def look(limit):
        turns.append(clock.now())
        if len(turns) == 3:
            stopping.set()
        return 0

    worker.work_until(app, stopping, pause=0.1)
    assert len(turns) == 3 and turns[2] - turns[0] >= timedelta(seconds=0.2)


def test_with_nothing_due_a_turn_costs_a_few_queries_by_index(app):
    selects = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            selects.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert worker.run_once(app) == 0
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(worker.ROUNDS) < len(selects) <= len(worker.ROUNDS) + 2
    if db.engine.dialect.name == "sqlite":
        for statement, parameters in selects:
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan if re.match(r"(SCAN|SEARCH) (?!anon_)[a-z]", row[3])]
            assert steps and all("USING" in step for step in steps), f"{statement}\n{steps}"


class Inbox:
    """A mail server that counts, and does something as a mail comes in."""

    def __init__(self):
        self.received, self.at_receiver, self.at_text = [], None, None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_receiver:
            self.at_receiver(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope.rcpt_tos[0])
        if self.at_text:
            self.at_text(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def inbox():
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        kept.port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture
def apart(tmp_path, inbox):
    with database_apart(tmp_path, MAIL_URL=f"smtp://127.0.0.1:{inbox.port}") as app:
        yield app


def started(app, *options):
    """A worker as a program of its own."""
    environment = {
        "TRACKER_INSTANCE": app.config["INSTANCE"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MAIL_URL": app.config["MAIL_URL"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "tracker", "worker", *options]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)


def owe_to_many(app, number):
    with app.app_context():
        people = [make_person(email=f"someone{each}@example.org") for each in range(number)]
        db.session.execute(sa.delete(Delivery))
        for person in people:
            owe(PASSWORD_CHANGED, person)
        db.session.commit()
        return {person.email for person in people}


def unsent(app):
    with app.app_context():
        query = sa.select(sa.func.count(Delivery.id))
        return db.session.scalar(query.where(Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None)))


def test_the_command_works_until_it_is_told_to_stop(apart, inbox):
    everyone = owe_to_many(apart, 40)
    process = started(apart)
    told = threading.Event()

    def stop_it(_address):
        if len(inbox.received) == 3 and not told.is_set():
            told.set()
            process.send_signal(signal.SIGTERM)

    inbox.at_text = stop_it
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and told.is_set()
    assert len(inbox.received) == worker.LETTERS_AT_ONCE and f"E-mails: {worker.LETTERS_AT_ONCE}" in said
    inbox.at_text = None
    rest = started(apart, "--once")
    said, _ = rest.communicate(timeout=60)
    assert rest.returncode == 0 and "E-mails: 15" in said  # none is held back by who was told to stop
    assert Counter(inbox.received) == dict.fromkeys(everyone, 1)


@pytest.mark.parametrize("moment", ["at_receiver", "at_text"])
def test_what_a_killed_worker_leaves_the_next_one_sends(apart, inbox, moment):
    """Killed as the server has taken the text but nobody noted it, one mail comes twice; before that, none does."""
    everyone = owe_to_many(apart, 40)
    process, killed = started(apart), []

    def kill_it(address):
        if len(inbox.received) == 10 and not killed:
            killed.append(address)
            process.kill()
            process.wait(timeout=30)

    setattr(inbox, moment, kill_it)
    process.communicate(timeout=60)
    assert killed and process.returncode == -signal.SIGKILL and unsent(apart) >= 30
    with apart.app_context():  # as if the time that a claim lasts had passed
        long_ago = clock.now() - CLAIM_LASTS - timedelta(seconds=1)
        db.session.execute(sa.update(Delivery).where(Delivery.claimed_at.is_not(None)).values(claimed_at=long_ago))
        db.session.commit()
    assert started(apart, "--once").communicate(timeout=60)[0]
    arrived = Counter(inbox.received)
    assert set(arrived) == everyone and unsent(apart) == 0
    assert {address for address, times in arrived.items() if times > 1} == (
        set(killed) if moment == "at_text" else set()
    )
    assert max(arrived.values()) <= 2


def test_workers_at_once_send_each_person_one_mail(apart, inbox):
    due = clock.now() - timedelta(minutes=1)
    with apart.app_context():
        people = [make_person(email=f"someone{each}@example.org", rhythm=Rhythm.DAILY) for each in range(60)]
        db.session.execute(sa.delete(Delivery))
        for number, person in enumerate(people * 3):
            db.session.add(
                Delivery(
                    recipient_id=person.id,
                    address=person.email,
                    template=PASSWORD_CHANGED,
                    sort=Sort.REMINDER,
                    thread=f"ask-{number}",
                    is_held=True,
                    not_before=due,
                    created_at=due,
                    details=QUESTION | {"ask_id": number, "person_id": person.id},
                )
            )
        everyone = {person.email for person in people}
        db.session.commit()
    others = [started(apart, "--once") for _ in range(2)]
    at_once(*(lambda: worker.run_once(apart) for _ in range(3)))
    assert [process.wait(timeout=60) for process in others] == [0, 0]
    worker.run_once(apart)  # whoever was skipped because another one held them
    for process in others:
        process.communicate()
    assert Counter(inbox.received) == dict.fromkeys(everyone, 1)
    assert unsent(apart) == 0
    with apart.app_context():
        digests = db.session.scalars(sa.select(Delivery).where(Delivery.is_held.is_(False))).all()
        assert len(digests) == 60 and all(len(digest.details["questions"]) == 3 for digest in digests)
