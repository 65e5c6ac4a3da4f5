"""Contacts from whom nothing is heard, and those whom mail does not reach."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, make_project, the_network
from tracker import clock
from tracker.asks import actions as asks
from tracker.asks.models import Ask
from tracker.contacts import queries
from tracker.database import db
from tracker.institutions import actions
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def silent(*network_ids):
    db.session.flush()
    return [contact.person.name for contact in db.session.scalars(queries.silent(network_ids))]


@pytest.fixture
def waiting():
    """Rosa and Bela of one institution were asked forty days ago; Chen of another fifty days ago."""
    now = clock.now()
    with clock.frozen(now - timedelta(days=60)):
        call = make_project(ProjectState.RECRUITING)
        first, second = make_institution(), make_institution()
        rosa, bela = make_person("Rosa", contact_of=first), make_person("Bela", contact_of=first)
        chen = make_person("Chen", contact_of=second)
    with clock.frozen(now - timedelta(days=50)):
        recruiting.invite(call, second, actor=call.lead)
    with clock.frozen(now - timedelta(days=40)):
        recruiting.invite(call, first, actor=call.lead)
    return rosa, bela, chen


def test_the_longest_waiting_stands_first(waiting):
    network = the_network().id
    assert silent(network) == ["Chen", "Rosa", "Bela"]
    assert silent() == [] and silent(make_network().id) == []


def test_who_was_seen_or_answered_lately_or_came_lately_is_not_silent(waiting):
    rosa, _bela, chen = waiting
    rosa.seen_at = clock.now() - timedelta(days=3)
    chen.seen_at = clock.now() - timedelta(days=45)
    assert silent(the_network().id) == ["Chen", "Bela"]
    ask = db.session.scalars(sa.select(Ask).where(Ask.addressee_id == next(iter(chen.contact_ids)))).one()
    asks.answer(ask, "decline", {}, actor=chen)
    assert silent(the_network().id) == ["Bela"]
    actions.name_contact(rosa.affiliations[0].institution, make_person("New"), actions.SECOND, actor=None)
    assert silent(the_network().id) == []


def test_who_answers_another_question_is_not_silent(waiting):
    rosa, _bela, _chen = waiting
    other = make_project(ProjectState.RECRUITING, title="Another")
    partner = recruiting.invite(other, rosa.affiliations[0].institution, actor=other.lead)
    ask = db.session.scalars(sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == partner.id)).one()
    asks.answer(ask, "decline", {}, actor=rosa, by_link=True)
    assert silent(the_network().id) == ["Chen", "Bela"]


def test_a_question_of_this_month_makes_nobody_silent():
    call = make_project(ProjectState.RECRUITING)
    institution = make_institution()
    make_person(contact_of=institution)
    recruiting.invite(call, institution, actor=call.lead)
    assert silent(the_network().id) == []


def test_whom_mail_does_not_reach_is_found(waiting):
    _rosa, bela, _chen = waiting
    bela.mail_trouble, bela.mail_trouble_at = "550 no such user", clock.now()
    db.session.flush()
    found = db.session.scalars(queries.unreachable([the_network().id])).all()
    assert [contact.person.name for contact in found] == ["Bela"]
    assert db.session.scalars(queries.unreachable([])).all() == []
