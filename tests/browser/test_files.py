"""A file that takes a while: its page brings itself up to date in place, and without scripts by loading again."""

import pytest

from tests.browser.pages import Someone
from tests.exports.kinds import NAME, numbers
from tests.factories import make_network, make_person
from tracker.database import db
from tracker.exports import actions, rounds
from tracker.exports.models import Export
from tracker.exports.states import ExportState

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(site):
    """The address of a file of Amina's that is being made."""
    with numbers():
        with site.arranging():
            person = make_person(email="amina@example.org", coordinates=make_network())
            export = actions.request(NAME, {"upto": 3}, person)
            export.state, export.done, export.total = ExportState.RUNNING, 1200, 20000
            path = export.path
        yield path


def changed(site, **values):
    with site.arranging():
        export = db.session.query(Export).one()
        for name, value in values.items():
            setattr(export, name, value)


def test_the_page_follows_the_work_and_says_so_politely(asked, site, open_browser):
    page = open_browser()
    Someone(page, site, "amina@example.org").signs_in()
    page.goto(asked)
    page.evaluate("document.getElementById('progress').dataset.again = 50; window.same = true")
    page.get_by_text("1,200 of about 20,000 rows").wait_for()
    changed(site, done=15_000)
    page.locator("#progress-said", has_text="15,000 of about 20,000 rows").wait_for(state="attached", timeout=6000)
    changed(site, state=ExportState.WAITING)
    with site.app.app_context():
        rounds.make(1)
    page.get_by_role("link", name="Download").wait_for()
    assert page.locator("#progress-said").inner_text() == "Your file is ready."
    assert page.evaluate("window.same")  # never loaded again, so nobody lost their place
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Numbers.txt"


def test_without_scripts_the_page_loads_itself_again_unless_asked_not_to(asked, site, open_browser):
    page = open_browser(javascript=False)
    Someone(page, site, "amina@example.org").signs_in()
    page.goto(asked)
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    page.get_by_role("link", name="Stop reloading this page").click()
    assert page.locator("meta[http-equiv=refresh]").count() == 0
