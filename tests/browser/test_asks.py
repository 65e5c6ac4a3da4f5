"""Questions answered from a mailbox: mail, page, button. Without an account, scripts or cookies, on a phone."""

import re
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import ProjectPage, Someone, leads_on, starting
from tests.browser.test_every_page_in_a_browser import ALL, LOOK, WIDER
from tests.factories import make_institution, make_person, make_project
from tests.mails import html_of, text_of
from tracker import clock, worker
from tracker.activity.models import Delivery
from tracker.activity.states import Rhythm
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import Base, db
from tracker.dates import PartialDate
from tracker.institutions.models import Person
from tracker.milestones import actions as milestones
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

pytestmark = pytest.mark.browser

TUESDAY = datetime(2026, 9, 8, 10, tzinfo=UTC)
QUESTION = "Will Centro del Sur take part in this project?"


@pytest.fixture(autouse=True)
def a_working_day(monkeypatch):
    """It is Tuesday morning, and time goes on: reminders come at decent hours only."""
    ahead = TUESDAY - datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: clock._frozen_at or datetime.now(UTC) + ahead)


@pytest.fixture
def reader(site, open_browser):
    """reader(email) is somebody with a mailbox and a phone, whom the site does not know by any cookie."""

    def begin(email, **browser):
        return Someone(open_browser(**({"javascript": False, "width": 360} | browser)), site, email)

    return begin


@pytest.fixture
def invited(site):
    """invited(**director) invites Centro del Sur; returns its contacts' addresses and the project's."""

    def begin(contacts=1, days_ago=0, **director):
        with site.arranging(), clock.frozen(clock.now() - timedelta(days=days_ago)):
            call = make_project(ProjectState.RECRUITING, title="Ports", countries=("BD",))
            db.session.execute(sa.update(Delivery).values(withdrawn_at=clock.now()))
            centre = make_institution("Centro del Sur", "PE")
            names = ("Rosa Quispe", "Juan Mamani")
            people = [without_account(make_person(names[place], contact_of=centre)) for place in range(contacts)]
            for field, value in director.items():
                setattr(people[0], field, value)
            recruiting.invite(call, centre, note="You know the coast.", actor=call.lead)
            return [person.email for person in people], call.path, call.lead.email, call.coordinator.email, centre.path

    return begin


@pytest.fixture
def milestone(site):
    """The address of whoever is asked how a milestone stands, its name and its project's address."""
    with site.arranging():
        project = make_project(ProjectState.RUNNING, title="Ports", countries=("BD", "PE"))
        db.session.execute(sa.update(Delivery).values(withdrawn_at=clock.now()))
        db.session.execute(sa.text("UPDATE milestone SET state = 'done'"))
        contact, partner = project.partner_people[0], project.partners[1]
        due = PartialDate.of(clock.today() + timedelta(days=5))
        milestones.add_milestone(project, name="Map of the ports", due=due, partner=partner, actor=project.lead)
        without_account(contact)
        found = contact.email, project.path
    works(site)
    return found


def without_account(person):
    person.joined_at = person.session_key = None
    return person


def works(site):
    """The worker does what there is to do; twice, as one thing may follow from another."""
    for _turn in range(2):
        worker.run_once(site.app)


def everything(site):
    """Every row of every table."""
    with site.app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in Base.metadata.sorted_tables
        }


def fetched(link, method):
    """The status that a machine without cookies gets."""
    try:
        with urlopen(Request(link, method=method), timeout=20) as answer:
            answer.read()
            return answer.status
    except HTTPError as error:
        error.close()
        return error.code


def test_an_invited_director_accepts_with_three_clicks_and_without_an_account(reader, invited):
    [email], project, lead, *_ = invited()
    rosa = reader(email).opens_mail("Invitation to a joint project")
    assert rosa.heading == QUESTION and "You know the coast." in rosa.reads and "Please answer by" in rosa.reads
    rosa.presses("Yes, we take part")
    assert "Centro del Sur takes part." in rosa.reads
    assert "Answered by Rosa Quispe for Centro del Sur" in rosa.reads and "by link" in rosa.reads
    assert rosa.page.context.cookies() == []
    rosa.opens_mail("Invitation to a joint project")
    assert "Centro del Sur takes part." in rosa.reads  # whoever comes again sees what stands
    told = reader(lead).signs_in()
    assert ProjectPage(told, project).partners["Centro del Sur"].startswith("agreed")


