from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Delivery
from tracker.asks.models import Ask
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects import actions as projects
from tracker.projects.models import Partner
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING, countries=("BD",))


def test_an_invitation_is_mailed_to_both_contacts_and_answered_once(call):
    institution = make_institution("Andean Institute", country="PE")
    main, second = make_person(contact_of=institution), make_person(contact_of=institution)
    partner = actions.invite(call, institution, note="Your work on ports", actor=call.lead)
    db.session.flush()
    mailed = set(db.session.scalars(sa.select(Delivery.address).where(Delivery.template.contains("invitation"))))
    assert mailed == {main.email, second.email}
    actions.answer_invitation(partner, agrees=True, actor=second)
    actions.answer_invitation(partner, agrees=True, actor=main)  # the same answer again changes nothing
    assert partner.commitment is Commitment.AGREED
    assert partner.answered_by_id == second.id
    with pytest.raises(RuleBroken, match="not open any more"):
        actions.answer_invitation(partner, agrees=False, actor=main)


def test_an_institution_is_not_asked_twice(call):
    institution = make_institution(country="PE")
    actions.invite(call, institution, actor=call.lead)
    with pytest.raises(RuleBroken, match="asked already"):
        actions.invite(call, institution, actor=call.lead)


def test_who_declined_can_be_asked_again(call):
    institution = make_institution(country="PE")
    contact = make_person(contact_of=institution)
    partner = actions.invite(call, institution, actor=call.lead)
    actions.answer_invitation(partner, agrees=False, note="No staff", actor=contact)
    assert actions.invite(call, institution, actor=call.lead) is partner
    assert partner.commitment is Commitment.INVITED


def test_who_offers_joins_the_team_when_the_lead_accepts(call):
    person = make_person(institution=make_institution(country="KE"))
    partner = actions.offer(call, person.affiliations[0].institution, note="We have data", actor=person)
    assert person not in projects.team(call)
    actions.answer_offer(partner, accepts=True, actor=call.lead)
    assert partner.commitment is Commitment.INTENDS  # nobody who answers for it has said so yet
    assert person in projects.team(call)


def test_nobody_offers_to_join_what_is_not_recruiting():
    running = make_project(ProjectState.RUNNING)
    person = make_person(institution=make_institution(country="KE"))
    with pytest.raises(RuleBroken, match="not looking for partners"):
        actions.offer(running, person.affiliations[0].institution, note="We have data", actor=person)


def test_an_answer_after_the_project_went_on_is_refused():
    running = make_project(ProjectState.RUNNING)
    institution = make_institution(country="KE")
    contact = make_person(contact_of=institution)
    partner = actions.invite(running, institution, actor=running.lead)
    projects.take_step(running, "stop", actor=running.lead, reason="Elections")
    with pytest.raises(RuleBroken, match="went on meanwhile"):
        actions.answer_invitation(partner, agrees=True, actor=contact)
    assert partner.commitment is Commitment.INVITED


def test_the_only_lead_cannot_leave_until_another_partner_leads():
    project = make_project(ProjectState.RUNNING)
    lead, other = project.partners
    with pytest.raises(RuleBroken, match="only lead"):
        actions.leave(lead, actor=project.lead)
    actions.change_role(other, Role.CO_LEAD, actor=project.lead)
    actions.leave(lead, actor=project.lead)
    assert [partner.name for partner in project.lead_partners] == [other.name]


def ask_of(partner):
    """The newest question to or from a partner."""
    db.session.flush()
    return db.session.scalars(
        sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == partner.id).order_by(Ask.id.desc())
    ).first()


def test_a_director_reads_the_invitation_and_says_yes_on_the_page(call, signed_in):
    institution = make_institution("Andean Institute", country="PE")
    director = make_person(contact_of=institution)
    partner = actions.invite(call, institution, note="Your work on ports", actor=call.lead)
    path = ask_of(partner).path
    browser = signed_in(director)
    assert path in browser.get("/me").text
    page = browser.get(path).text
    assert "Your work on ports" in page
    assert "not a contract" in page
    assert browser.submit(path, answer="maybe").status_code == 400
    assert browser.submit(path, answer="accept", note="Gladly").status_code == 303
    assert partner.commitment is Commitment.AGREED
    assert "takes part" in browser.get(path).text
    assert path not in browser.get("/me").text


def test_the_address_that_earlier_mails_named_leads_to_the_question(call, signed_in):
    institution = make_institution(country="PE")
    director = make_person(contact_of=institution)
    partner = actions.invite(call, institution, actor=call.lead)
    answer = signed_in(director).get(f"/projects/{call.id}/partners/{partner.id}")
    assert (answer.status_code, answer.location) == (303, ask_of(partner).path)


def test_a_director_who_says_no_may_still_read_what_they_answered(signed_in):
    draft = make_project()
    institution = make_institution(country="PE")
    director = make_person(contact_of=institution)
    path = ask_of(actions.invite(draft, institution, actor=draft.lead)).path
    browser = signed_in(director)
    answer = browser.submit(path, answer="decline")
    assert (answer.status_code, answer.location) == (303, path)
    assert "does not take part" in browser.get(path).text
    assert browser.get(draft.path).status_code == 404


def test_a_colleague_who_is_no_contact_cannot_answer_for_the_institution(call, signed_in):
    institution = make_institution(country="PE")
    partner = actions.invite(call, institution, actor=call.lead)
    colleague = make_person(institution=institution)
    assert signed_in(colleague).submit(ask_of(partner).path, answer="accept").status_code == 404
    assert partner.commitment is Commitment.INVITED


