"""What the worker does for asks: one that fails holds up no other, and is not tried again at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Delivery
from tracker.asks import actions, post, rounds
from tracker.asks.models import Ask
from tracker.asks.queries import LOST
from tracker.asks.states import AskState
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

KINDS = ("recruiting.invitation",)


@pytest.fixture
def asks():
    """Three questions that are due, the first of which no step can be taken with."""
    call = make_project(ProjectState.RECRUITING)
    for country in ("PE", "KE", "NP"):
        director = make_person(contact_of=make_institution(country=country))
        recruiting.invite(call, director.contact_places[0].institution, actor=call.lead)
    db.session.flush()
    found = list(db.session.scalars(sa.select(Ask).where(Ask.kind.in_(KINDS), Ask.state == "open").order_by(Ask.id)))
    for number, ask in enumerate(found):
        ask.expires_at = ask.remind_at = clock.now() - timedelta(days=9 - number)
    found[0].kind = "of.a.later.version"
    db.session.commit()
    return found


def test_one_that_cannot_be_closed_is_put_off_for_an_hour(asks, caplog):
    assert rounds.expire(1) == 0
    assert rounds.expire(10) == 2, "the one that failed is not in the way of the others"
    assert [ask.state for ask in asks] == [AskState.OPEN, AskState.EXPIRED, AskState.EXPIRED]
    assert rounds.expire(10) == 0 and len(caplog.records) == 1
    asks[0].kind = "recruiting.invitation"
    db.session.commit()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert rounds.expire(10) == 1


def test_one_that_cannot_be_reminded_of_is_put_off_for_an_hour(asks, caplog):
    assert rounds.remind(1) == 0
    assert rounds.remind(10) == 2, "the one that failed is not in the way of the others"
    assert [ask.reminders for ask in asks] == [0, 1, 1]
    assert rounds.remind(10) == 0 and len(caplog.records) == 1
    asks[0].kind = "recruiting.invitation"
    db.session.commit()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert rounds.remind(10) == 1


def test_one_address_that_fails_keeps_its_mails_from_nobody_else(monkeypatch, asks, caplog):
    people = [person for ask in asks[1:] for person in actions.addressees.mailed(ask)]
    gone = {"sent_at": clock.now(), "created_at": clock.now() - timedelta(days=1)}
    db.session.execute(sa.update(Delivery).values(**gone))
    mail_what_waits = post.mail_what_waits

    def fail_for_one(email):
        mail_what_waits(email)
        if email == people[0].email:
            raise ValueError("poison")

    monkeypatch.setattr(post, "mail_what_waits", fail_for_one)
    for person in people:
        post.note_lost(person.email)
    db.session.commit()
    assert rounds.mail_again(10) == 2
    assert [len(owed(person)) for person in people] == [0, 1]
    assert not db.session.scalars(sa.select(Delivery).where(Delivery.template == LOST)).all()
    assert rounds.mail_again(10) == 0 and len(caplog.records) == 1
    assert people[0].email not in caplog.records[0].message
