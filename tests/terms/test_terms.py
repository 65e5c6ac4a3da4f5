import pytest

from tests.factories import make_person, make_project
from tracker.errors import RuleBroken
from tracker.projects.models import Partner
from tracker.projects.requirements import missing
from tracker.projects.states import Commitment, ProjectState
from tracker.terms import actions, queries


@pytest.fixture
def project():
    return make_project(ProjectState.RECRUITING)


def test_the_writer_confirms_by_writing_and_the_others_are_asked(project):
    terms = actions.write(project, text="We share.", actor=project.lead)
    assert [partner.country for partner in actions.unconfirmed(project, terms)] == ["PE"]
    assert "need to be confirmed" in missing(project, "start")[0].sentence


def test_a_changed_text_is_a_new_version_that_everyone_confirms_again(project):
    first = actions.write(project, text="We share.", actor=project.lead)
    actions.confirm(first, project.partners[1], actor=project.partner_people[0])
    assert actions.unconfirmed(project, queries.latest(project)) == []
    second = actions.write(project, text="We share everything.", actor=project.lead)
    assert (second.number, first.text) == (2, "We share.")
    assert len(actions.unconfirmed(project, second)) == 1


def test_an_old_version_cannot_be_confirmed(project):
    first = actions.write(project, text="We share.", actor=project.lead)
    actions.write(project, text="We share everything.", actor=project.lead)
    with pytest.raises(RuleBroken, match="changed meanwhile"):
        actions.confirm(first, project.partners[1], actor=project.partner_people[0])


def test_the_same_text_makes_no_new_version(project):
    actions.write(project, text="We share.", actor=project.lead)
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        actions.write(project, text="We share. ", actor=project.lead)


def test_a_contact_is_led_from_the_page_to_the_question_and_a_stranger_is_not(project, signed_in):
    terms = actions.write(project, text="We share.", actor=project.lead)
    ask = queries.newest_asks(terms)[project.partners[1].id]
    contact = signed_in(project.partner_people[0])
    assert f'href="{ask.path}"' in contact.get(f"{project.path}/terms").text
    assert ask.path not in signed_in(project.lead).get(f"{project.path}/terms").text
    assert signed_in(make_person()).submit(ask.path, answer="confirm").status_code == 404
    assert signed_in(project.lead).submit(ask.path, answer="confirm").status_code == 403
    assert contact.submit(ask.path, answer="confirm").status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == []


def test_a_coordinator_notes_the_confirmation_of_a_partner_known_by_its_printed_name(project, signed_in):
    project.partners.append(Partner(listed_as="Institut du Fleuve", commitment=Commitment.AGREED, position=9))
    terms = actions.write(project, text="We share.", actor=project.lead)
    named, recorded = project.partners[2], project.partners[1]
    path = f"{project.path}/terms/confirm"
    coordinator = signed_in(project.coordinator)
    assert "Confirm for Institut du Fleuve" in coordinator.get(f"{project.path}/terms").text
    assert coordinator.submit(path, terms="x", partner=named.id).status_code == 400
    assert coordinator.submit(path, terms=terms.id, partner=recorded.id).status_code == 404
    assert signed_in(project.lead).submit(path, terms=terms.id, partner=named.id).status_code == 403
    assert coordinator.submit(path, terms=terms.id, partner=named.id).status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == [recorded]


def test_two_people_writing_terms_lose_nothing(project, signed_in):
    path = f"/projects/{project.id}/terms/write"
    browser = signed_in(project.lead)
    assert "How to leave" in browser.get(path).text
    assert browser.submit(path, number=0, text="Theirs").status_code == 303
    page = browser.submit(path, number=0, text="Mine")
    assert page.status_code == 409
    assert "Theirs" in page.text
    assert "Mine" in page.text
    assert queries.latest(project).number == 1
