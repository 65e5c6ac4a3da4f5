"""Seats, offers and invitations together: who fills what, who said so, and what becomes of it."""

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project, make_seat
from tracker.asks.models import Ask
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions
from tracker.seats import actions as seating
from tracker.seats.states import SeatState


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING, countries=("BD", "VN"))


@pytest.fixture
def seat(call):
    return make_seat(call, place="BO", language="es")


@pytest.fixture
def director():
    return make_person(contact_of=make_institution("Instituto Andino", country="BO"))


@pytest.fixture
def researcher(director):
    return make_person(institution=home(director))


def home(person):
    return person.affiliations[0].institution


def asked(kind, partner):
    db.session.flush()
    return db.session.scalars(
        sa.select(Ask)
        .where(Ask.kind == kind, Ask.subject_type == "partner", Ask.subject_id == partner.id)
        .order_by(Ask.id.desc())
    ).first()


def stands_for(partner):
    return [entry.commitment for entry in partner.ledger]


def test_an_offer_of_a_contact_that_is_welcomed_fills_the_seat_and_is_agreed(call, seat, director):
    partner = actions.offer(call, home(director), seats=[seat], people="Rosa", note="Fieldwork", actor=director)
    assert (seat.taken, seat.state) == (0, SeatState.OPEN)
    actions.answer_offer(partner, accepts=True, actor=call.lead)
    assert (seat.taken, seat.state) == (1, SeatState.FILLED)
    assert stands_for(partner) == [Commitment.INTERESTED, Commitment.AGREED]


def test_an_offer_of_somebody_else_is_an_intention_until_the_director_agrees(
    call, seat, director, researcher, signed_in
):
    partner = actions.offer(call, home(director), seats=[seat], note="Fieldwork", actor=researcher)
    actions.answer_offer(partner, accepts=True, actor=call.lead)
    assert partner.commitment is Commitment.INTENDS and seat.taken == 1
    assert partner not in call.committed
    ask = asked("recruiting.agreement", partner)
    assert ask.is_open
    browser = signed_in(director)
    assert "Country study · Bolivia · Spanish" in browser.get(ask.path).text
    assert browser.submit(ask.path, answer="agree").status_code == 303
    assert partner.commitment is Commitment.AGREED
    assert [entry.person_name for entry in partner.ledger] == [researcher.name, call.lead.name, director.name]


def test_who_offered_and_left_the_institution_since_neither_speaks_for_it_nor_joins(call, seat, director):
    place = home(director)
    partner = actions.offer(call, place, seats=[seat], note="Data", actor=director)
    director.affiliations[0].ends_on = PartialDate.parse("2001-01")
    db.session.flush()
    actions.answer_offer(partner, accepts=True, actor=call.lead)
    assert partner.commitment is Commitment.INTENDS
    assert director not in projects.team(call)


@pytest.mark.parametrize("at_once", [True, False])
def test_an_outsider_whose_offer_is_welcomed_is_proposed_as_a_member_in_its_own_name(signed_in, at_once):
    running = make_project(ProjectState.RUNNING)
    director = make_person(contact_of=make_institution("Guest House", country="BO", member_of=None))
    partner = actions.offer(running, home(director), seats=[make_seat(running)], note="Data", actor=director)
    ask, browser = asked("recruiting.offer", partner), signed_in(running.lead)
    for number, answer in enumerate(["accept"] if at_once else ["decline", "accept"]):
        assert browser.submit(ask.path, answer=answer, seen=str(number)).status_code == 303
    assert partner.commitment is Commitment.AGREED
    (request,) = db.session.scalars(sa.select(Ask).where(Ask.kind == "memberships.request"))
    assert request.asked_by_id == director.id


def test_a_director_who_does_not_agree_frees_the_seat(call, seat, director, researcher, signed_in):
    partner = actions.offer(call, home(director), seats=[seat], note="Fieldwork", actor=researcher)
    actions.answer_offer(partner, accepts=True, actor=call.lead)
    signed_in(director).submit(asked("recruiting.agreement", partner).path, answer="decline", note="No staff")
    assert partner.commitment is Commitment.WITHDREW
    assert (seat.taken, seat.state) == (0, SeatState.OPEN)


def test_an_invitation_can_be_answered_with_an_intention_that_is_confirmed_later(call, seat, director, signed_in):
    partner = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    browser = signed_in(director)
    browser.submit(asked("recruiting.invitation", partner).path, answer="intend", note="The board meets in May")
    assert partner.commitment is Commitment.INTENDS and seat.taken == 1
    browser.submit(asked("recruiting.agreement", partner).path, answer="agree")
    assert stands_for(partner) == [Commitment.INVITED, Commitment.INTENDS, Commitment.AGREED]


def test_the_last_place_is_given_once_and_the_second_answer_says_so(call, seat, director, signed_in):
    other = make_person(contact_of=make_institution(country="PE"))
    first = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    second = actions.invite(call, home(other), seats=[seat], actor=call.lead)
    actions.answer_invitation(first, agrees=True, actor=director)
    db.session.commit()
    page = signed_in(other).submit(asked("recruiting.invitation", second).path, answer="accept")
    assert "is filled meanwhile" in page.text
    assert second.commitment is Commitment.INVITED and seat.taken == 1
    assert asked("recruiting.invitation", second).is_open


@pytest.mark.parametrize("how", ["closed", "full", "over"])
def test_nobody_offers_for_a_seat_that_looks_for_nobody(call, seat, director, how):
    if how == "closed":
        seating.close_seat(seat, actor=call.lead)
    elif how == "full":
        seating.give(seat, call.partners[1], actor=call.lead)
    else:
        seat.until = seat.created_at.date().replace(year=2020)
    with pytest.raises(RuleBroken):
        actions.offer(call, home(director), seats=[seat], note="Please", actor=director)


