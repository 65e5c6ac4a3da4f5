"""While somebody writes up an idea: what is close appears below, is said politely, and never takes the focus."""

import os

import pytest

from tests.browser.pages import Someone, leads_on, starting
from tests.factories import make_institution, make_person, make_project
from tracker.projects.states import ProjectState

pytestmark = pytest.mark.browser

TITLE = "Labour migration and remittances in rural households"
QUESTION = "How do remittances of migrants change incomes and consumption of rural families?"
FOCUSED = "() => document.activeElement.name"


@pytest.fixture
def email(site):
    """Somebody who may propose, where one call is there already."""
    with site.arranging():
        make_project(ProjectState.RECRUITING, title=TITLE, question=QUESTION, countries=("BD",))
        return make_person("Rosa Quispe", institution=make_institution(country="BO")).email


def test_typing_shows_what_is_close_and_says_so(site, email, open_browser):
    page = open_browser(width=360)
    writer = Someone(page, site, email).signs_in().goes_to("/projects/new")
    said, close = page.locator(".radar [role=status]"), page.get_by_role("heading", name="Close to what you write")
    assert said.get_attribute("aria-live") == "polite" and said.inner_text() == ""
    title = writer.field("Title")
    title.press_sequentially("Migración laboral y remesas en hogares rurales")
    writer.writes(Countries_studied="Bangladesh")
    writer.field("What question").press_sequentially("¿Cómo cambian las remesas de los migrantes el consumo?")
    close.wait_for()
    assert page.get_by_role("link", name=TITLE, exact=True).is_visible()
    assert "1 project is close" in said.inner_text()
    assert page.evaluate(FOCUSED) == "question"  # where they write
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 360
    if folder := os.environ.get("TRACKER_PICTURES"):
        page.screenshot(path=f"{folder}/radar-360.png", full_page=True)
    title.fill("Solar pumps")
    writer.field("What question").fill("Do they last?")
    close.wait_for(state="detached")
    assert said.inner_text() == ""


def test_only_the_last_question_is_asked_and_who_reads_is_not_disturbed(site, email, open_browser):
    page = open_browser()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/projects/alike" in request.url else None)
    writer = Someone(page, site, email).signs_in().goes_to("/projects/new")
    writer.field("Title").press_sequentially(TITLE, delay=5)
    writer.field("What question").press_sequentially(QUESTION, delay=5)
    link = page.get_by_role("link", name=TITLE, exact=True)
    link.wait_for()
    assert len(asked) <= 2  # one for each pause, none for each letter
    link.focus()
    page.evaluate("() => { document.getElementById('title').value = 'Solar pumps'; }")
    page.evaluate("() => { document.getElementById('question').value = ''; }")
    page.locator("form.form").first.dispatch_event("input")
    page.wait_for_timeout(1200)
    assert link.is_visible()  # what they read stays while they are in it
    writer.field("Title").focus()
    link.wait_for(state="detached")


def test_without_a_script_it_stands_on_the_page_of_the_saved_draft(site, email, open_browser):
    page = open_browser(javascript=False, width=360)
    writer = Someone(page, site, email).signs_in().goes_to("/projects/new")
    assert page.get_by_text("Close to what you write").count() == 0
    writer.writes(Title=TITLE, What_question=QUESTION, Countries_studied="Bangladesh").presses("Save the draft")
    page.get_by_role("heading", name="Projects close to yours").wait_for()
    if folder := os.environ.get("TRACKER_PICTURES"):
        page.screenshot(path=f"{folder}/draft-360.png", full_page=True)
    leads_on(page.get_by_role("link", name=starting("Propose to merge")))
    assert page.get_by_role("heading", name=f"Propose to merge with: {TITLE}").is_visible()
    if folder := os.environ.get("TRACKER_PICTURES"):
        page.screenshot(path=f"{folder}/merge-360.png", full_page=True)
    writer.writes(A_few_words="We have data.").presses("Propose to merge")
    assert page.get_by_text("Your question is with").is_visible()
    assert page.get_by_text("You proposed to merge it with:").is_visible()
