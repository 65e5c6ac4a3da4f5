"""A timeline as a browser draws it: each mark in its place, mirrored where reading begins on the right, whole on
paper."""

import pytest

from tests.factories import make_project
from tracker.dates import PartialDate
from tracker.milestones import actions
from tracker.projects.states import ProjectState

pytestmark = pytest.mark.browser

PLACES = """() => [...document.querySelectorAll("tbody .strip")].map(strip => {
    const cell = strip.closest("td").getBoundingClientRect(), box = strip.getBoundingClientRect();
    const marks = [...strip.querySelectorAll("use.strip__mark")].map(mark => {
        const drawn = mark.getBoundingClientRect();
        return (drawn.left + drawn.width / 2 - box.left) / box.width;
    });
    const inside = marks.every(x => x >= -.001 && x <= 1.001) && box.left >= cell.left && box.right <= cell.right + 1;
    return [inside, ...marks];
})"""
A4 = 680  # pixels between the margins


@pytest.fixture
def timeline(site):
    with site.arranging():
        project = make_project(ProjectState.RUNNING)
        actions.add_milestone(project, name="Uptake check", due=PartialDate("2031"), actor=project.lead)
        return f"/projects/{project.id}/timeline"


def test_marks_stand_where_their_days_lie_on_every_screen_and_on_paper(timeline, open_browser):
    page = open_browser(width=360)
    page.goto(timeline)
    phone = page.evaluate(PLACES)
    assert len(phone) == 7 and all(inside for inside, *_marks in phone)
    name, strip = page.locator("tbody th").first.bounding_box(), page.locator("tbody .strip").first.bounding_box()
    assert strip["y"] >= name["y"] + name["height"]  # the words above, the strip below
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    paper = page.evaluate(PLACES)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= A4
    name, strip = page.locator("tbody th").first.bounding_box(), page.locator("tbody .strip").first.bounding_box()
    assert strip["x"] >= name["x"] + name["width"]  # beside each other
    page.goto(f"{timeline}?lang=ar-XB")
    mirrored = page.evaluate(PLACES)
    for row, printed, other in zip(phone, paper, mirrored, strict=True):
        assert printed == pytest.approx(row, abs=0.01)
        assert other[1:] == pytest.approx([1 - x for x in row[1:]], abs=0.01)
