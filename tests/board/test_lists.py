"""Each list holds exactly what a slow look at every row finds, in the order it promises, at the same few queries."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from tests.board.generated import generate
from tests.query_plans import steps
from tracker import clock
from tracker.asks.models import Ask
from tracker.board import beside
from tracker.board import queries as lists
from tracker.board.filters import Filters
from tracker.board.lists import LISTS
from tracker.calls.models import Call
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.countries import countries_in
from tracker.database import db
from tracker.dates import add_months, earth_day
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import MilestoneState
from tracker.oversight.computed import Computed, computed
from tracker.oversight.models import HealthLine
from tracker.oversight.states import Health
from tracker.projects.models import Project
from tracker.projects.requirements import missing
from tracker.projects.states import Audience, ProjectState
from tracker.seats.models import Seat
from tracker.seats.states import SeatState

S = ProjectState
FILTERS = ("", "network", "theme", "place", "state", "coordinator", "health", "theme place", "place health")


@pytest.fixture
def world():
    """Everything there is, as plain lists."""
    with clock.frozen(datetime(2026, 11, 22, 15, tzinfo=UTC)):
        yield _generated()


def _generated():
    made = generate()

    def every(model):
        return list(db.session.scalars(sa.select(model).order_by(model.id)))

    return SimpleNamespace(
        **made,
        projects=every(Project),
        milestones=every(Milestone),
        seats=every(Seat),
        calls=every(Call),
        months=every(CheckIn),
        asks=every(Ask),
        moves=every(DateChange),
        lines={line.project_id: line for line in every(HealthLine) if line.replaced_at is None},
        help={},
    )


def values_of(world):
    return {
        "network": str(world.networks[0].id),
        "theme": str(world.themes[0].id),
        "place": "002",
        "state": "recruiting",
        "coordinator": str(world.coordinators[0].id),
        "health": "attention",
    }


def fits(project, filters, world):
    line = world.lines.get(project.id)
    here = countries_in("002")
    return (
        project.network_id in filters.network_ids
        and project.audience is not Audience.TEAM
        and (filters.theme_id is None or filters.theme_id in {theme.id for theme in project.themes})
        and (not filters.place or any(partner.takes_part and partner.country in here for partner in project.partners))
        and (filters.state is None or project.state is filters.state)
        and (
            filters.coordinator_id is None
            or any(step.step == "accept" and step.actor_id == filters.coordinator_id for step in project.transitions)
        )
        and (not filters.health or (line is not None and line.health == filters.health))
    )


def calls_for_help(project, world):
    """How many are open, the slow way; found once for each project."""
    if project.id not in world.help:
        world.help[project.id] = count_calls_for_help(project, world)
    return world.help[project.id]


def count_calls_for_help(project, world):
    number = 0
    for milestone in world.milestones:
        asks = [ask for ask in world.asks if ask.subject_id == milestone.id]
        moves = [move.at for move in world.moves if move.milestone_id == milestone.id]
        for place, ask in enumerate(asks):
            later = [known for known in asks[place + 1 :] if known.choice]
            moved = any(at > ask.ended_at for at in moves)
            waits = milestone.state is MilestoneState.PLANNED and not later and not moved
            number += ask.choice == "help" and waits and milestone.project_id == project.id
    oldest = add_months(clock.today().replace(day=1), -3)
    for partner in project.partners:
        said = [month for month in world.months if month.partner_id == partner.id and month.going]
        last = max(said, key=lambda month: month.month, default=None)
        number += last is not None and last.going is Going.HELP and last.month >= oldest
    return number if project.state in (S.RUNNING, S.REVIEW) else 0


def seeks_since(project):
    return max((step.at for step in project.transitions if step.target is S.RECRUITING), default=project.created_at)


def expected(name, world, filters):
    """The rows that a list should have, by its name."""
    now, today = clock.now(), earth_day()
    projects = [project for project in world.projects if fits(project, filters, world)]
    ids = {project.id for project in projects}
    call_of = {call.project_id: call for call in world.calls}
    planned = [
        milestone
        for milestone in world.milestones
        if milestone.project_id in ids
        and milestone.state is MilestoneState.PLANNED
        and milestone.project.state in (S.RUNNING, S.REVIEW, S.PUBLISHED)
    ]
    under_way = (S.PROPOSED, S.RECRUITING, S.RUNNING, S.REVIEW)
    if name == "late":
        return [milestone for milestone in planned if milestone.last_day < today]
    if name == "due":
        return [milestone for milestone in planned if today <= milestone.last_day <= today + timedelta(days=14)]
    if name == "silent":
        at_work = [project for project in projects if project.state in (S.RUNNING, S.REVIEW)]
        return [project for project in at_work if now - project.changed_at > timedelta(days=45)]
    if name == "blocked":
        return [
            project
            for project in projects
            if project.state is S.RECRUITING
            and (
                now - seeks_since(project) > timedelta(days=30)
                or (project.id in call_of and call_of[project.id].closes_on < today)
            )
        ]
    if name == "help":
        return [project for project in projects if calls_for_help(project, world)]
    if name == "worrying":
        worries = (Health.ATTENTION, Health.DIFFICULTY)
        open_ones = [project for project in projects if project.state in under_way and project.id in world.lines]
        return [project for project in open_ones if world.lines[project.id].health in worries]
    if name == "closing":
        return [
            call
            for call in world.calls
            if call.project_id in ids
            and call.project.state is S.RECRUITING
            and today <= call.closes_on <= today + timedelta(days=7)
        ]
    if name == "seats":
        return [
            seat
            for seat in world.seats
            if seat.project_id in ids
            and seat.project.state in (S.RECRUITING, S.RUNNING)
            and seat.state is SeatState.OPEN
            and (seat.until is None or seat.until >= today)
            and now - seat.created_at > timedelta(days=30)
        ]
    assert name == "projects"
    return [project for project in projects if filters.state or project.state in under_way]


def test_every_list_is_what_a_slow_look_finds(world):
    check_rows(world)
    check_order(world)
    check_what_is_computed(world)
    check_what_a_start_lacks(world)


def check_rows(world):
    """Under every filter."""
    values = values_of(world)
    among = frozenset({world.networks[0].id})
    shown = 0
    for names in FILTERS:
        filters = Filters.read({name: values[name] for name in names.split()}, among)
        for name in ("late", "due", "silent", "blocked", "help", "worrying", "closing", "seats", "projects"):
            found = list(db.session.scalars(LISTS[name].query(filters)).unique())
            assert {row.id for row in found} == {row.id for row in expected(name, world, filters)}, (names, name)
            assert len(found) == len({row.id for row in found})
            shown += len(found)
    assert shown > 100


def check_order(world):
    """Each begins with its worst."""
    filters = Filters(among=frozenset({network.id for network in world.networks}))

    def rows(name):
        return list(db.session.scalars(LISTS[name].query(filters)).unique())

    assert [row.last_day for row in rows("late")] == sorted(row.last_day for row in rows("late"))
    assert [row.changed_at for row in rows("silent")] == sorted(row.changed_at for row in rows("silent"))
    assert [row.changed_at for row in rows("blocked")] == sorted(row.changed_at for row in rows("blocked"))
    worries = [world.lines[row.id].health for row in rows("worrying")]
    assert worries == sorted(worries, key=lambda health: health is Health.ATTENTION)
    approached = [any(known.is_asked for known in seat.fillings) for seat in rows("seats")]
    assert approached == sorted(approached) and set(approached) == {True, False}
    assert {len(rows(name)) for name in ("late", "silent", "blocked", "worrying", "seats")} - {0, 1}


def check_what_is_computed(world):
    today, now = earth_day(), clock.now()
    for project, found in ((project, computed(world.projects)[project.id]) for project in world.projects):
        at_work = project.state in (S.RUNNING, S.REVIEW)
        late = [
            milestone
            for milestone in world.milestones
            if milestone.project_id == project.id
            and milestone.state is MilestoneState.PLANNED
            and milestone.last_day < today
        ]
        silent = (now - project.changed_at).days if at_work and now - project.changed_at > timedelta(days=45) else 0
        assert found == Computed(len(late) if at_work else 0, silent, calls_for_help(project, world))


def check_what_a_start_lacks(world):
    """As the page of the project says it."""
    seeking = [project for project in world.projects if project.state is S.RECRUITING]
    found = beside.missing_to_start(seeking)
    assert {project.id: [item.sentence for item in missing(project, "start")] for project in seeking} == found
    assert len({tuple(sentences) for sentences in found.values()}) > 2


def test_every_list_costs_the_same_for_few_rows_and_for_many(signed_in, queries, world):
    browser = signed_in(world.coordinators[0])
    filtered = f"/board/projects?theme={world.themes[0].id}&place=002"
    paths = ["/board", *(f"/board/{name}" for name in ("late", "help", "blocked", "seats", "closing")), filtered]

    def costs():
        found = {}
        for path in paths:
            with queries() as log:
                assert browser.get(path).status_code == 200
            found[path] = len(log)
        return found

    few = costs()
    generate(seed=6)
    db.session.execute(sa.update(Project).values(network_id=world.networks[0].id))
    many = costs()
    more = {path: many[path] - few[path] for path in paths}
    assert max(more.values()) <= 1, more  # what few rows happen to have none of is not read for them


def test_a_list_of_projects_says_why_each_is_there_and_what_is_computed_beside_what_is_said(signed_in, world):
    browser = signed_in(world.coordinators[0])
    assert "No news for" in browser.get("/board/silent").text
    blocked = browser.get("/board/blocked").text
    assert "has not started" in blocked and "Its start still needs:" in blocked and "Its call closed on" in blocked
    helped = browser.get("/board/help").text
    assert "Somebody asked for help" in helped
    worrying = browser.get("/board/worrying").text
    assert "Coordinators say:" in worrying and "The record says:" in worrying
    assert "Nobody offers to fill it" in browser.get("/board/seats").text
    assert "The call closes at the end of" in browser.get("/board/closing").text


def test_calls_for_help_and_long_silences_are_read_by_an_index(world):
    filters = Filters(among=frozenset({world.networks[0].id}))
    found = steps(lambda: lists.first(lists.asking_for_help(filters)))
    assert not found or any("ix_ask_help" in step for step in found)
    assert not found or any("ix_check_in_month_going" in step for step in found)
    for list_of in (lists.silent, lists.blocked):
        found = steps(lambda list_of=list_of: lists.first(list_of(filters)))
        assert not found or any("ix_project_coordinated (network_id=? AND state=?" in step for step in found)
