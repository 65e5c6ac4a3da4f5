import pytest

from tests.factories import make_person, make_project
from tracker.errors import RuleBroken
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
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


def test_a_contact_confirms_on_the_page_and_a_stranger_cannot(project, signed_in):
    terms = actions.write(project, text="We share.", actor=project.lead)
    partner = project.partners[1]
    path = f"/projects/{project.id}/terms/confirm"
    form = {"terms": terms.id, "partner": partner.id}
    assert signed_in(make_person()).submit(path, **form).status_code == 404
    assert signed_in(project.lead).submit(path, **form).status_code == 403
    contact = signed_in(project.partner_people[0])
    assert f"Confirm for {partner.name}" in contact.get(f"/projects/{project.id}/terms").text
    assert contact.submit(path, terms="x", partner=partner.id).status_code == 400
    assert contact.submit(path, **form).status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == []


def test_two_people_writing_terms_lose_nothing(project, signed_in):
    path = f"/projects/{project.id}/terms/write"
    browser = signed_in(project.lead)
    assert "Leaving" in browser.get(path).text
    assert browser.submit(path, number=0, text="Theirs").status_code == 303
    page = browser.submit(path, number=0, text="Mine")
    assert page.status_code == 409
    assert "Theirs" in page.text
    assert "Mine" in page.text
    assert queries.latest(project).number == 1
