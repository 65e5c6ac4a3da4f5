"""The list of projects as a workbook: true dates, every partner, nothing that others do not read; in little memory."""

import io
import tracemalloc
from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.factories import make_institution, make_network, make_person, make_project
from tracker.database import db
from tracker.dates import PartialDate
from tracker.exports import kinds, projects, rounds
from tracker.exports.models import Export
from tracker.milestones.queries import plan
from tracker.projects.states import ProjectState


def rows_of(data):
    book = load_workbook(io.BytesIO(data))
    head, *rows = book[book.sheetnames[0]].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def running():
    return make_project(
        ProjectState.RUNNING,
        title="=2+3 is a title",
        countries=("BD", "PE", "KE"),
        starts_on=PartialDate("2026-01-31"),
        ends_on=PartialDate("2027"),
    )


def test_a_row_says_what_a_project_is(running, signed_in):
    make_project(title="A draft that only its team reads")
    answer = signed_in(running.coordinator).submit("/exports/projects")
    assert answer.status_code == 200
    assert f"Projects {running.network.name}" in answer.headers["Content-Disposition"]
    (row,) = rows_of(answer.data)
    first = min((m for m in plan(running) if m.last_day), key=lambda m: (m.last_day, m.id))
    assert row == {
        "Number": running.id,
        "State": "running",
        "Title": "=2+3 is a title",
        "Led by": running.partners[0].name,
        "Other partners": "; ".join(partner.name for partner in running.partners[1:]),
        "Countries of the partners": "Bangladesh; Peru; Kenya",
        "Countries studied": "Bangladesh; Kenya; Peru",
        "Themes": running.themes[0].name,
        "Start": datetime(2026, 1, 31),
        "End": "2027",
        "Next milestone": first.name,
        "Due": datetime.combine(first.last_day, datetime.min.time())
        if first.due.precision == "day"
        else str(first.due),
        "Last sign of life": datetime.combine(running.changed_at.date(), datetime.min.time()),
        "Network": running.network.name,
        "Page": row["Page"],
    }
    assert row["Page"].endswith(f"/projects/{running.id}")


def test_a_coordinator_gets_their_networks_and_nobody_elses(running, signed_in):
    other = make_network("Northern Voices")
    elsewhere = make_project(ProjectState.RECRUITING, title="Elsewhere", network=other)
    both = make_person(coordinates=other)
    both_too = signed_in(both)
    assert [row["Title"] for row in rows_of(both_too.submit("/exports/projects").data)] == ["Elsewhere"]
    own = signed_in(running.coordinator)
    assert own.submit("/exports/projects", network=elsewhere.network_id).status_code == 403
    assert own.submit("/exports/projects", network="x").status_code == 200
    assert signed_in(make_person(contact_of=make_institution())).submit("/exports/projects").status_code == 403


def test_a_long_list_is_made_by_the_worker(running, signed_in, monkeypatch):
    monkeypatch.setattr("tracker.exports.handing.AT_ONCE", 0)
    browser = signed_in(running.coordinator)
    page = browser.submit("/exports/projects", network=running.network_id)
    assert page.status_code == 303
    rounds.make(1)
    name = db.session.query(Export).one().file.name
    assert [row["Number"] for row in rows_of(browser.get(f"{page.location}/files/{name}").data)] == [running.id]
    assert db.session.query(Export).one().total == 1


def test_batches_hold_every_project_once(running):
    ids = [running.id, *(make_project(ProjectState.RECRUITING).id for _ in range(4))]
    for size in (1, 2, 5, 100):
        found = [line.id for lines in projects.batches({running.network_id}, size) for line in lines]
        assert found == ids


def test_the_number_of_queries_of_a_batch_does_not_grow(running, queries):
    with queries() as few:
        list(projects.batches({running.network_id}))
    for _ in range(3):
        make_project(ProjectState.RECRUITING, network=running.network)
    db.session.flush()
    with queries() as more:
        list(projects.batches({running.network_id}))
    assert len(more) == len(few)


def test_memory_does_not_grow_with_the_rows(running, monkeypatch):
    """Fourteen times the rows take the same memory: `python3 run.py bench` says how much at 20,000."""
    (line,) = next(projects.batches({running.network_id}))
    kind = kinds.KINDS[projects.LIST]

    def peak(batches):
        monkeypatch.setattr(projects, "batches", lambda _ids: iter([[line] * 50] * batches))
        tracemalloc.start()
        kind.make(running.coordinator, {}, io.BytesIO(), lambda _done, _total: None)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    few = peak(1)
    assert peak(14) < few + 200_000
