"""The life of a project, whatever is tried in whatever order."""

from collections import Counter
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.conftest import lives
from tests.factories import add_partners, agree_terms, make_institution, make_project, make_report, publish
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.projects import actions
from tracker.projects.states import AUDIENCES, STEPS, Audience, Commitment, ProjectState, steps_from
from tracker.recruiting import actions as recruiting

JOINT = {ProjectState.RUNNING, ProjectState.REVIEW, ProjectState.PUBLISHED}


class ProjectLife(RuleBasedStateMachine):
    """Starts in any state; mostly takes likely steps, sometimes absurd ones; partners come and go."""

    @initialize(state=st.sampled_from(ProjectState))
    def begin(self, state):
        self.project = make_project(state, countries=("BD", "PE") if state in JOINT else ("BD",))
        self.past = [state]
        self.counted = Counter(row.step for row in self.project.transitions)

    @rule(country=st.sampled_from(["BD", "PE"]))
    def join(self, country):
        self.allowed(lambda: add_partners(self.project, [country]))

    @rule(country=st.sampled_from(["BD", "PE"]))
    def invite_only(self, country):
        institution = make_institution(country=country)
        self.allowed(lambda: recruiting.invite(self.project, institution, actor=self.project.lead))

    @rule(data=st.data())
    def leave(self, data):
        partner = data.draw(st.sampled_from(self.project.partners))
        self.allowed(lambda: recruiting.leave(partner, actor=self.project.lead))

    @rule()
    def agree_on_terms(self):
        self.allowed(lambda: agree_terms(self.project))

    @rule()
    def plan(self):
        due = PartialDate.parse("2027-01-31")
        self.allowed(lambda: milestones.add_milestone(self.project, name="Draft", due=due, actor=self.project.lead))

    @rule()
    def write_the_report(self):
        self.allowed(lambda: make_report(self.project))

    @rule(data=st.data())
    def take_a_likely_step(self, data):
        likely = [step.name for step in steps_from(self.project.state) if step.is_forward]
        self.attempt(data.draw(st.sampled_from(likely or sorted(STEPS))), "because")

    @rule(name=st.sampled_from(sorted(STEPS)), reason=st.sampled_from(["", "because"]))
    def attempt(self, name, reason):
        before = self.project.state
        try:
            if name == "publish":
                publish(self.project)
            else:
                actions.take_step(self.project, name, actor=self.project.lead, reason=reason)
        except RuleBroken:
            assert self.project.state is before, "a refused step changed the project"
        else:
            assert before in STEPS[name].sources
            assert name != "start" or self.is_joint(), "a study of one country started"
            self.counted[name] += 1
            self.past.append(self.project.state)

    def is_joint(self):
        agreed = [partner for partner in self.project.partners if partner.commitment is Commitment.AGREED]
        return len({partner.country for partner in agreed}) >= 2 and len(agreed) >= 2

    def allowed(self, action):
        before = self.project.state
        with suppress(RuleBroken):
            action()
        assert self.project.state is before, "something else than a step moved the project"

    @invariant()
    def every_step_is_recorded_once(self):
        assert Counter(row.step for row in self.project.transitions) == self.counted

    @invariant()
    def what_is_published_stays_published(self):
        assert ProjectState.PUBLISHED not in self.past[:-1]

    @invariant()
    def only_public_states_are_public(self):
        state = self.project.stopped_from or self.project.state
        assert self.project.audience is AUDIENCES[state]
        assert (self.project.audience is Audience.PUBLIC) == (state in JOINT)

    @invariant()
    def there_is_always_a_lead(self):
        assert self.project.lead_partners
        assert actions.leads(self.project)

    def teardown(self):
        db.session.rollback()


def test_the_life_of_a_project():
    run_state_machine_as_test(
        ProjectLife, settings=settings(max_examples=lives(40), stateful_step_count=14, deadline=None, derandomize=True)
    )