def test_a_no_with_a_word_and_a_change_of_mind(reader, invited):
    [email], project, lead, *_ = invited()
    rosa = reader(email).opens_mail().writes(A_few_words="Too much to do this year.").presses("No, thank you")
    assert "Centro del Sur does not take part." in rosa.reads and "Too much to do this year." in rosa.reads
    assert any("Too much to do this year." in text_of(mail) for mail in rosa.site.mails_to(lead))
    rosa.opens_mail().presses("Yes, we take part")
    assert "Centro del Sur takes part." in rosa.reads
    assert ProjectPage(reader(lead).signs_in(), project).partners["Centro del Sur"].startswith("agreed")


def test_a_milestone_is_done_by_link(reader, milestone):
    email, _project = milestone
    amina = reader(email).opens_mail("how does it stand?")
    assert amina.heading == "How does “Map of the ports” stand?"
    assert amina.field("Done on").input_value() == "2026-09-08"
    amina.presses("It is done")
    assert "“Map of the ports” is done." in amina.reads and amina.page.context.cookies() == []


def test_a_milestone_is_late_until_a_day_because_of_something_by_link(reader, milestone):
    email, _project = milestone
    amina = reader(email).opens_mail("how does it stand?")
    amina.page.locator("summary", has_text="Late: a new date").click()
    late = amina.page.locator("details[open]")
    late.get_by_label(starting("New date")).fill("2026-13-45")
    late.get_by_label("What is the reason?").select_option(label="data access")
    late.get_by_label(starting("In a few words")).fill("The harbour office is slow.")
    leads_on(late.get_by_role("button", name="Late: a new date"))
    wrong = amina.page.get_by_label(starting("New date"))
    assert wrong.input_value() == "2026-13-45" and wrong.get_attribute("aria-invalid") == "true"
    beside = [amina.page.locator(f"#{name}").inner_text() for name in wrong.get_attribute("aria-describedby").split()]
    assert any(text.startswith("Error:") for text in beside), beside
    assert amina.page.get_by_label("What is the reason?").locator("option:checked").inner_text() == "data access"
    assert amina.page.get_by_label(starting("In a few words")).input_value() == "The harbour office is slow."
    wrong.fill("2026-11-30")
    amina.presses("Late: a new date")
    assert "“Map of the ports” has a new date." in amina.reads and "30 November 2026" in amina.reads


def test_a_scanner_that_fetches_every_link_of_every_mail_changes_nothing(site, world, running_site):
    while worker.run_once(running_site.app):
        pass
    before = everything(running_site)
    links = set()
    for file in (running_site.folder / "mail").glob("*.eml"):
        mail = running_site.read(file)
        for text in (text_of(mail), html_of(mail)):
            links |= set(re.findall(rf"{running_site.address}/[^\s\"<>]*", text))
    assert sum("/a/" in link for link in links) > 5 and any("/mail/stop/" in link for link in links)
    answers = {fetched(link, method) for link in links for method in ("GET", "HEAD")}
    assert max(answers) < 500 and 200 in answers
    assert everything(running_site) == before


def test_the_second_contact_answers_when_the_first_is_away(reader, invited):
    (first, second), *_ = invited(contacts=2)
    reader(second).opens_mail().presses("Yes, we take part")
    rosa = reader(first).opens_mail()
    assert "Answered by Juan Mamani for Centro del Sur" in rosa.reads


def test_a_contact_hands_over_and_the_successor_answers_what_was_open(site, reader, invited):
    [email], *_, centre = invited()
    with site.arranging():
        rosa = db.session.scalars(sa.select(Person).where(Person.email == email)).one()
        rosa.joined_at, rosa.session_key = clock.now(), "rosa"
        successor = make_person("Juan Mamani", institution=rosa.contact_places[0].institution).email
    rosa = reader(email).signs_in().goes_to(f"{centre}/contacts").follows("I am leaving")
    rosa.chooses("Who takes your place?", "Juan Mamani").presses("Go on").presses("Yes, so be it")
    juan = reader(successor).opens_mail("main contact")
    juan.follows("Sign in and answer").asks_for_a_link()
    juan.presses("Yes, I will")
    assert "Juan Mamani is now a contact of Centro del Sur." in juan.reads
    before = reader(email).opens_mail("Invitation to a joint project")
    assert before.heading == "This question is with somebody else now" and "Ports" not in before.reads
    late = reader(successor).opens_mail("Invitation to a joint project").presses("Yes, we take part")
    assert "Answered by Juan Mamani for Centro del Sur" in late.reads


