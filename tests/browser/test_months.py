"""A month as partners live it and as a coordinator does: words by mail on a phone, exceptions and tables at a desk."""

import io
import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from urllib.request import urlopen

import openpyxl
import pytest
import sqlalchemy as sa
import vobject

from tests.browser.pages import ProjectPage, Someone, leads_on, starting
from tests.browser.test_every_page_in_a_browser import WIDER
from tests.factories import make_network, make_project
from tests.mails import text_of
from tests.sheets.workbooks import Filled
from tracker import clock, worker
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.projects.models import Project
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


# --- the coordinator's month ----------------------------------------------------------------------------------


@pytest.fixture
def desk(site, calendar):
    """Two running studies with something late, about which somebody was asked on 20 February; and who coordinates."""
    with site.arranging():
        with at("2026-01-05"):
            make_network("Southern Voices")
            ports = started("Ports and people", ("BD", "GH"), "Ships counted", "2026-02-10")
            schools = started("Schools by the sea", ("KE", "PE"), "Classes visited", "2026-02-17")
            milestones.add_milestone(ports, name="Report", due=PartialDate("2026-09-30"), actor=ports.lead)
        db.session.execute(sa.update(Delivery).values(withdrawn_at=clock.now()))
        found = SimpleNamespace(
            coordinator=ports.coordinator.email,
            lead=ports.lead.email,
            path=ports.path,
            title=ports.title,
            asked=[project.partner_people[0].email for project in (ports, schools)],
        )
    calendar.turn_to("2026-02-20 10:00")
    works(site)
    calendar.turn_to("2026-03-02 10:00")
    return found


def started(title, countries, milestone, due):
    """A running project whose partner has one milestone."""
    project = make_project(ProjectState.RUNNING, title=title, countries=countries)
    for known in plan(project):
        db.session.delete(known)
    db.session.flush()
    partner = project.partners[1]
    milestones.add_milestone(project, name=milestone, due=PartialDate(due), partner=partner, actor=project.lead)
    return project


def test_on_monday_the_coordinator_sees_what_is_late_and_reminds_two_at_once(site, desk, someone):
    grace = someone(desk.coordinator, width=1280).signs_in().goes_to("/board")
    first, *_others = grace.page.locator("main section h2").all_inner_texts()
    assert first.startswith("Milestones late")
    grace.takes("All 2, and remind several at once")
    assert grace.listed == ["Ships counted", "Classes visited"]  # the latest first
    for box in grace.page.get_by_role("checkbox", name=starting("Choose")).all():
        box.check()
    grace.presses("Remind the chosen")
    assert "2 mails will be sent." in grace.reads
    grace.writes(A_few_words="The board meets on Friday.").presses("Send 2 reminders")
    assert grace.heading == "Milestones late"
    for email in desk.asked:
        assert "The board meets on Friday." in text_of(site.mails_to(email)[-1])

    grace.goes_to("/board/late").follows(desk.title).follows("Say how it stands").ticks("attention")
    grace.writes(In_a_few_words="The harbour master is away.").presses("Save how it stands")
    grace.writes(A_new_note="Call Kofi, not his director.").presses("Keep the note")
    assert "Call Kofi, not his director." in grace.reads and "The harbour master is away." in grace.reads
    lead = someone(desk.lead, width=1280).signs_in().goes_to(desk.path)
    assert "Kofi" not in lead.reads and "harbour master" not in lead.reads
    assert "Kofi" not in lead.goes_to(f"{desk.path}/secretariat").reads

    filters = grace.goes_to("/board").opens("Filter").chooses("Partners from", "Peru")
    filters.presses("Show")
    assert (grace.listed[0], "Ships counted" in grace.reads) == ("Classes visited", False)
    grace.follows("Keep these filters under a name").writes(Name="The Andes").presses("Keep them")
    grace.goes_to("/board").follows("The Andes")
    assert (grace.listed[0], "Ships counted" in grace.reads) == ("Classes visited", False)


