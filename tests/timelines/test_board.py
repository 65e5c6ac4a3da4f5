"""All open projects a row each, those in most trouble first."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_network, make_person, make_project
from tests.query_plans import steps
from tracker import clock
from tracker.board import troubles
from tracker.board.filters import Filters
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects.states import Audience, ProjectState

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_september():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def network():
    return make_network()


def study(network, title, *due, state=ProjectState.RUNNING, heard=1, help_asked=None):
    """A project with milestones due so many days from now, last heard of so many days ago."""
    project = make_project(network=network, title=title)
    project.state, project.audience = state, Audience.PUBLIC
    for days in due:
        day = PartialDate.of(earth_day() + timedelta(days=days))
        db.session.add(Milestone(project_id=project.id, name="Draft", first_due=day, due=day))
    if help_asked is not None:
        asked = clock.now() - timedelta(days=help_asked)
        month = clock.today().replace(day=1)
        db.session.add(
            CheckIn(
                project_id=project.id,
                partner_id=project.partners[0].id,
                month=month,
                going=Going.HELP,
                answered_at=asked,
            )
        )
    db.session.flush()
    project.changed_at = clock.now() - timedelta(days=heard)
    db.session.flush()
    return project


@pytest.fixture
def studies(network):
    study(network, "Quiet", 30, heard=60)
    study(network, "Late a little", -5, -1, heard=80)
    study(network, "On track", 10)
    study(network, "Late much", -34, 20, -2)
    study(network, "Needs help since yesterday", -90, help_asked=1)
    study(network, "Needs help for a week", 40, help_asked=7)
    study(network, "Seeks partners", -50, state=ProjectState.RECRUITING, heard=30)
    study(network, "Over", -400, state=ProjectState.PUBLISHED)
    study(make_network(), "Elsewhere", -70)
    return [
        "Needs help for a week",
        "Needs help since yesterday",
        "Late much",
        "Late a little",
        "Quiet",
        "Seeks partners",
        "On track",
    ]


def titles(filters, offset=0, limit=99):
    return [project.title for project in troubles.in_order(filters, offset, limit)]


def test_those_in_most_trouble_come_first_on_whatever_page(network, studies):
    filters = Filters(among=frozenset({network.id}))
    assert titles(filters) == studies
    for offset in range(len(studies)):
        assert titles(filters, offset, 2) == studies[offset : offset + 2]
    assert len(db.session.scalars(troubles.shown(filters)).all()) == len(studies)
    assert titles(filters.only(state=ProjectState.PUBLISHED)) == ["Over"]
    assert titles(Filters()) == []


def test_a_row_says_what_is_the_matter(signed_in, network, studies):
    page = signed_in(make_person(coordinates=network)).get("/board/timelines").text
    rows = {title: page.split(f"<bdi>{title}</bdi>")[1].split("</tr>")[0] for title in studies}
    assert "2 late, worst 34 days" in rows["Late much"] and "help asked for" not in rows["Late much"]
    assert "help asked for" in rows["Needs help for a week"] and "late, worst" not in rows["Needs help for a week"]
    assert "1 late, worst 90 days" in rows["Needs help since yesterday"]
    assert "silent for 60 days" in rows["Quiet"] and "17 July 2026" in rows["Quiet"]
    assert "late, worst" not in rows["Seeks partners"]
    assert rows["Late much"].count('href="#strip-late"') == 2 and rows["Late much"].count('href="#strip-planned"') == 1
    assert "<bdi>Elsewhere</bdi>" not in page and "<bdi>Over</bdi>" not in page


def test_what_is_late_is_never_out_of_sight(signed_in, network):
    long_ago = study(network, "Old", -3000, 3000)
    earlier = Milestone(project_id=long_ago.id, name="Concept", due=PartialDate("2015"), state=MilestoneState.DONE)
    db.session.add(earlier)
    page = signed_in(make_person(coordinates=network)).get("/board/timelines").text
    assert 'href="#strip-late" x="0.0%"' in page
    row = page.split("<bdi>Old</bdi>")[1]
    assert 'href="#strip-left" x="0%"' in row and 'href="#strip-right" x="100%"' in row


def test_more_projects_cost_no_further_query(signed_in, network, studies, queries):
    reader = signed_in(make_person(coordinates=network))
    counts = []
    for _round in range(2):
        with queries() as log:
            reader.get("/board/timelines")
        counts.append(len(log))
        for number in range(6):
            study(network, f"Another {number}", -number, 60, help_asked=number)
    assert counts[0] == counts[1]


def test_projects_are_found_by_indexes_alone(network, studies):
    found = steps(lambda: troubles.in_order(Filters(among=frozenset({network.id})), 0, 20))
    assert not [step for step in found if step.startswith(("SCAN milestone", "SCAN project", "SCAN ask"))]
    late = [step for step in found if "ix_milestone_state_last_day" in step]
    assert late or not found  # nothing is known of the plans of PostgreSQL
