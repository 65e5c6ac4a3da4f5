"""What the terms of a network's projects start from, in each of its languages."""

import re

import pytest

from tests.factories import make_network, make_person, make_project
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.terms import actions, beginnings, queries
from tracker.terms.states import AuthorOrder


@pytest.fixture
def network():
    return make_network()


@pytest.fixture
def coordinator(network):
    return make_person(coordinates=network)


def test_a_project_starts_from_its_own_language_else_english_else_what_comes_with_the_tracker(network, coordinator):
    project = make_project(ProjectState.RECRUITING, network=network, language="fr")
    assert "its own part" in beginnings.start(project, None)["funding"]
    actions.keep_template(network, "en", funding="Each its own.", working_language="en", actor=coordinator)
    actions.keep_template(make_network(), "fr", funding="Ailleurs.", actor=coordinator)
    assert beginnings.start(project, None)["funding"] == "Each its own."
    actions.keep_template(network, "fr", funding="Chacun sa part.", actor=coordinator)
    project.working_language = "pt"
    start = beginnings.start(project, None)
    assert (start["funding"], start["working_language"], start["leaving"]) == ("Chacun sa part.", "pt", "")
    actions.remove_template(queries.template(network, "fr"), actor=coordinator)
    assert beginnings.start(project, None)["working_language"] == "en"


def test_a_coordinator_writes_changes_and_removes_it(network, coordinator, signed_in):
    browser, path = signed_in(coordinator), f"{network.path}/terms"
    assert path in browser.get(network.path).text
    assert "the general text" in browser.get(path).text
    assert browser.get(f"{path}?language=sw").location.endswith(f"{path}/sw")
    assert "Any partner may leave" in browser.get(f"{path}/sw").text
    form = {"version": "0", "author_order": "alphabetical", "leaving": "Wakati wowote.", "funding": ""}
    assert browser.submit(f"{path}/sw", **form).status_code == 303
    kept = queries.template(network, "sw")
    assert (kept.author_order, kept.leaving, kept.funding) == (AuthorOrder.ALPHABETICAL, "Wakati wowote.", "")
    assert coordinator.name in browser.get(path).text and "Swahili" in browser.get(path).text
    assert browser.get(f"{path}/sw/remove").status_code == 200
    assert queries.template(network, "sw") is not None
    assert browser.submit(f"{path}/sw/remove").status_code == 303
    assert queries.template(network, "sw") is None
    assert browser.submit(f"{path}/sw/remove").status_code == 404


def test_two_coordinators_lose_nothing(network, coordinator, signed_in):
    browser, path = signed_in(coordinator), f"{network.path}/terms/en"
    form = {"version": "0", "author_order": "unsaid"}
    assert browser.submit(path, **form, funding="Theirs", leaving="Theirs too").status_code == 303
    page = browser.submit(path, **form, funding="Mine", leaving="Theirs too")
    assert page.status_code == 409 and "Mine" in page.text
    assert "Theirs" in re.findall(r'class="theirs__text" dir="auto">([^<]*)<', page.text)
    assert 'name="version" type="hidden" value="1"' in page.text
    assert browser.submit(path, **(form | {"version": "1"}), funding="Ours").status_code == 303
    kept = queries.template(network, "en")
    assert (kept.funding, kept.version) == ("Ours", 2)
    actions.remove_template(kept, actor=coordinator)
    page = browser.submit(path, **(form | {"version": "2"}), funding="Mine again")
    assert page.status_code == 409 and "removed this text" in page.text and "Mine again" in page.text
    assert browser.submit(path, **form, funding="Mine again").status_code == 303


def test_nobody_else_gets_in_and_no_other_language_is_known(network, coordinator, signed_in, client):
    actions.keep_template(network, "en", funding="A", actor=coordinator)
    other = make_person(coordinates=make_network())
    for page in ("", "/en", "/en/remove"):
        assert client.get(f"{network.path}/terms{page}").status_code == 303
        assert signed_in(make_person()).get(f"{network.path}/terms{page}").status_code == 403
        assert signed_in(other).submit(f"{network.path}/terms{page}").status_code in (403, 405)
    browser = signed_in(coordinator)
    assert browser.get(f"{network.path}/terms/klingon").status_code == 404
    assert browser.get(f"{network.path}/terms/fr/remove").status_code == 404
    assert browser.get(f"{network.path}/terms?language=klingon").status_code == 200
    with pytest.raises(RuleBroken, match="language from the list"):
        actions.keep_template(network, "klingon", actor=coordinator)
    with pytest.raises(RuleBroken, match="in which order"):
        actions.keep_template(network, "en", author_order=AuthorOrder.OTHER, actor=coordinator)


def test_terms_that_are_written_stay_as_they_are(network, coordinator):
    project = make_project(ProjectState.RECRUITING, network=network)
    actions.write(project, funding="A", actor=project.lead)
    actions.keep_template(network, "en", funding="B", actor=coordinator)
    latest = queries.latest(project)
    assert latest.funding == "A" and beginnings.start(project, latest)["funding"] == "A"
