"""A report of three countries: drafted in Word, reviewed, credited and approved by link, published, found."""

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from urllib.request import urlopen

import feedparser
import pypdfium2
import pytest
from oaipmh_scythe import Scythe

from tests.browser.pages import ProjectPage, Someone, leads_on, starting
from tests.factories import make_project
from tests.reports.test_cited_alike import read_ris
from tracker import clock, worker
from tracker.database import db
from tracker.library import styles
from tracker.pandoc import convert
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports

pytestmark = pytest.mark.browser

FIRST = """# Water and its price

Six cities pay for water three times.[^1]

| City | Price |
|------|-------|
| Dhaka | 12 |
| Lima | 19 |

[^1]: Once at the tap, once at the tank, once at the clinic.
"""
SECOND = FIRST.replace("three times", "four times, and the poorest pay most") + "\n\nNairobi pays through its kiosks.\n"
TITLE = "Who pays for water? Six cities compared"
IN_SPANISH = "¿Quién paga el agua? Comparación de seis ciudades"
ABSTRACT = "The poorest fifth pays four times for each litre."
CHANGED = "The poorest fifth pays five times for each litre."


@pytest.fixture
def someone(site, open_browser):
    """someone(email, width=…): a mailbox, and a browser without scripts."""

    def begin(email="", *, width=1280):
        return Someone(open_browser(javascript=False, width=width, accept_downloads=True), site, email)

    return begin


@pytest.fixture
def water(site):
    """A study of three countries under way, the record of its report begun: three authors, one without an account."""
    with site.arranging():
        project = make_project(ProjectState.RUNNING, title="Water and its price", countries=("BD", "PE", "KE"))
        report = reports.start_report(project, actor=project.lead)
        people = [project.lead, *project.partner_people]
        for person, name in zip(people, ("Nadia Rahman", "Rosa Quispe", "Grace Mutua"), strict=True):
            person.name, person.sort_name = name, ", ".join(reversed(name.split()))
        for person in people[2:]:
            person.joined_at = person.session_key = None
        reports.change_report(
            report,
            title=TITLE,
            abstract=ABSTRACT,
            published_on=None,
            publisher="South Alliance",
            licence="CC-BY-4.0",
            actor=project.lead,
        )
        authors = [
            {
                "name": person.name,
                "sort_name": person.sort_name,
                "affiliation": f"Institute {place}",
                "person_id": person.id,
            }
            for place, person in enumerate(people, start=1)
        ]
        reports.set_authors(report, authors, actor=project.lead)
        db.session.flush()
        return SimpleNamespace(
            project=project.path, report=report.path, id=report.id, emails=[person.email for person in people]
        )


def works(site):
    for _turn in range(3):
        worker.run_once(site.app)


def word(tmp_path, name, text):
    file = tmp_path / name
    file.write_bytes(convert(text.encode(), source="markdown", target="docx"))
    return file


def test_a_report_of_three_countries_is_written_credited_approved_published_and_found(site, water, someone, tmp_path):
    lead, partner = someone(water.emails[0]), someone(water.emails[1])
    lead.signs_in()
    partner.signs_in()
    draft_it_in_word(site, water, lead, partner, tmp_path)
    an_outsider_reads_it(site, water, lead, someone("ines@example.org", width=360))
    others = [someone(email, width=360) for email in water.emails[1:]]
    everybody_says_what_they_did(water, lead, others)
    the_record_is_filled_in(water, lead)
    approve_it_and_once_more_after_a_change(water, lead, others)
    lead.goes_to(f"{water.project}/steps/publish").presses("Publish")
    assert ProjectPage(lead, water.project).state == "published"
    works(site)
    reader = someone(width=360)
    find_it_in_two_languages(water, reader)
    read_it_on_a_phone(water, reader)
    cite_it_alike(site, water, reader)
    harvest_and_subscribe(site, water)


def draft_it_in_word(site, water, lead, partner, tmp_path):
    for who, file, note in (
        (lead, word(tmp_path, "water-1.docx", FIRST), "The first whole text."),
        (partner, word(tmp_path, "water-2.docx", SECOND), "Nairobi is in; the price is corrected."),
    ):
        who.goes_to(f"{water.report}/drafts").attaches("File", file).writes(What_is_new_in_it=note)
        who.presses("Add the draft")
    works(site)
    lead.goes_to(f"{water.report}/drafts")
    assert lead.listed == ["Draft 2", "Draft 1"] and "the current one" in lead.reads
    lead.follows("Draft 2")
    assert "Nairobi pays through its kiosks." in lead.reads and "Once at the tap" in lead.reads
    lead.goes_to(f"{water.report}/drafts").takes("Compare")
    assert "Added: paragraph" in lead.reads and "Nairobi pays through its kiosks." in lead.reads


def an_outsider_reads_it(site, water, lead, outsider):
    lead.goes_to(f"{water.report}/reviews/new")
    lead.field("Name").fill("Inés Prado")
    lead.field("E-mail address").fill(outsider.email)
    lead.field("Until when?").fill((clock.today() + timedelta(days=14)).isoformat())
    lead.writes(What_do_you_ask_of_them="Are the prices right?")
    lead.presses("Send the mails")
    assert lead.problems == {}
    outsider.opens_mail("Will you read a draft?")
    outsider.follows("Read the draft and write")
    assert "Are the prices right?" in outsider.reads
    leads_on(outsider.page.get_by_role("link", name=starting("Comment on paragraph")).first)
    outsider.page.get_by_role("textbox", name=starting("Your comment")).fill("Lima is 21 by now.")
    outsider.presses("Keep the comment")
    outsider.goes_to(f"{outsider.page.url.split('/review')[0]}/review/finish")
    outsider.field("small changes").check()
    outsider.presses("Keep it and go on").presses("Send the review")
    assert "Your review is sent" in outsider.heading
    lead.goes_to(f"{water.report}/reviews/1")
    assert "Lima is 21 by now." in lead.reads and "small changes" in lead.reads
    leads_on(lead.page.get_by_role("button", name=starting("Done")).first)
    assert "1 of 1 comment answered" in lead.reads


