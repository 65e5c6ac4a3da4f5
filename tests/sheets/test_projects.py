"""The list of projects as a workbook: for coordinators all of their network, for leads their own."""

import pytest

from tests.factories import make_network, make_person, make_project, make_theme
from tests.sheets.workbooks import Filled, upload
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.sheets import queries


@pytest.fixture
def projects():
    first = make_project(ProjectState.RUNNING, title="Rivers")
    return first, make_project(ProjectState.RECRUITING, title="Ports", network=first.network)


def confirm(browser, page, filled):
    answer = upload(browser, page, filled.data(), "projects.xlsx")
    assert answer.status_code == 303, answer.text
    shown = browser.get(answer.location)
    browser.submit(answer.location)
    db.session.expire_all()
    return shown.text


def test_a_coordinator_changes_several_projects_at_once(projects, signed_in):
    first, second = projects
    theme = make_theme("Energy; water")  # a semicolon in a name cannot be told from one between names
    plain = make_theme("Trade")
    db.session.commit()
    coordinator = signed_in(first.coordinator)
    page = f"{first.network.path}/projects/sheet"
    filled = Filled(coordinator.get(f"{page}.xlsx").data)
    assert {"Rivers", "Ports"} <= {row[0].value for row in filled.sheet.iter_rows(min_row=2)}
    filled.put("Rivers", Title="Great rivers", Countries_studied="Perú; Bangladesh", Themes="trade")
    filled.put("Ports", End_date="2028-06", Website="example.org/ports", Working_language="Spanish")
    shown = confirm(coordinator, page, filled)
    assert "Great rivers" in shown and "June 2028" in shown
    assert first.title == "Great rivers" and sorted(first.countries) == ["BD", "PE"] and first.themes == [plain]
    assert str(second.ends_on) == "2028-06" and second.working_language == "es"
    assert second.website == "http://example.org/ports" and theme not in first.themes


def test_an_end_before_its_start_and_a_country_nobody_knows_are_refused_beside_their_cells(projects, signed_in):
    first, _second = projects
    page = f"{first.network.path}/projects/sheet"
    coordinator = signed_in(first.coordinator)
    filled = Filled(coordinator.get(f"{page}.xlsx").data)
    filled.put("Rivers", Start_date="2027", End_date="2026-12")
    filled.put("Ports", Countries_studied="Atlantis")
    filled.add(Title="A new one")
    shown = confirm(coordinator, page, filled)
    for words in (
        "The end lies before the start.",
        "“Atlantis” is not a country we know.",
        "rows cannot be added here",
    ):
        assert words in shown
    assert first.starts_on is None or str(first.starts_on) != "2027"


def test_what_is_only_for_reading_is_said_to_stay(projects, signed_in):
    first, _second = projects
    page = f"{first.network.path}/projects/sheet"
    coordinator = signed_in(first.coordinator)
    filled = Filled(coordinator.get(f"{page}.xlsx").data)
    filled.put("Rivers", State="published", Title="Rivers again")
    shown = confirm(coordinator, page, filled)
    assert "“State” is only for reading" in shown
    assert first.state is ProjectState.RUNNING and first.title == "Rivers again"


def test_leads_find_their_own_projects_and_nobody_else_s(projects, signed_in):
    first, _second = projects
    lead = signed_in(first.lead)
    filled = Filled(lead.get("/me/projects/sheet.xlsx").data)
    assert [row[0].value for row in filled.sheet.iter_rows(min_row=2)] == ["Rivers"]
    filled.put("Rivers", Title="Deltas")
    confirm(lead, "/me/projects/sheet", filled)
    assert first.title == "Deltas"
    other = signed_in(make_person())
    theirs = upload(other, "/me/projects/sheet", filled.data())
    assert theirs.status_code == 422 and "belongs to another page" in theirs.text


def test_a_coordinator_of_another_network_gets_nothing(projects, signed_in):
    first, _second = projects
    stranger = signed_in(make_person(coordinates=make_network()))
    assert stranger.get(f"{first.network.path}/projects/sheet.xlsx").status_code == 403


def test_drafts_of_others_and_published_projects_are_not_in_the_workbook(projects):
    first, second = projects
    make_project(ProjectState.PUBLISHED, network=first.network)
    make_project(ProjectState.DRAFT, network=first.network)
    assert {project.id for project in queries.of_network(first.network_id)} == {first.id, second.id}
