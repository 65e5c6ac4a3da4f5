"""Two who act on one question at the same moment: one effect, for the other what stands. Never a 500."""

import threading
from contextlib import suppress
from datetime import timedelta
from time import sleep

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity, Delivery
from tracker.asks import actions, links, rounds
from tracker.asks.models import Answer, Ask, AskLink
from tracker.asks.page import AskPage
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.security import limiter

UNSENT = (Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None))


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


class Invitation:
    """An invitation to an institution with two contacts, each of whom has a link."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            limiter.reset()
            project = make_project(ProjectState.RECRUITING, countries=("KE",))
            institution = make_institution(country="PE", member_of=project.network)
            contacts = [make_person(contact_of=institution) for _ in range(2)]
            partner = recruiting.invite(project, institution, actor=project.lead)
            db.session.commit()
            ask = db.session.scalars(sa.select(Ask).where(Ask.subject_id == partner.id).order_by(Ask.id.desc())).first()
            self.ask, self.partner, self.project, self.institution = ask.id, partner.id, project.id, institution.id
            self.contacts, self.keys = [known.id for known in contacts], [known.session_key for known in contacts]
            self.lead, self.coordinator = project.lead.session_key, project.coordinator.id
            owed = sa.select(AskLink).where(AskLink.ask_id == ask.id).order_by(AskLink.person_id)
            self.paths = [f"/a/{links.token(link)}" for link in db.session.scalars(owed)]

    def answer(self, number, choice):
        return lambda: self.app.test_client().post(self.paths[number], data={"answer": choice, "seen": "0"})

    def signed_in(self, number, choice):
        return post(self.app, self.keys[number], f"/asks/{self.ask}", answer=choice)

    def do(self, action):
        """A call that runs action(ask) in a context and a transaction of its own."""

        def call():
            with self.app.app_context():
                action(db.session.get_one(Ask, self.ask))
                db.session.commit()

        return call

    def stands(self):
        """(state, answers given, activities about answering, unsent mails of the question, commitment)."""
        with self.app.app_context():
            ask = db.session.get_one(Ask, self.ask)
            kinds = ("recruiting.agree", "recruiting.decline", "recruiting.agree_after_all", "recruiting.leave")
            noted = (Activity.subject_id == self.project, Activity.subject_type == "project", Activity.kind.in_(kinds))
            partner = db.session.get(Partner, self.partner)
            return (
                ask.state,
                db.session.scalar(sa.select(sa.func.count(Answer.id)).where(Answer.ask_id == self.ask)),
                db.session.scalar(sa.select(sa.func.count(Activity.id)).where(*noted)),
                db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(Delivery.thread == ask.thread, *UNSENT)),
                partner.commitment if partner else None,
            )


@pytest.fixture
def invitation(apart):
    return Invitation(apart)


def statuses(answers):
    return [getattr(answer, "status_code", repr(answer)) for answer in answers]


def test_yes_and_yes_are_one_yes(invitation):
    answers = at_once(invitation.answer(0, "accept"), invitation.answer(1, "accept"))
    assert statuses(answers) == [303, 303]
    assert invitation.stands() == (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED)


@pytest.mark.parametrize("state", [ProjectState.RECRUITING, ProjectState.REVIEW])
def test_yes_and_no_are_the_one_that_came_first(invitation, state):
    """Also while each could still change the other's answer: nobody undoes what they had not seen."""
    with invitation.app.app_context():
        db.session.get_one(Project, invitation.project).state = state
        db.session.commit()
    answers = at_once(invitation.answer(0, "decline"), invitation.answer(1, "accept"))
    assert sorted(statuses(answers)) == [303, 409], answers
    *stands, commitment = invitation.stands()
    assert stands == [AskState.ANSWERED, 1, 1, 0]
    assert commitment is (Commitment.DECLINED if answers[0].status_code == 303 else Commitment.AGREED)


