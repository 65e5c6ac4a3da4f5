"""Every kind of page as a browser shows it: readable for everybody, on every screen, in both directions.

Each page is loaded twice: in accented, longer words, where axe looks at it, and mirrored. Its English has the same
markup and is never wider. What style decides is looked at in a few texts of each kind: contrast depends on the colours
of a text and of what lies behind it, not on its words.
"""

from collections import Counter

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import Someone

pytestmark = pytest.mark.browser

WHO = ("visitor", "lead", "partner", "coordinator")
OF_STYLE = ["color-contrast", "link-in-text-block"]
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ON_THE_PHONE = {"runOnly": ALL, "rules": {rule: {"enabled": False} for rule in OF_STYLE}}
ENOUGH = 2  # texts of a kind that are looked at
LOOK = """async ({whole, ofStyle, known, enough}) => {
    const fresh = [], kinds = [];
    const chain = element => element ? [element, ...chain(element.parentElement)] : [];
    for (const element of document.body.querySelectorAll("*")) {
        const speaks = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!speaks && !element.matches("input, select, textarea") || element.matches("option, script")) continue;
        const box = element.getBoundingClientRect();
        if (box.width < 2 || box.height < 2 || !element.checkVisibility({visibilityProperty: true})) continue;
        const styles = chain(element).map(each => getComputedStyle(each)), own = styles[0];
        const overOthers = styles.some(s => !["static", "relative"].includes(s.position)) || element.closest("svg");
        const kind = [
            element.tagName, element.type, own.color, own.fontSize, own.fontWeight, own.textDecorationLine,
            styles[1].color, !!element.closest(":disabled, [aria-disabled=true]"),
            !!element.closest("label")?.control?.disabled,
            overOthers ? location.pathname + kinds.length : "",
            ...styles.map(s => [s.backgroundColor, s.backgroundImage, s.opacity]),
        ].join();
        if ((known[kind] || 0) >= enough) continue;
        known[kind] = (known[kind] || 0) + 1;
        kinds.push(kind);
        fresh.push(element);
    }
    const found = [];
    const look = async (where, options) => {
        for (const {id, nodes} of (await axe.run(where, {...options, resultTypes: ["violations"]})).violations)
            for (const {target, any, all, none} of nodes)
                found.push(`${id} at ${target}: ${any.concat(all, none).map(check => check.message)[0]}`);
    };
    if (whole) await look(document, whole);
    if (fresh.length) await look({include: fresh}, {runOnly: ofStyle});
    return [found, kinds];
}"""
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


@pytest.fixture(scope="module")
def texts() -> dict[str, Counter]:
    """How many texts of each kind have been looked at, by day and by night."""
    return {"light": Counter(), "dark": Counter()}


@pytest.mark.parametrize("who", WHO)
def test_every_page_can_be_used_by_everybody(who, visiting, texts):
    """axe finds nothing, on a phone by day and on a desk by night; nothing is wider than the phone."""
    page, addresses = visiting(who, language="en-XA")
    page.context.add_init_script(AXE_SCRIPT)
    found = {}
    for address in addresses:
        page.set_viewport_size({"width": 320, "height": 800})
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for wider in page.evaluate(WIDER):
            found[f"scrolls sideways: {wider}"] = address
        for width, colours, whole, of_style in (
            (320, "light", ON_THE_PHONE, OF_STYLE),
            (1280, "dark", None, [*OF_STYLE, "target-size"]),
        ):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=colours)
            asked = {"whole": whole, "ofStyle": of_style, "known": texts[colours], "enough": ENOUGH}
            violations, kinds = page.evaluate(LOOK, asked)
            texts[colours].update(kinds)
            for violation in violations:
                found.setdefault(violation, f"{address} ({width}, {colours})")
    assert not found, "\n".join(f"{where}: {what}" for what, where in found.items())


def test_every_page_is_mirrored_for_a_right_to_left_reader_and_no_wider_than_a_phone(visiting):
    found = {}
    for who in WHO:
        page, addresses = visiting(who, width=320, language="ar-XB")
        for address in addresses:
            page.goto(address)
            assert page.evaluate("[document.dir, document.documentElement.lang.slice(0, 2)]") == ["rtl", "ar"], address
            if wider := page.evaluate(WIDER):
                found[f"{who} {address}"] = wider
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())
