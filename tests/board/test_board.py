"""The coordinator's first screen: what needs somebody, and every figure opens its list."""

import re
from datetime import timedelta

import pytest

from tests.factories import make_institution, make_network, make_person, make_project
from tracker import clock
from tracker.activity.models import Delivery
from tracker.board.lists import LISTS
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def test_each_figure_equals_the_list_it_opens_and_what_is_folded_is_empty(signed_in):
    project = make_project(ProjectState.PROPOSED)
    running = make_project(ProjectState.RUNNING, network=project.network)
    recruiting.invite(running, make_institution("Slow Institute", country="KE"), actor=running.lead)
    browser = signed_in(project.coordinator)
    board = browser.get("/board").text
    figures = dict(re.findall(r'<a class="figure" href="([^"]+)"><span class="figure__number">(\d+)<', board))
    folded = re.findall(r'href="(/board/\w+)"', board.partition("Nothing under:")[2].partition("</p>")[0])
    assert {*figures, *folded} == {f"/board/{name}" for name, known in LISTS.items() if known.is_exception}
    assert sum(map(int, figures.values())) >= 2
    for path in {*figures, *folded}:
        assert browser.get(path).text.count('class="card"') == int(figures.get(path, 0)), path
    assert "Waiting for Slow Institute to answer the invitation." in board


def test_a_state_opens_the_projects_of_the_networks_one_coordinates(signed_in):
    project = make_project(ProjectState.RUNNING)
    make_project(ProjectState.RUNNING, network=make_network())
    board = signed_in(project.coordinator).get("/board").text
    path = re.search(r'href="(/projects\?state=running[^"]*)"', board).group(1).replace("&amp;", "&")
    assert signed_in(project.coordinator).get(path).text.count('class="card"') == 1


def test_a_project_without_news_for_45_days_is_named(signed_in):
    project = make_project(ProjectState.RUNNING)
    assert project.title not in signed_in(project.coordinator).get("/board/silent").text
    project.changed_at = clock.now() - timedelta(days=46)
    assert project.title in signed_in(project.coordinator).get("/board/silent").text


def test_a_mail_that_could_not_be_sent_is_shown_beside_its_address(signed_in):
    coordinator = make_person(coordinates=make_network())
    db.session.add(
        Delivery(
            address="gone@example.org",
            name="Ana Quispe",
            template="activity/mail/happened.txt",
            attempts=99,
            last_error="550 no such mailbox",
        )
    )
    page = signed_in(coordinator).get("/board/mails").text
    assert "gone@example.org" in page
    assert "550 no such mailbox" in page


def test_a_new_network_is_told_where_to_begin(signed_in):
    coordinator = make_person(coordinates=make_network())
    assert "First steps" in signed_in(coordinator).get("/board").text


@pytest.mark.parametrize("path", ["/board/nothing", "/board/late?page=99999999999999"])
def test_an_address_that_makes_no_sense_is_no_error(signed_in, path):
    coordinator = make_person(coordinates=make_network())
    assert signed_in(coordinator).get(path).status_code in (200, 404)


def test_the_board_costs_the_same_for_two_projects_and_for_eight(signed_in, queries):
    project = make_project(ProjectState.RUNNING)
    browser = signed_in(project.coordinator)
    make_project(ProjectState.PROPOSED, network=project.network)
    with queries() as few:
        browser.get("/board")
    for _ in range(3):
        make_project(ProjectState.RUNNING, network=project.network)
        make_project(ProjectState.PROPOSED, network=project.network)
    with queries() as many:
        browser.get("/board")
    assert len(few) == len(many), many
