"""Whose turn it is to write: taken, passed on, laid down, taken back; never a lock."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_person, make_project, make_report
from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports.followers import public_changed
from tracker.reports.states import ReportState
from tracker.writing import actions, pens, queries
from tracker.writing.models import Pen

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project, title="Water for towns")


@pytest.fixture
def writer(project):
    person = make_person("Rosa Quispe")
    projects.add_member(project, person, actor=project.lead, is_told=False)
    return person


def pen_of(report):
    db.session.expire_all()
    return queries.pen(report)


def asks():
    return db.session.scalars(sa.select(Ask).where(Ask.kind == pens.ASK).order_by(Ask.id)).all()


def give(report, to, until="2027-03-20", **more):
    with clock.frozen(NOON):
        pen = pens.give(report, to, until=PartialDate(until), actor=report.project.lead, **more)
        db.session.flush()
    return pen


def test_it_is_passed_on_with_a_day_and_words_and_the_others_hear_of_it(signed_in, project, report, writer):
    other = make_person("Li Wei")
    projects.add_member(project, other, actor=project.lead, is_told=False)
    with clock.frozen(NOON):
        path = f"{report.path}/pen"
        answer = signed_in(project.lead).submit(path, person=writer.id, until="2027-03-20", words="Please the findings")
    assert answer.status_code == 303
    pen = pen_of(report)
    assert (pen.holder, pen.until, pen.given_by) == (writer, date(2027, 3, 20), project.lead)
    mail = text_of(owed(writer)[-1])
    assert "Your turn to write" in mail and "20 March 2027" in mail and "Please the findings" in mail
    assert len(owed(writer)) == 1, "who is asked is not told as well"
    assert "Rosa Quispe holds the pen" in text_of(owed(other)[-1])
    with clock.frozen(NOON):
        page = signed_in(other).get(f"{report.path}/text").text
        assert "Rosa Quispe holds the pen until" in page and "You can still write" in page
        assert "Save" not in signed_in(other).get(path).text.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("person", "until", "words"),
    [("0", "2027-03-20", ""), ("writer", "2027-02-20", "This day is over"), ("writer", "2029", "within a year")],
)
def test_what_cannot_be_is_said_beside_its_field(person, until, words, signed_in, project, report, writer):
    chosen = writer.id if person == "writer" else person
    with clock.frozen(NOON):
        answer = signed_in(project.lead).submit(f"{report.path}/pen", person=chosen, until=until, words="Kept words")
    assert answer.status_code == 422 and words in answer.text and "Kept words" in answer.text
    assert pen_of(report) is None


def test_the_holder_answers_by_the_mailed_link_without_signing_in(client, project, report, writer):
    give(report, writer)
    with clock.frozen(NOON):
        link = link_to(writer)
        page = client.get(link)
        assert page.status_code == 200 and "It is your turn to write" in page.text
        assert client.post(link, data={"answer": "done", "words": "All yours"}).status_code == 303
        assert pen_of(report) is None
        assert client.get(link).status_code == 200
    assert asks()[0].state is AskState.ANSWERED and asks()[0].subject_id == 0
    assert "All yours" in text_of(owed(project.lead)[-1])


def test_it_is_passed_on_by_the_link_and_then_is_the_others_to_answer(client, project, report, writer):
    pen = give(report, writer)
    with clock.frozen(NOON):
        link = link_to(writer)
        wrong = {"pass-person": project.lead.id, "pass-until": "2026-01", "pass-words": "Your turn"}
        answer = client.post(link, data={"answer": "pass", **wrong})
        assert answer.status_code == 422 and "This day is over" in answer.text and "Your turn" in answer.text
        answer = client.post(link, data={"answer": "pass", **wrong, "pass-until": "2027-04"})
        assert answer.status_code == 303
        assert (pen_of(report).holder, pen.until) == (project.lead, date(2027, 4, 30))
        assert client.post(link, data={"answer": "done"}).status_code in (303, 409)
        assert pen_of(report).holder is project.lead, "an old link lays down nobody else's pen"
    assert [ask.state for ask in asks()] == [AskState.ANSWERED, AskState.OPEN]


def test_not_me_frees_it_and_says_so(client, project, report, writer):
    give(report, writer)
    with clock.frozen(NOON):
        assert client.post(link_to(writer), data={"answer": "no", "words": "In the field"}).status_code == 303
    assert pen_of(report) is None and "In the field" in text_of(owed(project.lead)[-1])


def test_the_lead_takes_it_back_once_the_day_is_over_everywhere(signed_in, project, report, writer):
    give(report, writer)
    browser, path = signed_in(project.lead), f"{report.path}/pen/back"
    with clock.frozen(datetime(2027, 3, 21, 11, tzinfo=UTC)):
        assert browser.submit(path).status_code == 409 and pen_of(report).holder is writer
    with clock.frozen(datetime(2027, 3, 21, 13, tzinfo=UTC)):
        assert signed_in(project.partner_people[0]).submit(path).status_code == 403
        assert "Take it back" in browser.get(f"{report.path}/pen").text
        assert browser.submit(path).status_code == 303
    assert pen_of(report) is None and asks()[0].state is AskState.WITHDRAWN
    assert browser.submit(path).status_code == 409


def test_the_lead_need_not_wait_for_somebody_who_has_left(project, report, writer):
    pen = give(report, writer)
    member = next(known for known in project.members if known.person is writer)
    projects.remove_member(project, member, actor=project.lead)
    with clock.frozen(NOON):
        pens.take_it_back(pen, actor=project.lead)
    assert pen_of(report) is None


def test_holding_it_longer_asks_once(report, project):
    give(report, project.lead)
    give(report, project.lead, "2027-04-02")
    assert [ask.state for ask in asks()] == [AskState.SUPERSEDED, AskState.OPEN]
    assert asks()[1].due_on == date(2027, 4, 2) and pens.ASK not in {
        mail.details.get("asked_kind") for mail in owed(project.lead)
    }


def test_only_the_holder_gives_it_and_only_to_the_team(project, report, writer):
    with pytest.raises(RuleBroken):
        give(report, make_person())
    give(report, writer)
    with pytest.raises(RuleBroken, match="Rosa Quispe"):
        give(report, project.lead)


def test_the_pen_locks_nothing(signed_in, project, report, writer):
    section = actions.add(report, "Findings", actor=project.lead)
    give(report, writer)
    browser = signed_in(project.partner_people[0])
    assert "Rosa Quispe holds the pen" in browser.get(f"{section.path}/edit").text
    assert browser.submit(f"{section.path}/edit", version=1, text="Words").status_code == 303


@pytest.mark.parametrize("how", ["published", "discarded"])
def test_it_goes_with_the_draft_of_the_report(how, project, report, writer):
    give(report, writer)
    if how == "published":
        report.state = ReportState.PUBLISHED
        public_changed(report, None)
    else:
        reports.discard(report, actor=project.lead)
    assert db.session.scalar(sa.select(sa.func.count(Pen.id))) == 0
    assert asks()[0].state is AskState.WITHDRAWN and asks()[0].subject_id == 0
