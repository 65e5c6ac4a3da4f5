"""Both records are partners of one project: they become one partner, and what either said stands."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from tests.asks.letters import link_in, owed, text_of
from tests.factories import make_project, make_seat
from tracker.asks import actions as asks
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.database import db
from tracker.dates import PartialDate
from tracker.merging.actions import merge
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.projects.models import Partner
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats
from tracker.seats.models import Filling, Seat
from tracker.seats.states import SeatState
from tracker.terms import actions as terms
from tracker.terms.models import Confirmation


@pytest.fixture
def project():
    return make_project(ProjectState.RECRUITING)


def invite(project, institution, person=None, *, agrees=True, **more):
    """An invitation, answered where somebody is named."""
    partner = recruiting.invite(project, institution, actor=project.lead, **more)
    if person is not None:
        recruiting.answer_invitation(partner, agrees=agrees, actor=person)
    db.session.flush()
    return partner


def run(two):
    return merge(two.older, two.newer, values={}, actor=two.coordinator)


def the_partner(project, kept):
    found = db.session.scalars(sa.select(Partner).where(Partner.project_id == project.id)).all()
    return next(partner for partner in found if partner.institution_id == kept.id)


@pytest.mark.parametrize("agreed", ["older", "newer"])
@pytest.mark.parametrize("other", ["asked", "no", "left"])
def test_the_stronger_word_stands_whichever_record_gave_it(two, project, agreed, other):
    strong, weak = (two.older, two.newer) if agreed == "older" else (two.newer, two.older)
    person, second = (two.first, two.second) if agreed == "older" else (two.second, two.first)
    invite(project, strong, person, note="Your data")
    asked = invite(project, weak, None if other == "asked" else second, agrees=other != "no")
    if other == "left":
        recruiting.leave(asked, note="No time", actor=second)
    ask = latest("recruiting.invitation", asked)
    number = len(project.partners)
    kept = run(two)
    partner = the_partner(project, kept)
    assert (partner.commitment, partner.note, partner.answered_by_id) == (Commitment.AGREED, "Your data", person.id)
    assert len(project.partners) == number - 1
    assert ask.state is not AskState.OPEN and ask.subject_id == partner.id
    assert partner.ledger[-1].commitment is Commitment.AGREED
    assert len(partner.ledger) >= 3


def test_who_leads_as_one_record_leads_as_both(two, project):
    first, second = invite(project, two.older, two.first), invite(project, two.newer, two.second)
    second.position, first.role = 9, Role.CO_LEAD
    kept = run(two)
    assert the_partner(project, kept).role is Role.CO_LEAD


def test_two_invitations_become_one_and_a_link_to_the_newer_answers(two, project, client):
    older = invite(project, two.older)
    path = link_in(text_of(owed(two.first)[-1]))
    invite(project, two.newer)
    newer_path = link_in(text_of(owed(two.second)[-1]))
    both = [latest("recruiting.invitation", partner) for partner in (older, project.partners[-1])]
    kept = run(two)
    assert [ask.state for ask in both] == [AskState.SUPERSEDED, AskState.OPEN]
    assert client.get(path).status_code == 200
    assert client.post(newer_path, data={"answer": "accept"}).status_code == 303
    assert the_partner(project, kept).commitment is Commitment.AGREED


def test_an_answer_given_by_link_before_can_still_be_read(two, project, client):
    invite(project, two.older)
    path = link_in(text_of(owed(two.first)[-1]))
    client.post(path, data={"answer": "accept"})
    invite(project, two.newer)
    run(two)
    page = client.get(path)
    assert page.status_code == 200 and "takes part" in page.text


def test_what_either_confirmed_is_confirmed(two, project):
    invite(project, two.older, two.first)
    invite(project, two.newer, two.second)
    written = terms.write(project, text="We share the work.", actor=project.lead)
    theirs = {reply.partner.institution_id: reply for reply in written.replies}
    terms.confirm(written, theirs[two.older.id].partner, actor=two.first)
    waiting = latest(terms.ASK, theirs[two.newer.id])
    assert waiting.is_open
    for partner in terms.unconfirmed(project, written):
        if partner.institution_id != two.newer.id:
            terms.confirm(written, partner, actor=project.lead)
    kept = run(two)
    assert terms.unconfirmed(project, written) == []
    replies = db.session.scalars(
        sa.select(Confirmation).join(Confirmation.partner).where(Partner.institution_id == kept.id)
    ).all()
    assert [(reply.person_id, reply.at is not None) for reply in replies] == [(two.first.id, True)]
    assert waiting.state is AskState.WITHDRAWN and waiting.subject_id == replies[0].id


def test_an_old_link_confirms_the_terms_for_the_joint_record(two, project, client):
    invite(project, two.older, two.first)
    invite(project, two.newer, two.second)
    written = terms.write(project, text="We share the work.", actor=project.lead)
    paths = [link_in(text_of(owed(person)[-1])) for person in (two.first, two.second)]
    kept = run(two)
    open_asks = db.session.scalars(
        sa.select(Ask).where(Ask.kind == terms.ASK, Ask.addressee_id == kept.id, Ask.addressee_type == "institution")
    ).all()
    assert sorted(ask.state for ask in open_asks) == [AskState.OPEN, AskState.SUPERSEDED]
    assert client.post(paths[1], data={"answer": "confirm"}).status_code == 303
    assert the_partner(project, kept) not in terms.unconfirmed(project, written)
    assert client.get(paths[0]).status_code == 200


def test_milestones_of_both_are_the_partner_s(two, project):
    partners = [invite(project, two.older, two.first), invite(project, two.newer, two.second)]
    terms_written = terms.write(project, text="We share.", actor=project.lead)
    for partner in terms.unconfirmed(project, terms_written):
        terms.confirm(terms_written, partner, actor=project.lead)
    for name, partner in zip(("Data", "Draft"), partners, strict=True):
        milestones.add_milestone(
            project, name=name, due=PartialDate.parse("2030-01"), partner=partner, actor=project.lead
        )
    kept = run(two)
    held = db.session.scalars(sa.select(Milestone.partner_id).order_by(Milestone.id)).all()
    assert held == [the_partner(project, kept).id] * 2


def test_a_seat_that_both_fill_is_filled_once_and_free_again(two, project):
    seat, other = make_seat(project, wanted=2), make_seat(project, place="PE", wanted=1)
    for institution, person, wanted in ((two.older, two.first, [seat]), (two.newer, two.second, [seat, other])):
        invite(project, institution, person, seats=wanted)
    assert (seat.taken, seat.state, other.taken) == (2, SeatState.FILLED, 1)
    kept = run(two)
    seat, other = db.session.get(Seat, seat.id), db.session.get(Seat, other.id)
    assert (seat.taken, seat.state, other.taken, other.state) == (1, SeatState.OPEN, 1, SeatState.FILLED)
    held = db.session.scalars(sa.select(Filling)).all()
    assert {(filling.seat_id, filling.partner_id, filling.is_taken) for filling in held} == {
        (seat.id, the_partner(project, kept).id, True),
        (other.id, the_partner(project, kept).id, True),
    }
    for known in (seat, other):
        assert known.taken == sum(filling.is_taken for filling in known.fillings) <= known.wanted


def test_a_seat_that_one_was_only_asked_for_is_asked_for_no_more(two, project):
    seat = make_seat(project)
    invite(project, two.older, two.first)
    invite(project, two.newer, seats=[seat])
    run(two)
    assert [filling.ended_at is None for filling in db.session.get(Seat, seat.id).fillings] == [False]
    assert seats.fillings_of_partner(project.partners[-1])
    assert db.session.get(Seat, seat.id).taken == 0


def test_a_project_of_one_of_them_only_keeps_its_partner(two, project):
    partner = invite(project, two.older, two.first)
    partner_id = partner.id
    kept = run(two)
    assert (the_partner(project, kept).id, partner.commitment) == (partner_id, Commitment.AGREED)


def test_an_answer_that_was_read_before_the_merging_finds_what_it_is_about_now(two, project):
    """As where it waited for the merging to end: the question still named the row that is gone."""
    gone_id = invite(project, two.older).id
    ask = latest("recruiting.invitation", project.partners[-1])
    invite(project, two.newer, two.second, agrees=False)
    kept = run(two)
    assert ask.is_open
    set_committed_value(ask, "subject_id", gone_id)
    stands, subject = asks.answer(ask, "accept", {}, actor=two.first)
    assert stands and subject is the_partner(project, kept)
    assert subject.commitment is Commitment.AGREED
