"""What a project waits for, and who learns from whom."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.projects import actions
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting

NAMED = "Waiting for Andean Institute to answer the invitation."
UNNAMED = "Waiting for a partner to answer an invitation."


def turn_of(page):
    """The text of the box that says whose turn it is."""
    start = page.index('<section class="turn')
    return page[start : page.index("</section>", start)]


def ask_of(partner):
    db.session.flush()
    rows = sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == partner.id).order_by(Ask.id.desc())
    return db.session.scalars(rows).first()


@pytest.fixture
def running():
    """A running project that has invited one institution more, with everybody who may look at it."""
    project = make_project(ProjectState.RUNNING)
    institution = make_institution("Andean Institute", country="PE")
    project.invited = make_person("Rosa Quispe", contact_of=institution)
    project.invitation = recruiting.invite(project, institution, actor=project.lead)
    project.readers = {
        "lead": project.lead,
        "coordinator": project.coordinator,
        "partner": project.partner_people[0],
        "member": make_person(institution=make_institution(country="KE")),
        "stranger": make_person(institution=make_institution(country="KE", member_of=None)),
    }
    return project


@pytest.mark.parametrize("reader", ["visitor", "stranger", "member", "partner"])
def test_everybody_reads_what_is_waited_for_and_not_for_whom(client, signed_in, running, reader):
    browser = client if reader == "visitor" else signed_in(running.readers[reader])
    page = browser.get(running.path).text
    assert UNNAMED in turn_of(page) and "Since" in turn_of(page)
    assert "Andean Institute" not in page and "/asks/" not in page


@pytest.mark.parametrize("reader", ["lead", "coordinator"])
def test_the_lead_and_the_coordinators_read_the_name_and_can_see_to_it(signed_in, running, reader):
    browser = signed_in(running.readers[reader])
    page = browser.get(running.path).text
    path = ask_of(running.invitation).path
    assert NAMED in turn_of(page) and path in turn_of(page)
    assert page.count(path) == 2  # and in its row of the partners
    seen = browser.get(path).text
    assert f"{path}/remind" in seen and f"{path}/withdraw" in seen


def test_who_is_asked_reads_the_question_and_a_button_that_leads_to_it(signed_in, running):
    page = signed_in(running.invited).get(running.path).text
    turn = turn_of(page)
    assert "turn--mine" in turn and "Will Andean Institute take part" in turn
    assert f'href="{ask_of(running.invitation).path}">Answer' in turn


def test_what_waits_for_the_reader_comes_before_what_waits_for_others(signed_in):
    call = make_project(ProjectState.RECRUITING)
    recruiting.invite(call, make_institution("Andean Institute", country="PE"), actor=call.lead)
    offering = make_person(institution=make_institution("Sahel Institute", country="SN"))
    recruiting.offer(call, offering.affiliations[0].institution, note="We have data", actor=offering)
    turn = turn_of(signed_in(call.lead).get(call.path).text)
    assert turn.index("Shall Sahel Institute join") < turn.index("and 1 more") < turn.index(NAMED)


def test_the_longest_overdue_comes_first(signed_in, running):
    for name, days in (("Lake Institute", 3), ("Sahel Institute", 9)):
        other = recruiting.invite(running, make_institution(name, country="SN"), actor=running.lead)
        ask_of(other).due_on = clock.today() - timedelta(days=days)
    turn = turn_of(signed_in(running.lead).get(running.path).text)
    assert turn.index("Waiting for Sahel Institute") < turn.index("Waiting for Lake Institute") < turn.index(NAMED)
    assert "9 days ago" in turn or "8 days ago" in turn  # the day ends where it ends last on Earth


def test_what_reads_the_same_is_said_once_to_those_who_learn_no_names(client, running):
    for number in range(3):
        recruiting.invite(running, make_institution(f"Institute {number}", country="SN"), actor=running.lead)
    turn = turn_of(client.get(running.path).text)
    assert turn.count(UNNAMED) == 1
    assert "4 answers are awaited." in turn


def test_where_nothing_is_asked_it_is_the_next_milestone_that_is_waited_for(client):
    project = make_project(ProjectState.RUNNING, countries=("BD", "PE"))
    db.session.execute(sa.update(Ask).where(Ask.state == AskState.OPEN).values(state=AskState.WITHDRAWN))
    with clock.frozen(clock.now().replace(month=1, day=2)):
        assert "Next:" in turn_of(client.get(project.path).text)


def test_a_draft_stays_the_turn_of_its_lead_though_partners_are_asked(signed_in):
    draft = make_project()
    recruiting.invite(draft, make_institution("Andean Institute", country="PE"), actor=draft.lead)
    turn = turn_of(signed_in(draft.lead).get(draft.path).text)
    assert turn.index("the lead proposes it") < turn.index(NAMED)
    assert f"{draft.path}/steps/propose" in turn


def test_a_coordinator_decides_about_a_proposal_in_one_place(signed_in):
    project = make_project(ProjectState.PROPOSED)
    db.session.flush()
    ask = db.session.scalars(sa.select(Ask).where(Ask.kind == "projects.proposal")).one()
    browser = signed_in(project.coordinator)
    page = browser.get(project.path).text
    assert ask.path in turn_of(page)
    assert "/steps/accept" not in page and "/steps/send_back" not in page
    assert browser.get(f"{project.path}/steps/accept").location == ask.path
    assert browser.submit(f"{project.path}/steps/accept").status_code == 303
    assert project.state is ProjectState.RECRUITING
    assert (ask.state, ask.choice) == (AskState.ANSWERED, "accept")


def test_the_page_of_a_visitor_follows_what_is_asked_and_answered(client, running):
    tag = client.get(running.path).headers["ETag"]
    recruiting.answer_invitation(running.invitation, agrees=False, actor=running.invited)
    after = client.get(running.path, headers={"If-None-Match": tag})
    assert after.status_code == 200 and UNNAMED not in after.text


def test_an_answer_by_link_is_told_so_in_the_history(client, signed_in, running):
    client.post(link_to(running.invited), data={"answer": "accept", "note": "Gladly"})
    assert running.invitation.commitment is Commitment.AGREED
    for path in (running.path, f"{running.path}/history"):
        assert "(by link)" in signed_in(running.lead).get(path).text
    actions.change(running, actor=running.lead, title="Another title")
    page = signed_in(running.lead).get(f"{running.path}/history").text
    assert page.index("changed the text") < page.index("(by link)")


@pytest.mark.parametrize("reader", ["visitor", "lead", "partner"])
def test_the_page_costs_the_same_with_one_ask_and_with_six(client, signed_in, queries, running, reader):
    browser = client if reader == "visitor" else signed_in(running.readers[reader])
    with queries() as few:
        assert browser.get(running.path).status_code == 200
    for number in range(5):
        institution = make_institution(f"Institute {number}", country="SN")
        make_person(contact_of=institution)
        recruiting.invite(running, institution, actor=running.lead)
    db.session.flush()
    with queries() as many:
        assert browser.get(running.path).status_code == 200
    assert len(few) == len(many), many
