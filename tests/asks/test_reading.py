"""What the pages and the worker read of asks, and by which way the database finds it."""

from datetime import timedelta

import pytest

from tests.factories import make_institution, make_person, make_project
from tests.plans import steps
from tracker import clock, hours
from tracker.asks import actions as asks
from tracker.asks import queries, rounds
from tracker.database import db
from tracker.home.queries import asked_by
from tracker.project_page.queries import open_asks
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def director():
    return make_person("Rosa Quispe", contact_of=make_institution("Andean Institute", country="PE"))


@pytest.fixture
def ask(call, director):
    """An invitation."""
    partner = recruiting.invite(call, director.contact_places[0].institution, note="On ports", actor=call.lead)
    return queries.latest("recruiting.invitation", partner)


def test_what_waits_for_somebody_is_found_by_indexes_alone(call, ask, director):
    for read in (
        lambda: queries.waiting(director),
        lambda: queries.waiting(call.coordinator),
        lambda: asked_by(call.lead),
        lambda: open_asks(call, director),
    ):
        of_asks = [step for step in steps(read) if " ask " in step]
        assert not [step for step in of_asks if not step.startswith("SEARCH ask USING I")]


def test_what_was_handed_on_waits_for_both_and_once_for_each(call, ask, director):
    other = make_person("Luz Mamani")
    asks.delegate(ask, other, actor=director, words="")
    for person in (director, other):
        assert queries.waiting(person) == [ask]
        assert open_asks(call, person) == [(ask, True)]
    assert queries.waiting(call.lead) == [] and asked_by(call.lead) == [ask]
    assert open_asks(call, call.lead) == [(ask, False)] and open_asks(call, None) == [(ask, False)]
    asks.withdraw(ask, actor=call.lead, words="")
    assert queries.waiting(director) == queries.waiting(other) == asked_by(call.lead) == []


def test_reminders_are_owed_in_small_transactions_and_never_wait_for_the_calendars(call, ask, monkeypatch):
    for country in ("KE", "PE"):
        recruiting.invite(call, make_institution(country=country), actor=call.lead)
    for known in open_asks(call, None):
        known[0].remind_at = clock.now() - timedelta(days=1)
    db.session.commit()
    done, commit = [], db.session.commit
    monkeypatch.setattr(rounds, "BATCH", 2)
    monkeypatch.setattr(hours, "get_ready", lambda: done.append(("ready", db.session().in_transaction())))
    monkeypatch.setattr(db.session, "commit", lambda: (done.append("commit"), commit()))
    assert rounds.remind(200) == 3
    assert done == [("ready", False), "commit", "commit"]
    assert rounds.remind(200) == 0 and len(done) == 3 and ask.reminders == 1
