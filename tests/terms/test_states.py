"""Versions, confirmations and partners, whatever happens in whatever order."""

import re

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.activity.apart import at_once, database_apart
from tests.asks.letters import link_to
from tests.conftest import lives
from tests.factories import add_partners, make_person, make_project
from tracker.asks import links
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.models import Partner
from tracker.projects.requirements import missing
from tracker.projects.states import LEADING, Commitment, ProjectState, Role
from tracker.recruiting import actions as recruiting
from tracker.terms import actions, queries, rounds
from tracker.terms.models import Confirmation, Terms

WORDS = st.sampled_from(["We share.", "We share the data.", "各方共享数据。", ""])


class Understanding(RuleBasedStateMachine):
    """The model: `given` holds which partner confirmed which version, as each answer said when it was given."""

    browser_of = None

    @initialize()
    def begin(self):
        self.project = make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))
        self.project.partners.append(Partner(listed_as="Institut", commitment=Commitment.AGREED, position=9))
        db.session.flush()
        self.given: set[tuple[int, int]] = set()

    @property
    def versions(self) -> list[Terms]:
        return queries.versions(self.project)

    def rows(self) -> set[tuple[int, int]]:
        """What is on record."""
        known = sa.select(Confirmation.terms_id, Confirmation.partner_id).join(Confirmation.terms)
        here = (Terms.project_id == self.project.id, Confirmation.at.is_not(None))
        return {(row.terms_id, row.partner_id) for row in db.session.execute(known.where(*here))}

    @rule(words=WORDS, funding=WORDS, data=st.data())
    def write(self, words, funding, data):
        partner = data.draw(st.sampled_from(self.project.partners))
        lead, before = self.project.lead, len(self.versions)
        try:
            terms = actions.write(self.project, text=words, funding=funding, tasks={partner.id: words}, actor=lead)
        except RuleBroken:
            assert len(self.versions) == before
            return
        assert terms.number == before + 1
        self.given |= {
            (terms.id, known.id)
            for known in self.project.committed
            if known.role in LEADING and known.institution_id in lead.institution_ids
        }

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def confirm(self, data):
        """Any version, for any partner, as somebody would who read it before the next one was written."""
        terms = data.draw(st.sampled_from(self.versions))
        partner = data.draw(st.sampled_from(self.project.partners))
        try:
            actions.confirm(terms, partner, actor=self.project.coordinator)
        except RuleBroken as refused:
            sentence = "newest version first" if terms is not self.versions[0] else "has not agreed"
            self.expect(sentence in str(refused))
        else:
            assert terms is self.versions[0]
            self.given.add((terms.id, partner.id))

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), answer=st.sampled_from(["confirm", "confirm", "object"]))
    def answer_from_a_mail(self, data, answer):
        """By the link of any question that was ever asked, the oldest included."""
        asks = db.session.scalars(sa.select(Ask).where(Ask.kind == actions.ASK, Ask.about_id == self.project.id)).all()
        if not asks:
            return
        ask = data.draw(st.sampled_from(sorted(asks, key=lambda known: -known.id)))
        reply = db.session.get_one(Confirmation, ask.subject_id)
        terms_id, partner_id, is_newest = reply.terms_id, reply.partner_id, reply.terms_id == self.versions[0].id
        is_open = ask.state is AskState.OPEN
        contact = reply.partner.institution.contacts[0].person
        path = f"/a/{links.token(links.issue(ask, contact))}"
        before = self.rows()
        page = self.browser_of(None).post(path, data={"answer": answer, "object-words": "Open data, please"})
        partner = db.session.get_one(Partner, partner_id)
        if page.status_code == 303 and answer == "confirm":
            self.given.add((terms_id, partner_id))
        assert page.status_code in (303, 403, 409), page.status_code
        if is_open and answer == "confirm":
            assert page.status_code == (303 if is_newest and partner.is_committed else 409)
        if not is_newest and (terms_id, partner_id) not in before:
            assert self.rows() == before
            assert page.status_code != 303
            assert re.search(r"newer question|taken back|newest version", page.text)

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def note_on_the_page(self, data):
        """A coordinator, for the partner that is known by its printed name only."""
        terms = data.draw(st.sampled_from(self.versions))
        partner = next(known for known in self.project.partners if known.organisation is None)
        newest, path = self.versions[0].id, f"{self.project.path}/terms/confirm"
        terms_id, partner_id, may = terms.id, partner.id, partner.is_committed
        browser = self.browser_of(self.project.coordinator)
        page = browser.submit(path, terms=terms_id, partner=partner_id)
        assert page.status_code == (303 if terms_id == newest and may else 409)
        if page.status_code == 303:
            self.given.add((terms_id, partner_id))

    @rule()
    def join(self):
        if len(self.project.partners) < 7:
            add_partners(self.project, ["NP"])

    @rule(data=st.data())
    def leave(self, data):
        self.attempt(recruiting.leave, data.draw(st.sampled_from(self.project.partners)), actor=self.project.lead)

    @rule(data=st.data())
    def replace(self, data):
        self.leave(data)
        self.join()

    @rule(data=st.data(), role=st.sampled_from(Role))
    def change_role(self, data, role):
        partner = data.draw(st.sampled_from(self.project.partners))
        self.attempt(recruiting.change_role, partner, role, actor=self.project.lead)

    @rule()
    def work(self):
        rounds.ask(10)

    @invariant()
    def what_counts_is_on_record(self):
        if not hasattr(self, "project"):
            return
        assert self.rows() == self.given
        newest = next(iter(self.versions), None)
        lacking = [known for known in self.project.committed if newest and (newest.id, known.id) not in self.given]
        needs = [item.sentence for item in missing(self.project, "start") if item.path.endswith("/terms")]
        assert bool(needs) == (newest is None or bool(lacking))
        assert all(known.name in needs[0] for known in lacking)

    @precondition(lambda self: self.versions)
    @rule()
    def read(self):
        """The page says what the rows say."""
        newest = self.versions[0]
        waiting = [known.name for known in self.project.committed if (newest.id, known.id) not in self.given]
        names = [known.name for known in self.project.partners if (newest.id, known.id) in self.given]
        page = self.browser_of(self.project.lead).get(f"{self.project.path}/terms").text
        rows = re.findall(r"<bdi>([^<]*)</bdi></th><td data-label=\"Confirmed\">([^<]*)", page)
        assert sorted(name for name, state in rows if state.startswith("not yet")) == sorted(waiting)
        assert sorted(name for name, state in rows if not state.startswith("not yet")) == sorted(names)

    def expect(self, holds):
        assert holds

    def attempt(self, action, *given, **named):
        try:
            action(*given, **named)
        except RuleBroken:
            return

    def teardown(self):
        db.session.rollback()


