"""Nobody is put into a network without a yes of their own: by the page, and by a link without account."""

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_network, make_person, the_network
from tracker.activity.models import Delivery
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.memberships import actions
from tracker.memberships.queries import is_member, waiting


@pytest.fixture
def network():
    return make_network("Southern Voices", description="Fourteen *institutes*.")


@pytest.fixture
def coordinator(network):
    return make_person("Grace Mutua", coordinates=network)


@pytest.fixture
def institute():
    return make_institution("Andean Institute", country="PE", member_of=None)


@pytest.fixture
def director(institute):
    """Answers for the institute, and has no account."""
    person = make_person("Rosa Quispe", contact_of=institute)
    person.joined_at = person.session_key = None
    db.session.execute(sa.delete(Delivery))
    db.session.expire_all()
    return person


def asked():
    return db.session.scalars(sa.select(Ask).order_by(Ask.id)).all()


def add(client, network, institution, **more):
    path = f"/networks/{network.id}/members"
    return client.submit(f"{path}?q={institution.name}", institution=str(institution.id), **more)


def test_an_institution_with_a_contact_is_asked_and_no_member_until_it_says_yes(
    client, signed_in, network, coordinator, institute, director
):
    page = signed_in(coordinator)
    assert add(page, network, institute, note="We met in Lima.").status_code == 303
    assert not is_member(institute, network)
    assert signed_in(coordinator).get(f"{institute.path}/edit").status_code == 200  # of no network: any coordinator
    (ask,) = asked()
    listed = page.get(f"/networks/{network.id}/members").text
    assert "asked, waiting since" in listed and f'href="{ask.path}"' in listed
    mail = text_of(owed(director)[-1])
    assert "Southern Voices" in mail and "We met in Lima." in mail and "Fourteen" in mail
    path = link_to(director)
    question = client.get(path).text
    assert "Grace Mutua" in question and "We met in Lima." in question and "Fourteen" in question
    assert not is_member(institute, network)
    answered = client.post(path, data={"answer": "accept", "note": "Gladly"})
    assert answered.status_code == 303 and "Set-Cookie" not in answered.headers
    assert is_member(institute, network)
    told = [text for text in map(text_of, owed(coordinator)) if "Andean Institute joins the network" in text]
    assert len(told) == 1 and "Gladly" in told[0]
    assert waiting(network) == []


def test_a_no_keeps_it_outside_and_can_become_a_yes(client, network, coordinator, institute, director):
    actions.add(institute, network, actor=coordinator)
    path = link_to(director)
    client.post(path, data={"answer": "decline", "note": "Not this year"})
    assert not is_member(institute, network)
    assert any("Not this year" in text_of(mail) for mail in owed(coordinator))
    assert "Yes, we join" in client.get(path).text
    client.post(path, data={"answer": "accept"})
    assert is_member(institute, network)
    assert client.post(path, data={"answer": "decline"}).status_code in (403, 409)
    assert is_member(institute, network)


def test_a_question_taken_back_answers_nothing(client, signed_in, network, coordinator, institute, director):
    actions.add(institute, network, actor=coordinator)
    path = link_to(director)
    (ask,) = asked()
    assert signed_in(coordinator).submit(f"{ask.path}/withdraw", words="Too early").status_code == 303
    assert "Too early" in client.get(path).text
    assert client.post(path, data={"answer": "accept"}).status_code in (403, 409)
    assert not is_member(institute, network)


def test_asking_twice_is_refused_and_asks_once(signed_in, network, coordinator, institute, director):
    page = signed_in(coordinator)
    add(page, network, institute)
    assert add(page, network, institute).status_code == 409
    assert len(asked()) == 1 and len(owed(director)) == 1


def test_one_without_contacts_is_a_member_at_once(signed_in, network, coordinator, institute):
    answer = add(page := signed_in(coordinator), network, institute, joined_on="2020-05-01")
    assert answer.status_code == 303
    assert is_member(institute, network) and asked() == []
    assert "Andean Institute is a member now" in page.get(answer.location).text
    assert "2020" in page.get(answer.location).text


