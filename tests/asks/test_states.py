"""The life of asks, whatever is tried by whom through which door, in whatever order."""

from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from flask import current_app
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
from tests.factories import agree_terms, make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity, Delivery
from tracker.activity.outbox import send_owed
from tracker.activity.record import GENERIC
from tracker.asks import actions, links
from tracker.asks.kinds import KINDS
from tracker.asks.models import Ask, AskLink
from tracker.asks.states import CLOSED, AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.institutions.models import Contact
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.security import limiter
from tracker.worker import ROUNDS

STEPS = ("propose", "accept", "accept", "send_back", "start", "stop", "stop", "resume", "resume", "submit")
KINDS_HERE = ("recruiting.invitation", "recruiting.offer", "projects.proposal")
WAITS = {"recruiting.invitation": Commitment.INVITED, "recruiting.offer": Commitment.INTERESTED}
BEGINNINGS = (ProjectState.DRAFT, *[ProjectState.PROPOSED] * 2, *[ProjectState.RECRUITING] * 4)
LIKELY = {AskState.OPEN, AskState.ANSWERED}
REFUSALS = {400, 403, 409, 410, 422}


class AskLife(RuleBasedStateMachine):
    """One project, institutions with two, one and no contacts, and people from elsewhere who are asked to answer."""

    @initialize(state=st.sampled_from(BEGINNINGS))
    def begin(self, state):
        self.outer = db.engines[None].begin_nested()
        self.time = ExitStack()
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.wait(0)
        self.project = make_project(state, countries=("BD",))
        self.lead, self.coordinator = self.project.lead, self.project.coordinator
        self.places = [make_institution(country=country) for country in ("PE", "KE", "NP")]
        both, one, _nobody = self.places
        self.people = [
            make_person(contact_of=both),
            make_person(contact_of=both),
            make_person(contact_of=one),
            *(make_person(institution=place) for place in self.places),
            make_person("From Elsewhere"),
        ]
        declined = recruiting.invite(self.project, both, actor=self.lead)  # its row stays, whatever is withdrawn later
        recruiting.answer_invitation(declined, agrees=False, actor=self.people[0])
        db.session.commit()

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.time.close()
        self.time.enter_context(clock.frozen(self.now))

    def attempt(self, action):
        """As a request does it: all of it, or with RuleBroken nothing."""
        self.wait(60)
        with suppress(RuleBroken), db.session.begin_nested():
            action()
        db.session.commit()

    def send(self, link, path="", method="POST", **fields):
        self.wait(60)
        limiter.reset()
        address = f"/a/{links.token(link)}{path}"
        db.session.commit()
        return current_app.test_client().open(address, method=method, data=fields)

    # --- what people do ---------------------------------------------------------------------------------------

    @rule(data=st.data())
    def invite(self, data):
        place = data.draw(st.sampled_from(self.places))
        self.attempt(lambda: recruiting.invite(self.project, place, actor=self.lead))

    @rule(data=st.data())
    def offer(self, data):
        person = data.draw(st.sampled_from(self.people[:-1]))
        place = next(held.institution for held in person.affiliations)
        self.attempt(lambda: recruiting.offer(self.project, place, actor=person))

    @precondition(lambda self: self.links())
    @rule(data=st.data(), choice=st.sampled_from([0, 0, 0, 1, 1, "nonsense"]))
    def answer_by_link(self, data, choice):
        link = self.some_link(data)
        choice = choice if choice == "nonsense" else KINDS[link.ask.kind].choices[choice].name
        before = self.what_stands(link.ask)
        may = link.person_id in self.who_has_a_say(link.ask) and link.withdrawn_at is None
        answer = self.send(link, answer=choice, note="So be it", **{"send_back-reason": "Too long"})
        if answer.status_code == 303:
            assert may, "an old link answered for somebody who has no say"
            assert link.ask.choice == choice
        else:
            assert answer.status_code in REFUSALS, answer.status_code
            assert self.what_stands(link.ask) == before, "a refused answer changed the ask"

    @precondition(lambda self: self.old_links())
    @rule(data=st.data(), choice=st.sampled_from([0, 1]))
    def answer_by_an_old_link(self, data, choice):
        """What has ended, or is others' to answer now, is answered no more."""
        link = data.draw(st.sampled_from(self.old_links()))
        before = self.what_stands(link.ask)
        answer = self.send(link, answer=KINDS[link.ask.kind].choices[choice].name, **{"send_back-reason": "Too long"})
        assert answer.status_code in REFUSALS
        assert self.what_stands(link.ask) == before

    @precondition(lambda self: self.links())
    @rule(data=st.data(), choice=st.sampled_from(["accept", "decline"]))
    def answer_twice_by_link(self, data, choice):
        """The same button again, as a slow page makes one press it."""
        link = self.some_link(data)
        first = self.send(link, answer=choice, note="Again")
        after = self.what_stands(link.ask)
        assert self.send(link, answer=choice, note="Again").status_code == first.status_code
        assert self.what_stands(link.ask) == after

    @precondition(lambda self: self.links())
    @rule(data=st.data(), path=st.sampled_from(["", "/pass-on"]))
    def look(self, data, path):
        assert self.send(self.some_link(data), path, "GET").status_code in {200, 303, 404, 410}

    @rule(data=st.data(), yes=st.booleans())
    def answer_by_the_other_door(self, data, yes):
        partner, person = self.some_partner(data), data.draw(st.sampled_from([*self.people, self.lead]))
        invited = lambda: recruiting.answer_invitation(partner, agrees=yes, actor=person)  # noqa: E731
        offered = lambda: recruiting.answer_offer(partner, accepts=yes, actor=person)  # noqa: E731
        self.attempt(offered if partner.commitment is Commitment.INTERESTED else invited)

    @rule(data=st.data())
    def withdraw(self, data):
        partner = self.some_partner(data)
        self.attempt(lambda: recruiting.withdraw(partner, actor=self.lead))

    @rule(data=st.data())
    def leave(self, data):
        partner = self.some_partner(data)
        self.attempt(lambda: recruiting.leave(partner, actor=self.lead))

    @precondition(lambda self: self.asks())
    @rule(data=st.data())
    def withdraw_by_hand(self, data):
        ask = data.draw(st.sampled_from(self.asks()))
        self.attempt(lambda: actions.withdraw(ask, actor=self.coordinator, words="Never mind"))

    @precondition(lambda self: self.asks())
    @rule(data=st.data())
    def hand_on(self, data):
        ask, person = data.draw(st.sampled_from(self.asks())), data.draw(st.sampled_from(self.people))
        self.attempt(lambda: actions.delegate(ask, person, actor=self.coordinator))

    @precondition(lambda self: self.asks())
    @rule(data=st.data())
    def remind_by_hand(self, data):
        ask = data.draw(st.sampled_from(self.asks()))
        self.attempt(lambda: actions.remind(ask, actor=self.coordinator))

    @rule(data=st.data(), place=st.sampled_from([institutions.MAIN, institutions.SECOND]))
    def seat(self, data, place):
        """Somebody is named as contact, perhaps in the place of another."""
        institution, person = data.draw(st.sampled_from(self.places)), data.draw(st.sampled_from(self.people))
        self.attempt(lambda: institutions.name_contact(institution, person, place, actor=self.coordinator))

    @rule(data=st.data())
    def unseat(self, data):
        seats = db.session.scalars(sa.select(Contact).where(Contact.until.is_(None)).order_by(Contact.id)).all()
        if held := [seat for seat in seats if seat.institution in self.places]:
            seat = data.draw(st.sampled_from(held))
            actor = self.coordinator
            self.attempt(lambda: institutions.dismiss_contact(seat.institution, seat.person, actor=actor))

    @rule(data=st.data(), name=st.sampled_from(STEPS))
    def step(self, data, name):
        if name == "start":
            self.attempt(lambda: agree_terms(self.project))
        self.attempt(lambda: projects.take_step(self.project, name, actor=self.lead, reason="because"))

    @rule(days=st.sampled_from([1, 12, 95]))
    def time_passes(self, days):
        self.wait(days * 24 * 3600)
        for each in ROUNDS.values():
            each.run(200)
        db.session.commit()

    @rule()
    def mail_goes(self):
        self.wait(60)
        send_owed(500, send=lambda _message: None)
        unsent = db.session.scalars(sa.select(Delivery.last_error).where(Delivery.last_error != "")).all()
        assert not unsent

    # --- what there is ----------------------------------------------------------------------------------------

    def asks(self):
        return list(db.session.scalars(sa.select(Ask).order_by(Ask.id)))

    def links(self):
        return list(db.session.scalars(sa.select(AskLink).order_by(AskLink.id)))

    def old_links(self):
        return [
            link
            for link in self.links()
            if link.ask.state in CLOSED or (link.ask.is_open and link.person_id not in self.who_has_a_say(link.ask))
        ]

    def some_link(self, data):
        """Any link that ever was, mostly one that somebody would follow."""
        return self.likely(data, self.links(), [link for link in self.links() if link.ask.state in LIKELY])

    def some_partner(self, data):
        """A partner, mostly one that waits."""
        return self.likely(data, self.project.partners, [known for known in self.project.partners if known.is_asked])

    def likely(self, data, rows, likely):
        return data.draw(st.sampled_from(likely if likely and data.draw(st.integers(0, 3)) else rows))

    def what_stands(self, ask):
        db.session.refresh(ask)
        return ask.state, ask.choice, ask.ended_at, len(ask.answers), ask.delegated_to_id

    def who_has_a_say(self, ask):
        """The ids of those who answer now, as the record of seats and roles says it."""
        coordinators = {place.person_id for place in self.project.network.coordinators if place.until is None}
        if ask.addressee_type == "network":
            held = coordinators
        elif ask.addressee_type == "project":
            held = {member.person_id for member in self.project.members if member.is_lead and member.left_at is None}
        else:
            seats = sa.select(Contact.person_id).where(Contact.institution_id == ask.addressee_id)
            held = set(db.session.scalars(seats.where(Contact.until.is_(None))))
        return {*held, *filter(None, [ask.delegated_to_id])} or coordinators

    # --- what always holds ------------------------------------------------------------------------------------

    @invariant()
    def an_ask_is_in_one_state_and_all_of_it_agrees(self):
        for ask in self.asks():
            said = [given.choice for given in ask.answers]
            assert (ask.state is AskState.OPEN) == (ask.ended_at is None)
            assert (ask.state is AskState.ANSWERED) == bool(said) == bool(ask.choice)
            assert said[-1:] == [ask.choice][: len(said)]
            assert all(one != other for one, other in pairwise(said)), "one answer was kept twice"

    @invariant()
    def nothing_is_asked_twice_at_once(self):
        asked = Counter(
            (ask.kind, ask.subject_type, ask.subject_id, ask.addressee_type, ask.addressee_id)
            for ask in self.asks()
            if ask.is_open
        )
        assert set(asked.values()) <= {1}

    @invariant()
    def whatever_waits_has_its_ask_and_whatever_is_asked_waits(self):
        open_asks = [ask for ask in self.asks() if ask.is_open and ask.kind in KINDS_HERE]
        waiting = [("partner", partner.id, partner.commitment) for partner in self.project.partners if partner.is_asked]
        if self.project.state is ProjectState.PROPOSED:
            waiting.append(("project", self.project.id, None))
        asked = [(ask.subject_type, ask.subject_id, WAITS.get(ask.kind)) for ask in open_asks]
        assert sorted(asked, key=str) == sorted(waiting, key=str)

    @invariant()
    def each_answer_took_effect_once(self):
        wanted, found = Counter(), Counter(db.session.scalars(sa.select(Activity.kind)).all())
        leaves = 0
        for ask in self.asks():
            for number, given in enumerate(ask.answers):
                if ask.kind == "projects.proposal":
                    wanted[f"projects.{given.choice}"] += 1
                elif given.choice == "accept":
                    first = "recruiting.welcome" if ask.kind.endswith("offer") else "recruiting.agree"
                    wanted["recruiting.agree_after_all" if number else first] += 1
                elif number:
                    leaves += 1
                else:
                    wanted["recruiting.turn_down" if ask.kind.endswith("offer") else "recruiting.decline"] += 1
        for kind in ("agree", "welcome", "agree_after_all", "decline", "turn_down"):
            assert found[f"recruiting.{kind}"] == wanted[f"recruiting.{kind}"], kind
        for kind in ("accept", "send_back"):
            assert found[f"projects.{kind}"] == wanted[f"projects.{kind}"], kind
        assert leaves <= found["recruiting.leave"]

    @invariant()
    def what_has_ended_is_mailed_no_more(self):
        unsent = set(db.session.scalars(sa.select(Delivery.thread).where(*UNSENT)))
        for ask in self.asks():
            if not ask.is_open:
                assert ask.remind_at is None
                assert ask.thread not in unsent, "a question that has ended is still to be mailed"

    @invariant()
    def nobody_gets_two_mails_for_one_event(self):
        owed = db.session.execute(
            sa.select(Delivery.recipient_id, Delivery.activity_id, Delivery.template).where(*UNSENT)
        )
        rows = [tuple(row) for row in owed]
        one_event = Counter((person, activity) for person, activity, _template in rows if activity is not None)
        assert set(one_event.values()) <= {1}
        assert not [row for row in rows if row[1] is None and row[2] == GENERIC], "a mail came off its event"

    def teardown(self):
        if hasattr(self, "outer"):
            self.time.close()
            db.session.rollback()
            db.session.expunge_all()
            self.outer.rollback()


UNSENT = (Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None))


def test_the_life_of_asks():
    # A sequence that fails is shown as it was drawn: shrinking it takes minutes.
    how = settings(
        max_examples=lives(18), stateful_step_count=18, deadline=None, derandomize=True, phases=[Phase.generate]
    )
    run_state_machine_as_test(AskLife, settings=how)
