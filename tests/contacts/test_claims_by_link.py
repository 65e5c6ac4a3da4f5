"""Somebody says where they work; a contact answers from the mail."""

import pytest

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person
from tracker.accounts import actions as accounts
from tracker.asks import actions as asks
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.contacts.queries import open_claims
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.institutions import actions


def claimed(institution, person):
    held = actions.affiliate(person, institution, position="Fellow", actor=person)
    return held, latest("contacts.claim", held)


def test_a_contact_confirms_by_link(institution, leaver, client):
    outsider = make_person("Omar")
    held, _ask = claimed(institution, outsider)
    path = link_to(leaver)
    page = client.get(path).text
    assert "Does Omar work at Andean Institute?" in page and "Fellow" in page
    assert client.post(path, data={"answer": "confirm"}).status_code == 303
    assert held.confirmed_at is not None and outsider.institution_ids == {institution.id}
    assert "Omar works at Andean Institute" in client.get(path).text
    assert "confirmed that Omar works" in text_of(owed(outsider)[-1])


def test_a_contact_refuses_by_link_and_the_claim_is_gone(institution, leaver, client):
    outsider = make_person("Omar")
    claimed(institution, outsider)
    path = link_to(leaver)
    assert client.post(path, data={"answer": "refuse"}).status_code == 303
    assert outsider.affiliations == []
    assert "does not work at" in client.get(path).text
    assert client.post(path, data={"answer": "confirm"}).status_code in (403, 409)
    assert outsider.affiliations == []


def test_the_contacts_page_leads_to_the_question(institution, leaver, signed_in):
    held, ask = claimed(institution, make_person("Omar"))
    browser = signed_in(leaver)
    path = f"{institution.path}/contacts"
    assert f'href="{ask.path}"' in browser.get(path).text
    with pytest.raises(RuleBroken, match="only answered"):  # it ends with an answer, or with the claim
        asks.withdraw(ask, actor=make_person())
    assert browser.submit(ask.path, answer="confirm").status_code == 303
    assert held.confirmed_at is not None and open_claims(institution) == []


def test_where_somebody_worked_before_is_asked_of_nobody(institution, leaver):
    person = make_person("Omar")
    actions.affiliate(person, institution, ends_on=PartialDate("2016-08"), actor=person)
    assert open_claims(institution) == []


def test_taking_the_claim_back_takes_the_question_back(institution, leaver):
    for end in (
        lambda held: accounts.remove_affiliation(held, actor=held.person),
        lambda held: actions.end_affiliation(held, actor=held.person, on=PartialDate("2020")),
    ):
        held, ask = claimed(institution, make_person())
        end(held)
        assert ask.state is AskState.WITHDRAWN
        assert not [letter for letter in owed(leaver) if letter.details.get("ask_id") == ask.id]


def test_an_invitation_by_somebody_who_may_answers_the_question(institution, leaver):
    outsider = make_person("Omar")
    held, ask = claimed(institution, outsider)
    accounts.invite(name="Omar", email=outsider.email, institution=institution, actor=leaver)
    assert held.confirmed_at is not None
    assert ask.state is AskState.ANSWERED and ask.answer.person_id == leaver.id


def test_without_a_contact_the_coordinators_hear_of_it_and_answer(institution, coordinator, signed_in):
    held, ask = claimed(institution, make_person("Omar"))
    assert "Andean Institute has no contact" in text_of(owed(coordinator)[-1])
    assert signed_in(coordinator).submit(ask.path, answer="confirm").status_code == 303
    assert held.confirmed_at is not None


def test_coming_back_is_asked_again_and_vouched_people_are_not(institution, leaver):
    person = make_person("Omar", institution=institution)
    held = person.affiliations[0]
    assert latest("contacts.claim", held) is None
    actions.end_affiliation(held, actor=person, on=PartialDate("2020"))
    actions.change_affiliation(held, actor=person, position="", starts_on=None, ends_on=None)
    assert latest("contacts.claim", held).is_open


def test_two_claims_of_one_person_are_two_questions(institution, leaver):
    person = make_person("Omar")
    first, second = claimed(institution, person)[1], claimed(make_institution(), person)[1]
    assert first.id != second.id and first.addressee_id != second.addressee_id
