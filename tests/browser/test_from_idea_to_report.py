"""The main job, end to end, without scripts: four people, their mails, one published report."""

import re

import pytest

from tests.browser.pages import ProjectPage, Someone, leads_on, starting

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"
PASSWORD = "seven quiet rivers meet"


def test_a_fresh_site_takes_an_idea_to_a_published_report(site, open_browser, tmp_path):
    coordinator = Someone(open_browser(javascript=False), site, "grace@example.org")
    researcher = Someone(open_browser(javascript=False), site, "rosa@example.org")
    contact = Someone(open_browser(javascript=False, width=360), site, "amina@example.org")

    set_up(coordinator)
    add_institution(coordinator, "Institute of Development Studies", "Bangladesh")
    invite(coordinator, "Rosa Quispe", researcher.email)
    add_institution(coordinator, "Centro de Estudios del Sur", "Peru")
    invite(coordinator, "Amina Yusuf", contact.email, place="Yes, as main contact")

    researcher.opens_mail("invites you").follows("Make my account")
    assert "Institute of Development Studies" in researcher.reads
    researcher.writes(Password=PASSWORD).presses("Join with this password")
    assert researcher.heading == "My work"
    contact.opens_mail("invites you").follows("Make my account").presses("Join and use e-mailed links")
    assert contact.heading == "My work"
    contact.opens_menu().signs_out()

    project = propose(researcher)
    assert project.state == "draft"
    project.take("Propose the project")
    assert project.state == "proposed"
    coordinator.opens_mail("How cities share water").presses("Accept the proposal")
    assert "partners are sought" in coordinator.reads
    assert project.again().state == "recruiting"

    invite_institution(project, "Centro de Estudios del Sur")
    contact.opens_mail("Invitation to a joint project")
    assert contact.heading == "Will Centro de Estudios del Sur take part in this project?"
    contact.presses("Yes, we take part")  # signed out: the link is enough
    assert "Centro de Estudios del Sur takes part." in contact.reads

    agree_on_terms(project, contact)
    plan(project)
    assert project.again().missing == []
    project.take("Start the project")
    assert project.state == "running"

    follow_the_plan(project)
    write_a_note(project, tmp_path)
    keep_the_record(project, tmp_path)
    project.take("Submit the report for review")
    assert project.state == "in review"
    get_approvals(project, contact, coordinator)
    project.again().someone.follows("Publish the project")
    assert "approved" in researcher.reads
    researcher.presses("Publish")
    assert project.again().state == "published"

    visitor = Someone(open_browser(javascript=False), site)
    read_the_report(visitor)


def set_up(coordinator):
    coordinator.goes_to(coordinator.site.set_up_link())
    coordinator.writes(Your_name="Grace Mutua", Password=PASSWORD).field("E-mail").fill(coordinator.email)
    coordinator.field("The network").fill("Southern Voices")
    coordinator.presses("Set up and sign in")
    assert coordinator.heading == "Board"


def add_institution(coordinator, name, country):
    coordinator.goes_to("/board").follows("Add an institution")
    coordinator.writes(Name=name).chooses("Country", country).presses("Add")
    assert coordinator.heading == name


def invite(coordinator, name, email, place=""):
    coordinator.follows("Invite a person").writes(Their_name=name).field("Their e-mail").fill(email)
    if place:
        coordinator.ticks(place)
    coordinator.presses("Send the invitation")
    assert name in coordinator.told


def propose(researcher):
    researcher.follows("Propose a project")
    researcher.writes(Title="How cities share water", What_question="Who decides?", Why_does_it="A drought is near.")
    researcher.writes(Countries_studied="Bangladesh, Peru").ticks("Regional development").presses("Save the draft")
    assert "Your draft is saved" in researcher.told
    return ProjectPage(researcher)


def invite_institution(project, name):
    project.again().someone.follows("Invite an institution")
    options = project.page.locator("main").get_by_label("Institution").locator("option").all_inner_texts()
    project.someone.chooses("Institution", next(option for option in options if name in option))
    project.someone.writes(A_few_words="You know the river.").presses("Send the invitation")
    assert "invited" in project.partners[name]


def agree_on_terms(project, contact):
    lead = project.again().someone
    lead.follows("Write the terms")
    lead.presses("Save")
    contact.opens_mail("Please confirm the terms").presses("Yes, we confirm")
    assert "Centro de Estudios del Sur confirmed version 1 of the terms." in contact.reads


