"""What the pages and the worker read of asks, and by which way the database finds it."""

import pytest

from tests.factories import make_institution, make_person, make_project
from tests.plans import steps
from tracker.asks import actions as asks
from tracker.asks import queries
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
