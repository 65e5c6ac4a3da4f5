"""What the pages and the worker read of asks, and by which way the database finds it."""

from datetime import timedelta

import pytest

from tests.asks.letters import link_to
from tests.factories import add_partners, make_institution, make_person, make_project
from tests.query_plans import steps
from tracker import clock, hours
from tracker.asks import actions as asks
from tracker.asks import queries, rounds
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.home.queries import asked_by
from tracker.milestones import actions as milestones
from tracker.milestones.rounds import look_after
from tracker.project_page.queries import open_asks
from tracker.projects.actions import add_member
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.terms import actions as terms


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


def test_a_mailed_question_costs_few_queries_however_much_there_is(client, queries, call, ask, director):
    def cost(path):
        db.session.commit()
        db.session.expunge_all()
        with queries() as log:
            assert client.get(path).status_code == 200
        return len(log)

    planned = make_project(ProjectState.RUNNING)
    terms.write(call, text="We **share** what we find.", actor=call.lead)
    due = PartialDate.of(earth_day() + timedelta(days=2))
    milestones.add_milestone(planned, name="Draft", partner=planned.partners[1], due=due, actor=planned.lead)
    look_after(50)
    paths = [link_to(director), link_to(call.partner_people[0]), link_to(planned.partner_people[0])]
    ids = [call.id, planned.id]
    before = [cost(path) for path in paths]
    assert max(before) <= 14
    for project in [db.session.get_one(Project, known) for known in ids]:
        project.lead, project.partner_people = project.members[0].person, []
        add_partners(project, ["KE", "VN", "BD"])
        add_member(project, make_person(), actor=project.lead)
        for place in list(project.partners)[1:]:
            make_person(contact_of=place.institution)
    assert [cost(path) for path in paths] == before