def test_an_invitation_through_the_page(call, signed_in):
    institution = make_institution("Andean Institute", country="PE")
    browser = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/invite"
    refused = browser.submit(path, institution="999999", role="partner", note="Please")
    assert refused.status_code == 422
    assert "Please" in refused.text
    assert browser.submit(path, institution=institution.id, role="partner", note="Please").status_code == 303
    assert [partner.commitment for partner in call.partners][-1] is Commitment.INVITED


def test_a_second_institution_can_lead_and_one_can_take_part_in_a_component_only(signed_in):
    project = make_project(ProjectState.RUNNING)
    second = project.partners[1]
    browser = signed_in(project.lead)
    path = f"/projects/{project.id}/partners/{second.id}/role"
    assert browser.submit(path, role="king").status_code == 400
    assert browser.submit(path, role="co-lead", component="Case studies").status_code == 303
    assert [partner.role for partner in project.lead_partners] == [Role.LEAD, Role.CO_LEAD]
    assert "Case studies" in browser.get(project.path).text


def test_a_partner_known_by_a_printed_name_is_linked_to_its_record(call, signed_in):
    institution = make_institution("Andean Institute", country="PE")
    printed = Partner(listed_as="Inst. of the Andes", listed_country="PE", commitment=Commitment.AGREED)
    call.partners.append(printed)
    db.session.flush()
    browser = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/{printed.id}/link"
    assert "Inst. of the Andes" in browser.get(f"/projects/{call.id}/partners/roles").text
    assert browser.submit(path, institution="x").status_code == 303
    assert printed.institution_id is None
    assert browser.submit(path, institution=institution.id).status_code == 303
    assert (printed.name, printed.listed_as) == ("Andean Institute", "Inst. of the Andes")


def test_a_no_is_always_possible(call):
    institution = make_institution(country="PE")
    contact = make_person(contact_of=institution)
    partner = actions.invite(call, institution, actor=call.lead)
    projects.take_step(call, "stop", actor=call.lead, reason="Elections")
    actions.answer_invitation(partner, agrees=False, note="Too late for us", actor=contact)
    assert partner.commitment is Commitment.DECLINED


def test_an_institution_without_contact_is_not_waited_for_in_silence(call, signed_in):
    institution = make_institution("Orphan Institute", country="PE")
    browser = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/invite"
    assert "Orphan Institute, Peru (no contact yet)" in browser.get(path).text
    browser.submit(path, institution=institution.id, role="partner", note="Please")
    told = set(db.session.scalars(sa.select(Delivery.address).where(Delivery.template.contains("nobody"))))
    assert told == {call.coordinator.email}
    partner = call.partners[-1]
    path = ask_of(partner).path
    assert signed_in(call.coordinator).submit(path, answer="accept", note="They phoned").status_code == 303
    assert partner.commitment is Commitment.AGREED
    assert "They phoned" in browser.get(call.path).text


def test_a_coordinator_does_not_answer_over_the_head_of_a_contact(call, signed_in):
    institution = make_institution(country="PE")
    make_person(contact_of=institution)
    partner = actions.invite(call, institution, actor=call.lead)
    assert signed_in(call.coordinator).submit(ask_of(partner).path, answer="accept").status_code == 403
    assert partner.commitment is Commitment.INVITED


def test_an_offer_can_be_withdrawn_and_an_invited_institution_is_not_asked_to_offer(call, signed_in):
    person = make_person(institution=make_institution(country="KE"))
    partner = actions.offer(call, person.affiliations[0].institution, note="We have data", actor=person)
    page = signed_in(person).get(call.path).text
    withdraw = f"/projects/{call.id}/partners/{partner.id}/withdraw"
    assert withdraw in page
    assert "/partners/offer" not in page
    assert "Withdraw the offer" in signed_in(person).get(withdraw).text
    assert signed_in(person).submit(withdraw).status_code == 303
    assert [known.commitment for known in call.partners] == [Commitment.AGREED]


def test_who_left_can_be_invited_again_from_the_page(signed_in):
    project = make_project(ProjectState.RUNNING)
    other = project.partners[1]
    actions.leave(other, note="New director", actor=project.partner_people[0])
    page = signed_in(project.lead).get(project.path).text
    assert "New director" in page
    assert f"/partners/invite?institution={other.institution_id}" in page


def test_the_lead_cannot_leave_it_to_one_that_only_intends_to_join(call):
    contact = make_person(contact_of=make_institution(country="BO"))
    institution = contact.contact_places[0].institution
    partner = actions.invite(call, institution, role=Role.CO_LEAD, actor=call.lead)
    actions.answer_invitation(partner, agrees=True, is_sure=False, actor=contact)
    with pytest.raises(RuleBroken, match="only lead"):
        actions.leave(call.partners[0], actor=call.lead)
    with pytest.raises(RuleBroken, match="needs a lead"):
        actions.change_role(call.partners[0], Role.PARTNER, actor=call.lead)
    actions.leave(partner, actor=contact)


def test_asking_and_taking_back_over_and_over_is_no_way_to_send_mails(call):
    institution = make_institution(country="BO")
    contact = make_person(contact_of=institution)
    for _time in range(actions.MOST_A_DAY):
        actions.withdraw(actions.invite(call, institution, actor=call.lead), actor=call.lead)
    with pytest.raises(RuleBroken, match="several times today"):
        actions.invite(call, institution, actor=call.lead)
    for _time in range(actions.MOST_A_DAY):
        actions.withdraw(actions.offer(call, institution, note="We", actor=contact), actor=contact)
    with pytest.raises(RuleBroken, match="several times today"):
        actions.offer(call, institution, note="We", actor=contact)
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert actions.invite(call, institution, actor=call.lead).is_asked
