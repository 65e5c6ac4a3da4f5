from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, the_network
from tests.mails import text_of
from tracker import clock
from tracker.accounts import actions, queries
from tracker.accounts.models import Token
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.institutions.models import Affiliation, Network, Person

PASSWORD = "seven quiet bicycles"
FIRST = {
    "name": "Li Wei",
    "email": "Li@Example.org",
    "password": PASSWORD,
    "network": "South Research Alliance",
    "moderates": "y",
}


@pytest.fixture
def institute():
    return make_institution("Institute of Rivers", country="BD")


@pytest.fixture
def contact(institute):
    person = make_person("Contact One", contact_of=institute)
    db.session.execute(sa.delete(Delivery))
    db.session.expire_all()
    return person


def invite_path(institution):
    return f"/institutions/{institution.id}/invite"


# --- the first coordinator


def test_the_first_coordinator_sets_the_tracker_up_with_a_link_that_works_once(client):
    path = actions.set_up_link("")
    assert client.get(path).status_code == 200
    answer = client.submit(path, **FIRST)
    assert (answer.status_code, answer.location) == (303, "/board")
    person = queries.by_email("li@example.org")
    network = db.session.scalars(sa.select(Network)).one()
    assert person.is_coordinator
    assert (network.name, network.moderates) == ("South Research Alliance", True)
    assert client.get("/account").status_code == 200
    assert client.submit(path, **FIRST).status_code == 404
    assert actions.set_up_link("") is None


def test_set_up_keeps_what_was_typed_when_something_is_missing(client):
    path = actions.set_up_link("")
    answer = client.submit(path, **FIRST | {"password": "short", "moderates": ""})
    assert answer.status_code == 422
    assert 'value="Li Wei"' in answer.text
    assert 'value="South Research Alliance"' in answer.text
    assert "short" not in answer.text
    assert client.get(path).status_code == 200  # the link is still good


def test_a_newer_set_up_link_replaces_the_older_and_none_lasts_longer_than_a_day(client):
    older, newer = actions.set_up_link(""), actions.set_up_link("")
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert client.get(newer).status_code == 404


def test_an_open_set_up_link_is_worth_nothing_once_somebody_coordinates(client):
    path = actions.set_up_link("")
    make_person(coordinates=make_network())
    assert client.get(path).status_code == 404
    assert client.submit(path, **FIRST).status_code == 404


# --- being invited


def test_an_invited_person_joins_with_a_password(client, signed_in, contact, institute, letters):
    answer = signed_in(contact).submit(
        invite_path(institute), name="نور", email="Nour@Example.org", position="Economist", place=""
    )
    assert answer.status_code == 303
    (letter,) = letters()
    assert letter["Subject"] == "Contact One invites you to plan research together"
    assert "Institute of Rivers" in text_of(letter).replace("\n", " ")
    question = client.get(letter.path)
    assert "Institute of Rivers" in question.text and "No, thank you" in question.text
    assert f'href="{letter.join}"' in question.text
    page = client.get(letter.join)
    assert 'value="نور"' in page.text
    assert "Institute of Rivers" in page.text
    assert queries.by_email("nour@example.org").joined_at is None
    weak = client.submit(letter.join, name="نور", password="password12", way="password")
    assert weak.status_code == 422
    nothing = client.submit(letter.join, name="نور", password="", way="password")
    assert "Choose a password, or use e-mailed links" in nothing.text
    assert client.submit(letter.join, name="نور الهدى", password=PASSWORD, way="password").status_code == 303
    person = queries.by_email("nour@example.org")
    assert (person.name, person.time_zone, person.password_hash != "") == ("نور الهدى", "Asia/Dhaka", True)
    assert client.get("/account").status_code == 200
    assert client.submit(letter.join, name="Again", password=PASSWORD).status_code == 404
    assert "نور joined" in client.get(letter.path).text
    assert ["نور الهدى joined" in text_of(told) for told in letters()] == [True]  # whoever asked


def test_an_invited_person_may_do_without_a_password(client, signed_in, contact, institute, letters):
    signed_in(contact).submit(invite_path(institute), name="Ana", email="ana@example.org", place="2")
    (letter,) = letters()
    assert client.submit(letter.join, name="Ana", password="", way="links").status_code == 303
    person = queries.by_email("ana@example.org")
    assert person.password_hash == ""
    assert person.contact_ids == {institute.id}
    client.submit("/sign-out")
    assert client.submit("/sign-in", email="ana@example.org", password="", way="password").status_code == 422
    letters()
    client.submit("/sign-in", email="ana@example.org", way="link")
    (link,) = letters()
    assert client.submit(link.path).status_code == 303


