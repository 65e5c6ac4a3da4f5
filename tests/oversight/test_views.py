"""Filters that a coordinator keeps under a name."""

import pytest

from tests.factories import make_network, make_person
from tracker.errors import RuleBroken
from tracker.oversight import actions, queries


@pytest.fixture
def coordinator():
    return make_person(coordinates=make_network())


def test_filters_are_kept_under_a_name_and_lead_back_to_the_page(signed_in, coordinator):
    browser = signed_in(coordinator)
    assert "Keep these filters" in browser.get("/board/views/keep?page=board&query=state%3Drunning").text
    answer = browser.submit("/board/views/keep", page="board", query="state=running&page=7&theme=", name="Running")
    assert (answer.status_code, answer.location) == (303, "/board?state=running")
    assert 'href="/board?state=running"' in browser.get("/board").text
    view = queries.views_of(coordinator, "board")[0]
    browser.submit(f"/board/views/{view.id}/rename", name="Now running")
    assert queries.views_of(coordinator)[0].name == "Now running"
    assert "Now running" in browser.get("/board/views").text
    assert "Now running" in browser.get(f"/board/views/{view.id}/remove").text
    browser.submit(f"/board/views/{view.id}/remove")
    assert queries.views_of(coordinator) == []


def test_nobody_opens_the_filters_of_somebody_else(signed_in, coordinator):
    view = actions.keep_view(coordinator, "board", "Mine", "state=running")
    other = signed_in(make_person(coordinates=make_network()))
    for what in ("rename", "remove"):
        assert other.get(f"/board/views/{view.id}/{what}").status_code == 404
        assert other.submit(f"/board/views/{view.id}/{what}", name="x").status_code == 404
    assert "Mine" not in other.get("/board/views").text
    assert "Mine" not in other.get("/board").text


@pytest.mark.parametrize("name", ["", " ", "Twice", "x" * 81])
def test_a_name_is_needed_and_unlike_the_others(signed_in, coordinator, name):
    actions.keep_view(coordinator, "board", "Twice", "")
    answer = signed_in(coordinator).submit("/board/views/keep", page="board", query="theme=3", name=name)
    assert answer.status_code == 422
    assert "field__error" in answer.text and 'value="theme=3"' in answer.text
    assert len(queries.views_of(coordinator)) == 1


def test_twenty_can_be_kept_of_each_page(coordinator):
    for number in range(actions.MOST_VIEWS):
        actions.keep_view(coordinator, "board", f"View {number}", "")
    actions.keep_view(coordinator, "tables", "Another page", "from=2026")
    with pytest.raises(RuleBroken):
        actions.keep_view(coordinator, "board", "One more", "")


def test_a_page_that_keeps_none_and_filters_without_end_are_refused(signed_in, coordinator):
    assert signed_in(coordinator).get("/board/views/keep?page=elsewhere").status_code == 404
    with pytest.raises(RuleBroken):
        actions.keep_view(coordinator, "board", "Long", "theme=" + "3" * 1200)
    assert actions.tidy("a=%ff%fe&b=\ud800") and actions.tidy("&".join("x" for _ in range(9000))) == ""
