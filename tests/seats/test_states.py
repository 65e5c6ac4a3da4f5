"""Seats, whatever is tried by whom in whatever order: never more fill one than are wanted, and the count is true."""

from contextlib import suppress

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
from tests.factories import make_project
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.actions import commit
from tracker.projects.states import ProjectState
from tracker.seats import actions
from tracker.seats.models import Filling, Seat
from tracker.seats.queries import fillings_of
from tracker.seats.states import MOST_WANTED, SeatState
from tracker.seats.states import Task as Work


class Seats(RuleBasedStateMachine):
    """A project with four partners that take part and seats that come, change and go."""

    @initialize()
    def begin(self):
        self.outer = db.engines[None].begin_nested()
        self.project = make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE", "NP"))
        self.closed = set()  # the ids of the seats that the lead closed
        for wanted in (1, 2):
            self.open_seat(wanted=wanted)

    def attempt(self, action):
        """As a request does it: all of it, or with RuleBroken nothing. True where it was done."""
        db.session.flush()
        before = self.counts()
        done = False
        with suppress(RuleBroken), db.session.begin_nested():
            action()
            done = True
        if not done:
            db.session.expire_all()
            assert self.counts() == before, "what was refused changed something"
        return done

    def counts(self):
        return [(seat.id, seat.taken, seat.wanted, str(seat.state)) for seat in self.seats]

    @property
    def seats(self):
        return fillings_of(self.project.id)

    def some_seat(self, data):
        return data.draw(st.sampled_from(self.seats))

    def some_partner(self, data):
        return data.draw(st.sampled_from(self.project.partners))

    # --- what the lead does ---

    @precondition(lambda self: len(self.seats) < 5)
    @rule(wanted=st.sampled_from([1, 1, 2, 3, 0, MOST_WANTED + 1]))
    def open_seat(self, wanted):
        opened = self.attempt(
            lambda: actions.open_seat(self.project, task=Work.REVIEW, wanted=wanted, actor=self.project.lead)
        )
        assert opened == (1 <= wanted <= MOST_WANTED)

    @precondition(lambda self: self.seats)
    @rule(data=st.data(), wanted=st.sampled_from([0, 1, 1, 2, 3]))
    def change_how_many_are_wanted(self, data, wanted):
        seat = self.some_seat(data)
        taken = seat.taken
        changed = self.attempt(lambda: actions.change_seat(seat, wanted=wanted, actor=self.project.lead))
        assert changed == (wanted >= max(1, taken))

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def close(self, data):
        seat = self.some_seat(data)
        assert self.attempt(lambda: actions.close_seat(seat, actor=self.project.lead))
        self.closed.add(seat.id)

    @precondition(lambda self: self.closed)
    @rule(data=st.data())
    def reopen(self, data):
        seat = self.some_seat(data)
        assert self.attempt(lambda: actions.reopen_seat(seat, actor=self.project.lead))
        self.closed.discard(seat.id)

    @precondition(lambda self: len(self.seats) > 2)
    @rule(data=st.data())
    def remove(self, data):
        seat = self.some_seat(data)
        was_asked, number = bool(seat.fillings), seat.id
        assert self.attempt(lambda: actions.remove_seat(seat, actor=self.project.lead)) != was_asked
        if not was_asked:
            self.closed.discard(number)

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def give(self, data):
        seat, partner = self.some_seat(data), self.some_partner(data)
        self.attempt(lambda: actions.give(seat, partner, actor=self.project.lead))

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def take_back(self, data):
        seat, partner = self.some_seat(data), self.some_partner(data)
        self.attempt(lambda: actions.take_back(seat, partner, actor=self.project.lead))

    # --- what partners do ---

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def ask_for(self, data):
        partner = self.some_partner(data)
        seats = data.draw(st.lists(st.sampled_from(self.seats), min_size=1, max_size=3, unique=True))
        self.attempt(lambda: actions.ask_for(partner, seats))

    @rule(data=st.data())
    def take(self, data):
        self.take_all_or_none(self.some_partner(data))

    def take_all_or_none(self, partner):
        asked = [filling.id for filling in actions.fillings_of_partner(partner) if filling.is_asked]
        taken = self.attempt(lambda: actions.take(partner))
        stand = {number: db.session.get(Filling, number).is_taken for number in asked}
        assert all(stand.values()) if taken else not any(stand.values()), "some were taken, others not"

    @precondition(lambda self: self.seats)
    @rule(data=st.data())
    def reach_for_the_same(self, data):
        """Two ask for seats while all of them are free, and take them one after the other."""
        both = data.draw(st.lists(st.sampled_from(self.project.partners), min_size=2, max_size=2, unique=True))
        for partner in both:
            self.attempt(lambda partner=partner: actions.ask_for(partner, self.seats))
        for partner in both:
            self.take_all_or_none(partner)

    @rule(data=st.data())
    def leave(self, data):
        partner = self.some_partner(data)
        assert self.attempt(lambda: actions.free(partner))
        assert all(filling.ended_at for filling in actions.fillings_of_partner(partner))

    @rule(data=st.data())
    def say_no_and_yes_after_all(self, data):
        partner = self.some_partner(data)
        self.attempt(lambda: actions.free(partner))
        self.attempt(lambda: (actions.ask_again(partner), actions.take(partner)))

    @rule(data=st.data())
    def stop_taking_part_and_begin_again(self, data):
        """Who does not take part is given nothing."""
        partner = self.some_partner(data)
        stood = partner.commitment
        commit(partner, type(stood).WITHDREW, actor=None)
        for seat in self.seats:
            assert not self.attempt(lambda seat=seat: actions.give(seat, partner, actor=None))
        commit(partner, stood, actor=None)

    # --- what always holds ---

    @invariant()
    def the_count_is_true_and_no_more_than_wanted(self):
        db.session.flush()
        for seat in self.seats:
            filling = [known.partner_id for known in seat.fillings if known.is_taken]
            assert seat.taken == len(filling), "the count is not that of the partners that fill it"
            assert len(filling) == len(set(filling)), "one partner fills a seat twice"
            assert 0 <= seat.taken <= seat.wanted <= MOST_WANTED, "more fill it than are wanted"

    @invariant()
    def the_state_says_what_is_so(self):
        for seat in self.seats:
            if seat.id in self.closed:
                expected = SeatState.CLOSED
            else:
                expected = SeatState.FILLED if seat.taken == seat.wanted else SeatState.OPEN
            assert seat.state is expected
            assert seat.free == (seat.wanted - seat.taken if expected is SeatState.OPEN else 0)
            assert seat.filled_at or seat.state is not SeatState.FILLED

    def teardown(self):
        db.session.rollback()
        db.session.expunge_all()
        self.outer.rollback()


def test_never_more_fill_a_seat_than_are_wanted():
    quick = settings(
        max_examples=lives(12),
        stateful_step_count=25,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(Seats, settings=quick)
    assert db.session.query(Seat).count() == 0
