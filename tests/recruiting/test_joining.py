import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker.activity.models import Delivery
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
    assert partner.commitment is Commitment.AGREED
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


def test_a_director_reads_the_invitation_and_says_yes_on_the_page(call, signed_in):
    institution = make_institution("Andean Institute", country="PE")
    director = make_person(contact_of=institution)
    partner = actions.invite(call, institution, note="Your work on ports", actor=call.lead)
    path = f"/projects/{call.id}/partners/{partner.id}"
    browser = signed_in(director)
    assert path in browser.get("/me").text
    page = browser.get(path).text
    assert "Your work on ports" in page
    assert "binds nobody" in page
    assert browser.submit(path, answer="maybe").status_code == 400
    assert browser.submit(path, answer="yes", note="Gladly").status_code == 303
    assert partner.commitment is Commitment.AGREED
    assert "This was answered" in browser.get(path).text


def test_a_director_who_says_no_is_sent_to_a_page_they_may_read(signed_in):
    draft = make_project()
    institution = make_institution(country="PE")
    director = make_person(contact_of=institution)
    partner = actions.invite(draft, institution, actor=draft.lead)
    answer = signed_in(director).submit(f"/projects/{draft.id}/partners/{partner.id}", answer="no")
    assert (answer.status_code, answer.location) == (303, "/me")


def test_a_colleague_who_is_no_contact_cannot_answer_for_the_institution(call, signed_in):
    institution = make_institution(country="PE")
    partner = actions.invite(call, institution, actor=call.lead)
    colleague = make_person(institution=institution)
    answer = signed_in(colleague).submit(f"/projects/{call.id}/partners/{partner.id}", answer="yes")
    assert answer.status_code == 403
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