def test_an_invitation_to_make_an_account_leads_in(site, reader):
    with site.arranging():
        institute = make_institution("Lake Institute", "KE")
        contact, path = make_person("Asha", contact_of=institute).email, institute.path
    asha = reader(contact).signs_in().goes_to(f"{path}/invite").writes(Their_name="Juma Ali")
    asha.field("Their e-mail").fill("juma@example.org")
    asha.presses("Send the invitation")
    juma = reader("juma@example.org").opens_mail("invites you").follows("Make my account")
    juma.presses("Join and use e-mailed links")
    assert juma.heading == "My work"


def test_not_me_but_somebody_else_who_answers_by_a_link_of_their_own(reader, invited):
    [email], *_ = invited()
    rosa = reader(email).opens_mail().follows("Not me: ask somebody else")
    rosa.presses("Ask them")
    assert "Choose somebody, or give a name and an e-mail address." in rosa.reads
    rosa.field("Their name").fill("Lucía Rojas")
    rosa.field("Their e-mail address").fill("lucia@example.org")
    rosa.presses("Ask them")
    assert rosa.heading == "Lucía Rojas is asked now"
    lucia = reader("lucia@example.org").opens_mail("Ports")
    lucia.presses("Yes, we take part")
    assert "Answered by Lucía Rojas for Centro del Sur" in lucia.reads
    assert "Answered by Lucía Rojas" in reader(email).opens_mail().reads


def test_a_coordinator_reminds_in_the_receivers_language_and_one_click_stops_mail(site, reader, invited):
    [email], _project, _lead, coordinator, _centre = invited(days_ago=3, interface_language="en-XA")
    grace = reader(coordinator).signs_in().goes_to("/board")
    leads_on(grace.page.get_by_role("link", name=starting("Remind")).first)
    assert grace.heading == "Send a reminder"
    grace.field("A few words").fill("We would love to have you.")
    prepared = grace.page.locator("details[open] .pre[lang=en-XA]").inner_text()
    assert "Rosa Quispe" in prepared and "This question is still open" not in prepared and "/a/…" in prepared
    grace.presses("Send the reminder")
    assert "The reminder is on its way to Rosa Quispe." in grace.told
    *_, mail = site.mails_to(email)
    assert mail["Subject"] == prepared.splitlines()[0]
    assert "> We would love to have you." in text_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>")
    click = Request(address, data=urlencode({"List-Unsubscribe": "One-Click"}).encode(), method="POST")
    assert urlopen(click, timeout=20).status == 200
    with site.arranging():
        assert db.session.scalar(sa.select(Person.rhythm).where(Person.email == email)) is Rhythm.ASKS
        assert db.session.scalar(sa.select(Ask.state).where(Ask.kind == "recruiting.invitation")) is AskState.OPEN


def test_the_page_speaks_its_readers_language_and_runs_their_way_without_a_cookie(reader, invited):
    [email], *_ = invited(interface_language="ar-XB")
    rosa = reader(email).opens_mail()
    assert rosa.page.locator("html").get_attribute("dir") == "rtl"
    assert rosa.page.context.cookies() == []


def test_every_state_of_a_question_can_be_used_by_everybody(site, reader, invited):
    (first, second), _project, _lead, coordinator, _centre = invited(contacts=2, days_ago=30)
    rosa = reader(first, javascript=True)
    rosa.page.context.add_init_script(AXE_SCRIPT)
    found = {}

    def look(someone, what):
        asked = {"whole": {"runOnly": ALL}, "ofStyle": [], "known": {}, "enough": 0}
        faults = someone.page.evaluate(LOOK, asked)[0] + someone.page.evaluate(WIDER)
        found.update({f"{what}: {fault}": someone.heading for fault in faults})

    look(rosa.opens_mail(), "question")
    look(rosa.follows("Not me: ask somebody else"), "pass on")
    look(rosa.presses("Ask them"), "pass on, with errors")
    grace = reader(coordinator, javascript=True)
    grace.page.context.add_init_script(AXE_SCRIPT)
    look(grace.signs_in(), "my work")
    look(grace.goes_to("/board"), "board")
    leads_on(grace.page.get_by_role("link", name=starting("Remind")).first)
    look(grace, "remind")
    juan = reader(second).opens_mail().presses("Yes, we take part")
    assert "takes part" in juan.reads
    look(rosa.opens_mail(), "answered")
    with site.arranging():
        for held in db.session.scalars(sa.select(Person).where(Person.email == first)).one().contact_places:
            db.session.delete(held)
    look(rosa.opens_mail(), "no longer")
    assert rosa.heading == "This question is with somebody else now"
    assert not found, "\n".join(f"{where}: {what}" for what, where in found.items())
