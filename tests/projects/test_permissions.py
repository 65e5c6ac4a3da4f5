"""Who is let in, and who is not, where it is easy to be wrong."""

from tests.factories import make_institution, make_person, make_project
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.permissions import permissions
from tracker.projects import actions
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


def may(name, person, subject):
    db.session.flush()
    db.session.expire(person)
    return permissions[name](person, subject)


def test_offering_to_join_opens_nothing_that_a_member_does_not_see_anyway():
    call = make_project(ProjectState.RECRUITING)
    person = make_person(institution=make_institution(country="KE"))
    recruiting.offer(call, person.affiliations[0].institution, note="We have data", actor=person)
    assert may("view_project", person, call)
    assert not may("follow_project", person, call)


def test_an_invitation_lets_the_contact_read_and_nobody_else():
    draft = make_project()
    institution = make_institution(country="PE")
    contact, colleague = make_person(contact_of=institution), make_person(institution=institution)
    recruiting.invite(draft, institution, actor=draft.lead)
    assert may("view_project", contact, draft)
    assert not may("follow_project", contact, draft)
    assert not may("view_project", colleague, draft)


def test_a_lead_who_answers_for_a_partner_too_still_leads():
    call = make_project(ProjectState.RECRUITING)
    second = make_institution(country="PE")
    make_person(contact_of=second)
    partner = recruiting.invite(call, second, actor=call.lead)
    institutions.name_contact(second, call.lead, 2, actor=None)
    recruiting.answer_invitation(partner, agrees=True, actor=call.lead)
    assert actions.leads(call) == [call.lead]


def test_withdrawing_a_second_invitation_leaves_what_stood_before():
    project = make_project(ProjectState.RUNNING)
    partner = project.partners[1]
    recruiting.leave(partner, note="New director", actor=project.partner_people[0])
    recruiting.invite(project, partner.institution, actor=project.lead)
    recruiting.withdraw(partner, actor=project.lead)
    assert partner in project.partners
    assert partner.commitment is Commitment.WITHDREW


def test_the_steps_of_the_lead_are_not_the_coordinators():
    project = make_project(ProjectState.RUNNING)
    assert may("act_as_lead", project.lead, project)
    assert not may("act_as_lead", project.coordinator, project)
    for member in project.members:
        member.is_lead = False
    assert may("act_as_lead", project.coordinator, project)


def test_a_project_does_not_answer_for_another_network_that_is_its_partner():
    project = make_project(ProjectState.RUNNING)
    partner = project.partners[1]
    partner.institution, partner.network = None, project.network
    other = make_project(ProjectState.RUNNING).coordinator
    assert may("answer_for_partner", other, partner)
    stranger = make_person()
    assert not may("answer_for_partner", stranger, partner)


def test_only_the_lead_sees_who_was_asked_and_said_no(signed_in):
    project = make_project(ProjectState.RUNNING)
    institution = make_institution("Shy Institute", country="KE")
    contact = make_person(contact_of=institution)
    partner = recruiting.invite(project, institution, actor=project.lead)
    recruiting.answer_invitation(partner, agrees=False, note="No staff", actor=contact)
    seen = signed_in(project.partner_people[0]).get(project.path).text
    assert "Shy Institute" not in seen
    assert "No staff" not in seen
    history = signed_in(project.partner_people[0]).get(f"{project.path}/history").text
    assert "Shy Institute" not in history
    assert "Shy Institute" in signed_in(project.lead).get(project.path).text


def test_a_visitor_who_follows_a_mailed_link_is_asked_to_sign_in(client):
    project = make_project(ProjectState.RUNNING)
    partner = recruiting.invite(project, make_institution(country="KE"), actor=project.lead)
    db.session.flush()
    answer = client.get(f"/projects/{project.id}/partners/{partner.id}")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


def test_who_was_signed_out_while_writing_gets_the_words_back(client):
    project = make_project(ProjectState.RUNNING)
    answer = client.submit(f"/projects/{project.id}/edit", question="Three hours of thinking about water.")
    assert answer.status_code == 401
    assert "Three hours of thinking about water." in answer.text
