"""Two who speak for one partner at the same moment, and two workers: one check-in, one note, never a 500."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity
from tracker.asks import links
from tracker.asks.models import Ask, AskLink
from tracker.checkins import rounds
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK
from tracker.database import db
from tracker.milestones.models import DateChange, ProgressNote
from tracker.milestones.queries import plan
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.security import limiter

MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


@pytest.fixture
def month(apart):
    """A partner with two contacts, whose question of March is open."""
    with apart.app_context(), clock.frozen(datetime(2026, 1, 5, 9, tzinfo=UTC)):
        limiter.reset()
        project = make_project(ProjectState.RUNNING)
        place = make_institution(country="KE", member_of=project.network)
        contacts = [make_person(contact_of=place) for _ in range(2)]
        partner = recruiting.invite(project, place, actor=project.lead)
        recruiting.answer_invitation(partner, agrees=True, actor=contacts[0])
        milestone = plan(project)[-1]
        milestone.partner = partner
        db.session.commit()
        kept = {"partner": partner.id, "project": project.id, "milestone": milestone.id}
        kept["keys"] = [person.session_key for person in contacts]
    with clock.frozen(MARCH):
        yield kept


def ask(apart):
    with apart.app_context():
        return rounds.ask_how_it_goes(100)


def links_of(apart, month):
    with apart.app_context():
        ids = sa.select(CheckIn.id).where(CheckIn.partner_id == month["partner"])
        found = sa.select(AskLink).join(AskLink.ask).where(Ask.kind == ASK, Ask.subject_id.in_(ids))
        return [f"/a/{links.token(link)}" for link in db.session.scalars(found.order_by(AskLink.person_id))]


def count(model, *where):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_two_workers_ask_once(apart, month):
    handled = at_once(lambda: ask(apart), lambda: ask(apart))
    assert all(isinstance(number, int) for number in handled), handled
    ask(apart)
    with apart.app_context():
        rows = db.session.scalars(sa.select(CheckIn.id).where(CheckIn.partner_id == month["partner"])).all()
        assert len(rows) == 1 and count(Ask, Ask.kind == ASK, Ask.subject_id == rows[0]) == 1


def test_two_contacts_who_answer_at_once_make_one_answer(apart, month):
    ask(apart)
    first, second = links_of(apart, month)
    moved = {"slower-reason": "data", "slower-milestone": month["milestone"], "slower-due": "2027-03"}
    answers = at_once(
        lambda: apart.test_client().post(first, data={"answer": "slower", "seen": "0", "slower-note": "A"} | moved),
        lambda: apart.test_client().post(second, data={"answer": "slower", "seen": "0", "slower-note": "B"} | moved),
    )
    assert sorted(getattr(each, "status_code", repr(each)) for each in answers) in ([303, 409], [303, 422])
    with apart.app_context():
        assert count(ProgressNote, ProgressNote.project_id == month["project"]) == 1
        assert count(DateChange, DateChange.milestone_id == month["milestone"]) == 1
        noted = (Activity.subject_id == month["project"], Activity.kind == "checkins.slower")
        assert count(Activity, *noted) == 1


def test_by_link_and_on_the_page_at_once(apart, month):
    ask(apart)
    link, path = links_of(apart, month)[0], f"/projects/{month['project']}/partners/{month['partner']}/month"
    answers = at_once(
        lambda: apart.test_client().post(link, data={"answer": "help", "seen": "0", "help-note": "Who knows?"}),
        post(apart, month["keys"][1], path, version="0", going="on-track", words="Fine", language="en"),
    )
    assert sorted(getattr(each, "status_code", repr(each)) for each in answers) == [303, 409], answers
    with apart.app_context():
        (row,) = db.session.scalars(sa.select(CheckIn).where(CheckIn.partner_id == month["partner"])).all()
        assert row.version == 1 and count(ProgressNote, ProgressNote.project_id == month["project"]) == 1


def test_two_who_say_it_unasked_at_once_on_the_page(apart, month):
    path = f"/projects/{month['project']}/partners/{month['partner']}/month"
    given = {"version": "0", "going": "help", "language": "en"}
    answers = at_once(*(post(apart, key, path, words=key[:5], **given) for key in month["keys"]))
    assert sorted(getattr(each, "status_code", repr(each)) for each in answers) == [303, 409], answers
    with apart.app_context():
        assert count(CheckIn, CheckIn.partner_id == month["partner"]) == 1
        assert count(ProgressNote, ProgressNote.project_id == month["project"]) == 1
