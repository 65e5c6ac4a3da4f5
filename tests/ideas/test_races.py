"""Two who join and merge at the same moment: no ring, one wish of each project, nobody waits for ever."""

from time import sleep

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_project
from tracker.asks.models import Ask
from tracker.database import db
from tracker.ideas import actions, queries
from tracker.ideas.models import Union
from tracker.ideas.states import UnionKind
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.security import limiter


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


@pytest.fixture
def two(apart):
    """Two calls, each as (id, session key of its lead)."""
    with apart.app_context():
        limiter.reset()
        made = [make_project(ProjectState.RECRUITING, title=title) for title in ("One", "Other")]
        db.session.commit()
        return [(project.id, project.lead.session_key) for project in made]


def wish(app, of, into, way="join"):
    return post(app, of[1], f"/projects/{of[0]}/{way}/{into[0]}", words="Together")


def statuses(answers):
    return sorted(getattr(answer, "status_code", 0) or 0 for answer in answers)


def unions(app, *projects):
    with app.app_context():
        query = sa.select(Union.project_id, Union.into_id, Union.ended_at.is_(None), Union.is_done)
        ids = [number for number, _key in projects]
        return [tuple(row) for row in db.session.execute(query.where(Union.project_id.in_(ids)).order_by(Union.id))]


def test_two_that_ask_each_other_at_once_are_one_question(apart, two):
    one, other = two
    assert statuses(at_once(wish(apart, one, other), wish(apart, other, one, "merge"))) == [303, 409]
    assert len(unions(apart, *two)) == 1


def test_two_that_ask_each_other_never_wait_for_each_other_for_ever(apart, two, monkeypatch):
    """Both lock the same project first: a deadlock would end one of them with “try again”."""
    look = queries.for_ask

    def look_slowly(number, *, lock):
        found = look(number, lock=lock)
        sleep(0.3 if lock else 0)
        return found

    monkeypatch.setattr(queries, "for_ask", look_slowly)
    one, other = two
    answers = at_once(wish(apart, one, other), wish(apart, other, one))
    assert statuses(answers) == [303, 409]
    assert any("They asked you first" in answer.text for answer in answers)


def test_one_that_asks_twice_asks_once(apart, two):
    one, other = two
    assert statuses(at_once(wish(apart, one, other), wish(apart, one, other, "merge"))) == [303, 409]
    assert len(unions(apart, one)) == 1


def asked(app, *pairs):
    """Wishes that stand against each other, as two doors that knew of each other too late would leave; their asks."""
    with app.app_context():
        for of, into in pairs:
            rows = [db.session.get_one(Project, number) for number, _key in (of, into)]
            before = db.session.scalars(sa.select(Union).where(Union.project_id == into[0], Union.ended_at.is_(None)))
            hidden = list(before)
            for union in hidden:
                union.ended_at = union.asked_at
            db.session.flush()
            lead = next(member.person for member in rows[0].members if member.is_lead)
            actions.propose(rows[0], rows[1], UnionKind.JOIN, actor=lead)
            for union in hidden:
                union.ended_at = None
            db.session.flush()
        db.session.commit()
        query = sa.select(Ask.id).where(Ask.kind == "ideas.join", Ask.about_id.in_([into[0] for _of, into in pairs]))
        return list(db.session.scalars(query.order_by(Ask.id)))


def test_a_yes_on_both_sides_at_once_makes_no_ring(apart, two):
    one, other = two
    to_other, to_one = asked(apart, (one, other), (other, one))
    yes = [
        post(apart, other[1], f"/asks/{to_other}", answer="accept", seen="0"),
        post(apart, one[1], f"/asks/{to_one}", answer="accept", seen="0"),
    ]
    assert statuses(at_once(*yes)) == [303, 409]
    assert sorted(row[2:] for row in unions(apart, *two)) == [(False, False), (False, True)]
    with apart.app_context():
        states = {db.session.get_one(Project, number).state for number, _key in two}
    assert states == {ProjectState.STOPPED, ProjectState.RECRUITING}


def test_a_yes_and_taking_it_back_at_once_is_the_one_that_came_first(apart, two):
    one, other = two
    (question,) = asked(apart, (one, other))
    yes = post(apart, other[1], f"/asks/{question}", answer="accept", seen="0")
    back = post(apart, one[1], f"/asks/{question}/withdraw", words="No")
    assert statuses(at_once(yes, back))[0] == 303
    ((_project, _into, is_open, is_done),) = unions(apart, one)
    with apart.app_context():
        state = db.session.get_one(Project, one[0]).state
    assert not is_open and is_done == (state is ProjectState.STOPPED)