def plan(project):
    lead = project.again().someone
    lead.follows("Make a plan").ticks("Policy brief").writes(First_day_of_the_work="2026-01-31").presses(
        "Make the plan"
    )
    assert len(project.again().plan) >= 3


def follow_the_plan(project):
    (first, _), (second, before), *_rest = project.again().plan
    project.report_on(first, "Done")
    project.someone.writes(Done_on="2026-02").presses("It is done")
    assert "is done" in project.someone.told
    project.report_on(second, "New date")
    project.someone.writes(New_date="2027-03").presses("Set the new date")
    assert "There is a problem" in project.someone.reads  # no reason yet; the date stays
    project.someone.chooses("What is the reason?", "data access").presses("Set the new date")
    moved = dict(project.again().plan)[second]
    assert "March 2027" in moved
    assert before.rpartition(", ")[2] in moved  # the first date stands beside it, without its weekday


def write_a_note(project, folder):
    table = folder / "rivers.csv"
    table.write_text("river,year\nRímac,2025\n", encoding="utf-8")
    lead = project.again().someone
    lead.follows("Write a note").writes(What_happened="**Twenty** interviews are done.").ticks("everyone")
    lead.attaches("Files", table).presses("Save the note")
    assert "Twenty interviews are done." in lead.reads
    with lead.page.expect_download() as download:
        lead.page.get_by_role("link", name="rivers.csv", exact=True).click()
    assert "Rímac" in download.value.path().read_text(encoding="utf-8")


def keep_the_record(project, folder):
    file = folder / "report.pdf"
    file.write_bytes(PDF)
    lead = project.again().someone
    lead.presses("Add the report")
    lead.writes(Title="How cities share water", Abstract="Neighbours decide.", Date_of_publication="2026-11")
    lead.chooses("Language", "English").chooses("Licence", "Creative Commons Attribution 4.0")
    lead.presses("Save and go on to: Authors").presses("Add an author")  # the team stands there already
    author = [lead.page.get_by_role("group", name=f"Author {place}", exact=True) for place in (1, 2, 3)]
    author[2].get_by_label("Name as printed").fill("Sukarti")
    author[2].get_by_label("No affiliation").check()
    leads_on(author[1].get_by_role("button", name=starting("Move up")))
    names = [one.get_by_label("Name as printed").input_value() for one in author]
    assert names == ["Amina Yusuf", "Rosa Quispe", "Sukarti"]
    author[0].get_by_text("how to sort the name").click()
    author[0].get_by_label("Family name, given name").fill("Yusuf, Amina")
    lead.presses("Save and go on to: Files")
    lead.attaches("File", file).presses("Save")
    assert lead.heading == "How cities share water"
    assert "things missing" not in lead.reads


def get_approvals(project, contact, coordinator):
    """Two authors approve, one of them by link; the third has no address here, and a coordinator answers."""
    lead = project.again().someone
    lead.goes_to("/reports/1").follows("Approval").presses("Ask the authors to approve")
    assert "The authors are asked" in lead.told
    contact.opens_mail("Please approve")
    assert "Neighbours decide." in contact.reads
    contact.presses("I approve this text and this order")
    assert "approved version 1" in contact.reads
    lead.follows("Read and answer").presses("I approve this text and this order")
    coordinator.goes_to("/reports/1/approval").follows("Answer for Sukarti")
    coordinator.writes(Why_can_this="She has no e-mail; we read it to her by telephone.")
    coordinator.presses("Answer for Sukarti")
    assert "by telephone" in coordinator.reads


def read_the_report(visitor):
    visitor.goes_to("/").follows("Read the reports").follows("How cities share water")
    authors = visitor.page.get_by_role("list", name="Authors").get_by_role("listitem").all_inner_texts()
    assert authors[0].split("\n") == ["Amina Yusuf", "Centro de Estudios del Sur"]
    assert authors[2] == "Sukarti"
    assert "Neighbours decide." in visitor.reads
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=re.compile("^Download: PDF")).click()
    assert download.value.path().read_bytes() == PDF
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="BibTeX", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8")
    assert re.search(r"author\s*=\s*[\"{]+Yusuf, Amina}? and \{Rosa Quispe} and \{Sukarti}", text), text