def everybody_says_what_they_did(water, lead, others):
    lead.goes_to(f"{water.report}/credit").presses("Ask everybody what they did").follows("Say what I did")
    lead.chooses("Conceptualization", "yes, I led it").presses("This is what I did")
    for author, role in zip(others, ("Investigation", "Data collection"), strict=True):
        author.opens_mail("What did you do for").follows("Say what I did")
        author.chooses(role, "yes, I led it").presses("This is what I did")
    lead.goes_to(f"{water.report}/credit")
    assert "Conceptualization" in lead.reads and "Investigation" in lead.reads and "Data collection" in lead.reads


def the_record_is_filled_in(water, lead):
    lead.goes_to(f"{water.report}/edit").writes(Date_of_publication="2026-09").presses("Save")
    lead.goes_to(f"{water.report}/edit/languages").presses("Add a language")
    lead.chooses("Language", "Spanish").writes(Title=IN_SPANISH, Abstract="El quinto más pobre paga cinco veces.")
    lead.presses("Save")
    ProjectPage(lead, water.project).take("Submit the report for review")


def approve_it_and_once_more_after_a_change(water, lead, others):
    lead.goes_to(f"{water.report}/approval").presses("Ask the authors to approve")
    lead.follows("Read and answer").presses("I approve this text and this order")
    for author in others:
        author.opens_mail("Please approve").presses("I approve this text and this order")
    lead.goes_to(f"{water.report}/approval")
    assert "3 of 3 authors have answered" in lead.reads
    lead.goes_to(f"{water.report}/edit").writes(Abstract=CHANGED).presses("Save")
    lead.goes_to(f"{water.report}/approval")
    assert "0 of 3 authors have answered" in lead.reads
    lead.follows("Read and answer").presses("I approve this text and this order")
    for author in others:
        author.opens_mail("Please approve")
        shown = " ".join(author.reads.split())
        assert "What changed since version 1" in shown and "five" in shown and "four" in shown
        author.presses("I approve this text and this order")
    lead.goes_to(f"{water.report}/approval")
    assert "3 of 3 authors have answered" in lead.reads


def find_it_in_two_languages(water, reader):
    for words in ("who pays water", "quién paga agua", "Nairobi kiosks"):
        reader.goes_to(f"/reports?q={words}")
        assert len(reader.listed) == 1, words
    leads_on(reader.page.locator("main ul.cards a").first)
    assert reader.page.url.endswith(water.report)


def read_it_on_a_phone(water, reader):
    reader.goes_to(water.report)
    assert TITLE in reader.heading and "Data collection" in reader.reads
    assert IN_SPANISH in (reader.page.locator("main").text_content() or "")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 360
    made = {
        name.rpartition(".")[2]: urlopen(reader.page.url.rpartition("/reports")[0] + address).read()
        for name, address in (
            (link.inner_text(), link.get_attribute("href")) for link in reader.page.locator("#files a").all()
        )
        if "/files/" in (address or "")
    }
    document = pypdfium2.PdfDocument(made["pdf"])
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    for words in (TITLE, "Nadia Rahman", "Grace Mutua", "Institute 3", "Nairobi pays through its kiosks"):
        assert words in " ".join(text.split()), words
    for ending in ("docx", "epub"):
        assert zipfile.ZipFile(io.BytesIO(made[ending])).testzip() is None
    reader.goes_to(f"{water.report}/read")
    assert "Nairobi pays through its kiosks." in reader.reads
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 360


def cite_it_alike(site, water, reader):
    reader.goes_to(water.report)
    shown = " ".join(reader.page.locator("#cite .cite").first.inner_text().split())
    assert "Rahman" in shown and "2026" in shown
    name = styles._file_of("apa", "en")
    files = {"apa.csl": styles._style(name)}
    fetched = {ending: urlopen(f"{site.address}{water.report}.{ending}").read() for ending in ("bib", "ris", "json")}
    fetched["ris"] = json.dumps([read_ris(fetched["ris"].decode())]).encode()
    for ending, source in (("bib", "biblatex"), ("ris", "csljson"), ("json", "csljson")):
        made = convert(
            fetched[ending],
            source=source,
            target="plain",
            files=files,
            arguments=("--citeproc", "--csl", "apa.csl", "--wrap=none"),
        )
        assert " ".join(made.decode().split()) == shown, ending
    (item,) = json.loads(urlopen(f"{site.address}{water.report}.json").read())
    assert [name["family"] for name in item["author"]] == ["Rahman", "Quispe", "Mutua"]


def harvest_and_subscribe(site, water):
    with Scythe(f"{site.address}/oai") as scythe:
        (record,) = scythe.list_records(metadata_prefix="oai_dc")
    assert record.metadata["title"] == [TITLE, IN_SPANISH]
    assert record.metadata["creator"] == ["Rahman, Nadia", "Quispe, Rosa", "Mutua, Grace"]
    feed = feedparser.parse(f"{site.address}/feeds/reports.atom")
    assert [entry.title for entry in feed.entries] == [TITLE] and not feed.bozo
    assert feed.entries[0].link.endswith(water.report)
