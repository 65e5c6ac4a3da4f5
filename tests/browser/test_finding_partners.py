"""From an idea in Dhaka to a team that has agreed, among the real institutions: mail by mail, page by page."""

import re

import pytest

from tests.browser.pages import ProjectPage, Someone, leads_on
from tests.factories import make_network, make_person, make_theme
from tests.imports.files import REAL, with_real_data
from tracker.database import db
from tracker.imports.actions import import_file
from tracker.institutions.models import Institution

pytestmark = [pytest.mark.browser, with_real_data]

TITLE = "Who gains when apparel value chains move?"
STUDY_THERE = "Country study · Vietnam"
STUDY_IN_SPANISH = "Country study · Bolivia · Spanish"


@pytest.fixture
def people(site):
    """Who is at home in the institutions of the real list: name -> e-mail address and institution."""
    with site.arranging():
        network = make_network("Southern Voices", moderates=False)
        make_theme("Trade, industry and value chains")
        make_person("Grace Mutua", coordinates=network, email="grace@example.org")
        import_file((REAL / "institutions.csv").read_bytes(), network=network, actor=None)
        home = institutions("BD", "Bangladesh Institute of Development Studies")[0]
        first, second = institutions("VN")[:2]
        andean = institutions("BO")[0]
        db.session.expire_all()
        found = {}
        for name, place, is_contact in (
            ("Nadia Rahman", home, True),
            ("Tran Thi Lan", first, True),
            ("Pham Van Minh", second, True),
            ("Rosario Quispe", andean, True),
            ("Juan Mamani", andean, False),
        ):
            email = f"{name.split()[0].lower()}@example.org"
            make_person(name, email=email, **{"contact_of" if is_contact else "institution": place})
            found[name.split()[0].lower()] = (email, place.name)
        return found


def institutions(country, name=""):
    query = db.session.query(Institution).filter_by(country=country).order_by(Institution.sort_name)
    return [known for known in query if name in known.name]


def test_a_team_is_found_agrees_loses_a_partner_and_finds_another(site, people, open_browser):
    def someone(who, **more):
        return Someone(open_browser(**({"javascript": False, "width": 360} | more)), site, people[who][0])

    lead = someone("nadia", width=1280).signs_in()
    project = propose(lead)
    open_seat(project, place="Vietnam", skills="garment factories, worker surveys")
    open_seat(project, place="Bolivia", language="Spanish", skills="alpaca and cotton, small workshops")
    assert seats(project) == {STUDY_THERE: "open", STUDY_IN_SPANISH: "open"}

    candidates = ranked(project, STUDY_THERE)
    assert {country for _name, country, _why in candidates[:4]} == {"Vietnam"}
    assert all("Vietnam" in why for _name, _country, why in candidates[:4])
    choose_and_invite(lead, people["tran"][1])
    tran = someone("tran")
    tran.opens_mail("Invitation to a joint project")
    assert STUDY_THERE in tran.reads
    tran.presses("Yes, we take part")
    assert seats(project)[STUDY_THERE] == "filled"

    juan = someone("juan").signs_in()
    juan.goes_to("/me").follows(STUDY_IN_SPANISH)
    assert "Bolivia" in juan.reads
    juan.follows("Offer to fill this seat").writes(What_would_you="Ten years in El Alto.", Who_would_do="Juan Mamani")
    juan.presses("Send the offer")
    lead.opens_mail("offers to join").presses("Yes, welcome")
    rosario = someone("rosario")
    rosario.opens_mail("take part?").presses("Yes, we take part")
    partners = project.again().partners
    assert "agreed" in partners[people["rosario"][1]] and "agreed" in partners[people["tran"][1]]

    write_terms(project, Who_pays="Each partner pays for its own part.")
    for director in (tran, rosario):
        director.opens_mail("Please confirm the terms").presses("Yes, we confirm")
    plan(project)
    project.take("Start the project")
    assert project.state == "running"

    tran.signs_in().goes_to(project.path).follows(f"Leave the project {people['tran'][1]}")
    assert STUDY_THERE in tran.reads and "stays credited" in tran.reads
    tran.presses("Leave the project")
    assert seats(project)[STUDY_THERE] == "open"

    ranked(project, STUDY_THERE)
    choose_and_invite(lead, people["pham"][1])
    pham = someone("pham")
    pham.opens_mail("Invitation to a joint project").presses("Yes, we take part")
    assert seats(project)[STUDY_THERE] == "filled"

    write_terms(project, How_to_leave="Whoever leaves hands over the data.")
    for director in (pham, rosario):
        director.opens_mail("Please confirm the terms")
        assert "Whoever leaves hands over the data." in director.reads
        director.presses("Yes, we confirm")
    write_terms(project, Translations="Into Spanish and Vietnamese, by us.")
    rosario.opens_mail("Please confirm the terms").presses("Yes, we confirm")
    names = {"nadia": "Nadia Rahman", "tran": "Tran Thi Lan", "pham": "Pham Van Minh", "rosario": "Rosario Quispe"}
    assert confirmed(lead.goes_to(f"{project.path}/terms/history")) == {
        (version, people[who][1], names[who])
        for version, confirming in ((1, ["nadia", "tran", "rosario"]), (2, ["nadia", "pham", "rosario"]))
        for who in confirming
    } | {(3, people[who][1], names[who]) for who in ("nadia", "rosario")}
    lead.goes_to(f"{project.path}/ledger")
    assert said(lead, people["tran"][1]) == ["invited", "agreed", "withdrew"]
    assert said(lead, people["rosario"][1]) == ["interested", "intends to join", "agreed"]


