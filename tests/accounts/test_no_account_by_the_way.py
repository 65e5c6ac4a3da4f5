from tests.asks.letters import link_to
from tests.factories import make_institution, make_person
from tracker.accounts import actions


def test_no_account_is_made_but_on_the_page_that_makes_one(client):
    house = make_institution()
    contact = make_person(contact_of=house)
    person = actions.invite(name="New", email="new@example.org", institution=house, actor=contact)
    assert client.post(link_to(person), data={"answer": "join"}).status_code == 400
    assert person.joined_at is None