def test_a_running_project_takes_offers_for_its_open_seats_only(director):
    running = make_project(ProjectState.RUNNING)
    with pytest.raises(RuleBroken, match="not looking for partners"):
        actions.offer(running, home(director), note="Please", actor=director)
    seat = make_seat(running)
    assert actions.offer(running, home(director), seats=[seat], note="Please", actor=director).is_asked


def test_leaving_frees_the_seat_keeps_the_past_and_tells_the_team(call, seat, director):
    partner = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    actions.answer_invitation(partner, agrees=True, actor=director)
    actions.leave(partner, note="A new mandate", actor=director)
    assert (seat.taken, seat.state) == (0, SeatState.OPEN)
    assert stands_for(partner) == [Commitment.INVITED, Commitment.AGREED, Commitment.WITHDREW]
    assert seating.fillings_of_partner(partner)[0].taken_at is not None


def test_the_leaving_page_says_what_it_means(call, seat, director, signed_in):
    partner = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    actions.answer_invitation(partner, agrees=True, actor=director)
    page = signed_in(director).get(f"/projects/{call.id}/partners/{partner.id}/withdraw").text
    assert "Country study · Bolivia · Spanish" in page and "stays credited" in page


def test_a_no_that_becomes_a_yes_fills_the_seat_that_was_asked_for(call, seat, director):
    partner = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    actions.answer_invitation(partner, agrees=False, actor=director)
    assert seat.taken == 0
    actions.agree_after_all(partner, actor=director)
    assert partner.commitment is Commitment.AGREED and seat.taken == 1


def test_an_invitation_taken_back_leaves_no_trace_at_the_seat(call, seat, director):
    partner = actions.invite(call, home(director), seats=[seat], actor=call.lead)
    actions.withdraw(partner, actor=call.lead)
    db.session.expire_all()
    assert seat.fillings == [] and seat.taken == 0


def test_a_partner_asked_to_lead_leads_with_its_yes_and_the_old_lead_stays_as_partner(call, signed_in):
    old, partner = call.partners
    contact = call.partner_people[0]
    browser = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/lead"
    assert browser.submit(path, partner=partner.id, note="I move abroad").status_code == 303
    assert old.role is Role.LEAD  # nothing changes before the yes
    ask = asked("recruiting.lead", partner)
    assert signed_in(contact).submit(ask.path, answer="accept").status_code == 303
    db.session.expire_all()
    assert (old.role, partner.role) == (Role.PARTNER, Role.LEAD)
    assert projects.leads(call) == [contact] and call.lead in projects.team(call)
    assert signed_in(call.lead).get(f"/projects/{call.id}/edit").status_code == 403


def test_nobody_is_asked_to_lead_who_has_not_agreed_or_leads_already(call, director):
    partner = actions.invite(call, home(director), actor=call.lead)
    with pytest.raises(RuleBroken, match="not agreed"):
        actions.hand_over_lead(partner, actor=call.lead)
    with pytest.raises(RuleBroken, match="leads the project already"):
        actions.hand_over_lead(call.partners[0], actor=call.lead)


def test_a_no_to_the_lead_is_not_taken_back_once_another_one_was_asked_or_leads(signed_in):
    call = make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))
    _old, first, second = call.partners
    for then in (
        lambda: actions.hand_over_lead(second, actor=call.lead),
        lambda: actions.change_role(second, Role.LEAD, actor=call.lead),
    ):
        actions.hand_over_lead(first, actor=call.lead)
        ask, browser = asked("recruiting.lead", first), signed_in(call.partner_people[0])
        assert browser.submit(ask.path, answer="decline", seen="0").status_code == 303
        then()
        browser.submit(ask.path, answer="accept", seen="1")
        db.session.expire_all()
        assert first.role is Role.PARTNER


def test_who_was_asked_to_lead_is_asked_no_longer_once_the_lead_names_another_one():
    call = make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))
    _old, first, second = call.partners
    actions.hand_over_lead(first, actor=call.lead)
    actions.change_role(second, Role.LEAD, actor=call.lead)
    assert not asked("recruiting.lead", first).is_open


def test_a_partner_says_that_its_part_is_done(signed_in):
    running = make_project(ProjectState.RUNNING)
    partner, contact = running.partners[1], running.partner_people[0]
    path = f"/projects/{running.id}/partners/{partner.id}/done"
    assert signed_in(make_person(institution=make_institution())).submit(path).status_code == 403
    assert signed_in(contact).submit(path, note="Chapter 3 is written").status_code == 303
    assert partner.commitment is Commitment.DONE and partner in running.committed


def test_publication_makes_what_was_agreed_done():
    published = make_project(ProjectState.PUBLISHED)
    assert {partner.commitment for partner in published.partners} == {Commitment.DONE}


def test_seats_are_chosen_on_the_pages_of_invitation_and_offer(call, seat, director, signed_in):
    lead = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/invite"
    assert "checked" in lead.get(f"{path}?institution={home(director).id}&seat={seat.id}").text
    foreign = make_seat(make_project(ProjectState.RECRUITING))
    refused = lead.submit(path, institution=home(director).id, role="partner", seats=foreign.id)
    assert refused.status_code == 422
    browser = signed_in(director)
    path = f"/projects/{call.id}/partners/offer"
    answer = browser.submit(path, institution=home(director).id, seats=seat.id, note="We can", people="Rosa: field")
    assert answer.status_code == 303
    partner = next(p for p in call.partners if p.institution_id == home(director).id)
    assert partner.people == "Rosa: field"
    assert "Rosa: field" in lead.get(asked("recruiting.offer", partner).path).text
