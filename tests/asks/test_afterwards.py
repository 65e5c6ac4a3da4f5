"""What an old link and an old role are still good for, after the world has moved on."""

from datetime import timedelta

import pytest

from tests.asks.letters import link_to, owed
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.accounts import actions as accounts
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.activity.states import Sort
from tracker.asks.actions import may_change
from tracker.asks.kinds import KINDS
from tracker.asks.permissions import manage_ask
from tracker.asks.queries import latest
from tracker.database import db
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def invited(call):
    institution = make_institution("Andean Institute", country="PE")
    director = make_person("Rosa Quispe", contact_of=institution)
    return recruiting.invite(call, institution, actor=call.lead), director


def test_a_new_address_ends_the_links_in_the_old_mailbox_and_gets_what_waits(client, invited):
    partner, director = invited
    old = link_to(director)
    director.mail_trouble = "550 no such user"
    accounts.change_email(tokens.issue(Purpose.CHANGE_EMAIL, director, "rosa@example.net"))
    page = client.get(old)
    assert page.status_code == 410 and "newer link" in page.text and "Andean" not in page.text
    assert client.post(old, data={"answer": "accept"}).status_code == 410
    assert partner.commitment is Commitment.INVITED and director.mail_trouble == ""
    letters = [letter for letter in owed(director) if letter.sort is Sort.ASK]
    assert [letter.address for letter in letters] == ["rosa@example.net"]
    assert client.post(link_to(director), data={"answer": "accept"}).status_code == 303


def test_a_lead_who_left_the_team_looks_after_nothing_they_asked(call, invited):
    partner, _director = invited
    ask = latest("recruiting.invitation", partner)
    assert manage_ask(call.lead, ask)
    other = make_person()
    projects.add_member(call, other, is_lead=True, actor=call.lead)
    member = next(known for known in call.members if known.person is call.lead)
    projects.remove_member(call, member, actor=other)
    db.session.flush()
    assert not manage_ask(call.lead, ask) and manage_ask(other, ask)


def test_a_no_can_become_a_yes_for_some_months_and_not_for_ever(client, invited):
    partner, director = invited
    path = link_to(director)
    client.post(path, data={"answer": "decline", "seen": "0"})
    ask = latest("recruiting.invitation", partner)
    ask.expires_at = None
    kind = KINDS[ask.kind]
    assert may_change(ask, kind, "accept", partner, director)
    with clock.frozen(clock.now() + timedelta(days=121)):
        assert not may_change(ask, kind, "accept", partner, director)


def test_who_declined_long_ago_reads_no_news_of_the_project_behind_the_link(client, call, invited):
    _partner, director = invited
    path = link_to(director)
    client.post(path, data={"answer": "decline", "seen": "0"})
    assert "How do cities share water?" in client.get(path).text  # a yes is still possible
    projects.take_step(call, "stop", actor=call.lead, reason="Elections")
    page = client.get(path).text
    assert "does not take part" in page and "How do cities share water?" not in page
