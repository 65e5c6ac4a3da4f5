"""Two who take the last place at the same moment: one has it, the other reads why not. Never a 500."""

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_institution, make_person, make_project, make_seat
from tracker.asks import links
from tracker.asks.models import AskLink
from tracker.asks.queries import latest
from tracker.database import db
from tracker.projects.queries import partner_for_ask
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions
from tracker.seats.models import Seat
from tracker.security import limiter


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


class LastPlace:
    """A seat for one, two institutions that are asked to fill it, and two that take part already."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            limiter.reset()
            project = make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))
            seat = make_seat(project)
            asked = []
            self.answers = []
            for country in ("BO", "EC"):
                institution = make_institution(country=country)
                contact = make_person(contact_of=institution)
                partner = recruiting.invite(project, institution, seats=[seat], actor=project.lead)
                asked.append(partner)
                ask = latest("recruiting.invitation", partner)
                db.session.flush()
                owed = sa.select(AskLink).where(AskLink.ask_id == ask.id, AskLink.person_id == contact.id)
                self.answers.append(f"/a/{links.token(db.session.scalars(owed).one())}")
            db.session.commit()
            self.seat, self.path, self.lead = seat.id, seat.path, project.lead.session_key
            self.coordinator = project.coordinator.session_key
            self.asked = [partner.id for partner in asked]
            self.inside = [partner.id for partner in project.partners[1:3]]

    def give(self, number, key):
        return post(self.app, key, f"{self.path}/give", partner=str(self.inside[number]))

    def say_yes(self, number):
        return lambda: self.app.test_client().post(self.answers[number], data={"answer": "accept", "seen": "0"})

    def take(self, number):
        """What every door does: the project is locked first, then the seat is taken."""

        def call():
            with self.app.app_context():
                actions.take(partner_for_ask(self.asked[number], lock=True))
                db.session.commit()

        return call

    def stands(self):
        with self.app.app_context():
            seat = db.session.get_one(Seat, self.seat)
            return seat.taken, sum(filling.is_taken for filling in seat.fillings)


@pytest.fixture
def last_place(apart):
    return LastPlace(apart)


def statuses(answers):
    return sorted(getattr(answer, "status_code", repr(answer)) for answer in answers)


def test_two_leads_give_the_last_place_to_two(last_place):
    answers = at_once(last_place.give(0, last_place.lead), last_place.give(1, last_place.coordinator))
    assert statuses(answers) == [303, 409]
    assert any("filled meanwhile" in answer.text for answer in answers)
    assert last_place.stands() == (1, 1)


def test_two_institutions_say_yes_to_the_last_place(last_place):
    answers = at_once(last_place.say_yes(0), last_place.say_yes(1))
    assert statuses(answers) == [303, 409]
    assert last_place.stands() == (1, 1)


def test_a_yes_against_a_lead_who_gives_it_away(last_place):
    answers = at_once(last_place.say_yes(0), last_place.give(0, last_place.lead))
    assert statuses(answers) == [303, 409]
    assert last_place.stands() == (1, 1)


def test_a_yes_against_a_lead_who_wants_fewer(apart, last_place):
    edit = post(
        apart, last_place.lead, f"{last_place.path}/edit", version="1", task="review", place="", language="", wanted="1"
    )
    answers = at_once(last_place.say_yes(0), edit)
    assert statuses(answers) == [303, 303]
    assert last_place.stands() == (1, 1)


def test_two_take_it_in_two_transactions(last_place):
    answers = at_once(last_place.take(0), last_place.take(1))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "RuleBroken"]
    assert last_place.stands() == (1, 1)


def test_two_who_edit_a_seat_at_once_do_not_overwrite_each_other(apart, last_place):
    fields = {"version": "1", "task": "review", "place": "", "language": "", "wanted": "1"}
    edit = [post(apart, last_place.lead, f"{last_place.path}/edit", skills=text, **fields) for text in ("One", "Two")]
    assert statuses(at_once(*edit)) == [303, 409]
