"""A project invites an institution that is on no record: from the form to the mail, the answer and the membership."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_in, link_to, owed, text_of
from tests.factories import make_institution, make_network, make_person, make_project, make_seat
from tracker import clock
from tracker.activity.models import Delivery
from tracker.asks.queries import open_about_page
from tracker.contacts import actions as contacts
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import answering_contacts, person_by_email
from tracker.memberships import actions as memberships
from tracker.memberships.queries import INVITATION, REQUEST, is_member
from tracker.newcomers import outsiders
from tracker.newcomers.queries import outside
from tracker.projects.models import Partner
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions as recruiting

FORM = {
    "name": "Instituto de los Andes",
    "country": "BO",
    "city": "La Paz",
    "website": "www.andes.example.org",
    "person_name": "Rosa Quispe",
    "email": "Rosa@andes.example.org",
    "language": "en",
    "role": "partner",
    "note": "Your work on lakes",
}


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


def invites(browser, call, **changed):
    return browser.submit(f"{call.path}/partners/invite-new", **(FORM | changed))


def partner_of(call, name=FORM["name"]) -> Partner:
    query = sa.select(Partner).join(Partner.institution).where(Institution.name == name)
    return db.session.scalars(query.where(Partner.project_id == call.id)).first()


def memberships_asked(network) -> list:
    return [ask for ask in open_about_page("network", network.id) if ask.kind in (INVITATION, REQUEST)]


# --- the whole way ------------------------------------------------------------------------------------------


def test_an_outsider_comes_in_by_the_mail_alone(signed_in, client, call):
    coordinator = call.coordinator
    answer = invites(signed_in(call.lead), call)
    assert answer.status_code == 303 and answer.location == f"{call.path}#partners"
    partner = partner_of(call)
    institution, director = partner.institution, person_by_email("rosa@andes.example.org")
    assert partner.commitment is Commitment.INVITED and institution.network_ids == set()
    assert answering_contacts(institution.id) == [director] and director.joined_at is None

    letters = db.session.scalars(sa.select(Delivery).where(Delivery.address == director.email)).all()
    assert len(letters) == 1, "the invitation, and nothing else"
    text = text_of(letters[0])
    for words in (call.lead.name, call.title, "Your work on lakes", call.network.name, "research tracker", "a member"):
        assert words in text
    assert letters[0].reply_to == call.lead.email

    path = link_in(text)
    page = client.get(path)
    assert page.status_code == 200 and "Instituto de los Andes" in page.text
    assert client.post(path, data={"answer": "accept", "note": "With pleasure"}).status_code == 303
    assert partner.commitment is Commitment.AGREED and partner.answered_by_id == director.id
    assert "not a member yet" in signed_in(call.lead).get(call.path).text

    (asked,) = memberships_asked(call.network)
    assert asked.kind == REQUEST and call.title in asked.note
    assert client.post(link_to(coordinator), data={"answer": "accept"}).status_code == 303
    assert is_member(institution, call.network)
    assert "not a member yet" not in signed_in(call.lead).get(call.path).text


def test_a_no_needs_no_account_either_and_the_record_stays(signed_in, client, call):
    invites(signed_in(call.lead), call)
    partner = partner_of(call)
    client.post(link_to(person_by_email("rosa@andes.example.org")), data={"answer": "decline"})
    institution = partner.institution
    assert partner.commitment is Commitment.DECLINED and memberships_asked(call.network) == []
    assert call.title in institution.notes and call.lead.name in institution.notes
    assert institution.memberships == [] and institution.checked_at is None


def test_who_was_never_asked_has_no_public_page(signed_in, client, call):
    invites(signed_in(call.lead), call)
    director = person_by_email("rosa@andes.example.org")
    assert client.get(director.path).status_code in (303, 404)
    assert "Rosa Quispe" not in client.get(partner_of(call).institution.path).text


def test_an_invitation_taken_back_leaves_the_record(signed_in, call):
    invites(signed_in(call.lead), call)
    partner = partner_of(call)
    institution_id = partner.institution_id
    recruiting.withdraw(partner, actor=call.lead)
    assert db.session.get(Institution, institution_id) is not None
    assert not [mail for mail in owed(person_by_email("rosa@andes.example.org")) if mail.sort == "ask"]


def test_seats_role_and_day_go_with_it(signed_in, call):
    seat = make_seat(call)
    day = (clock.today() + timedelta(days=20)).isoformat()
    page = signed_in(call.lead).get(f"{call.path}/partners/invite-new?seat={seat.id}").text
    assert f'value="{seat.id}"' in page
    sent = invites(signed_in(call.lead), call, role="adviser", answer_by=day, seats=str(seat.id))
    assert sent.status_code == 303
    partner = partner_of(call)
    assert partner.role is Role.ADVISER
    db.session.refresh(seat)
    assert [filling.partner_id for filling in seat.fillings] == [partner.id]
    (asked,) = [ask for ask in open_about_page("project", call.id) if ask.subject_id == partner.id]
    assert asked.due_on == date.fromisoformat(day)


def test_the_mail_is_in_the_language_that_the_lead_chose(signed_in, call):
    assert invites(signed_in(call.lead), call, language="ar-XB").status_code == 303
    assert owed(person_by_email("rosa@andes.example.org"))[0].language == "ar-XB"


# --- look-alikes --------------------------------------------------------------------------------------------


def test_look_alikes_are_offered_for_an_invitation_first(signed_in, call):
    known = make_institution("Centro de los Andes", "BO")
    browser = signed_in(call.lead)
    answer = invites(browser, call)
    assert answer.status_code == 409 and f"/projects/{call.id}/partners/invite?institution={known.id}" in answer.text
    assert "Your work on lakes" in answer.text and person_by_email("rosa@andes.example.org") is None
    assert invites(browser, call, is_new="y").status_code == 409
    assert invites(browser, call, is_new="y", shown=str(known.id)).status_code == 303


def test_the_same_one_twice_is_shown_as_what_is_here_already(signed_in, call):
    browser = signed_in(call.lead)
    invites(browser, call)
    again = invites(browser, call, email="another@andes.example.org")
    assert again.status_code == 409 and partner_of(call).institution.path in again.text


# --- what is refused ----------------------------------------------------------------------------------------


def rows() -> tuple[int, ...]:
    return tuple(db.session.scalar(sa.select(sa.func.count(model.id))) for model in (Institution, Person, Partner))


@pytest.mark.parametrize("again", range(4))
def test_one_address_is_invited_to_a_project_once(signed_in, call, again):
    browser = signed_in(call.lead)
    invites(browser, call)
    before = rows()
    answer = invites(browser, call, name=f"Another House {again}", website="")
    assert answer.status_code == 422 and "was invited to this project already" in answer.text
    assert rows() == before


def test_the_address_of_somebody_known_elsewhere_is_refused_beside_it(signed_in, call):
    make_person(email="rosa@andes.example.org", institution=make_institution("Lake House"))
    before = rows()
    answer = invites(signed_in(call.lead), call)
    assert answer.status_code == 422 and "is known here already" in answer.text and "Lake House" not in answer.text
    assert 'aria-describedby="email-error"' in answer.text and rows() == before


def test_somebody_known_by_an_address_alone_can_be_invited(signed_in, call):
    known = institutions.add_person(name="R. Quispe", email="rosa@andes.example.org", actor=None)
    assert invites(signed_in(call.lead), call).status_code == 303
    assert answering_contacts(partner_of(call).institution_id) == [known]


def test_a_project_invites_so_many_a_day(signed_in, call, monkeypatch):
    monkeypatch.setattr(outsiders, "MOST_A_DAY", 2)
    browser = signed_in(call.lead)
    for number in range(2):
        sent = invites(browser, call, name=f"House {number}x{number}", email=f"n{number}@example.org", website="")
        assert sent.status_code == 303
    before = rows()
    refused = invites(browser, call, name="Third Place", email="third@example.org", website="")
    assert refused.status_code == 409 and "Go on tomorrow" in refused.text and rows() == before
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert invites(browser, call, name="Third Place", email="third@example.org", website="").status_code == 303


def test_a_person_invites_so_many_a_day_however_many_projects_they_begin(signed_in, call, monkeypatch):
    monkeypatch.setattr(outsiders, "MOST_A_DAY", 2)
    browser = signed_in(call.lead)
    for number in range(2):
        project = make_project(lead=call.lead, title=f"Draft {number}")
        sent = invites(browser, project, name=f"House {number}x{number}", email=f"n{number}@example.org", website="")
        assert sent.status_code == 303
    refused = invites(browser, call, name="Third Place", email="third@example.org", website="")
    assert refused.status_code == 409 and "Go on tomorrow" in refused.text
    colleague = make_project(ProjectState.RECRUITING)
    assert invites(signed_in(colleague.lead), colleague).status_code == 303


@pytest.mark.parametrize("state", [ProjectState.REVIEW, ProjectState.PUBLISHED, ProjectState.STOPPED])
def test_where_partners_can_no_longer_join_nothing_is_made(signed_in, state):
    project = make_project(state)
    before = rows()
    answer = invites(signed_in(project.lead), project)
    assert answer.status_code == 409 and "Partners can join until" in answer.text and rows() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"country": "XX"},
        {"email": "nobody"},
        {"person_name": " "},
        {"website": "javascript:1"},
        {"role": "lead"},
        {"language": "xx"},
        {"answer_by": "2001-01-01"},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_beside_its_field(signed_in, call, wrong):
    before = rows()
    answer = invites(signed_in(call.lead), call, **wrong)
    assert answer.status_code == 422 and "field__error" in answer.text and rows() == before
    assert "Your work on lakes" in answer.text


def test_only_leads_and_coordinators_invite(signed_in, client, call):
    member = make_person(institution=make_institution(country="SN"))
    assert invites(signed_in(member), call).status_code == 403
    assert invites(signed_in(), call).status_code == 404
    assert invites(client, call).status_code == 401
    assert f"{call.path}/partners/invite-new" in signed_in(call.lead).get(f"{call.path}/partners/invite?q=none").text


# --- the membership -----------------------------------------------------------------------------------------


@pytest.fixture
def guest(call):
    """An institution of no network that is invited, and its director."""
    institution = make_institution("Guest House", "BO", member_of=None)
    director = make_person("Rosa Quispe", contact_of=institution)
    return recruiting.invite(call, institution, actor=call.lead), director


@pytest.mark.parametrize("choice", ["accept", "intend"])
def test_a_yes_or_an_intention_asks_the_coordinators_once(client, call, guest, choice):
    partner, director = guest
    path = link_to(director)
    for _again in range(2):
        client.post(path, data={"answer": choice})
    assert [ask.kind for ask in memberships_asked(call.network)] == [REQUEST]
    assert outside(call) == {partner.institution_id}


def test_the_coordinators_do_not_read_of_a_draft(client):
    draft = make_project(title="Nobody knows yet")
    director = make_person(contact_of=make_institution("Guest House", "BO", member_of=None))
    recruiting.invite(draft, director.contact_places[0].institution, actor=draft.lead)
    client.post(link_to(director), data={"answer": "accept"})
    (request,) = memberships_asked(draft.network)
    assert "Nobody knows yet" not in str(request.details)


def test_a_member_is_not_proposed(client, call):
    institution = make_institution("Member House", "BO")
    director = make_person(contact_of=institution)
    recruiting.invite(call, institution, actor=call.lead)
    client.post(link_to(director), data={"answer": "accept"})
    assert memberships_asked(call.network) == [] and outside(call) == set()


def test_one_of_another_network_is_proposed_too(client, call):
    institution = make_institution("Sister House", "BO", member_of=make_network())
    director = make_person(contact_of=institution)
    recruiting.invite(call, institution, actor=call.lead)
    client.post(link_to(director), data={"answer": "accept"})
    assert len(memberships_asked(call.network)) == 1


def test_what_is_asked_or_answered_already_is_not_asked_again(client, call, guest):
    partner, director = guest
    asked = memberships.request(partner.institution, call.network, actor=director)
    client.post(link_to(director), data={"answer": "accept"})
    assert [known.id for known in memberships_asked(call.network)] == [asked.id]


def test_after_a_no_of_the_coordinators_nobody_asks_again(client, call, guest):
    _partner, director = guest
    client.post(link_to(director), data={"answer": "accept"})
    client.post(link_to(call.coordinator), data={"answer": "decline"})
    second = make_project(ProjectState.RECRUITING, lead=call.lead, title="A second study")
    again = recruiting.invite(second, director.contact_places[0].institution, actor=call.lead)
    recruiting.answer_invitation(again, agrees=True, actor=director)
    assert memberships_asked(call.network) == []


def test_a_coordinator_who_notes_a_yes_makes_no_member_of_anybody(call, guest):
    partner, director = guest
    recruiting.answer_invitation(partner, agrees=True, actor=call.coordinator)
    (asked,) = memberships_asked(call.network)
    assert asked.kind == INVITATION and not is_member(partner.institution, call.network)
    institutions.dismiss_contact(partner.institution, director, actor=None)


def test_a_coordinator_who_notes_a_yes_for_nobody_asks_nobody(call):
    institution = make_institution("Empty House", "BO", member_of=None)
    partner = recruiting.invite(call, institution, actor=call.lead)
    recruiting.answer_invitation(partner, agrees=True, actor=call.coordinator)
    assert memberships_asked(call.network) == [] and not is_member(institution, call.network)


def test_who_came_by_the_mail_can_be_invited_to_an_account_later(signed_in, call):
    invites(signed_in(call.lead), call)
    director = person_by_email("rosa@andes.example.org")
    contacts.accounts.invite(name="", email=director.email, institution=partner_of(call).institution, actor=call.lead)
    assert "invites you" in text_of(owed(director)[-1])


@pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])
def test_the_page_speaks_the_reader_s_language(signed_in, call, tag):
    page = signed_in(call.lead).get(f"{call.path}/partners/invite-new?lang={tag}")
    assert page.status_code == 200 and ('dir="rtl"' in page.text) == (tag == "ar-XB")