def test_the_same_by_link_and_signed_in_without_waiting_for_each_other_for_ever(invitation, monkeypatch):
    """One lock order for both doors: a deadlock would end one of them with “try again”."""
    look, both_look = AskPage.__init__, threading.Barrier(2)

    def look_together(page, *args, **kwargs):
        look(page, *args, **kwargs)
        with suppress(threading.BrokenBarrierError):  # SQLite lets them in one after the other
            both_look.wait(timeout=1)
            sleep(0 if page.token else 0.2)  # whoever holds the ask already asks for the project second

    monkeypatch.setattr(AskPage, "__init__", look_together)
    answers = at_once(invitation.signed_in(0, "accept"), invitation.answer(1, "accept"))
    assert statuses(answers) == [303, 303]
    assert invitation.stands() == (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED)


def test_a_yes_against_the_leads_withdrawal(invitation):
    path = f"/projects/{invitation.project}/partners/{invitation.partner}/withdraw"
    answers = at_once(invitation.answer(0, "accept"), post(invitation.app, invitation.lead, path))
    answered, withdrawn = statuses(answers)
    if answered == 303:
        state, given, noted, unsent, _commitment = invitation.stands()
        assert (state, given, unsent) == (AskState.ANSWERED, 1, 0)
        assert noted == (2 if withdrawn == 303 else 1)  # what was agreed is then left
    else:
        assert (answered, withdrawn) == (409, 303)
        assert "taken back" in answers[0].text
        assert invitation.stands() == (AskState.WITHDRAWN, 0, 0, 0, None)


def test_a_yes_against_taking_the_question_back(invitation):
    taken = post(invitation.app, invitation.lead, f"/asks/{invitation.ask}/withdraw", words="Never mind")
    answered, withdrawn = statuses(at_once(invitation.answer(0, "accept"), taken))
    assert (answered, withdrawn) in ((303, 409), (409, 303))
    expected = (
        (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED) if answered == 303 else (AskState.WITHDRAWN, 0, 0, 0, None)
    )
    assert invitation.stands() == expected


def test_a_yes_against_the_end_of_the_time(invitation):
    with invitation.app.app_context():
        ask = db.session.get_one(Ask, invitation.ask)
        ask.expires_at = clock.now() + timedelta(seconds=1.5)
        db.session.commit()

    def run_out():
        with invitation.app.app_context(), clock_ahead():
            return rounds.expire(50)

    answers = at_once(invitation.answer(0, "accept"), run_out)
    state, given, noted, unsent, commitment = invitation.stands()
    assert answers[0].status_code in (303, 409, 410) and isinstance(answers[1], int)
    if state is AskState.ANSWERED:
        assert (given, noted, unsent, commitment) == (1, 1, 0, Commitment.AGREED)
    else:
        assert (state, given, noted, unsent, commitment) == (AskState.EXPIRED, 0, 0, 0, None)


def clock_ahead():
    return clock.frozen(clock.now() + timedelta(seconds=3))


def test_two_workers_remind_once(invitation):
    with invitation.app.app_context():
        ask = db.session.get_one(Ask, invitation.ask)
        ask.remind_at = clock.now() - timedelta(hours=1)
        db.session.commit()

    def work():
        with invitation.app.app_context():
            return rounds.remind(50)

    handled = at_once(work, work)
    assert sum(handled) == 1, handled
    with invitation.app.app_context():
        held = (Delivery.thread == f"ask-{invitation.ask}", Delivery.is_held)
        reminded = db.session.scalars(sa.select(Delivery.recipient_id).where(*held)).all()
        assert sorted(reminded) == sorted(invitation.contacts)
        assert db.session.get_one(Ask, invitation.ask).reminders == 1


def test_two_workers_close_what_ran_out_once(invitation):
    with invitation.app.app_context():
        db.session.get_one(Ask, invitation.ask).expires_at = clock.now() - timedelta(hours=1)
        db.session.commit()

    def work():
        with invitation.app.app_context():
            return rounds.expire(50)

    assert all(isinstance(handled, int) for handled in at_once(work, work))
    assert invitation.stands() == (AskState.EXPIRED, 0, 0, 0, None)
    with invitation.app.app_context():
        closed = (Activity.kind == "asks.expire", Activity.subject_id == invitation.project)
        assert db.session.scalar(sa.select(sa.func.count(Activity.id)).where(*closed)) == 1


