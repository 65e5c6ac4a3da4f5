"""Filters of the board: read from an address that makes no sense at times, and narrowing to what a slow look finds."""

import pytest
import sqlalchemy as sa

from tests.factories import add_partners, make_network, make_person, make_project, make_theme, the_network
from tracker.board.choices import chosen, offered
from tracker.board.filters import Filters
from tracker.countries import countries_in
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.projects.models import Project
from tracker.projects.states import Audience, ProjectState
from tracker.themes import actions as themes


@pytest.mark.parametrize(
    "arguments",
    [
        {"network": "99999999999999999999"},
        {"network": "-1", "theme": "x", "state": "asleep", "place": "Peru", "health": "poorly"},
        {"state": "draft", "place": "001", "coordinator": "0"},
        {"theme": "١٢", "place": "pe", "network": " 1"},
    ],
)
def test_what_makes_no_sense_filters_nothing(arguments):
    assert not Filters.read(arguments, {1})


def test_a_network_of_others_is_not_asked_for():
    assert Filters.read({"network": "7"}, {1, 2}).network_ids == {1, 2}
    assert Filters.read({"network": "2"}, {1, 2}).network_ids == {2}


def test_what_is_read_can_be_written_and_read_again():
    written = {"network": "2", "theme": "3", "place": "202", "state": "running", "coordinator": "9", "health": "none"}
    filters = Filters.read(written, {1, 2})
    assert filters.arguments() == written
    assert filters.query_string() == "network=2&theme=3&place=202&state=running&coordinator=9&health=none"
    assert "theme" not in filters.without("theme")


@pytest.fixture
def projects():
    """Several projects: two networks, a theme below another, partners from three continents."""
    water = make_theme("Water")
    rivers = themes.add(name="Rivers", goals=(), parent=water, actor=None)
    first, second = the_network(), make_network()
    made = [
        make_project(ProjectState.RUNNING, themes=[water], network=first),
        make_project(ProjectState.RECRUITING, themes=[rivers], countries=("KE", "PE"), network=first),
        make_project(ProjectState.PROPOSED, countries=("KE",), network=second),
        make_project(ProjectState.DRAFT, themes=[rivers], network=first),
    ]
    stopped = make_project(ProjectState.STOPPED, network=first)
    add_partners(made[1], ["SN"])
    return [*made, stopped]


def test_each_filter_finds_what_a_slow_look_finds(projects):
    among = {project.network_id for project in projects}
    water = projects[0].themes[0]
    accepting = projects[1].coordinator
    africa = countries_in("002")

    def look(holds):
        seen = [project for project in projects if project.audience is not Audience.TEAM]
        return {project.id for project in seen if holds(project)}

    cases = {
        "": lambda project: True,
        f"network={projects[2].network_id}": lambda project: project.network_id == projects[2].network_id,
        f"theme={water.id}": lambda project: bool({"Water", "Rivers"} & {theme.name for theme in project.themes}),
        "theme=2147483647": lambda project: False,
        "place=KE": lambda project: "KE" in project.partner_countries,
        "place=002": lambda project: bool(set(project.partner_countries) & africa),
        "state=running": lambda project: project.state is ProjectState.RUNNING,
        f"coordinator={accepting.id}": lambda project: any(
            step.step == "accept" and step.actor_id == accepting.id for step in project.transitions
        ),
        "health=none": lambda project: True,
        "health=difficulty": lambda project: False,
        f"theme={water.id}&place=PE&state=recruiting": lambda project: project is projects[1],
    }
    for query, holds in cases.items():
        arguments = dict(pair.split("=") for pair in query.split("&") if pair)
        filters = Filters.read(arguments, among)
        assert set(db.session.scalars(filters.projects())) == look(holds), query
    assert db.session.scalar(sa.select(sa.func.count(Project.id)).where(*Filters(among=frozenset()).conditions())) == 0


def test_what_is_set_is_named_even_where_the_form_no_longer_offers_it(projects):
    gone = make_person("Rosa Luna", coordinates=projects[0].network)
    institutions.dismiss_coordinator(projects[0].network, gone, actor=None)
    filters = Filters.read(
        {"coordinator": str(gone.id), "place": "AQ", "theme": "2147483647"}, {projects[0].network_id}
    )
    assert dict(chosen(filters, offered(filters))) == {
        "coordinator": "Accepted by: Rosa Luna",
        "place": "Partners from: Antarctica",
        "theme": "Theme: unknown",
    }


def test_the_form_offers_only_places_that_members_come_from(projects):
    filters = Filters(among=frozenset({projects[0].network_id}))
    codes = [code for code, _name in offered(filters).places]
    assert {"BD", "PE", "KE", "002", "005"} <= set(codes)
    assert not {"FR", "150"} & set(codes)
