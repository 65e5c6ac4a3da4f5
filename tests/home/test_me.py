"""A person's own page: what waits for them, what they asked, what is coming."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.asks.models import Ask
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def contact():
    return make_person(contact_of=make_institution("Andean Institute", country="PE"))


def invite(contact, title):
    """An invitation of the contact's institution to a new project."""
    call = make_project(ProjectState.RECRUITING, title=title)
    institution = contact.contact_places[0].institution
    partner = recruiting.invite(call, institution, actor=call.lead)
    db.session.flush()
    ask = db.session.scalars(sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == partner.id)).one()
    return call, ask


def test_everything_that_waits_is_there_the_overdue_first_in_words(signed_in, contact):
    invite(contact, "Ports of the south")
    _call, overdue = invite(contact, "Rivers and cities")
    overdue.due_on = clock.today() - timedelta(days=5)
    page = signed_in(contact).get("/me").text
    assert page.index("Rivers and cities") < page.index("Ports of the south")
    assert "days overdue" in page
    assert overdue.path in page


def test_who_asked_sees_who_has_not_answered_and_since_when(signed_in, contact):
    call, ask = invite(contact, "Ports of the south")
    browser = signed_in(call.lead)
    page = browser.get("/me").text
    asked = page[page.index('id="asked"') :]
    assert "Waiting for Andean Institute to answer the invitation." in asked and ask.path in asked
    assert "remind" in browser.get(ask.path).text
    recruiting.answer_invitation(call.partners[-1], agrees=True, actor=contact)
    assert 'id="asked"' not in browser.get("/me").text


def test_where_nothing_waits_the_page_says_what_would(signed_in):
    page = signed_in(make_person(institution=make_institution())).get("/me").text
    assert "Nothing waits for you" in page and "by mail" in page


def test_the_page_costs_the_same_with_one_ask_and_with_six(signed_in, queries, contact):
    invite(contact, "First")
    browser = signed_in(contact)
    with queries() as few:
        browser.get("/me")
    for number in range(5):
        invite(contact, f"Another {number}")
    with queries() as many:
        browser.get("/me")
    assert len(few) == len(many), many
