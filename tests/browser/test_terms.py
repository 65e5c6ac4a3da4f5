"""Terms in parts, as hands fill them and a printer prints them."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import Someone
from tests.browser.test_by_hand_and_key import wait_until_kept
from tests.factories import make_project
from tracker.projects.states import ProjectState
from tracker.terms import actions

pytestmark = pytest.mark.browser


def test_every_part_survives_a_dropped_line(site, page):
    with site.arranging():
        project = make_project(ProjectState.RECRUITING)
        path, lead, partner = f"{project.path}/terms", project.lead.email, project.partners[1].name
    someone = Someone(page, site, lead).signs_in().goes_to(f"{path}/write")
    someone.field(f"Tasks of {partner}").fill("Studies Peru.")
    someone.ticks("alphabetical").chooses("Language you work in", "Spanish").writes(Who_pays="Own resources.")
    wait_until_kept(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    someone.goes_to(f"{path}/write").button("Bring it back").click()
    assert someone.field(f"Tasks of {partner}").input_value() == "Studies Peru."
    assert someone.field("alphabetical").is_checked() and not someone.field("by contribution").is_checked()
    someone.presses("Save")
    assert all(words in someone.reads for words in ("Studies Peru.", "alphabetical", "Spanish", "Own resources."))
    someone.goes_to(f"{path}/write")
    assert "kept on this device" not in someone.reads


@pytest.fixture
def written(site):
    """The path of terms in two versions, and who leads."""
    with site.arranging():
        project = make_project(ProjectState.RECRUITING)
        tasks = {partner.id: "Writes about its country." for partner in project.partners}
        actions.write(project, tasks=tasks, funding="Own resources.", actor=project.lead)
        actions.write(project, tasks=tasks, funding="Own resources and a grant.", actor=project.lead)
        return f"{project.path}/terms", project.lead.email


def test_printed_terms_are_one_sheet_with_who_confirmed_and_nothing_to_press(site, page, written):
    path, lead = written
    Someone(page, site, lead).signs_in().goes_to(path)
    assert page.get_by_role("heading", name="What changed since version 1").is_visible()
    page.emulate_media(media="print")
    assert not any(one.is_visible() for one in page.get_by_role("button").all())
    assert not page.get_by_role("link", name="Change the terms").is_visible()
    assert not page.get_by_role("heading", name="What changed since version 1").is_visible()
    assert page.get_by_text("an understanding, not a contract").is_visible()
    assert page.get_by_text("Who confirmed version 2").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1


def test_changes_are_marked_by_lines_and_words_in_every_light(site, page, written):
    path, lead = written
    Someone(page, site, lead).signs_in()
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        for address in (path, f"{path}/2/changes", f"{path}/write", f"{path}/history"):
            page.goto(address)
            page.evaluate(AXE_SCRIPT)
            found = page.evaluate("async () => (await axe.run(document)).violations.map((one) => one.id)")
            assert found == [], (light, address)
    page.goto(f"{path}/2/changes")
    added = page.locator(".changes ins").first
    assert "added:" in added.inner_text() and "and a grant" in added.inner_text()
    assert "underline" in added.evaluate("(one) => getComputedStyle(one).textDecorationLine")
