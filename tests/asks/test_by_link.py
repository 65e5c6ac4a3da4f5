from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.states import Sort
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def invited(call):
    """An invitation to an institution whose director has an address and no account."""
    institution = make_institution("Andean Institute", country="PE")
    director = make_person("Rosa Quispe", contact_of=institution)
    director.joined_at = director.session_key = None
    partner = recruiting.invite(call, institution, note="Your work on ports", actor=call.lead)
    return partner, director


def test_a_director_without_account_accepts_from_the_mail(client, invited, call):
    partner, director = invited
    path = link_to(director)
    page = client.get(path).text
    assert "Andean Institute" in page and "Your work on ports" in page and call.lead.name in page
    answered = client.post(path, data={"answer": "accept", "note": "With pleasure"})
    assert answered.status_code == 303 and answered.headers["Location"] == path
    assert partner.commitment is Commitment.AGREED and partner.answered_by_id == director.id
    after = client.get(path).text
    assert "Rosa Quispe" in after and "by link" in after and "takes part" in after
    assert "Set-Cookie" not in answered.headers


def test_opening_the_link_as_often_as_a_scanner_likes_changes_nothing(client, invited):
    partner, director = invited
    path = link_to(director)
    before = db.session.scalars(sa.select(Ask.state)).all()
    for address in (path, path + "/pass-on", path + "/again"):
        client.get(address)
        client.head(address)
    assert db.session.scalars(sa.select(Ask.state)).all() == before
    assert partner.commitment is Commitment.INVITED


def test_the_same_answer_twice_is_one_answer(client, invited, call):
    _partner, director = invited
    path = link_to(director)
    for _again in range(2):
        assert client.post(path, data={"answer": "accept", "note": "Yes"}).status_code == 303
    ask = db.session.scalars(sa.select(Ask)).all()[-1]
    assert [given.choice for given in ask.answers] == ["accept"]
    assert len([letter for letter in owed(call.lead) if "Andean Institute agreed" in text_of(letter)]) == 1


def test_a_no_can_become_a_yes_while_partners_are_sought(client, invited):
    partner, director = invited
    path = link_to(director)
    client.post(path, data={"answer": "decline"})
    assert partner.commitment is Commitment.DECLINED
    assert "Yes, we take part" in client.get(path).text
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert partner.commitment is Commitment.AGREED


def test_the_second_contact_answers_and_the_first_sees_by_whom(client, invited, call):
    institution = make_institution("Lake Institute", country="TZ")
    first, second = make_person(contact_of=institution), make_person("Juma Ali", contact_of=institution)
    partner = recruiting.invite(call, institution, actor=call.lead)
    path_of_first, path_of_second = link_to(first), link_to(second)
    client.post(path_of_second, data={"answer": "accept"})
    page = client.get(path_of_first).text
    assert "Juma Ali" in page and "Lake Institute" in page
    assert partner.answered_by_id == second.id


def test_nobody_undoes_an_answer_that_they_had_not_seen(client, call):
    institution = make_institution("Lake Institute", country="TZ")
    first, second = make_person("Asha Juma", contact_of=institution), make_person(contact_of=institution)
    partner = recruiting.invite(call, institution, actor=call.lead)
    path_of_first, path_of_second = link_to(first), link_to(second)
    client.post(path_of_first, data={"answer": "accept", "seen": "0"})
    refused = client.post(path_of_second, data={"answer": "decline", "seen": "0"})  # both had the page open
    assert refused.status_code == 409 and "Asha Juma" in refused.text and 'name="seen" value="1"' in refused.text
    assert partner.commitment is Commitment.AGREED
    assert client.post(path_of_second, data={"answer": "decline", "seen": "1"}).status_code == 303
    assert partner.commitment is not Commitment.AGREED


def test_a_second_contact_who_says_the_opposite_is_shown_what_stands(client, call):
    institution = make_institution(country="TZ")
    first, second = make_person("Asha Juma", contact_of=institution), make_person(contact_of=institution)
    offered = recruiting.offer(call, institution, actor=first)
    lead_path = link_to(call.lead)
    client.post(lead_path, data={"answer": "accept"})
    refused = client.post(lead_path, data={"answer": "decline"})
    assert refused.status_code == 409 and "Your answer was not kept" in refused.text
    assert offered.commitment is Commitment.AGREED
    assert second.id != first.id


@pytest.mark.parametrize("text", ["x", "A" * 43, "A" * 44, "%00", "../me", "Ä" * 43])
def test_a_wrong_link_says_so_and_tells_nothing(client, invited, text):
    answer = client.get(f"/a/{text}")
    assert answer.status_code in (404, 308)
    assert "Andean" not in answer.text


def test_a_link_for_one_question_answers_no_other(client, invited, call):
    _partner, director = invited
    other = recruiting.invite(call, make_institution(country="KE"), actor=call.lead)
    client.post(link_to(director), data={"answer": "accept"})
    assert other.commitment is Commitment.INVITED


def test_who_left_the_seat_can_no_longer_answer_by_the_old_link(client, invited):
    from tracker.institutions.actions import dismiss_contact

    partner, director = invited
    path = link_to(director)
    dismiss_contact(partner.institution, director, actor=None)
    answer = client.post(path, data={"answer": "accept"})
    assert answer.status_code == 410 and "Andean" not in answer.text
    assert partner.commitment is Commitment.INVITED


def test_an_old_link_sends_a_new_one_to_the_mailbox_it_went_to(client, invited):
    partner, director = invited
    path = link_to(director)
    with clock.frozen(clock.now() + timedelta(days=130)):
        stale = client.get(path)
        assert stale.status_code == 410 and "Andean" not in stale.text
    assert partner.commitment is Commitment.INVITED


def test_a_withdrawn_question_says_so(client, invited):
    partner, director = invited
    path = link_to(director)
    recruiting.withdraw(partner, actor=None)
    page = client.get(path)
    assert page.status_code == 200 and "taken back" in page.text
    assert client.post(path, data={"answer": "accept"}).status_code in (403, 409)
    assert not [letter for letter in owed(director) if letter.sort is Sort.ASK]


def test_the_answer_by_another_door_closes_the_question(client, invited):
    partner, director = invited
    path = link_to(director)
    recruiting.answer_invitation(partner, agrees=True, actor=director)
    ask = db.session.scalars(sa.select(Ask).where(Ask.subject_id == partner.id)).one()
    assert ask.state is AskState.ANSWERED and ask.choice == "accept"
    assert "takes part" in client.get(path).text
