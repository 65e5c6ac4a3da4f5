"""What people do, in their words. No test names a selector that a person could not see."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page


def starting(words: str) -> re.Pattern[str]:
    """A label as a person reads it: what follows, such as “(optional)”, does not matter."""
    return re.compile(rf"^\s*{re.escape(words)}")


def leads_on(what: Locator) -> None:
    """Click what leads to another page, and wait for that page: a click by itself waits for nothing."""
    with what.page.expect_navigation(wait_until="domcontentloaded"):
        what.click()


def said(error: Locator) -> str:
    """A sentence beside a field, without the word that only screen readers say."""
    return error.inner_text().removeprefix("Error:").strip()


class Someone:
    """A person at a browser of their own."""

    def __init__(self, page: Page, site: Any, email: str = "", inside: Locator | None = None) -> None:
        self.page, self.site, self.email = page, site, email
        self.part = inside or page.locator("main")  # of the page, where its fields and buttons are looked for

    def goes_to(self, path: str) -> "Someone":
        self.page.goto(path)
        return self

    def follows(self, link: str) -> "Someone":
        leads_on(self.page.get_by_role("link", name=link, exact=True).first)
        return self

    def takes(self, words: str) -> "Someone":
        """Follow the first link that begins with these words, whatever it says besides."""
        leads_on(self.part.get_by_role("link", name=starting(words)).first)
        return self

    def downloads(self, words: str) -> bytes:
        """The file behind a link or a button."""
        what = self.part.get_by_role("link", name=words, exact=True).or_(self.button(words)).first
        with self.page.expect_download() as download:
            what.click()
        return download.value.path().read_bytes()

    def opens_menu(self) -> "Someone":
        return self.follows("Menu")

    def presses(self, button: str) -> "Someone":
        """Press a button that sends something off, and see the page that answers."""
        leads_on(self.button(button))
        return self

    def button(self, button: str) -> Locator:
        return self.part.get_by_role("button", name=button, exact=True).first

    def signs_out(self) -> "Someone":
        leads_on(self.page.get_by_role("button", name="Sign out"))
        return self

    def field(self, label: str) -> Locator:
        return self.part.get_by_label(starting(label)).first

    def opens(self, words: str) -> "Someone":
        """Unfold what lies behind these words; what this person does next happens in there."""
        folded = self.page.locator("main details").filter(has=self.page.locator("summary", has_text=words)).first
        folded.locator("summary").first.click()
        return self.within(folded)

    def opened(self, words: str) -> "Someone":
        """What lies behind these words and is open already."""
        return self.within(self.page.locator("main details[open]").filter(has_text=words).first)

    def within(self, part: Locator) -> "Someone":
        """The same person, looking at one part of the page."""
        return Someone(self.page, self.site, self.email, part)

    def writes(self, **texts: str) -> "Someone":
        """writes(Their_name="Rosa"): the underscore stands for a space."""
        for label, text in texts.items():
            self.field(label.replace("_", " ")).fill(text)
        return self

    def chooses(self, label: str, option: str) -> "Someone":
        self.field(label).select_option(label=option)
        return self

    def ticks(self, label: str) -> "Someone":
        self.field(label).check()
        return self

    def attaches(self, label: str, file: Path) -> "Someone":
        self.field(label).set_input_files(file)
        return self

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def told(self) -> str:
        """The message at the top: what just happened."""
        return self.page.get_by_role("status").inner_text()

    @property
    def reads(self) -> str:
        """All text of the page."""
        return self.page.locator("main").inner_text()

    @property
    def problems(self) -> dict[str, str]:
        """The label of each field that something is wrong with, and what stands beside it."""
        wrong = self.page.locator("main .field--wrong").all()
        return {
            one.locator("label, legend").first.inner_text().split(" (")[0].strip(): said(one.locator(".field__error"))
            for one in wrong
        }

    def region(self, name: str) -> Locator:
        """A part of the page by its heading."""
        return self.page.get_by_role("region", name=starting(name)).first

    @property
    def listed(self) -> list[str]:
        """The titles of the cards on a list, in their order."""
        titles = self.page.locator("main ul.cards .card__title > a:first-child").all_inner_texts()
        return [title.strip().split("\n")[0] for title in titles]

    # --- coming in

    def opens_mail(self, about: str = "") -> "Someone":
        return self.goes_to(self.site.link_in_mail_to(self.email, about))

    def asks_for_a_link(self) -> "Someone":
        """On the page that asks who one is: have a link mailed, open it, press its button."""
        self.field("E-mail").fill(self.email)
        self.presses("Send me a link")
        self.opens_mail("link to sign in")
        leads_on(self.page.locator("main").get_by_role("button", name=starting("Sign in as")))
        return self

    def signs_in(self) -> "Someone":
        return self.goes_to("/sign-in").asks_for_a_link()


class ProjectPage:
    """The page of one project, for whoever looks at it."""

    def __init__(self, someone: Someone, path: str = "") -> None:
        self.someone, self.page = someone, someone.page
        if path:
            someone.goes_to(path)
        self.path = re.sub(r"#.*", "", self.page.url)

    def again(self) -> "ProjectPage":
        self.page.goto(self.path)
        return self

    @property
    def state(self) -> str:
        return self.page.get_by_role("list", name="Life of the project").locator("[aria-current=step]").inner_text()

    @property
    def turn(self) -> str:
        return self.page.get_by_role("region", name="Whose turn it is").inner_text()

    @property
    def missing(self) -> list[str]:
        return self.page.get_by_role("region", name="Missing").get_by_role("link").all_inner_texts()

    @property
    def partners(self) -> dict[str, str]:
        """Name of each partner, with the words that follow in its row."""
        rows = self.page.locator("#partners tbody tr").all()
        return {row.locator("th").inner_text(): row.locator("td").last.inner_text() for row in rows}

    @property
    def plan(self) -> list[tuple[str, str]]:
        """Milestones in order, each with its state and dates."""
        items = self.page.locator("#plan .timeline > li").all()
        return [(i.locator("p").nth(0).inner_text(), i.locator("p").nth(1).inner_text()) for i in items]

    @property
    def going(self) -> dict[str, str]:
        """How it is going, as partners said: the answer, and the words below it."""
        cards = self.page.get_by_role("region", name="How it is going").locator(".card").all()
        return {card.locator(".state").inner_text(): card.locator(".prose").inner_text() for card in cards}

    def take(self, step: str, words: str = "") -> "ProjectPage":
        """Follow the link of a step and press its button, as on every page of a step."""
        self.again().someone.follows(step)
        if words:
            self.page.locator("main textarea").fill(words)
        self.someone.presses(step)
        return self

    def report_on(self, milestone: str, link: str) -> None:
        """Open the page that says a milestone is done, or moves it."""
        self.again()
        leads_on(
            self.page.locator("#plan .timeline > li")
            .filter(has_text=milestone)
            .get_by_role("link", name=starting(link))
        )
