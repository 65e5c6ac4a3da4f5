"""The question behind an invitation: join, no thank you, no answer, second thoughts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to
from tests.factories import make_institution, make_network, make_person, make_project
from tests.mails import text_of
from tracker import clock
from tracker.accounts import actions, queries
from tracker.activity.models import Delivery
from tracker.asks.models import Ask, AskLink
from tracker.asks.rounds import expire, remind
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting

PASSWORD = "seven quiet bicycles"


@pytest.fixture
def institute():
    return make_institution("Institute of Rivers", country="BD")


@pytest.fixture
def contact(institute):
    person = make_person("Contact One", contact_of=institute)
    db.session.execute(sa.delete(Delivery))
    db.session.expire_all()
    return person


def ask_in(inviter, institution, **more):
    return actions.invite(name="Ana", email="ana@example.org", institution=institution, actor=inviter, **more)


def ask_of(person):
    return db.session.scalars(
        sa.select(Ask).where(Ask.addressee_type == "person", Ask.addressee_id == person.id).order_by(Ask.id)
    ).all()


def join(client, path, **more):
    return client.submit(
        path.replace("/a/", "/join/"), **{"name": "Ana", "password": PASSWORD, "way": "password"} | more
    )


def test_a_no_frees_what_the_invitation_gave_and_tells_who_asked(client, contact, institute, letters):
    ana = ask_in(contact, institute, as_contact=2)
    (letter,) = letters()
    assert client.post(letter.path, data={"answer": "decline", "note": "I retire soon."}).status_code == 303
    assert ana.affiliations == [] and ana.place_ids == set() and ana.joined_at is None
    assert [ask.choice for ask in ask_of(ana)] == ["decline"]
    (told,) = letters()
    assert told["To"].addresses[0].addr_spec == contact.email
    assert "Ana does not want an account." in text_of(told) and "I retire soon." in text_of(told)
    assert queries.invited_to(institute) == []


def test_a_no_leaves_what_was_there_before_the_invitation(client, contact, institute, letters):
    director = institutions.add_person(name="Ana", email="ana@example.org", actor=None)
    institutions.name_contact(institute, director, 2, actor=None)
    letters()
    ask_in(contact, institute)
    client.post(letters()[0].path, data={"answer": "decline"})
    assert director.contact_ids == {institute.id}


def test_a_no_can_become_a_yes_while_the_link_is_good(client, contact, institute, letters):
    ana = ask_in(contact, institute)
    (letter,) = letters()
    client.post(letter.path, data={"answer": "decline"})
    assert "Make my account" in client.get(letter.path).text
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert join(client, letter.path).status_code == 404
    assert join(client, letter.path).status_code == 303
    assert ana.joined_at is not None and ana.institution_ids == {institute.id}
    assert [given.choice for given in ask_of(ana)[0].answers] == ["decline", "join"]
    assert client.post(letter.path, data={"answer": "decline"}).status_code in (403, 409)
    assert ana.institution_ids == {institute.id}


def test_opening_the_links_as_often_as_a_scanner_likes_joins_nobody(client, contact, institute, letters):
    ana = ask_in(contact, institute)
    (letter,) = letters()
    for path in (letter.path, letter.join):
        client.get(path)
        client.head(path)
    assert ana.joined_at is None and ask_of(ana)[0].is_open


def test_two_who_invite_ask_twice_and_one_account_answers_both(client, contact, institute, letters):
    seas = make_institution("Institute of Seas")
    other = make_person("Contact Two", contact_of=seas)
    letters()
    for inviter, place in ((contact, institute), (other, seas)):
        ana = ask_in(inviter, place)
    first, second = letters()
    assert "Institute of Rivers" in text_of(first).replace("\n", " ")
    assert "Institute of Seas" in text_of(second).replace("\n", " ")
    assert join(client, second.path).status_code == 303
    assert [(ask.state, ask.choice) for ask in ask_of(ana)] == [(AskState.ANSWERED, "join")] * 2
    assert {letter["To"].addresses[0].addr_spec for letter in letters()} == {contact.email, other.email}
    assert client.get(first.join).status_code == 404


def test_a_no_to_one_leaves_the_others_question_open(client, contact, institute, letters):
    seas = make_institution("Institute of Seas")
    other = make_person(contact_of=seas)
    letters()
    ask_in(contact, institute)
    ana = ask_in(other, seas)
    first, second = letters()
    client.post(first.path, data={"answer": "decline"})
    assert [held.institution for held in ana.affiliations] == [seas]
    assert join(client, second.path).status_code == 303
    assert ana.institution_ids == {seas.id}


def test_who_signs_in_by_another_door_has_joined(client, contact, institute):
    ana = ask_in(contact, institute)
    path = actions.sign_in_link(ana, "")
    client.submit(path)
    assert ask_of(ana)[0].choice == "join" and queries.invitations(ana) == []


def test_an_invitation_runs_out_and_its_inviter_is_told_and_may_ask_again(
    client, signed_in, contact, institute, letters
):
    ana = ask_in(contact, institute)
    (old,) = letters()
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert expire(10) == 1
        (told,) = letters()
        assert told["To"].addresses[0].addr_spec == contact.email and "Ana" in text_of(told)
        assert client.get(old.join).status_code == 404
        page = signed_in(contact).get(f"/institutions/{institute.id}/invite").text
        assert "the link is too old" in page
        signed_in(contact).submit(f"/institutions/{institute.id}/invitations/{ana.id}/again")
        (new,) = letters()
        assert join(client, new.path).status_code == 303
    assert ana.joined_at is not None


def test_who_was_asked_is_reminded_after_a_week_and_before_it_runs_out(contact, institute):
    ana = ask_in(contact, institute)
    db.session.commit()
    asked_at = ask_of(ana)[0].asked_at
    reminded = []
    for days in range(31):
        with clock.frozen(asked_at + timedelta(days=days, minutes=1)):
            reminded += [days] * remind(10)
    assert reminded == [7, 26] or reminded == [8, 27]  # the first moment of the day, by UTC


def test_a_coordinator_takes_an_invitation_back_on_the_page_of_the_question(
    client, signed_in, contact, institute, letters
):
    coordinator = make_person(coordinates=institute.memberships[0].network)
    letters()
    ana = ask_in(contact, institute, as_contact=2)
    (letter,) = letters()
    assert signed_in(coordinator).submit(f"{ask_of(ana)[0].path}/withdraw", words="Wrong Ana").status_code == 303
    assert ana.affiliations == [] and ana.place_ids == set()
    assert {told["To"].addresses[0].addr_spec for told in letters()} == {contact.email}  # the other seat is told
    assert "Wrong Ana" in client.get(letter.path).text
    assert join(client, letter.path).status_code == 404


def test_an_invited_contact_answers_a_project_before_making_an_account(client, contact, institute, letters):
    ana = ask_in(contact, institute, as_contact=2)
    call = make_project(ProjectState.RECRUITING)
    partner = recruiting.invite(call, institute, actor=call.lead)
    path = link_to(ana)
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert partner.commitment is Commitment.AGREED and partner.answered_by_id == ana.id
    assert ana.joined_at is None and [ask.state for ask in ask_of(ana)] == [AskState.OPEN]
    assert client.get(path.replace("/a/", "/join/")).status_code == 404  # a link is for its own question


def test_who_says_no_to_an_account_no_longer_answers_for_the_institution(client, contact, institute, letters):
    ana = ask_in(contact, institute, as_contact=2)
    (invitation,) = letters()
    call = make_project(ProjectState.RECRUITING)
    partner = recruiting.invite(call, institute, actor=call.lead)
    path = link_to(ana)
    client.post(invitation.path, data={"answer": "decline"})
    assert client.post(path, data={"answer": "accept"}).status_code == 410
    assert partner.commitment is Commitment.INVITED


def test_a_coordinator_to_be_is_invited_for_the_network(client, letters):
    network = make_network("South Research Alliance")
    ana = actions.invite(name="Ana", email="ana@example.org", coordinates=network, actor=None)
    (letter,) = letters()
    assert letter["Subject"] == "You are invited to plan research together"
    assert "South Research Alliance" in client.get(letter.path).text
    assert join(client, letter.path).status_code == 303
    assert ana.coordinated_ids == {network.id}


def test_one_link_serves_while_one_invitation_stands(contact, institute, letters):
    ana = ask_in(contact, institute)
    printed = {actions.invitation_link(ana) for _again in range(2)}
    assert {letters()[0].path} == {"/a/" + link.rpartition("/")[2] for link in printed}
    assert db.session.scalar(sa.select(sa.func.count(AskLink.id)).where(AskLink.person_id == ana.id)) == 1
