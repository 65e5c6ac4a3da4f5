"""Never is anything published to which an author did not say yes as it is, whatever is tried in whatever order."""

from contextlib import suppress

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories import make_person, make_project
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.credit import actions, queries, versions
from tracker.database import db
from tracker.drafts import actions as drafts
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports import followers
from tracker.reports.queries import drafts as reports_of
from tracker.reports.states import ReportState

WORDS = st.sampled_from(["What we found.", "What we really found.", "Nothing."])
SAYING = st.sampled_from(["approve", "approve", "approve", "dissent", "change"])
ORDERS = st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)


class ApprovalLife(RuleBasedStateMachine):
    """One report, three who may be its authors, a coordinator; edits, answers and attempts to publish.

    Beside the product, `said` holds what everybody has said in plain words, each with what they were shown.
    """

    @initialize()
    def begin(self):
        self.outer = db.engines[None].begin_nested()
        self.project = make_project(ProjectState.REVIEW)
        self.report = reports_of(self.project)[0]
        self.people = [self.project.lead, self.project.partner_people[0], make_person("Third")]
        self.coordinator = self.project.coordinator
        self.said = set()
        self.edits = 0
        self.name([0, 1])
        self.put()

    @rule(text=WORDS)
    def write(self, text):
        self.edit(lambda: reports.change_report(self.report, abstract=text, because="x", actor=self.project.lead))

    @rule(number=st.integers(1, 2))
    def draft(self, number):
        self.edit(lambda: drafts.add_written(self.report, f"# Part {number}", actor=self.project.lead))

    @rule(order=ORDERS)
    def name(self, order):
        rows = [
            {"name": self.people[n].name, "affiliation": "I", "person_id": self.people[n].id if n < 2 else None}
            for n in order
        ]
        self.edit(lambda: reports.set_authors(self.report, rows, self.project.lead, because="x"))

    @rule(number=st.integers(0, 2))
    def link_to_somebody(self, number):
        """The same name, but it is another person who is asked."""
        rows = [
            {"name": row.name, "affiliation": "I", "person_id": self.people[number].id if at == 0 else row.person_id}
            for at, row in enumerate(self.report.authors)
        ]
        self.edit(lambda: reports.set_authors(self.report, rows, self.project.lead, because="x"))

    def edit(self, doing):
        """After publication nothing more is checked: what is public has been said yes to."""
        if self.report.state is ReportState.DRAFT:
            with suppress(RuleBroken):
                doing()

    @rule()
    def put(self):
        with suppress(RuleBroken):
            actions.put_to_approval(self.report, actor=self.project.lead)

    @rule()
    def everybody_approves(self):
        for row in queries.approvals_of(self.report):
            self.say_of(row, row.person or self.people[2], "approve")

    @rule(data=st.data(), saying=SAYING, is_old=st.booleans())
    def say(self, data, saying, is_old):
        known = queries.versions(self.report)
        proof = data.draw(st.sampled_from(known)) if is_old and known else next(iter(known), None)
        if proof is not None and proof.approvals:
            self.say_of(data.draw(st.sampled_from(proof.approvals)), data.draw(st.sampled_from(self.people)), saying)

    def say_of(self, row, person, saying):
        shown = self.shown()
        effects = {"approve": actions.approve, "dissent": actions.dissent, "change": actions.ask_for_change}
        words = {} if saying == "approve" else {"words": "Because."}
        self.unsay(row, person)
        with suppress(RuleBroken):
            effects[saying](row, actor=person, **words)
            if saying != "change":
                self.said.add((row.author_id, person.id, shown))

    def unsay(self, row, person):
        """Another answer of the same person, if it is taken, is what they say from then on."""
        if row.person_id == person.id and row.proof is queries.latest(self.report):
            self.said.discard((row.author_id, person.id, self.shown()))

    @rule(data=st.data())
    def answer_for(self, data):
        rows = queries.approvals_of(self.report)
        if rows:
            row = data.draw(st.sampled_from(rows))
            shown = self.shown()
            with suppress(RuleBroken):
                actions.cover(row, because="No answer.", actor=self.coordinator)
                self.said.add((row.author_id, row.person_id, shown))

    @rule()
    def publish(self):
        shown = self.shown()
        with suppress(RuleBroken):
            actions.publish(self.project, actor=self.project.lead)
            assert self.everybody_said_it(shown), "published without the say of every author on exactly this"

    def everybody_said_it(self, shown):
        return {(row.id, row.person_id, shown) for row in self.report.authors} <= self.said

    def shown(self):
        """All that an author can read of the report now, without the help of the product."""
        db.session.flush()
        report = self.report
        current = queries.standing(report).content["draft"]
        names = tuple((row.name, row.affiliation) for row in report.authors)
        return (report.title, report.abstract, current and current["sha256"], names)

    @invariant()
    def the_newest_version_is_the_report_and_nobody_is_asked_about_another(self):
        now = queries.standing(self.report)
        assert now.proof is None or now.is_current
        open_ones = sa.select(Ask.subject_id).where(Ask.kind == versions.APPROVE, Ask.state == AskState.OPEN)
        assert set(db.session.scalars(open_ones)) <= {row.id for row in (now.proof.approvals if now.proof else ())}

    @invariant()
    def it_is_ready_to_be_published_only_when_every_author_has_said_it(self):
        if self.report.state is ReportState.DRAFT and queries.latest(self.report) is not None:
            assert not queries.standing(self.report).is_approved or self.everybody_said_it(self.shown())

    def teardown(self):
        db.session.rollback()
        self.outer.rollback()


def test_nothing_is_published_without_every_authors_say_on_it(app):
    run_state_machine_as_test(
        ApprovalLife,
        settings=settings(max_examples=10, stateful_step_count=10, deadline=None, phases=[Phase.generate]),
    )


def test_the_check_catches_a_report_that_does_not_follow_its_changes(app, monkeypatch):
    """The bug it is there for: a change that sends no approval back, and a look that does not compare."""
    rest = [follower for follower in followers._of_changes if follower is not versions.follow]
    monkeypatch.setattr(followers, "_of_changes", rest)
    monkeypatch.setattr(queries.Standing, "is_current", property(lambda self: self.proof is not None))
    life = ApprovalLife()
    life.begin()
    life.put()
    life.everybody_approves()
    life.write("Nothing.")
    with pytest.raises(AssertionError, match="without the say"):
        life.publish()
    life.teardown()