def test_in_week_four_every_figure_opens_its_list_and_leaves_as_a_file_and_on_paper(site, desk, someone, calendar):
    calendar.turn_to("2026-03-23 10:00")
    grace = someone(desk.coordinator, width=1280).signs_in().goes_to("/board").follows("The twelve tables")
    grace.chooses("Period", "Days of your choice").field("First day of your choice").fill("2026-01-01")
    grace.writes(Last_day_of_your_choice="2026-03-31").presses("Show")
    tables = grace.page.url
    assert grace.page.locator("main ol.contents > li").count() == 12

    grace.takes("Milestones on time")
    heading, total = grace.heading, grace.page.locator("main tfoot").first
    figure = total.get_by_role("link").first
    number = int(figure.inner_text())
    leads_on(figure)
    assert grace.page.locator("main ul.lines > li").count() == number == 2
    assert "Ships counted" in grace.reads

    file = grace.goes_to(tables).downloads("Download for Excel")
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheet = next(sheet for sheet in book if sheet.title.startswith("6 Milestones on time"))
    assert sheet.freeze_panes == "A2" and sheet.title.split(" ", 1)[1][:12] in heading
    assert [cell.value for cell in sheet[sheet.max_row]][1:3] == [number, number]  # numbers, not text
    assert all(isinstance(cell.value, int | float) for cell in sheet[2][1:] if cell.value is not None)

    grace.follows("Report to print")
    assert "Southern Voices" in grace.heading and "1 January 2026" in grace.reads
    assert 3 <= pages_on_paper(grace.page) <= 20

    grace.goes_to(tables).follows("Keep these figures").writes(Name="Before the spring meeting").presses("Keep them")
    with site.arranging():
        project = db.session.get(Project, int(desk.path.rpartition("/")[2]))
        late = next(known for known in plan(project) if known.name == "Ships counted")
        milestones.mark_done(late, on=PartialDate("2026-03-20"), actor=project.members[0].person)
    grace.goes_to("/board/tables/kept").takes("Compare with today")
    sixth = grace.page.locator("main ol.contents > li").nth(5).inner_text()
    assert "Milestones on time" in sixth and "19 days longer" in sixth
    grace.takes("Milestones on time")
    assert "1 January 2026 – 31 March 2026" in grace.reads and "then 19" in " ".join(grace.reads.split())


def test_a_plan_goes_out_as_a_workbook_comes_back_and_reaches_the_calendar(site, desk, someone, tmp_path):
    grace = someone(desk.coordinator, width=1280).signs_in().goes_to(desk.path)
    grace.presses("Subscribe to the calendar")
    feed = grace.field("Address to copy").input_value()
    before = fetched(feed)["Report"]

    grace.goes_to(f"{desk.path}/plan").follows("Fill it in offline, in Excel")
    filled = Filled(grace.downloads("Download the workbook (.xlsx)"))
    filled.put("Ships counted", Date=date(2026, 4, 30), Reason_for_a_new_date="visa or travel")
    filled.put("Report", Date="2026-11", Reason_for_a_new_date="data access", In_a_few_words="Ships come first.")
    filled.add(What_is_due="Talk at the forum", Date=date(2026, 12, 5))
    file = tmp_path / "plan.xlsx"
    file.write_bytes(filled.data())

    lead = ProjectPage(someone(desk.lead, width=1280).signs_in(), desk.path)  # knows nothing of the file
    lead.report_on("Ships counted", "New date")
    lead.someone.writes(New_date="2026-03-31").chooses("What is the reason?", "data access").presses("Set the new date")

    grace.attaches("The workbook", file).presses("See what it would change")
    assert dict(lead.again().plan)["Report"].endswith("30 September 2026")  # nothing is changed yet
    conflict = grace.within(grace.page.get_by_role("group", name=starting("Ships counted: Date")))
    assert "31 March 2026" in conflict.part.inner_text()
    conflict.ticks("As in your file: 30 April 2026")
    grace.presses("Change 3 rows")
    now = dict(lead.again().plan)
    assert "30 April 2026" in now["Ships counted"] and "November 2026" in now["Report"]
    assert "Saturday, 5 December 2026" in now["Talk at the forum"]

    after = fetched(feed)["Report"]
    assert (before.dtstart.value, after.dtstart.value) == (date(2026, 9, 30), date(2026, 11, 30))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)


# --- on every screen and on paper -----------------------------------------------------------------------------

WIDTHS = (360, 1280)
BUTTONS = """() => [...document.querySelectorAll("button, .button, input, select, textarea")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1).map(e => e.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_board_and_pictures_fit_every_screen_and_paper_in_both_directions(site, desk, someone, language):
    grace = someone(desk.coordinator).signs_in()
    grace.page.context.add_cookies([{"name": "lang", "value": language, "url": site.address}])
    report = "/board/tables/print?period=all"
    paper = {f"{desk.path}/timeline": (1, 1), f"{desk.path}/story": (1, 3), report: (12, 25)}
    wider = []
    for path in ("/board", "/board/timelines", "/board/on-time", desk.path, *paper):
        grace.goes_to(path)
        for width in WIDTHS:
            grace.page.set_viewport_size({"width": width, "height": 800})
            wider += [f"{path} at {width}: {what}" for what in grace.page.evaluate(WIDER)]
        if path in paper:
            fewest, most = paper[path]
            assert fewest <= pages_on_paper(grace.page) <= most, path
            grace.page.emulate_media(media="print")
            assert grace.page.evaluate(BUTTONS) == [], path
            grace.page.emulate_media(media="screen")
    assert not wider


def fetched(feed):
    """What a calendar program reads at an address: the entries, by the first words of what they are called."""
    with urlopen(feed, timeout=20) as answer:
        calendar = vobject.readOne(answer.read().decode())
    return {entry.summary.value.partition(":")[0]: entry for entry in calendar.vevent_list}


def pages_on_paper(page):
    """How many sheets of A4 the browser prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
