from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.calls import actions
from tracker.database import db
from tracker.projects.states import ProjectState

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # on this day everywhere but in the far east, where it is the 23rd
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_a_day():
    """It is always the same day: calls are all about days."""
    with clock.frozen(NOW):
        yield


@pytest.fixture
def call():
    """A project that looks for partners, with no days yet; and somebody at a member institution outside it."""
    project = make_project(ProjectState.RECRUITING)
    member = make_person("Amina Diallo", institution=make_institution("Institute of Dakar", country="SN"))
    return SimpleNamespace(
        project=project,
        lead=project.lead,
        member=member,
        place=member.affiliations[0].institution,
        path=f"{project.path}/call",
    )


@pytest.fixture
def set_days():
    """set_days(project, closes_on=…) sets the days of a call as its lead would; what is left out stays away."""

    def set_them(project, **days):
        wanted = dict.fromkeys(("opens_on", "questions_until", "closes_on")) | days
        made = actions.set_dates(project, **wanted, actor=project.lead)
        db.session.flush()
        return made

    return set_them
