"""Whatever is done to a plan in whatever order: promises stay on record, days are sound, and nothing goes in a ring."""

import contextlib
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.conftest import lives
from tests.factories import make_project
from tracker import clock
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.errors import RuleBroken
from tracker.milestones import actions, order, queries
from tracker.milestones.models import Milestone
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState

days = st.dates(date(2020, 1, 1), date(2032, 12, 31)).map(PartialDate.of)
dates = st.one_of(days, st.sampled_from(["2019", "2026", "2026-11", "2030-02"]).map(PartialDate))


class MilestoneLife(RuleBasedStateMachine):
    milestone: Milestone

    @initialize(state=st.sampled_from([ProjectState.RECRUITING, ProjectState.RUNNING]), due=st.none() | dates)
    def begin(self, state, due):
        self.project = make_project(state)
        self.milestone = actions.add_milestone(self.project, name="Draft", due=due, actor=self.project.lead)
        self.promised = due if actions.has_started(self.project) else None
        self.moves = 0
        given = {"due": PartialDate("2027-06"), "actor": self.project.lead}
        inception = actions.add_milestone(self.project, name="Inception", **given)
        review = actions.add_milestone(self.project, name="Review", must_follow=[inception], **given)
        self.plan = [self.milestone, inception, review]

    def attempt(self, act, **given):
        before = (self.milestone.state, self.milestone.due, self.milestone.version)
        try:
            act(self.milestone, actor=self.project.lead, **given)
        except RuleBroken:
            assert before == (self.milestone.state, self.milestone.due, self.milestone.version)
            return False
        return True

    @rule(due=st.none() | dates, reason=st.none() | st.sampled_from(DelayReason), words=st.sampled_from(["", "Visas"]))
    def move(self, due, reason, words):
        had = self.milestone.due
        if self.attempt(actions.move, due=due, reason=reason, words=words) and due != had:
            assert self.milestone.due == due
            assert due is None or self.in_order(self.milestone)
            if actions.has_started(self.project) and had is not None:
                self.moves += 1

    @rule(place=st.integers(0, 2), before=st.sets(st.integers(0, 2), max_size=2))
    def link(self, place, before):
        """Say what must come before one of them, as a lead does in the table."""
        milestone, wanted = self.plan[place], [self.plan[each] for each in sorted(before)]
        had = set(milestone.must_follow)
        try:
            given = {"name": milestone.name, "partner": None, "person": None, "actor": self.project.lead}
            actions.change_milestone(milestone, must_follow=wanted, **given)
        except RuleBroken:
            assert set(milestone.must_follow) == had
        else:
            assert had == set(wanted) or self.in_order(milestone)

    @rule(place=st.integers(1, 2), due=dates, over=st.booleans())
    def move_another(self, place, due, over):
        milestone = self.plan[place]
        try:
            actions.move(milestone, due=due, reason=DelayReason.DATA, actor=self.project.lead)
        except RuleBroken:
            return
        assert self.in_order(milestone)
        if over:
            actions.mark_done(milestone, on=None, actor=self.project.lead)

    @staticmethod
    def in_order(milestone):
        """Whether it is due no earlier than all that is open and must come first."""
        days = [each.last_day for each in milestone.must_follow if each.state is MilestoneState.PLANNED]
        return milestone.last_day is None or all(day is None or day <= milestone.last_day for day in days)

    @rule(on=st.none() | dates)
    def done(self, on):
        if self.attempt(actions.mark_done, on=on):
            assert on is None or on.first_day <= (clock.now() + timedelta(hours=14)).date()

    @rule(words=st.sampled_from(["", "Merged"]))
    def drop(self, words):
        self.attempt(actions.drop, words=words)

    @rule()
    def reopen(self):
        self.attempt(actions.reopen)

    @rule(name=st.sampled_from(["stop", "resume"]))
    def rest(self, name):
        with contextlib.suppress(RuleBroken):
            projects.take_step(self.project, name, actor=self.project.lead, reason="Elections")

    @invariant()
    def the_first_date_stays_as_promised(self):
        if actions.has_started(self.project):
            self.promised = self.promised or self.milestone.first_due
            assert self.milestone.first_due == self.promised
        else:
            assert self.milestone.first_due == self.milestone.due

    @invariant()
    def every_move_of_a_promise_has_its_reason(self):
        assert len(self.milestone.changes) == self.moves

    @invariant()
    def nothing_waits_for_itself(self):
        links = queries.links_of(self.project)
        assert order.ring(links) == []
        assert {each.id for each in self.plan} <= set(links)

    @invariant()
    def a_day_of_completion_is_of_what_is_done(self):
        for each in self.plan:
            assert each.done_on is None or each.state is MilestoneState.DONE
            assert each.done_day == (each.done_on.last_day if each.done_on else None)
            assert actions.has_started(self.project) or each.changes == []
            if len(each.changes) > 0:
                assert each.first_due == each.changes[0].before and each.due == each.changes[-1].after

    @invariant()
    def late_is_computed(self):
        due = self.milestone.due
        late = self.milestone.state is MilestoneState.PLANNED and due is not None and due.last_day < earth_day()
        assert self.milestone.is_late == late
        assert self.milestone.last_day == (due.last_day if due else None)

    def teardown(self):
        db.session.rollback()


def test_the_life_of_a_milestone():
    run_state_machine_as_test(
        MilestoneLife, settings=settings(max_examples=lives(15), stateful_step_count=14, deadline=None)
    )