def test_a_reminder_that_is_being_owed_is_withdrawn_by_the_answer(invitation):
    with invitation.app.app_context():
        db.session.get_one(Ask, invitation.ask).remind_at = clock.now() - timedelta(hours=1)
        db.session.commit()

    def work():
        with invitation.app.app_context():
            return rounds.remind(50)

    answers = at_once(invitation.answer(0, "accept"), work)
    assert answers[0].status_code == 303, answers
    assert invitation.stands() == (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED)


def test_an_answer_while_another_hands_it_on(invitation):
    pass_on = lambda: invitation.app.test_client().post(  # noqa: E731
        invitation.paths[1] + "/pass-on", data={"name": "Lucía Paz", "email": "lucia@example.net"}
    )
    answers = at_once(invitation.answer(0, "accept"), pass_on)
    assert answers[0].status_code == 303 and answers[1].status_code in (200, 303, 409), answers
    assert invitation.stands() == (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED)


@pytest.mark.parametrize("choice", ["accept", "decline"])
def test_an_answer_by_who_is_just_losing_the_seat(invitation, choice):
    def hand_over():
        with invitation.app.app_context():
            institution = db.session.get_one(Institution, invitation.institution)
            leaver = db.session.get_one(Person, invitation.contacts[0])
            institutions.dismiss_contact(institution, leaver, actor=None)
            db.session.commit()

    answers = at_once(invitation.answer(0, choice), hand_over)
    assert answers[0].status_code in (303, 409, 410), answers
    assert answers[1] is None, answers
    answered = answers[0].status_code == 303
    assert invitation.stands()[:3] == ((AskState.ANSWERED, 1, 1) if answered else (AskState.OPEN, 0, 0))
    late = invitation.answer(0, "decline" if choice == "accept" else "accept")()
    assert late.status_code in ((403, 409, 410) if answered else (410,))


def test_who_lost_the_seat_while_waiting_for_the_lock_answers_no_more(apart, invitation):
    """The page let them in; by the time the question is theirs to lock, others answer for the institution."""
    with apart.app_context():
        ask = db.session.get_one(Ask, invitation.ask)
        leaver = db.session.get_one(Person, invitation.contacts[0])
        institutions.dismiss_contact(db.session.get_one(Institution, invitation.institution), leaver, actor=None)
        db.session.commit()
        with pytest.raises(RuleBroken, match="Others answer"):
            actions.answer(ask, "accept", {"note": ""}, actor=leaver, by_link=True)
        db.session.rollback()
    assert invitation.stands()[:3] == (AskState.OPEN, 0, 0)


def test_the_same_question_raised_twice_at_once_is_one(apart, invitation):
    def ask_again():
        with apart.app_context():
            partner = db.session.get_one(Partner, invitation.partner)
            coordinator = db.session.get_one(Person, invitation.coordinator)
            about = partner.project
            raised = actions.raise_ask("recruiting.invitation", partner, to=coordinator, about=about, actor=None)
            db.session.commit()
            return raised.id

    one, other = at_once(ask_again, ask_again)
    assert one == other and isinstance(one, int), (one, other)


def test_mails_asked_for_again_against_an_answer(invitation):
    with invitation.app.app_context():
        sent = sa.update(Delivery).where(Delivery.thread == f"ask-{invitation.ask}")
        db.session.execute(sent.values(sent_at=clock.now(), created_at=clock.now() - timedelta(days=1)))
        db.session.commit()
    again = lambda: invitation.app.test_client().post(invitation.paths[1] + "/again")  # noqa: E731
    answers = at_once(invitation.answer(0, "accept"), again)
    assert statuses(answers) == [303, 303]
    assert invitation.stands() == (AskState.ANSWERED, 1, 1, 0, Commitment.AGREED)
