"""A month as partners live it and as a coordinator does: words by mail on a phone, exceptions and tables at a desk."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.browser.pages import ProjectPage, Someone
from tests.factories import make_project
from tracker import clock, worker
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.projects.states import ProjectState

pytestmark = pytest.mark.browser

SLOWER = "The harbour master is away until May; we count ships from the quay meanwhile."
IN_SPANISH = "La encuesta está hecha: 212 pescadores. ¡Gracias a todos!"
HELP = "Our questionnaire is stuck with the ministry. Does anybody know a translator for Dagbani?"


class Calendar:
    """The day it is for everybody, worker and server too; from its hour on time goes by."""

    def __init__(self, moment):
        self.turn_to(moment)

    def turn_to(self, moment):
        self.ahead = datetime.fromisoformat(moment).replace(tzinfo=UTC) - datetime.now(UTC)

    def now(self):
        return clock._frozen_at or datetime.now(UTC) + self.ahead


@pytest.fixture(autouse=True)
def calendar(monkeypatch):
    """It is the first Monday of March 2026, ten in the morning in Accra."""
    calendar = Calendar("2026-03-02 10:00")
    monkeypatch.setattr(clock, "now", calendar.now)
    return calendar


@pytest.fixture
def someone(site, open_browser):
    """someone(email, width=…) has a mailbox and a browser without scripts: a phone, unless told otherwise."""

    def begin(email="", *, width=360):
        return Someone(open_browser(javascript=False, width=width, accept_downloads=True), site, email)

    return begin


def works(site):
    """The worker does what there is to do; twice, as one thing may follow from another."""
    for _turn in range(2):
        worker.run_once(site.app)


def at(day):
    return clock.frozen(datetime.fromisoformat(f"{day} 09:00").replace(tzinfo=UTC))


# --- the partner's month --------------------------------------------------------------------------------------


@pytest.fixture
def ports(site):
    """A study under way since January; each of its three partners has something to do, and no account."""
    with site.arranging():
        with at("2026-01-05"):
            project = make_project(ProjectState.RUNNING, title="Ports and people", countries=("BD", "GH", "PE", "NG"))
            for milestone in plan(project):
                db.session.delete(milestone)
            db.session.flush()
            for partner, name, due in zip(
                project.partners[1:],
                ("Ships counted", "Fishers asked", "Ministry heard"),
                ("2026-04-30", "2026-05-15", "2026-06-30"),
                strict=True,
            ):
                milestones.add_milestone(project, name=name, due=PartialDate(due), partner=partner, actor=project.lead)
        for contact in project.partner_people:
            contact.joined_at = contact.session_key = None
        db.session.execute(sa.update(Delivery).values(withdrawn_at=clock.now()))
        people = [project.lead, project.coordinator, *project.partner_people]
        return [project.path, *(person.email for person in people)]


def test_three_partners_say_in_a_minute_how_it_is_going(site, ports, someone):
    path, *people = ports
    lead, coordinator = (someone(email, width=1280) for email in people[:2])
    accra, lima, abuja = (someone(email) for email in people[2:])
    works(site)

    accra.opens_mail("How is it going with “Ports and people”?")
    assert "March 2026" in accra.reads and "Ships counted (30 April 2026)" in accra.reads
    slower = accra.opens("Slower, because…").chooses("What is the reason?", "visa or travel")
    slower.chooses("Does a milestone get a new date?", "Ships counted (30 April 2026)")
    slower.writes(Its_new_date="2025-05-20", A_few_words=SLOWER).presses("Slower, because…")
    assert accra.problems == {"Its new date": "This day is over. Give a day to come."}
    slower = accra.opened("Slower, because…")  # with everything that was typed
    assert slower.field("A few words").input_value() == SLOWER
    slower.writes(Its_new_date="2026-05-20").presses("Slower, because…")
    assert "is slower than planned." in accra.reads and "You can close this page." in accra.reads

    lima.opens_mail("How is it going")
    lima.ticks("Fishers asked").writes(A_few_words=IN_SPANISH).presses("On track")
    assert "is on track." in lima.reads

    abuja.opens_mail("How is it going")
    abuja.opens("We need help").writes(What_would_help=HELP).presses("We need help")
    assert "needs help." in abuja.reads

    words = {"slower": SLOWER, "on track": IN_SPANISH, "needs help": HELP}
    for reader in (lead, coordinator):
        project = ProjectPage(reader.signs_in(), path)
        assert project.going == words  # once, as they were written
        milestones_now = dict(project.plan)
        assert "20 May 2026" in milestones_now["Ships counted"] and "30 April 2026" in milestones_now["Ships counted"]
        assert "done Monday, 2 March 2026" in " ".join(milestones_now["Fishers asked"].split())
        assert "visa or travel" in project.page.locator("#plan").inner_text()
        reader.goes_to(f"{path}/story")
        assert [reader.reads.count(said) for said in words.values()] == [1, 1, 1]
    lead.opens_mail("help is needed")
    coordinator.goes_to("/board")
    assert HELP in coordinator.region("Asked for help").inner_text()
