"""Between the outbox and a real SMTP server: what is tried again, what is given up, and who learns of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from tests.activity.apart import at_once, database_apart
from tests.factories import make_person, make_project
from tests.mails import html_of, text_of
from tracker import clock
from tracker.activity import outbox, queries
from tracker.activity.models import Delivery
from tracker.activity.outbox import MOST_ATTEMPTS, send_owed
from tracker.activity.record import owe, record
from tracker.activity.states import Sort
from tracker.database import db
from tracker.institutions.models import Person

PLAIN = "accounts/mail/password_changed.txt"


@pytest.fixture(autouse=True)
def _nothing_owed():
    db.session.execute(sa.delete(Delivery))


def owed_to(*names, **more):
    """A mail owed to a new person of each name."""
    made = [owe(PLAIN, make_person(name.title(), email=f"{name}@example.org"), **more) for name in names]
    db.session.commit()
    return made if len(made) > 1 else made[0]


def person_of(delivery):
    return db.session.get(Person, delivery.recipient_id)


def test_an_address_that_does_not_exist_is_not_tried_again_and_its_person_is_marked(inbox, later):
    inbox.says["bela@example.org"] = ["550 5.1.1 no such user here"]
    amina, bela, chen = owed_to("amina", "bela", "chen")
    assert send_owed() == 3
    assert [len(inbox.of(f"{name}@example.org")) for name in ("amina", "bela", "chen")] == [1, 0, 1]
    assert amina.sent_at and chen.sent_at and not bela.sent_at
    assert bela.refused_at and bela.last_error == "550 5.1.1 no such user here"
    assert person_of(bela).mail_trouble == "550 5.1.1 no such user here" and person_of(bela).mail_trouble_at
    assert person_of(amina).mail_trouble == person_of(chen).mail_trouble == ""
    later(24 * 60)
    assert send_owed() == 0 and inbox.tried["bela@example.org"] == 1
    assert outbox.retry() == 1 and bela.refused_at is None
    inbox.says.clear()
    assert send_owed() == 1
    assert bela.sent_at and person_of(bela).mail_trouble == "" and person_of(bela).mail_trouble_at is None


def test_a_server_that_asks_for_patience_gets_the_same_mail_later(inbox, later):
    inbox.says["amina@example.org"] = ["451 4.7.1 greylisted, come back"]
    delivery = owed_to("amina")
    send_owed()
    assert delivery.last_error == "451 4.7.1 greylisted, come back"
    assert not delivery.refused_at and person_of(delivery).mail_trouble == ""
    later(3)
    inbox.says.clear()
    assert send_owed() == 1
    assert delivery.sent_at and delivery.last_error == "" and len(inbox.received) == 1


def test_who_cannot_be_reached_for_days_is_marked_at_last(inbox):
    inbox.says["amina@example.org"] = ["450 mailbox busy"]
    delivery = owed_to("amina")
    delivery.attempts = MOST_ATTEMPTS - 2
    db.session.commit()
    send_owed()
    assert person_of(delivery).mail_trouble == ""
    delivery.claimed_at = None
    db.session.commit()
    send_owed()
    assert person_of(delivery).mail_trouble == "450 mailbox busy"


@pytest.mark.parametrize(
    ("answer", "is_final"),
    [
        ("550 no", True),
        ("552 5.2.2 mailbox full", True),
        ("553 malformed", True),
        ("554 5.7.1 relay access denied", False),
        ("550 5.7.606 access denied, banned sending IP", False),
        ("530 must issue STARTTLS first", False),
        ("421 too many connections", False),
    ],
)
def test_only_what_speaks_of_the_address_is_final(inbox, answer, is_final):
    inbox.says["amina@example.org"] = [answer]
    delivery = owed_to("amina")
    send_owed()
    assert (delivery.refused_at is not None) == is_final == bool(person_of(delivery).mail_trouble)


def test_a_refusal_after_the_text_counts_too(inbox):
    inbox.says_to_text.append("550 5.1.1 no such user")
    delivery, other = owed_to("amina", "bela")
    send_owed()
    assert delivery.refused_at and other.sent_at


def test_an_old_address_does_not_mark_the_new_one(inbox):
    inbox.says["amina@example.org"] = ["550 no such user"]
    delivery = owed_to("amina")
    person_of(delivery).email = "amina@example.net"
    db.session.commit()
    send_owed()
    assert delivery.refused_at and person_of(delivery).mail_trouble == ""


def test_a_mail_may_go_to_somebody_who_is_no_person_here(inbox):
    inbox.says["bela@example.org"] = ["550 no such user"]
    for address in ("amina@example.org", "bela@example.org"):
        db.session.add(Delivery(address=address, template=PLAIN, sort=Sort.ASK))
    db.session.commit()
    assert send_owed() == 2 and len(inbox.received) == 1


def test_many_mails_go_through_one_connection(inbox):
    inbox.says["person5@example.org"] = ["550 no such user"]
    owed_to(*(f"person{number}" for number in range(12)))
    assert send_owed() == 12
    assert len(inbox.received) == 11 and inbox.connections == 1


def test_a_server_that_hangs_up_is_called_again_and_gets_each_mail_once(inbox):
    inbox.hangs_up_after = 3
    deliveries = owed_to(*(f"person{number}" for number in range(8)))
    assert send_owed() == 8
    assert all(delivery.sent_at and delivery.attempts == 1 for delivery in deliveries)
    assert inbox.connections == 3 and len(inbox.received) == 8


def test_while_no_server_answers_one_mail_finds_out_for_all(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    deliveries = owed_to("amina", "bela", "chen")
    assert send_owed() == 1
    assert [delivery.attempts for delivery in deliveries] == [1, 0, 0]
    assert deliveries[0].last_error and not deliveries[0].refused_at
    assert deliveries[1].claimed_at is None and deliveries[1].last_error == ""


def test_a_mail_is_the_same_mail_when_it_is_sent_again(inbox, later):
    inbox.says["amina@example.org"] = ["451 later", "250 OK"]
    first, _second = owed_to("amina", "bela")
    [letter, *_others] = outbox.claim(1)
    name = outbox.compose(letter)["Message-ID"]
    later(11)
    send_owed()
    first.sent_at, first.claimed_at = None, None  # as if the machine had failed before noting it
    db.session.commit()
    inbox.says.clear()
    send_owed()
    assert {letter["Message-ID"] for letter in inbox.of("amina@example.org")} == {name}
    assert name != inbox.of("bela@example.org")[0]["Message-ID"]
    assert name.startswith(f"<delivery-{first.id}.")


# --- when ----------------------------------------------------------------------------------------------------


def test_what_is_held_or_not_yet_due_waits(inbox, later):
    now = clock.now()
    held = owed_to("amina")
    held.is_held, held.not_before = True, now - timedelta(hours=1)
    owed_to("bela").not_before = now + timedelta(minutes=30)
    owed_to("chen").not_before = now - timedelta(minutes=30)
    db.session.commit()
    assert send_owed() == 1 and inbox.of("chen@example.org")
    later(31)
    assert send_owed() == 1 and inbox.of("bela@example.org")
    assert send_owed() == 0 and held.sent_at is None


def test_withdrawn_mails_are_never_sent_and_those_sent_stay_sent(app, inbox):
    gone = owed_to("amina", thread="ask-1")
    assert send_owed() == 1
    waiting, other = owed_to("bela", thread="ask-1"), owed_to("chen", thread="ask-11")
    waiting.last_error = "451 later"
    assert outbox.withdraw("ask-1") == 1
    assert outbox.withdraw("ask-1") == 0
    db.session.commit()
    assert send_owed() == 1
    assert waiting.withdrawn_at and not waiting.sent_at and other.sent_at and not gone.withdrawn_at
    assert queries.count_undelivered() == 0 and outbox.retry() == 0


def test_withdrawing_is_undone_with_what_it_belongs_to(inbox):
    delivery = owed_to("amina", thread="ask-1")
    outbox.withdraw("ask-1")
    db.session.rollback()
    assert send_owed() == 1 and delivery.sent_at


def test_a_mail_withdrawn_between_claim_and_sending_is_not_sent(inbox):
    owed_to("amina")
    owed_to("bela", thread="ask-1")
    inbox_of_first = []

    def send(message):
        inbox_of_first.append(message["To"].addresses[0].addr_spec)
        outbox.withdraw("ask-1")
        db.session.commit()

    assert send_owed(send=send) == 2
    assert inbox_of_first == ["amina@example.org"]


# --- what actions say ----------------------------------------------------------------------------------------


def test_an_action_says_what_a_mail_is_and_what_it_belongs_to(inbox):
    project, person = make_project(), make_person(email="amina@example.org")
    db.session.execute(sa.delete(Delivery))
    record("projects.change", project, actor=None, tell=[person])
    record(
        "projects.change", project, actor=None, tell=[person], sort=Sort.ASK, thread="ask-5", reply_to="k@example.org"
    )
    owe(PLAIN, person)
    db.session.commit()
    rows = db.session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()
    assert [(row.sort, row.thread, row.reply_to) for row in rows] == [
        (Sort.NEWS, f"project-{project.id}", ""),
        (Sort.ASK, "ask-5", "k@example.org"),
        (Sort.ACCOUNT, "", ""),
    ]
    assert not rows[1].is_held and not rows[2].is_held
    send_owed()
    asked = next(letter for letter in inbox.of("amina@example.org") if letter["Reply-To"])
    assert asked["References"].startswith("<ask-5@") and asked["Reply-To"] == "k@example.org"


def test_a_feature_adds_what_its_mails_say_just_before_they_go(inbox, monkeypatch):
    monkeypatch.setattr(outbox, "_composers", [])

    @outbox.composer("activity/mail/")
    def add(letter):
        return {"said": f"{letter.values['said']} and {letter.recipient_id}"}

    @outbox.composer("asks/mail/")
    def never(letter):
        raise AssertionError(letter)

    project, person = make_project(), make_person(email="amina@example.org")
    db.session.execute(sa.delete(Delivery))
    record("projects.change", project, actor=None, tell=[person], sort=Sort.ASK, note="These words")
    db.session.commit()
    send_owed()
    [letter] = inbox.of("amina@example.org")
    assert f"These words and {person.id}" in text_of(letter) and f"These words and {person.id}" in html_of(letter)


def test_a_composer_that_fails_keeps_its_mail_owed(inbox, monkeypatch):
    monkeypatch.setattr(outbox, "_composers", [])

    @outbox.composer(PLAIN)
    def fail(letter):
        raise LookupError("no such ask")

    delivery = owed_to("amina")
    send_owed()
    assert delivery.last_error == "no such ask" and delivery.attempts == 1 and not inbox.received


# --- several at once -----------------------------------------------------------------------------------------


def test_three_senders_and_a_real_server_send_each_mail_once(inbox, tmp_path):
    with database_apart(tmp_path, MAIL_URL=current_app.config["MAIL_URL"]) as app:
        names = [f"someone{number}@example.org" for number in range(30)]
        inbox.says[names[3]] = ["550 no such user"]
        with app.app_context():
            for name in names:
                owe(PLAIN, make_person(email=name))
            db.session.commit()

        def run():
            with app.app_context():
                while send_owed(limit=4):
                    pass

        assert at_once(run, run, run) == [None] * 3
        arrived = sorted(envelope.rcpt_tos[0] for envelope, _letter in inbox.received)
        assert arrived == sorted(set(names) - {names[3]}) and inbox.tried[names[3]] == 1
