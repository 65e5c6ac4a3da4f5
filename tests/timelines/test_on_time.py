"""The share on time by month, as a slow look at each milestone finds it."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import pytest

from tests.factories import make_network, make_person, make_project
from tests.query_plans import steps
from tracker import clock
from tracker.database import db
from tracker.dates import PartialDate, add_months
from tracker.i18n import speaking
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Project
from tracker.projects.states import Audience, ProjectState
from tracker.timelines import shares
from tracker.timelines.queries import of_month

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
TODAY = date(2026, 9, 15)


@pytest.fixture(autouse=True)
def in_september():
    with clock.frozen(NOON):
        yield


def day_in(chance, first, months):
    return PartialDate.of(add_months(first, chance.randrange(months)).replace(day=chance.randrange(1, 29)))


@pytest.fixture
def projects():
    """Three of one network, of which one has not started, and one of another."""
    chance, network = Random(5), make_network()
    made = [make_project(network=at) for at in (network, network, network, make_network())]
    for project, state in zip(made, ("running", "published", "recruiting", "running"), strict=True):
        project.state, project.audience = ProjectState(state), Audience.PUBLIC
    for project in made:
        for number in range(40):
            state = chance.choice((MilestoneState.PLANNED, MilestoneState.DROPPED, *[MilestoneState.DONE] * 3))
            first = day_in(chance, date(2024, 6, 1), 30)
            due = day_in(chance, date(2024, 6, 1), 30) if number % 2 else first
            done = day_in(chance, date(2024, 6, 1), 27) if state is MilestoneState.DONE and number % 5 else None
            known = Milestone(name=f"Step {number}", state=state, first_due=first, due=due, done_on=done)
            known.project_id = project.id
            db.session.add(known)
    db.session.flush()
    return made


def slowly(network):
    """By month, as the definition says it: on time and counted, against both dates, and unknown days."""
    found = Counter()
    for known in db.session.query(Milestone).join(Project).filter(Project.network_id == network.id):
        if known.project.state not in ("running", "review", "published") or known.state == "dropped":
            continue
        if known.first_due is None:
            continue
        month = known.first_due.last_day.replace(day=1)
        found[month, "promised"] += 1
        found[month, "unknown"] += known.state == "done" and known.done_on is None
        for name, promised in (("first", known.first_due), ("current", known.due)):
            if promised is None:
                continue
            if known.state == "done" and known.done_on:
                found[month, f"counted_{name}"] += 1
                found[month, f"kept_{name}"] += known.done_on.last_day <= promised.last_day
            elif known.state == "planned" and promised.last_day < TODAY:
                found[month, f"counted_{name}"] += 1
    return found


def test_every_month_is_as_a_slow_look_finds_it(projects):
    network = projects[0].network
    where = [Project.network_id == network.id]
    expected, chart = slowly(network), shares.chart(where)
    assert len(chart.bars) == 24 and chart.bars[-1].month == date(2026, 9, 1)
    assert chart.whole.promised > 20
    for bar in chart.bars:
        for name in ("promised", "unknown", "kept_first", "counted_first", "kept_current", "counted_current"):
            assert getattr(bar.counts, name) == expected[bar.month, name], (bar.month, name)
        for which, number in (
            ("", bar.counts.promised),
            ("first", bar.counts.counted_first),
            ("current", bar.counts.counted_current),
            ("unknown", bar.counts.unknown),
        ):
            assert len(db.session.scalars(of_month(bar.month, which, where)).all()) == number


def test_a_month_without_milestones_is_a_gap_not_nought(projects):
    where = [Project.network_id == projects[0].network.id]
    month = shares.chart(where).bars[10].month
    for known in db.session.scalars(of_month(month, "", where)).all():
        db.session.delete(known)
    db.session.flush()
    chart = shares.chart(where)
    bar = chart.bars[10]
    assert bar.counts.first is None and bar.counts.current is None
    assert not any(x == bar.middle for way in chart.ways() for x, _share in way)
    assert sum(map(len, chart.ways())) == sum(bar.counts.current is not None for bar in chart.bars)


def test_the_page_says_each_figure_and_opens_its_list(signed_in, projects):
    network = projects[0].network
    coordinator = signed_in(make_person(coordinates=network))
    page = coordinator.get("/board/on-time")
    bar = next(bar for bar in shares.chart([Project.network_id == network.id]).bars if bar.counts.counted_first > 1)
    counts, month = bar.counts, bar.on.text
    figure = f"{counts.kept_first} of {counts.counted_first}</a>"
    assert f'<a href="/board/on-time?month={month}&amp;which=first">{figure}' in page.text
    listed = coordinator.get(f"/board/on-time?month={month}&which=first").text
    assert listed.count('<th scope="row">') == min(counts.counted_first, 20)
    for wrong in ("2026", "2026-13", "2026-9-1", "x", "%00", "-", "9" * 300):
        assert coordinator.get(f"/board/on-time?month={wrong}").status_code == 404
    assert coordinator.get(f"/board/on-time?month={month}&which=%00").status_code == 200
    assert coordinator.get("/board/on-time?month=2026-9").status_code == 200


def test_another_network_is_neither_counted_nor_listed(signed_in, projects):
    reader = signed_in(make_person(coordinates=make_network()))
    assert "Nothing to show yet" in reader.get("/board/on-time").text
    assert "Step" not in reader.get("/board/on-time?month=2026-03").text
    assert signed_in().get("/board/on-time").status_code == 403


def test_months_are_found_by_the_days_first_promised(projects):
    found = steps(lambda: shares.chart([Project.network_id == projects[0].network.id]))
    assert all("COVERING INDEX ix_milestone_promised" in step for step in found if " milestone " in step)


def test_bars_are_mirrored(projects):
    where = [Project.network_id == projects[0].network.id]
    with speaking("ar-XB"):
        mirrored = shares.chart(where)
    for bar, other in zip(shares.chart(where).bars, mirrored.bars, strict=True):
        assert other.middle == pytest.approx(100 - bar.middle, abs=0.03) and bar.counts == other.counts
