"""The ledger of commitments: who said what, when, and who may know it."""

import re
from datetime import UTC, datetime

import pytest

from tests.factories import add_partners, make_institution, make_person, make_project, make_seat
from tracker import clock
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats

MARCH, APRIL, MAY = (datetime(2026, month, 5, 12, tzinfo=UTC) for month in (3, 4, 5))


def rows(page):
    """By institution the words of its row."""
    found = {}
    for row in page.split("<tr>")[2:]:
        words = " ".join(re.sub(r"<[^>]+>", " ", row.split("</tr>")[0]).split())
        found[words.split(" Institute")[0] + " Institute"] = words
    return found


@pytest.fixture
def call():
    """A call with a partner of each kind: agreed, left, declined, invited, offered, and asked again since it left."""
    with clock.frozen(MARCH):
        project = make_project(ProjectState.RECRUITING, countries=("BD", "PE"))
        project.partners[0].institution.name, project.partners[1].institution.name = (
            "Lead Institute",
            "Agreed Institute",
        )
        project.houses = {}
        for name in ("Left", "Declined", "Invited", "Again"):
            house = make_institution(f"{name} Institute", country="KE")
            contact = make_person(f"Contact of {name}", contact_of=house)
            partner = recruiting.invite(project, house, note=f"Please, {name}", actor=project.lead)
            project.houses[name] = (partner, contact)
    with clock.frozen(APRIL):
        for name, agrees in (("Left", True), ("Declined", False), ("Again", True)):
            partner, contact = project.houses[name]
            recruiting.answer_invitation(partner, agrees=agrees, note=f"Words of {name}", actor=contact)
        house = make_institution("Offered Institute", country="BO")
        offering = make_person("Contact of Offered", contact_of=house)
        project.houses["Offered"] = (recruiting.offer(project, house, note="Data", actor=offering), offering)
    with clock.frozen(MAY):
        for name in ("Left", "Again"):
            partner, contact = project.houses[name]
            recruiting.leave(partner, note="Our team changed", actor=contact)
        recruiting.invite(project, project.houses["Again"][0].institution, actor=project.lead)
    return project


def test_a_line_tells_in_order_what_a_partner_stood_for_and_who_said_so(signed_in, call):
    told = rows(signed_in(call.lead).get(f"{call.path}/ledger").text)["Left Institute"]
    said = [
        "Kenya",
        "invited",
        call.lead.name,
        "Please, Left",
        "agreed",
        "Contact of Left",
        "withdrew",
        "Our team changed",
    ]
    places = [told.index(words) for words in said]
    assert places == sorted(places)
    for month in ("Mar", "Apr", "May"):
        assert month in told


def test_those_who_lead_read_every_line(signed_in, call):
    for person in (call.lead, call.coordinator):
        told = rows(signed_in(person).get(f"{call.path}/ledger").text)
        names = ("Lead", "Agreed", "Left", "Declined", "Invited", "Again", "Offered")
        assert set(told) == {f"{name} Institute" for name in names}
        assert "declined" in told["Declined Institute"] and "Words of Declined" in told["Declined Institute"]


def test_a_partner_reads_who_took_part_and_not_who_was_only_asked_or_said_no(signed_in, call):
    page = signed_in(call.partner_people[0]).get(f"{call.path}/ledger").text
    told = rows(page)
    assert set(told) == {f"{name} Institute" for name in ("Lead", "Agreed", "Left", "Again")}
    assert "withdrew" in told["Left Institute"] and "Our team changed" in told["Left Institute"]
    assert told["Again Institute"].count("invited") == 1  # not that it is asked again since
    assert "Please" not in page  # what the lead wrote to one of them


def test_a_no_before_a_yes_is_not_told_to_the_others(signed_in, call):
    partner, contact = call.houses["Declined"]
    recruiting.agree_after_all(partner, note="We can now", actor=contact)
    told = rows(signed_in(call.partner_people[0]).get(f"{call.path}/ledger").text)["Declined Institute"]
    assert "agreed" in told and "declined" not in told and "Words of Declined" not in told
    assert "declined" in rows(signed_in(contact).get(f"{call.path}/ledger").text)["Declined Institute"]  # its own


def test_seats_stand_in_the_line_of_whoever_fills_or_filled_them(signed_in, call):
    agreed = call.partners[1]
    with clock.frozen(MAY):
        seat, given_back = make_seat(call), make_seat(call, place="EC")
        seats.give(seat, agreed, actor=call.lead)
        seats.give(given_back, agreed, actor=call.lead)
    seats.take_back(given_back, agreed, actor=call.lead)
    told = rows(signed_in(call.partner_people[0]).get(f"{call.path}/ledger").text)
    assert "Country study · Bolivia · Spanish since 5 May 2026" in told["Agreed Institute"]
    assert "Country study · Ecuador · Spanish from 5 May 2026 to" in told["Agreed Institute"]
    assert "Country study" not in told["Lead Institute"]


def test_a_partner_of_an_old_record_has_the_state_it_has(signed_in, call):
    partner = call.partners[1]
    partner.ledger.clear()
    told = rows(signed_in(call.lead).get(f"{call.path}/ledger").text)["Agreed Institute"]
    assert "agreed" in told and "Mar" in told


def test_leaving_looks_like_anything_else(signed_in, call):
    page = signed_in(call.lead).get(f"{call.path}/ledger").text
    assert "state--withdrew" in page and "state--declined" in page
    assert "message--error" not in page and "failed" not in page


def test_the_page_of_the_project_leads_to_it_for_those_who_follow_it(signed_in, call):
    path = f"{call.path}/ledger"
    assert path in signed_in(call.partner_people[0]).get(call.path).text
    member = signed_in(make_person(institution=make_institution(country="SN")))
    assert path not in member.get(call.path).text
    assert member.get(path).status_code == 403


def test_more_partners_cost_no_more_queries(signed_in, call, queries):
    browser = signed_in(call.lead)

    def counted():
        browser.get(f"{call.path}/ledger")
        with queries() as log:
            browser.get(f"{call.path}/ledger")
        return len(log)

    before = counted()
    add_partners(call, ["PE", "KE", "NP", "BO"])
    assert counted() == before
