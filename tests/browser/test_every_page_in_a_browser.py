"""Every kind of page as a browser shows it: readable for everybody, on every screen, in both directions."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import Someone

pytestmark = pytest.mark.browser

WHO = ("visitor", "lead", "partner", "coordinator")
SEEN = ["color-contrast", "link-in-text-block", "target-size"]  # what width and colours can change
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async (options) => (await axe.run(document, {...options, resultTypes: ["violations"]})).violations
    .flatMap(v => v.nodes.map(n => `${v.id} at ${n.target}: ${n.any.concat(n.all, n.none).map(c => c.message)[0]}`))"""
WIDER = """() => {
    const width = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll("body *")].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width > 1 && (box.right > width + 1 || box.left < -1) && !e.closest(".skip, .visually-hidden");
    });
    const wide = document.scrollingElement.scrollWidth;
    return wide > width ? [`${wide} wide`, ...out.slice(0, 3).map(e => e.outerHTML.slice(0, 90))] : [];
}"""


@pytest.fixture
def visiting(world, running_site, open_browser):
    """visiting(who, …) is (page, addresses): a browser of that reader and every kind of page they see."""
    people, addresses = world

    def begin(who, language="", **browser):
        page = open_browser(**browser)
        if who in people:
            Someone(page, running_site, people[who]).signs_in()
        if language:
            page.context.add_cookies([{"name": "lang", "value": language, "url": running_site.address}])
        return page, addresses[who]

    return begin


def test_the_world_has_pages_for_everybody_tested_here(world):
    assert set(world[1]) == set(WHO)


@pytest.mark.parametrize("who", WHO)
def test_every_page_can_be_used_by_everybody(who, visiting):
    """axe finds nothing, on a phone by day and on a desk by night."""
    page, addresses = visiting(who, width=360)
    page.context.add_init_script(AXE_SCRIPT)
    found = {}
    for address in addresses:
        page.set_viewport_size({"width": 360, "height": 800})
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for wider in page.evaluate(WIDER):
            found[f"scrolls sideways: {wider}"] = address
        for width, colours, options in ((360, "light", {"runOnly": ALL}), (1280, "dark", {"runOnly": SEEN})):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=colours)
            for violation in page.evaluate(LOOK, options):
                found.setdefault(violation, f"{address} ({width}, {colours})")
    assert not found, "\n".join(f"{where}: {what}" for what, where in found.items())


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_no_page_scrolls_sideways_on_a_phone(language, visiting):
    """Not even where every sentence is longer, or begins on the right."""
    found = {}
    for who in WHO:
        page, addresses = visiting(who, width=320, language=language)
        for address in addresses:
            page.goto(address)
            if wider := page.evaluate(WIDER):
                found[f"{who} {address}"] = wider
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())
