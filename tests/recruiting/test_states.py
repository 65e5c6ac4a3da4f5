"""The ledger of commitments and the seats, whatever is tried by whom in whatever order."""

from contextlib import suppress

import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import lives
from tests.factories import agree_terms, make_institution, make_person, make_project, make_seat
from tracker.asks import actions as asks
from tracker.asks.models import IS_OPEN, Ask
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions
from tracker.recruiting.queries import sought_seats
from tracker.seats import actions as seating
from tracker.seats.queries import fillings_of
from tracker.seats.states import SeatState

WAITS = {
    Commitment.INVITED: "recruiting.invitation",
    Commitment.INTERESTED: "recruiting.offer",
    Commitment.INTENDS: "recruiting.agreement",
}
LIKELY = {
    "recruiting.invitation": ["accept", "intend", "intend", "decline"],
    "recruiting.offer": ["accept", "accept", "decline"],
    "recruiting.agreement": ["agree", "decline"],
    "recruiting.lead": ["accept", "decline"],
}


class Recruiting(RuleBasedStateMachine):
    """A call with two seats and five institutions, of which one has no contact; people press what they find."""

    @initialize()
    def begin(self):
        self.outer = db.engines[None].begin_nested()
        self.project = make_project(ProjectState.RECRUITING, countries=("BD", "VN"))
        self.seats = [make_seat(self.project, wanted=1), make_seat(self.project, wanted=2)]
        self.places = [make_institution(country=country) for country in ("PE", "KE", "NP", "BO")]
        self.directors = {place.id: make_person(contact_of=place) for place in self.places[:3]}
        self.staff = {place.id: make_person(institution=place) for place in self.places}

    def attempt(self, action):
        """As a request does it: all of it, or with RuleBroken nothing."""
        with suppress(RuleBroken), db.session.begin_nested():
            action()
        db.session.flush()
        db.session.expire_all()

    def partner(self, data):
        return data.draw(st.sampled_from(self.project.partners))

    def spokesperson(self, partner):
        return self.directors.get(partner.institution_id, self.project.coordinator)

    def some_seats(self, data):
        return data.draw(st.sampled_from([[], *[[seat] for seat in self.seats], self.seats]))

    @rule(data=st.data(), answer=st.sampled_from([None, "accept", "accept", "intend", "intend", "decline"]))
    def invite(self, data, answer):
        place = data.draw(st.sampled_from(self.places))
        chosen = self.some_seats(data)
        self.attempt(lambda: actions.invite(self.project, place, seats=chosen, actor=self.project.lead))
        self.press_newest(answer)

    @rule(data=st.data(), is_director=st.booleans(), answer=st.sampled_from([None, "accept", "accept", "decline"]))
    def offer(self, data, is_director, answer):
        place = data.draw(st.sampled_from(self.places))
        person = self.directors.get(place.id) if is_director else None
        chosen = self.some_seats(data)
        by = person or self.staff[place.id]
        self.attempt(lambda: actions.offer(self.project, place, seats=chosen, note="We can", actor=by))
        self.press_newest(answer)

    def press(self, ask, choice):
        """By the question itself, as the page and the link do."""
        partner = next((row for row in self.project.partners if row.id == ask.subject_id), None)
        by = self.project.lead if ask.kind == "recruiting.offer" or partner is None else self.spokesperson(partner)
        with suppress(LookupError):
            self.attempt(lambda: asks.answer(ask, choice, {}, actor=by))

    def press_newest(self, choice):
        found = self.questions(IS_OPEN)
        if choice and found:
            self.press(found[0], choice)

    def questions(self, *conditions):
        about = sa.select(Ask).where(Ask.subject_type == "partner", *conditions).order_by(Ask.id.desc()).limit(4)
        return db.session.scalars(about).all()

    @precondition(lambda self: self.questions(IS_OPEN))
    @rule(data=st.data())
    def answer(self, data):
        ask = data.draw(st.sampled_from(self.questions(IS_OPEN)))
        self.press(ask, data.draw(st.sampled_from(LIKELY[ask.kind])))

    @precondition(lambda self: self.questions())
    @rule(data=st.data(), choice=st.sampled_from(["accept", "intend", "decline", "agree"]))
    def answer_once_more(self, data, choice):
        self.press(data.draw(st.sampled_from(self.questions())), choice)

    @rule(data=st.data())
    def take_back(self, data):
        partner = data.draw(st.sampled_from([*self.project.partners[-2:]]))
        self.attempt(lambda: actions.withdraw(partner, actor=self.project.lead))

    def others(self):
        return [partner for partner in self.project.partners if partner.takes_part and partner.role is not Role.LEAD]

    @precondition(lambda self: len(self.others()) > 1)
    @rule(data=st.data())
    def leave(self, data):
        partner = data.draw(st.sampled_from(self.others()))
        self.attempt(lambda: actions.leave(partner, actor=self.spokesperson(partner)))

    @rule()
    def the_newest_leaves(self):
        partner = self.project.partners[-1]
        self.attempt(lambda: actions.leave(partner, actor=self.spokesperson(partner)))

    @rule(data=st.data())
    def give(self, data):
        partner, seat = self.partner(data), data.draw(st.sampled_from(self.seats))
        self.attempt(lambda: seating.give(seat, partner, actor=self.project.lead))

    @rule(data=st.data(), wanted=st.sampled_from([None, 1, 2, 3]), closes=st.booleans())
    def change_a_seat(self, data, wanted, closes):
        seat, lead = data.draw(st.sampled_from(self.seats)), self.project.lead
        if wanted:
            self.attempt(lambda: seating.change_seat(seat, wanted=wanted, actor=lead))
        else:
            self.attempt(lambda: (seating.close_seat if closes else seating.reopen_seat)(seat, actor=lead))

    @rule(data=st.data(), says_yes=st.booleans())
    def hand_over_the_lead(self, data, says_yes):
        partner = self.partner(data)
        self.attempt(lambda: actions.hand_over_lead(partner, actor=self.project.lead))
        if says_yes:
            self.attempt(lambda: actions.take_lead(partner, actor=self.spokesperson(partner)))

    @rule()
    def start(self):
        day, lead = self.project.created_at.date(), self.project.lead
        self.attempt(lambda: agree_terms(self.project))
        self.attempt(lambda: milestones.plan_from_template(self.project, "policy-brief", day, actor=lead))
        self.attempt(lambda: projects.take_step(self.project, "start", actor=lead))

    @invariant()
    def never_more_fill_a_seat_than_are_wanted(self):
        for seat in fillings_of(self.project.id):
            taken = [filling for filling in seat.fillings if filling.is_taken]
            assert len(taken) == seat.taken <= seat.wanted
            assert all(filling.partner.takes_part for filling in taken)
            assert all(not filling.partner.takes_part for filling in seat.fillings if filling.is_asked)
            if seat.state is not SeatState.CLOSED:
                assert (seat.state is SeatState.FILLED) == (seat.taken == seat.wanted)

    @invariant()
    def the_ledger_ends_with_what_each_partner_stands_for(self):
        for partner in self.project.partners:
            assert partner.ledger[-1].commitment is partner.commitment

    @invariant()
    def a_question_waits_for_whoever_has_not_answered_and_for_nobody_else(self):
        waiting = {
            (ask.kind, ask.subject_id)
            for ask in db.session.scalars(sa.select(Ask).where(IS_OPEN, Ask.kind.in_(WAITS.values())))
        }
        assert waiting == {
            (WAITS[partner.commitment], partner.id) for partner in self.project.partners if partner.commitment in WAITS
        }

    @invariant()
    def somebody_leads(self):
        assert self.project.lead_partners and projects.leads(self.project)

    @invariant()
    def what_is_sought_is_open_and_free(self):
        assert all(seat.state is SeatState.OPEN and seat.taken < seat.wanted for seat in sought_seats(self.project))

    def teardown(self):
        db.session.rollback()
        if hasattr(self, "outer"):
            self.outer.rollback()


def test_the_ledger_and_the_seats_hold_whatever_is_tried():
    # A sequence that fails is shown as it was drawn: shrinking it takes minutes.
    how = settings(
        max_examples=lives(16), stateful_step_count=18, deadline=None, derandomize=True, phases=[Phase.generate]
    )
    run_state_machine_as_test(Recruiting, settings=how)