def test_who_answers_for_both_sides_need_not_ask_themselves(network, coordinator, institute):
    institutions.name_contact(institute, coordinator, 1, actor=None)
    db.session.expire(coordinator)
    assert actions.add(institute, network, actor=coordinator) is None
    assert is_member(institute, network) and asked() == []


def test_a_contact_asks_to_join_and_a_coordinator_says_yes(client, signed_in, network, coordinator, institute):
    contact = make_person("Juma Ali", contact_of=institute)
    page = signed_in(contact)
    assert f"/networks/{network.id}/join" in page.get(network.path).text
    answer = page.submit(f"/networks/{network.id}/join", institution=str(institute.id), note="We study ports.")
    assert answer.status_code == 303
    assert "asked, waiting since" in page.get(f"/networks/{network.id}/join").text
    assert not is_member(institute, network)
    mail = text_of(owed(coordinator)[-1])
    assert "Andean Institute would like to join Southern Voices" in mail and "We study ports." in mail
    path = link_to(coordinator)
    client.post(path, data={"answer": "accept", "note": "Welcome"})
    assert is_member(institute, network)
    assert any("Welcome" in text_of(mail) for mail in owed(contact))
    assert f"/networks/{network.id}/join" not in page.get(network.path).text


def test_a_wish_can_be_turned_down_and_granted_later(signed_in, network, coordinator, institute):
    contact = make_person(contact_of=institute)
    ask = actions.request(institute, network, actor=contact)
    page = signed_in(coordinator)
    page.submit(ask.path, answer="decline", note="Next year")
    assert not is_member(institute, network)
    assert any("Next year" in text_of(mail) for mail in owed(contact))
    page.submit(ask.path, answer="accept")
    assert is_member(institute, network)


def test_who_wished_can_take_it_back(signed_in, network, coordinator, institute):
    contact = make_person(contact_of=institute)
    ask = actions.request(institute, network, actor=contact)
    assert signed_in(contact).submit(f"{ask.path}/withdraw").status_code == 303
    assert signed_in(coordinator).submit(ask.path, answer="accept").status_code == 409
    assert not is_member(institute, network)


def test_two_who_ask_each_other_agree(network, coordinator, institute):
    contact = make_person(contact_of=institute)
    actions.add(institute, network, actor=coordinator)
    assert actions.request(institute, network, actor=contact) is None
    assert is_member(institute, network) and {ask.state for ask in asked()} == {AskState.ANSWERED}
    other = make_institution(member_of=None)
    wisher = make_person(contact_of=other)
    actions.request(other, network, actor=wisher)
    assert actions.add(other, network, actor=coordinator) is None
    assert is_member(other, network) and {ask.state for ask in asked()} == {AskState.ANSWERED}


def test_a_yes_after_an_import_made_it_a_member_is_still_a_yes(client, network, coordinator, institute, director):
    actions.add(institute, network, actor=coordinator)
    path = link_to(director)
    institutions.join_network(institute, network, actor=None)
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert is_member(institute, network)


def test_leaving_takes_back_what_was_still_asked(network, coordinator, institute, director):
    actions.add(institute, network, actor=coordinator)
    institutions.join_network(institute, network, actor=None)
    actions.leave(institute, network, actor=coordinator)
    assert [ask.state for ask in asked()] == [AskState.WITHDRAWN]
    assert owed(director) == []
    assert actions.add(institute, network, actor=coordinator) is not None  # and it can be asked again


def test_only_a_contact_of_one_outside_asks_to_join(client, signed_in, network, institute):
    path = f"/networks/{network.id}/join"
    colleague = make_person(institution=institute)
    contact = make_person(contact_of=institute)
    member = make_person(contact_of=make_institution(member_of=network))
    assert [signed_in(person).get(path).status_code for person in (colleague, contact, member)] == [403, 200, 403]
    assert client.get(path).status_code == 303
    elsewhere = make_institution(member_of=None)
    assert signed_in(contact).submit(path, institution=str(elsewhere.id)).status_code == 422
    assert asked() == []


def test_the_second_network_asks_too(network, coordinator, institute, director):
    actions.add(institute, network, actor=coordinator)
    other = the_network() if the_network() is not network else make_network("Other")
    actions.add(institute, other, actor=make_person(coordinates=other))
    assert len(asked()) == 2 and len(owed(director)) == 2
