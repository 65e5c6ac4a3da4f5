"""The maps of a project and of a network: who sees what, and how much it weighs."""

import gzip
import re

import pytest

from tests.factories import make_institution, make_network, make_person, make_project, make_seat
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Membership
from tracker.projects.models import Partner, Project
from tracker.projects.states import Audience, Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats
from tracker.seats.states import Task


@pytest.fixture
def call():
    """A call of an institution in Bangladesh; one in Peru agreed, one in Kenya is invited, one in Ghana offers."""
    project = make_project(ProjectState.RECRUITING, countries=("BD", "PE"))
    recruiting.invite(project, make_institution("Asked Institute", country="KE"), actor=project.lead)
    offering = make_institution("Offering Institute", country="GH")
    recruiting.offer(project, offering, note="We would.", actor=make_person(contact_of=offering))
    make_seat(project, task=Task.TRANSLATION, place="BO", wanted=2)
    make_seat(project, task=Task.ANALYSIS, place="")
    return project


def picture(page):
    """The SVG of the map, without those of the legend."""
    return re.search(r'<svg class="worldmap__picture".*?</svg>', page, re.S)[0]


def test_a_project_has_its_partners_as_circles_and_its_seats_as_squares_with_the_same_below(call, signed_in):
    page = signed_in(make_person(institution=call.partners[0].institution)).get(f"{call.path}/map").text
    drawn = picture(page)
    assert drawn.count("<circle") == 2
    assert drawn.count("worldmap__seat") == 1
    assert drawn.count("worldmap__line") == 2  # one line: its class, and how strong it is
    for name in (call.partners[0].name, call.partners[1].name, "Bangladesh", "Peru", "Bolivia", "anywhere"):
        assert name in page


def test_who_is_asked_is_on_the_map_of_the_lead_alone(call, signed_in):
    for who in (make_person(institution=make_institution()), call.partner_people[0]):
        page = signed_in(who).get(f"{call.path}/map").text
        assert "Asked Institute" not in page
        assert "Offering Institute" not in page
        assert "worldmap__asked" not in page
    for who in (call.lead, call.coordinator):
        page = signed_in(who).get(f"{call.path}/map").text
        assert picture(page).count("worldmap__asked") == 2
        assert "Asked Institute" in page


def test_who_said_no_or_left_is_on_no_map(call, signed_in):
    asked = next(partner for partner in call.partners if partner.name == "Asked Institute")
    recruiting.answer_invitation(asked, agrees=False, actor=make_person(contact_of=asked.institution))
    page = signed_in(call.lead).get(f"{call.path}/map").text
    assert "Asked Institute" not in page


def test_a_seat_leaves_the_map_when_it_is_closed(call, signed_in):
    for seat in seats.fillings_of(call.id):
        seats.close_seat(seat, actor=call.lead)
    page = signed_in(call.lead).get(f"{call.path}/map").text
    assert "worldmap__seat" not in page
    assert "No seat is open now." in page


def test_a_draft_has_a_map_for_its_team_alone(signed_in, client):
    draft = make_project()
    assert client.get(f"{draft.path}/map").status_code == 303
    assert signed_in().get(f"{draft.path}/map").status_code == 404
    assert signed_in(draft.lead).get(f"{draft.path}/map").status_code == 200


def test_a_partner_that_is_a_network_is_named_beside_the_map(signed_in):
    project = make_project(ProjectState.RECRUITING)
    project.partners[1].institution, project.partners[1].network = None, make_network("Another alliance")
    page = signed_in(project.lead).get(f"{project.path}/map").text
    assert picture(page).count("<circle") == 1
    assert "no one country is known: Another alliance" in page


def test_two_institutes_of_one_city_share_a_circle(signed_in):
    project = make_project(ProjectState.RECRUITING, countries=("BD", "BD", "PE"))
    for partner in project.partners[:2]:
        partner.institution.latitude, partner.institution.longitude = 23.8, 90.4
    drawn = picture(signed_in(project.lead).get(f"{project.path}/map").text)
    assert drawn.count("<circle") == 2
    assert "(2)" in drawn


def test_a_network_has_its_members_and_who_works_together(client, signed_in):
    project = make_project(ProjectState.RUNNING, countries=("BD", "PE"))
    make_institution("Alone", country="SN")
    page = client.get(f"{project.network.path}/map").text
    assert picture(page).count("<circle") == 3
    assert picture(page).count("worldmap__line--1") == 1
    assert "Senegal" in page
    pairs = client.get(f"{project.network.path}/map?list=pairs").text
    assert project.partners[0].name in pairs
    assert project.partners[1].name in pairs
    assert "Alone" not in pairs


