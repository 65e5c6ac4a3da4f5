"""What hands do: a keyboard alone, a thumb on a phone, a line that drops, a printer."""

import re

import pytest

from tests.browser.pages import Someone, leads_on, starting
from tests.factories import make_person, make_project, the_network
from tracker.projects.states import ProjectState

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    const label = e.labels?.[0]?.innerText || e.innerText || e.getAttribute("aria-label") || "";
    const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
    return {label: label.trim().split("\\n")[0].replace(/ \\(.*\\)$/, ""), shown, top: Math.round(box.top)};
}"""
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('kept:'))"


def walk(page, steps):
    """Press Tab that often; what each press reaches."""
    reached = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    return reached


def wait_until_kept(page):
    """Until the device holds what was typed; half a second, as nobody writes at every letter."""
    for _time in range(50):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_somebody_signs_in_with_the_keyboard_alone(site, page):
    with site.arranging():
        the_network()
        email = make_person("Rosa Quispe").email
    page.goto("/sign-in")
    first = walk(page, 1)[0]
    assert first["label"] == "Skip to the content"
    assert first["top"] >= 0  # it comes into sight
    page.keyboard.press("Enter")
    reached = walk(page, 4)
    assert [stop["label"] for stop in reached] == ["E-mail", "Password", "Sign in", "Send me a link"]
    assert all(stop["shown"] for stop in reached)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/sent*")
    page.goto(site.link_in_mail_to(email))
    page.get_by_role("button", name=starting("Sign in as Rosa Quispe")).press("Enter")
    page.wait_for_url("**/me*")
    assert page.locator("h1").inner_text() == "My work"


def test_whoever_sends_a_wrong_form_is_led_to_what_is_wrong(site, page):
    with site.arranging():
        coordinator = make_person("Grace", coordinates=the_network()).email
    Someone(page, site, coordinator).signs_in().goes_to("/institutions/new").presses("Add")
    summary = page.get_by_role("alert")
    assert "There is a problem" in summary.inner_text()
    assert summary.evaluate("e => e === document.activeElement")
    links = summary.get_by_role("link").all_inner_texts()
    assert [stop["label"] for stop in walk(page, len(links))] == links
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)["label"] == "Name"
    field = page.get_by_label(starting("Name")).first
    assert field.get_attribute("aria-invalid") == "true"
    described = [page.locator(f"#{name}").inner_text() for name in field.get_attribute("aria-describedby").split()]
    assert any("Write the name." in text for text in described)
    stops = walk(page, 8)
    assert all(stop["shown"] for stop in stops), stops
    assert [stop["label"] for stop in stops][:3] == ["Acronym", "Native name", "Language of the native name"]


def test_the_menu_of_a_phone_opens_and_closes_without_scripts(site, open_browser):
    with site.arranging():
        the_network()
    page = open_browser(width=360, javascript=False)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    assert not menu.is_visible()
    page.get_by_role("link", name="Menu", exact=True).click()
    entries = menu.get_by_role("link").all()
    assert [entry.inner_text() for entry in entries][:2] == ["Projects", "Institutions"]
    assert all(entry.bounding_box()["height"] >= 44 for entry in entries)  # a thumb is no pointer
    page.get_by_role("link", name="Close", exact=True).click()
    assert not menu.is_visible()
    page.get_by_role("link", name="Menu", exact=True).click()
    leads_on(menu.get_by_role("link", name="Reports"))
    assert page.locator("h1").inner_text() == "Reports"
    assert not menu.is_visible()


def test_text_survives_a_dropped_line(site, page):
    with site.arranging():
        project = make_project(countries=("BD",))
        path, lead = project.path, project.lead.email
    someone = Someone(page, site, lead).signs_in().goes_to(f"{path}/edit")
    someone.writes(What_question="Three hours of thinking.").ticks("4. Quality education")
    wait_until_kept(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    someone.goes_to(f"{path}/edit")
    assert someone.field("What question").input_value() == "How do cities share water?"
    assert "Text you had not saved was kept on this device." in someone.reads
    someone.button("Bring it back").click()
    assert someone.field("What question").input_value() == "Three hours of thinking."
    assert page.get_by_label("4. Quality education").is_checked()
    someone.presses("Save")
    assert "Three hours of thinking." in someone.reads
    someone.goes_to(f"{path}/edit")
    assert "kept on this device" not in someone.reads  # what has arrived is not offered again
    assert page.evaluate(KEPT) == []


def test_nothing_kept_on_a_device_stays_when_it_is_discarded(site, page):
    with site.arranging():
        project = make_project(countries=("BD",))
        path, lead = project.path, project.lead.email
    someone = Someone(page, site, lead).signs_in().goes_to(f"{path}/edit")
    someone.writes(Title="Never mind")
    wait_until_kept(page)
    someone.goes_to(f"{path}/edit").button("Discard it").click()
    someone.goes_to(f"{path}/edit")
    assert "kept on this device" not in someone.reads


def test_a_printed_project_is_its_text_and_nothing_to_press(site, page):
    with site.arranging():
        project = make_project(ProjectState.RUNNING)
        path, title = project.path, project.title
    page.goto(path)
    page.emulate_media(media="print")
    for what in ("navigation", "button", "search"):
        assert not any(one.is_visible() for one in page.get_by_role(what).all()), what
    assert not page.get_by_role("link", name="Menu", exact=True).is_visible()
    assert page.get_by_role("heading", name=title).is_visible()
    assert page.get_by_role("heading", name="Plan").is_visible()
    sheet = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) in (1, 2)
