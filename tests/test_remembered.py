"""What is written again is what was built, and a test that changes how it is built gets it built."""

import re

import pytest

from tests import remembered
from tests.factories import make_project
from tests.world import make_world
from tracker.database import db
from tracker.projects import actions
from tracker.projects.states import ProjectState
from tracker.search import index


@pytest.mark.parametrize("build", [lambda: make_project(ProjectState.PUBLISHED), make_world])
def test_what_is_written_again_is_what_was_built(build):
    remembered._known.clear()
    before = db.session.connection().begin_nested()
    build()
    db.session.flush()
    built, last = remembered._read(), remembered.numbers.last
    before.rollback()
    db.session.expunge_all()
    build()
    assert _lines(remembered._read()) == _lines(built)
    assert remembered.numbers.last == last


def _lines(rows):
    """In an order of its own: PostgreSQL puts rows wherever there is room."""
    return [sorted(re.split(r"\}, \n \{|\[\{|\}\]|\), \(", str(of_table))) for of_table in rows]


def test_what_is_written_again_has_its_people_and_is_found():
    for _time in range(2):
        before = db.session.connection().begin_nested()
        project = make_project(ProjectState.RUNNING)
        assert project.state is ProjectState.RUNNING
        assert actions.leads(project) == [project.lead]
        assert [person.contact_ids for person in project.partner_people] == [{project.partners[1].institution_id}]
        assert index.ranked("project", "cities") == [project.id]
        before.rollback()
        db.session.expunge_all()


def test_a_test_that_patches_something_walks_by_itself(monkeypatch):
    make_project()
    db.session.rollback()
    db.session.expunge_all()
    monkeypatch.setattr(actions, "create", lambda **_: pytest.fail("walked"))
    with pytest.raises(pytest.fail.Exception):
        make_project()
