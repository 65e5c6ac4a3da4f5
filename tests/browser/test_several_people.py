"""Two people at once: nothing is lost, nothing happens twice, and the second is told in a clear sentence."""

import pytest

from tests.browser.pages import ProjectPage, Someone, leads_on
from tests.factories import make_institution, make_person, make_project
from tracker.milestones.queries import plan
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

pytestmark = pytest.mark.browser


@pytest.fixture
def two(site, open_browser):
    """two(email, another) are two people signed in, each at a browser without scripts."""

    def sign_both_in(*emails):
        return [Someone(open_browser(javascript=False), site, email).signs_in() for email in emails]

    return sign_both_in


def test_the_second_to_save_a_text_sees_both_and_loses_nothing(site, two):
    with site.arranging():
        project = make_project(countries=("BD",))
        path, lead, theme = project.path, project.lead.email, project.themes[0].name
    first, second = two(lead, lead)
    first.goes_to(f"{path}/edit")
    second.goes_to(f"{path}/edit")
    first.writes(What_question="Who pays for water?").chooses("Language you work in", "French").presses("Save")
    second.writes(What_question="Who owns water?", Title="Water for all").presses("Save")
    assert "Nothing of yours is lost" in second.reads
    assert "Who pays for water?" in second.reads
    assert "French" in second.reads
    assert second.field("What question").input_value() == "Who owns water?"
    assert second.field("Title").input_value() == "Water for all"
    both = "Who pays for water, and who owns it?"
    second.writes(What_question=both).chooses("Language you work in", "French").presses("Save")
    assert second.heading == "Water for all"
    assert both in second.reads
    assert theme in second.page.locator("body").inner_text()


def test_two_coordinators_accept_at_once_and_one_acceptance_counts(site, two):
    with site.arranging():
        project = make_project(ProjectState.PROPOSED, countries=("BD",))
        path, coordinator = project.path, project.coordinator.email
        another = make_person("Second", coordinates=project.network).email
    first, second = two(coordinator, another)
    for someone in (first, second):
        leads_on(someone.goes_to(path).page.get_by_role("region", name="Whose turn it is").get_by_role("link").first)
    first.presses("Accept the proposal")
    second.presses("Accept the proposal")
    for someone in (first, second):
        assert "The proposal was accepted: partners are sought." in someone.reads
        assert ProjectPage(someone, path).state == "recruiting"
    first.goes_to(f"{path}/history")
    assert first.reads.count("accepted the proposal") == 1


def test_two_contacts_answer_at_once_and_the_first_answer_stands(site, two):
    with site.arranging():
        project = make_project(ProjectState.RECRUITING, countries=("BD",))
        institution = make_institution("Centro del Sur", "PE")
        contacts = [make_person(contact_of=institution).email for _place in (1, 2)]
        partner = recruiting.invite(project, institution, actor=project.lead)
        path, answering = project.path, f"{project.path}/partners/{partner.id}"
    yes, no = two(*contacts)
    for someone in (yes, no):
        someone.goes_to(answering)
    yes.presses("Yes, we take part")
    no.presses("No, thank you")
    assert "Your answer was not kept: somebody else answered before" in no.reads
    assert "Centro del Sur takes part." in no.reads
    assert ProjectPage(no, path).partners["Centro del Sur"].startswith("agreed")


def test_a_double_press_reports_a_milestone_once(site, two):
    with site.arranging():
        project = make_project(ProjectState.RUNNING)
        path, lead = project.path, project.lead.email
        milestone = plan(project)[0]
        done, name = f"/milestones/{milestone.id}/done", milestone.name
    first, second = two(lead, lead)
    for someone in (first, second):
        someone.goes_to(done)
    first.presses("It is done")
    second.presses("It is done")
    first.goes_to(f"{path}/history")
    assert len([line for line in first.reads.splitlines() if name in line and "done" in line]) == 1