def test_a_project_that_may_not_be_read_joins_nobody_on_the_map(client, signed_in):
    project = make_project(ProjectState.RECRUITING, countries=("BD", "PE"))
    path = f"{project.network.path}/map"
    assert "worldmap__line" not in picture(client.get(path).text)
    assert "worldmap__line" not in picture(signed_in().get(path).text)
    assert "worldmap__line" in picture(signed_in(project.lead).get(path).text)


def test_an_invitation_joins_nobody_on_the_map(call, signed_in):
    pairs = signed_in(call.lead).get(f"{call.network.path}/map?list=pairs").text
    assert "Asked Institute" not in pairs


def test_the_number_of_joint_projects_is_the_length_of_the_list_it_opens(signed_in):
    first = make_project(ProjectState.RUNNING, countries=("BD", "PE"))
    make_project(ProjectState.RUNNING, countries=("BD", "KE"), lead=first.lead)
    home = first.partners[1].institution
    page = signed_in(first.lead).get(f"{first.network.path}/map").text
    assert re.search(rf'href="/projects\?institution={home.id}">1<', page)


def test_who_has_left_the_network_is_not_on_its_map(client):
    network = make_network()
    make_institution("Stays", country="BD", member_of=network)
    gone = make_institution("Gone", country="PE", member_of=network)
    institutions.leave_network(gone, network, actor=None)
    page = client.get(f"{network.path}/map").text
    assert picture(page).count("<circle") == 1
    assert "Gone" not in page


def test_a_network_without_members_has_an_empty_map(client):
    page = client.get(f"{make_network().path}/map").text
    assert "<circle" not in picture(page)
    assert "No members yet" in page


@pytest.mark.parametrize("shown", ["", "?list=pairs"])
def test_the_map_of_5000_members_stays_small_in_few_queries(shown, client, queries):
    network = make_network()
    rows = [
        {
            "name": f"Institute for the study of something important {number}",
            "sort_name": f"{number:05}",
            "country": ("CN", "BD", "PE", "BR", "NG", "IN")[number % 6],
            "latitude": number * 7.77 % 120 - 55 if number % 5 else None,
            "longitude": number * 13.37 % 340 - 170 if number % 5 else None,
        }
        for number in range(5000)
    ]
    db.session.bulk_insert_mappings(Institution, rows)
    ids = [row_id for (row_id,) in db.session.query(Institution.id).filter(Institution.sort_name < "05000")]
    db.session.bulk_insert_mappings(Membership, [{"institution_id": i, "network_id": network.id} for i in ids])
    joint = {"network_id": network.id, "state": ProjectState.RUNNING, "audience": Audience.PUBLIC}
    db.session.bulk_insert_mappings(Project, [joint | {"title": f"Study {number}"} for number in range(250)])
    studies = [row_id for (row_id,) in db.session.query(Project.id).filter(Project.network_id == network.id)]
    taking_part = [
        {"project_id": study, "institution_id": ids[place], "commitment": Commitment.AGREED}
        for number, study in enumerate(studies)
        for place in (number * 17, number * 17 + 5)
    ]
    db.session.bulk_insert_mappings(Partner, taking_part)
    with queries() as log:
        page = client.get(f"{network.path}/map{shown}")
    assert len(log) <= 10
    assert 100 < picture(page.text).count("<circle") <= 300
    assert 50 < len(re.findall(r"M\d+ \d+Q", picture(page.text))) <= 100
    assert len(gzip.compress(page.data, 6)) <= 14 * 1024


def test_the_queries_do_not_grow_with_the_partners(call, signed_in, queries):
    lead, path = signed_in(call.lead), f"{call.path}/map"
    lead.get(path)
    with queries() as before:
        lead.get(path)
    for country in ("SN", "EG", "ZA"):
        recruiting.invite(call, make_institution(country=country), actor=call.lead)
        make_seat(call, place=country)
    db.session.flush()
    with queries() as after:
        lead.get(path)
    assert len(after) == len(before)


def test_the_coastline_is_kept_for_a_year(client):
    page = client.get(f"{make_network().path}/map").text
    address = re.search(r'<use class="worldmap__land" href="([^"#]+)#land"', page)[1]
    with client.get(address) as answer:
        assert answer.mimetype == "image/svg+xml"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