def test_no_version_counts_as_confirmed_without_all_confirmations_on_record(signed_in, client):
    class Here(Understanding):
        browser_of = staticmethod(lambda person: signed_in(person) if person is not None else client)

    run_state_machine_as_test(
        Here, settings=settings(max_examples=lives(16), stateful_step_count=14, deadline=None, derandomize=True)
    )


@pytest.fixture
def two_contacts(tmp_path):
    """An application on a database of its own, and the links of two people who answer for one partner."""
    with database_apart(tmp_path) as app:
        with app.app_context():
            project = make_project(ProjectState.RECRUITING)
            second = make_person(contact_of=project.partners[1].institution)
            add_partners(project, ["KE"])
            actions.write(project, text="We share.", actor=project.lead)
            paths = [link_to(person) for person in (*project.partner_people, second)]
            db.session.commit()
        yield app, paths


def test_two_people_who_confirm_at_once_are_one_confirmation_each_partner(two_contacts):
    app, paths = two_contacts
    answers = at_once(*[lambda path=path: app.test_client().post(path, data={"answer": "confirm"}) for path in paths])
    assert {answer.status_code for answer in answers} <= {303, 409}
    with app.app_context():
        given = db.session.scalars(sa.select(Confirmation).where(Confirmation.at.is_not(None))).all()
        assert len(given) == 3 and len({known.partner_id for known in given}) == 3