def confirmed(someone):
    """(version, institution, person) of each confirmation on record."""
    rows = [row.locator("th, td").all_inner_texts() for row in someone.page.locator("main tbody tr").all()]
    return {
        (int(re.search(r"Version (\d+)", version)[1]), where.split(" (")[0].strip(), by)
        for version, where, _day, by in rows
    }


def said(someone, institution):
    """What a partner stood for, in order."""
    row = someone.page.locator("main tbody tr").filter(has_text=institution)
    return row.locator(".state").all_inner_texts()


def propose(lead):
    lead.goes_to("/me").follows("Propose a project")
    lead.writes(
        Title=TITLE, What_question="Which workers and towns gain when orders for garments move to another country?"
    )
    lead.writes(Why_does_it="Orders are moving this year.", Countries_studied="Bangladesh, Vietnam, Bolivia")
    lead.ticks("Trade, industry and value chains").presses("Save the draft")
    project = ProjectPage(lead)
    project.take("Propose the project")
    assert project.state == "recruiting"
    return project


def open_seat(project, *, place, skills, language=""):
    lead = project.again().someone
    lead.follows("Open a seat")
    lead.chooses("What is to be done?", "Country study").chooses("In which country", place)
    if language:
        lead.chooses("In which language", language)
    lead.writes(Which_skills=skills).presses("Open the seat")


def seats(project):
    """Each seat with its state, on the page that lists them."""
    page = project.someone.goes_to(f"{project.path}/seats").page
    rows = page.locator("main tbody tr").all()
    return {row.locator("th").inner_text(): row.locator(".state").inner_text() for row in rows}


def ranked(project, seat):
    """(name, country, reasons) of the candidates for a seat, the best first."""
    lead = project.someone.goes_to(f"{project.path}/seats").follows(seat).follows("Find institutions that fit")
    found = []
    for card in lead.page.locator("main ul.cards article").all():
        place = card.locator(".card__meta").first.inner_text()
        found.append((card.locator("h3").inner_text(), place.split(", ")[-1].strip(), card.inner_text()))
    return found


def choose_and_invite(lead, name):
    lead.writes(Name=name).presses("Show")
    leads_on(lead.page.get_by_role("link", name=re.compile(f"Invite.*{re.escape(name)}")))
    lead.writes(A_few_words="We need your country.").presses("Send the invitation")
    assert "is invited" in lead.told


def write_terms(project, **parts):
    lead = project.someone.goes_to(f"{project.path}/terms/write")
    lead.writes(**parts).presses("Save")


def plan(project):
    lead = project.again().someone
    lead.follows("Make a plan").ticks("Policy brief").writes(First_day_of_the_work="2026-01-31").presses(
        "Make the plan"
    )
