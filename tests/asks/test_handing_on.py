"""Not me, ask somebody else: who may hand a question on, to whom, and what anybody learns by it."""

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to
from tests.factories import make_institution, make_person, make_project, the_network
from tracker.asks import actions
from tracker.asks.models import Ask
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def house():
    """An institution with a contact and a colleague of hers."""
    house = make_institution("Andean Institute", country="PE")
    make_person("Rosa Quispe", contact_of=house)
    make_person("Quiet Colleague", institution=house)
    return house


def newest_ask():
    db.session.flush()
    return db.session.scalars(sa.select(Ask).order_by(Ask.id.desc())).first()


def hand_to(browser, ask, person):
    return browser.submit(f"{ask.path}/pass-on", person="", name="Me", email=person.email, words="")


def test_who_says_that_they_work_somewhere_cannot_hand_the_question_to_themselves(signed_in, house):
    person = make_person("Claimant")
    claim = institutions.affiliate(person, house, actor=person)
    ask, browser = newest_ask(), signed_in(person)
    assert hand_to(browser, ask, person).status_code == 403
    assert browser.get(f"{ask.path}/pass-on").status_code == 403
    assert "pass-on" not in browser.get(ask.path).text
    assert browser.submit(ask.path, answer="confirm").status_code == 403
    assert claim.confirmed_at is None


def test_who_offers_to_join_cannot_welcome_themselves(signed_in, call, house):
    person = make_person(institution=house)
    partner = recruiting.offer(call, house, note="We would like to", actor=person)
    ask, browser = newest_ask(), signed_in(person)
    hand_to(browser, ask, person)
    browser.submit(ask.path, answer="accept")
    assert partner.commitment is Commitment.INTERESTED


def test_a_lead_cannot_say_yes_for_the_institution_they_invite(signed_in, call, house):
    partner = recruiting.invite(call, house, actor=call.lead)
    ask, browser = newest_ask(), signed_in(call.lead)
    hand_to(browser, ask, call.lead)
    browser.submit(ask.path, answer="accept")
    assert partner.commitment is Commitment.INVITED


def test_a_lead_cannot_accept_their_own_proposal(signed_in):
    project = make_project(ProjectState.PROPOSED)
    ask, browser = newest_ask(), signed_in(project.lead)
    hand_to(browser, ask, project.lead)
    browser.submit(ask.path, answer="accept")
    assert project.state is ProjectState.PROPOSED


def test_a_coordinator_hands_it_to_somebody_who_works_there_and_to_nobody_else(signed_in, call, house):
    recruiting.invite(call, house, actor=call.lead)
    ask, colleague = newest_ask(), house_colleague(house)
    browser = signed_in(call.coordinator)
    page = browser.get(f"{ask.path}/pass-on").text
    assert "Quiet Colleague" in page and 'name="email"' not in page
    assert hand_to(browser, ask, call.coordinator).status_code == 422
    with pytest.raises(RuleBroken):
        actions.delegate(ask, call.coordinator, actor=call.coordinator)
    with pytest.raises(RuleBroken):
        actions.delegate(ask, make_person("Elsewhere"), actor=call.coordinator)
    assert browser.submit(f"{ask.path}/pass-on", person=str(colleague.id), words="").status_code == 200
    assert newest_ask().delegated_to_id == colleague.id


def house_colleague(house):
    return next(held.person for held in house.affiliations if held.person.name == "Quiet Colleague")


def test_an_address_that_somebody_types_does_not_tell_whose_it_is(client, call, house):
    make_person("Known Elsewhere", email="known@example.org")
    recruiting.invite(call, house, actor=call.lead)
    path = link_to(house_contact(house))
    typed = {"person": "", "name": "A colleague", "email": "known@example.org"}
    told = [client.post(f"{path}/pass-on", data=typed).text for _again in range(2)]
    told.append(client.get(path).text)
    assert "A colleague is asked now" in told[0]
    assert not any("Known Elsewhere" in page for page in told)


def house_contact(house):
    return next(held.person for held in house.affiliations if held.person.name == "Rosa Quispe")


def test_to_whom_it_was_handed_undoes_their_own_answer_and_not_the_contacts(client, call, house):
    partner = recruiting.invite(call, house, actor=call.lead)
    contact, other = house_contact(house), make_person("Elsewhere")
    path = link_to(contact)
    actions.delegate(newest_ask(), other, actor=contact)
    path_of_other = link_to(other)
    client.post(path_of_other, data={"answer": "decline", "seen": "0"})
    assert "Yes, we take part" in client.get(path_of_other).text
    client.post(path, data={"answer": "accept", "seen": "1"})
    assert client.post(path_of_other, data={"answer": "decline", "seen": "2"}).status_code == 409
    assert partner.commitment is Commitment.AGREED
    assert "Answer differently" not in client.get(path_of_other).text
    assert "Answer differently" in client.get(path).text


def test_a_number_that_is_used_again_shows_nothing_of_another_row(client, signed_in, call, house):
    contact = house_contact(house)
    first = make_person("Not There")
    institutions.affiliate(first, house, actor=first)
    ask, path = newest_ask(), link_to(contact)
    assert client.post(path, data={"answer": "refuse"}).status_code == 303
    elsewhere = make_institution("House Elsewhere")
    make_person(contact_of=elsewhere)
    second = make_person("Somebody Else", email="private@example.org")
    institutions.affiliate(second, elsewhere, actor=second)
    page = client.get(path).text
    assert "does not work at" in page and "private@example.org" not in page
    assert "private@example.org" not in signed_in(contact).get(ask.path).text


def test_the_lead_of_another_project_reads_nothing_of_an_invitation_that_was_withdrawn(signed_in, call, house):
    partner = recruiting.invite(call, house, note="Between us", actor=call.lead)
    ask = newest_ask()
    recruiting.withdraw(partner, actor=call.lead)
    other = make_project(ProjectState.RECRUITING, countries=("BD",))
    recruiting.invite(other, house, actor=other.lead)
    assert signed_in(other.lead).get(ask.path).status_code == 404


def test_somebody_from_elsewhere_learns_no_names_of_contacts(client, call, house):
    make_person("Second Contact", contact_of=house)
    recruiting.invite(call, house, actor=call.lead)
    other = make_person("Elsewhere")
    actions.delegate(newest_ask(), other, actor=house_contact(house))
    assert "Second Contact" not in client.get(link_to(other)).text


def test_what_a_mail_server_said_of_a_contact_is_for_coordinators(signed_in, house):
    house_contact(house).mail_trouble = "550 rosa@example.org unknown"
    person = make_person("Claimant")
    institutions.affiliate(person, house, actor=person)
    ask = newest_ask()
    assert "550 rosa" not in signed_in(person).get(ask.path).text
    coordinator = make_person(coordinates=the_network())
    assert "550 rosa" in signed_in(coordinator).get(ask.path).text
