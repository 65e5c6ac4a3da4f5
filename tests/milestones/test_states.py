"""Whatever is done to a milestone in whatever order: the first date of a running project never changes."""

import contextlib
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories import make_project
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.errors import RuleBroken
from tracker.milestones import actions
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
            if actions.has_started(self.project) and had is not None:
                self.moves += 1

    @rule(on=st.none() | dates)
    def done(self, on):
        self.attempt(actions.mark_done, on=on)

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
    def late_is_computed(self):
        due = self.milestone.due
        late = self.milestone.state is MilestoneState.PLANNED and due is not None and due.last_day < earth_day()
        assert self.milestone.is_late == late
        assert self.milestone.last_day == (due.last_day if due else None)

    def teardown(self):
        db.session.rollback()


def test_the_life_of_a_milestone():
    run_state_machine_as_test(MilestoneLife, settings=settings(max_examples=25, stateful_step_count=12, deadline=None))
