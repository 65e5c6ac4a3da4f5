"""The board's exceptions are open asks: who is waited for, since when, and what a coordinator can do about it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed, text_of
from tests.factories import make_institution, make_network, make_person, make_project
from tests.query_plans import steps
from tracker import clock
from tracker.activity.states import Sort
from tracker.asks.models import Ask
from tracker.board import queries
from tracker.board.filters import Filters
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.milestones.rounds import look_after
from tracker.milestones.states import DelayReason
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

LATER = timedelta(days=40)  # past every due date, before an invitation runs out


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING, countries=("BD",))


def invite(call, name="Andean Institute", country="PE", **contact):
    """An invitation and the contact it waits for."""
    institution = make_institution(name, country=country)
    person = make_person(contact_of=institution, **contact)
    return recruiting.invite(call, institution, actor=call.lead), person


def ask_of(partner):
    db.session.flush()
    return db.session.scalars(sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == partner.id)).one()


def reminders(person):
    return [letter for letter in owed(person) if letter.sort is Sort.REMINDER]


def test_what_is_asked_stands_among_the_overdue_once_its_day_has_passed(signed_in, call):
    partner, contact = invite(call)
    browser = signed_in(call.coordinator)
    assert "Andean Institute" in browser.get("/board/unanswered").text
    assert "Andean Institute" not in browser.get("/board/overdue").text
    with clock.frozen(clock.now() + LATER):
        page = browser.get("/board/overdue").text
        assert "Andean Institute" not in browser.get("/board/unanswered").text
    assert contact.name in page and call.title in page and "days overdue" in page
    path = ask_of(partner).path
    for action in ("remind", "pass-on", "withdraw"):
        assert f"{path}/{action}" in page


def test_what_is_overdue_and_what_has_time_are_read_in_their_order_by_an_index(call):
    filters = Filters(among=frozenset({call.network_id}))
    for list_of in (queries.overdue, queries.unanswered):
        found = steps(lambda list_of=list_of: queries.first(list_of(filters)))
        of_asks = [step for step in found if " ask " in step]
        assert all(re.search(r"ix_ask_\w+ \(network_id=\? AND due_on[<>]", step) for step in of_asks)
        assert not [step for step in found if "ORDER BY" in step]


def test_what_waits_for_the_coordinator_is_first_and_only_there(signed_in):
    project = make_project(ProjectState.PROPOSED, title="Ports of the south")
    browser = signed_in(project.coordinator)
    board = browser.get("/board").text
    assert board.index("Waiting for you") < board.index("Answers overdue")
    assert "Shall" in browser.get("/board/mine").text
    assert "Ports of the south" not in browser.get("/board/unanswered").text
    with clock.frozen(clock.now() + LATER):
        assert "Ports of the south" not in browser.get("/board/overdue").text


def test_mail_that_does_not_arrive_is_named_beside_the_contact(signed_in, call):
    _partner, contact = invite(call)
    contact.mail_trouble = "550 no such mailbox"
    assert "550 no such mailbox" in signed_in(call.coordinator).get("/board/unanswered").text


def test_an_institution_without_a_contact_is_said_to_have_nobody(signed_in, call):
    recruiting.invite(call, make_institution("Orphan Institute", country="PE"), actor=call.lead)
    page = signed_in(call.coordinator).get("/board/unanswered").text
    assert "Nobody holds this seat" in page


def test_a_coordinator_sees_nothing_of_a_network_of_others(signed_in, call):
    partner, _contact = invite(call)
    stranger = signed_in(make_person(coordinates=make_network()))
    assert "Andean Institute" not in stranger.get("/board/unanswered").text
    answer = stranger.submit("/board/remind", ask=ask_of(partner).id)
    assert answer.status_code == 303
    assert ask_of(partner).reminders == 0
    assert signed_in(call.lead).get("/board").status_code == 403


def test_several_are_reminded_at_once_each_in_their_language(signed_in, call):
    first, ana = invite(call)
    second, awa = invite(call, "Sahel Institute", "SN", interface_language="ar-XB")
    asks = [ask_of(first), ask_of(second)]
    with clock.frozen(clock.now() + LATER):
        browser = signed_in(call.coordinator)
        chosen = "&".join(f"ask={ask.id}" for ask in asks)
        page = browser.get(f"/board/remind?list=overdue&{chosen}").text
        assert "2 mails will be sent" in page and ana.name in page and awa.name in page
        assert not reminders(ana)  # looking sends nothing
        answer = browser.submit("/board/remind", list="overdue", ask=[ask.id for ask in asks], words="It is time")
        assert (answer.status_code, answer.location) == (303, "/board/overdue")
        assert "2 mails are on their way" in browser.get("/board/overdue").text
    assert "It is time" in text_of(reminders(ana)[-1])
    assert reminders(awa)[-1].language == "ar-XB"


def test_all_on_a_page_are_chosen_with_one_button(signed_in, call):
    partners = [invite(call)[0], invite(call, "Sahel Institute", "SN")[0]]
    shown = "&".join(f"shown={ask_of(partner).id}" for partner in partners)
    with clock.frozen(clock.now() + LATER):
        assert "2 mails will be sent" in signed_in(call.coordinator).get(f"/board/remind?all=1&{shown}").text


def test_who_was_mailed_today_is_named_and_not_mailed_again(signed_in, call):
    old, ana = invite(call)
    with clock.frozen(clock.now() + LATER):
        new, awa = invite(call, "Sahel Institute", "SN")
        ids = [ask_of(old).id, ask_of(new).id]
        browser = signed_in(call.coordinator)
        page = browser.get(f"/board/remind?ask={ids[0]}&ask={ids[1]}").text
        assert "1 mail will be sent" in page
        assert page.index("Who is not") < page.index("mailed less than a day ago")
        browser.submit("/board/remind", ask=ids)
        browser.submit("/board/remind", ask=ids)
    assert (len(reminders(ana)), len(reminders(awa))) == (1, 0)


@pytest.mark.parametrize("query", ["", "ask=x", "ask=0", "ask=99999999999999999999", "all=1", "ask=1&list=nothing"])
def test_choosing_nothing_that_can_be_reminded_leads_back(signed_in, query):
    coordinator = make_person(coordinates=make_network())
    assert signed_in(coordinator).get(f"/board/remind?{query}").status_code == 303


@pytest.mark.parametrize("path", ["/board", "/board/unanswered", "/board/overdue"])
def test_the_board_costs_the_same_for_two_asks_and_for_twelve(signed_in, queries, call, path):
    def pages(days):
        with clock.frozen(clock.now() + timedelta(days=days)), queries() as log:
            assert browser.get(path).status_code == 200
        return log

    browser = signed_in(call.coordinator)
    for country in ("PE", "KE"):
        invite(call, f"Institute of {country}", country)
    few = pages(0), pages(40)
    for number, country in enumerate(("SN", "VN", "LK", "NP", "GH", "TZ", "UG", "BO", "EC", "CO")):
        invite(call, f"Institute {number}", country)
    many = pages(0), pages(40)
    assert [len(log) for log in few] == [len(log) for log in many]


def test_a_late_milestone_is_shown_with_whose_turn_it_is_and_what_was_said_of_it(signed_in):
    project = make_project(ProjectState.RUNNING)
    first = plan(project)[0]
    first.name, first.partner = "Country papers", project.partners[1]
    for month in ("2026-02", "2026-03"):
        milestones.move(
            first, due=PartialDate.parse(month), reason=DelayReason.STAFF, words="A new director", actor=project.lead
        )
    db.session.commit()
    with clock.frozen(clock.now().replace(year=clock.today().year + 1)):
        look_after(100)
        page = signed_in(project.coordinator).get("/board/late").text
        assert "Country papers" in page and f"Whose turn: {project.partners[1].name}" in page
        assert project.partner_people[0].name in page
        assert "moved 2 times; last: staff change" in page
        assert "Choose" in page


def test_a_late_milestone_that_needs_help_stays_on_the_board(signed_in):
    project = make_project(ProjectState.RUNNING)
    first = plan(project)[0]
    db.session.commit()
    with clock.frozen(clock.now().replace(year=clock.today().year + 1)):
        look_after(100)
        milestones.ask_for_help(first, words="A translator", actor=project.lead)
        page = signed_in(project.coordinator).get("/board/late").text
    assert "help is needed: A translator" in page


def test_contacts_that_mail_does_not_reach_or_that_say_nothing_have_lists_of_their_own(signed_in, call):
    _partner, contact = invite(call)
    contact.mail_trouble, contact.mail_trouble_at = "550 no such mailbox", clock.now()
    contact.seen_at = None
    browser = signed_in(call.coordinator)
    assert "550 no such mailbox" in browser.get("/board/unreachable").text
    assert "550 no such mailbox" in browser.get(contact.contact_places[0].institution.path).text
    with clock.frozen(clock.now() + LATER):
        assert contact.name in browser.get("/board/quiet").text


def test_a_call_for_help_stands_on_the_board_until_the_milestone_has_a_new_date(signed_in):
    project = make_project(ProjectState.RUNNING)
    first = plan(project)[0]
    db.session.commit()
    with clock.frozen(clock.now().replace(year=clock.today().year + 1)):
        look_after(100)
        milestones.ask_for_help(first, words="A translator", actor=project.lead)
        browser = signed_in(project.coordinator)
        assert "A translator" in browser.get("/board/help").text
    with clock.frozen(clock.now().replace(year=clock.today().year + 1) + timedelta(days=1)):
        later = PartialDate.of(clock.today() + timedelta(days=60))
        milestones.move(first, due=later, reason=DelayReason.STAFF, actor=project.lead)
        assert "A translator" not in browser.get("/board/help").text


def test_reminders_lead_back_to_the_list_as_it_was_filtered_and_count_what_was_sent(signed_in, call):
    partner, ana = invite(call)
    browser = signed_in(call.coordinator)
    with clock.frozen(clock.now() + LATER):
        shown = browser.get("/board/overdue?state=recruiting").text
        assert 'name="back" value="/board/overdue?state=recruiting"' in shown
        back = "/board/overdue?state=recruiting"
        answer = browser.submit("/board/remind", ask=ask_of(partner).id, back=back)
        assert (answer.status_code, answer.location) == (303, back)
        elsewhere = browser.submit("/board/remind", ask=ask_of(partner).id, back="https://example.org/board")
        assert elsewhere.status_code == 200 or elsewhere.location == "/board"
    with clock.frozen(clock.now() + LATER + timedelta(days=2)):
        page = browser.get(f"/board/remind?ask={ask_of(partner).id}").text
        assert f"{ana.name} has had 1 reminder this week" in page and "three mails with reminders" in page
