"""The timeline of one project: the picture says what the words say."""

import re
from datetime import UTC, datetime

import html5lib
import pytest

from tests.factories import make_project
from tracker import clock
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import queries
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects.states import ProjectState
from tracker.timelines import drawing

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
DONE, PLANNED, DROPPED = MilestoneState.DONE, MilestoneState.PLANNED, MilestoneState.DROPPED
ROWS = [  # name, first date, current date, state, reached
    ("Concept", "2026-01-10", "2026-01-10", DONE, "2026-01-10"),
    ("Inception", "2026-02-01", "2026-03-05", DONE, "2026-03-09"),
    ("Fieldwork", "2026-04", "2026-04", DROPPED, None),
    ("Draft", "2026-05-01", "2026-08-01", PLANNED, None),
    ("Publication", "2026", "2026-12-01", PLANNED, None),
    ("Uptake check", None, None, PLANNED, None),
]


@pytest.fixture(autouse=True)
def in_september():
    with clock.frozen(NOON):
        yield


def with_plan(rows, state=ProjectState.RUNNING):
    project = make_project(state)
    for known in queries.plan(project):
        db.session.delete(known)
    for name, first, due, kind, done in rows:
        day = {
            key: PartialDate(text) if text else None
            for key, text in {"first_due": first, "due": due, "done_on": done}.items()
        }
        db.session.add(Milestone(project_id=project.id, name=name, state=kind, **day))
    db.session.flush()
    return project


def table_of(page):
    """For each row of the timeline: its name, its words, and its strip, if it has one."""
    parsed = html5lib.parse(page.text, namespaceHTMLElements=False)
    table = next(each for each in parsed.iter("table") if "strips__table" in each.get("class", ""))
    found = []
    for row in table.find("tbody").iter("tr"):
        name, words, place = list(row)
        strip = next((each for each in place.iter() if each.tag.endswith("svg")), None)
        found.append(("".join(name.itertext()), " ".join("".join(words.itertext()).split()), strip))
    return found


def uses(strip, shape):
    return [
        float(each.get("x").rstrip("%"))
        for each in strip.iter()
        if each.get("href") == f"#strip-{shape}" or each.get("xlink:href") == f"#strip-{shape}"
    ]


def test_each_row_says_in_words_what_its_shape_shows(client):
    project = with_plan(ROWS)
    rows = table_of(client.get(f"/projects/{project.id}/timeline"))
    assert [(name, words.split()[0]) for name, words, _strip in rows] == [
        ("Concept", "done"),
        ("Inception", "done"),
        ("Fieldwork", "dropped"),
        ("Draft", "late"),
        ("Publication", "due"),
        ("Uptake check", "due"),
    ]
    by_name = {name: (words, strip) for name, words, strip in rows}
    assert re.search("9 March 2026.*first date:.*1 February 2026", by_name["Inception"][0])
    assert "no date yet" in by_name["Uptake check"][0] and by_name["Uptake check"][1] is None
    picture = drawing.of_plan(project, queries.plan(project))
    for row in picture.rows:
        words, strip = by_name[row.milestone.name]
        assert row.word == words.split()[0]
        if strip is not None:
            assert strip.get("aria-hidden") == "true" and not "".join(strip.itertext()).strip()
            assert uses(strip, row.kind) == [row.mark.x]
            way = [each for each in strip.iter() if each.get("class") == "strip__way"]
            assert ("first date" in words) == bool(row.first) == bool(way)


def test_a_page_from_right_to_left_is_the_mirror_image(client):
    project = with_plan(ROWS)
    ways = [table_of(client.get(f"/projects/{project.id}/timeline?lang={tag}")) for tag in ("en", "ar-XB")]
    for (name, _words, strip), (_name, _words_mirrored, mirrored) in zip(*ways, strict=True):
        if strip is None:
            continue
        kind = {"Draft": "late", "Publication": "planned", "Fieldwork": "dropped"}.get(name, "done")
        assert uses(mirrored, kind) == pytest.approx([100 - x for x in uses(strip, kind)], abs=0.02)


def test_a_date_known_by_its_month_or_year_reaches_over_all_of_it(client):
    rows = {row.milestone.name: row for row in _picture(with_plan(ROWS)).rows}
    left, width = rows["Publication"].first.bar
    assert left <= rows["Concept"].mark.x and left + width >= rows["Publication"].mark.x
    assert rows["Fieldwork"].mark.bar[0] < rows["Fieldwork"].mark.x < sum(rows["Fieldwork"].mark.bar)
    assert rows["Draft"].mark.bar is None and rows["Draft"].first.x < rows["Draft"].mark.x


def _picture(project):
    return drawing.of_plan(project, queries.plan(project))


@pytest.mark.parametrize("day", ["2026-03-01", "2016", "1900-01-01", "2199-12-31"])
def test_plans_of_one_day_and_of_all_time_have_a_picture(client, day):
    project = with_plan([("One", day, day, PLANNED, None), ("Other", day, day, DONE, None)])
    for row in _picture(project).rows:
        assert 0 <= row.mark.x <= 100
    assert client.get(f"/projects/{project.id}/timeline").status_code == 200


def test_a_plan_without_dates_is_a_table_without_a_picture(client):
    project = with_plan([("Concept", None, None, PLANNED, None)])
    page = client.get(f"/projects/{project.id}/timeline")
    assert "no date yet" in page.text and 'class="strip ' not in page.text
    assert "strips__fold" not in client.get(f"/projects/{project.id}").text
    assert "There is no plan yet." in client.get(f"/projects/{with_plan([]).id}/timeline").text


def test_today_is_part_of_the_picture_while_something_is_still_to_come():
    old = [("Launch", "2016-03-01", "2016-03-01", DONE, "2016-03-01")]
    assert _picture(with_plan(old)).today is None
    assert 0 < _picture(with_plan([*old, ROWS[3]])).today <= 100
    over = _picture(with_plan([*old, ROWS[3]], ProjectState.STOPPED))
    assert over.today is None and over.rows[1].kind == "planned" and over.rows[1].word == "planned"


def test_many_milestones_cost_no_further_query_and_little_weight(client, queries):
    few = with_plan(ROWS)
    papers = [(f"Paper {n}", f"2026-0{n % 9 + 1}-1{n % 7}", "2026-11", PLANNED, None) for n in range(149)]
    many = with_plan(papers + ROWS[2:3])
    db.session.expire_all()
    counts = []
    for project in (few, many):
        with queries() as log:
            page = client.get(f"/projects/{project.id}/timeline", headers={"Accept-Encoding": "gzip"})
        counts.append(len(log))
    assert counts[0] == counts[1]
    assert len(page.data) < 14_000