def test_inviting_twice_sends_a_fresh_link_and_makes_nobody_twice(client, signed_in, contact, institute, letters):
    older, newer = [
        signed_in(contact).submit(invite_path(institute), name="Ana", email=email, place="") and letters()[0]
        for email in ("ana@example.org", "ANA@example.org")
    ]
    assert client.get(older.join).status_code == 404
    assert "A newer question took the place" in client.get(older.path).text
    assert client.get(newer.join).status_code == 200
    person = queries.by_email("ana@example.org")
    count = sa.select(sa.func.count(Affiliation.id)).where(Affiliation.person_id == person.id)
    assert db.session.scalar(count) == 1
    page = signed_in(contact).get(invite_path(institute))
    assert "ana@example.org" in page.text
    signed_in(contact).submit(f"/institutions/{institute.id}/invitations/{person.id}/again")
    assert len(letters()) == 1


def test_somebody_with_an_account_is_affiliated_and_told(client, signed_in, contact, institute, letters):
    elsewhere = make_person("Bruno", email="bruno@example.org")
    answer = signed_in(contact).submit(invite_path(institute), name="B.", email="bruno@example.org", place="")
    assert answer.status_code == 303
    (letter,) = letters()
    assert letter["To"].addresses[0].addr_spec == "bruno@example.org"
    assert "/join/" not in text_of(letter)
    assert elsewhere.name == "Bruno"
    assert elsewhere.institution_ids == {institute.id}
    assert db.session.scalars(sa.select(Token)).all() == []


def test_a_withdrawn_invitation_opens_nothing(client, signed_in, contact, institute, letters):
    signed_in(contact).submit(invite_path(institute), name="Ana", email="ana@example.org", place="2")
    (letter,) = letters()
    person = queries.by_email("ana@example.org")
    withdraw = f"/institutions/{institute.id}/invitations/{person.id}/withdraw"
    assert signed_in(contact).submit(withdraw).status_code == 303
    assert client.get(letter.join).status_code == 404
    assert "taken back" in client.get(letter.path).text
    assert person.affiliations == []
    assert person.contact_ids == set()
    assert "ana@example.org" not in signed_in(contact).get(invite_path(institute)).text
    assert signed_in(contact).submit(withdraw).status_code == 404
    client.submit("/sign-in", email="ana@example.org", way="link")
    assert letters() == []


def test_withdrawing_one_institutions_invitation_leaves_the_others(client, signed_in, contact, institute, letters):
    second = make_institution("Institute of Seas")
    inviters = ((institute, contact), (second, make_person(contact_of=second)))
    letters()
    for place, inviter in inviters:
        signed_in(inviter).submit(invite_path(place), name="Ana", email="ana@example.org")
    first, second_letter = letters()
    link = second_letter.join
    person = queries.by_email("ana@example.org")
    withdraw = f"/invitations/{person.id}/withdraw"
    signed_in(contact).submit(institute.path + withdraw)
    assert client.get(first.join).status_code == 404
    assert client.get(link).status_code == 200
    assert [held.institution for held in person.affiliations] == [second]
    coordinator = signed_in(make_person(coordinates=the_network()))
    assert "ana@example.org" not in coordinator.get(invite_path(institute)).text
    assert coordinator.submit(second.path + withdraw).status_code == 303
    assert client.get(link).status_code == 404


def test_who_lost_the_invitation_gets_it_again_by_asking_for_a_link(client, signed_in, contact, institute, letters):
    signed_in(contact).submit(invite_path(institute), name="Ana", email="ana@example.org", place="")
    letters()
    with clock.frozen(clock.now() + timedelta(days=40)):
        client.submit("/sign-in", email="ana@example.org", way="link")
        (letter,) = letters()
        assert client.get(letter.join).status_code == 200


def test_only_contacts_and_coordinators_invite(client, signed_in, contact, institute):
    colleague = make_person(institution=institute)
    other = make_person(contact_of=make_institution())
    coordinator = make_person(coordinates=the_network())
    path = invite_path(institute)
    assert client.get(path).location.startswith("/sign-in?next=")
    statuses = [signed_in(person).get(path).status_code for person in (colleague, other, contact, coordinator)]
    assert statuses == [403, 403, 200, 200]
    assert signed_in(colleague).submit(path, name="X", email="x@example.org", place="").status_code == 403
    again = f"/institutions/{institute.id}/invitations/{coordinator.id}/again"
    assert signed_in(contact).submit(again).status_code == 404


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@example.org\x00", "a b@example.org", "ü@example.org", "a" * 300 + "@x.org"]
)
def test_an_address_nobody_can_have_is_refused_beside_its_field(signed_in, contact, institute, email):
    before = db.session.scalar(sa.select(sa.func.count(Person.id)))
    answer = signed_in(contact).submit(invite_path(institute), name="Ana", email=email, place="")
    assert answer.status_code == 422 or email.startswith("a@example.org")  # what no page can hold is dropped
    if answer.status_code == 422:
        assert 'id="email-error"' in answer.text
        assert 'value="Ana"' in answer.text
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == before


def test_a_wrong_choice_is_a_message_and_not_an_error(signed_in, contact, institute):
    answer = signed_in(contact).submit(invite_path(institute), name="Ana", email="ana@example.org", place="7")
    assert answer.status_code == 422
    assert queries.by_email("ana@example.org") is None
