"""The pages of the tables: choosing days and network, every figure with what it means, light however long it is."""

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import make_institution, make_network, make_person, make_project
from tests.tables.made_up import make_snapshot, make_table
from tracker import clock
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.tables import periods
from tracker.tables.build import KEYS
from tracker.tables.models import Snapshot
from tracker.tables.table import Period

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LARGEST_PAGE = 14 * 1024


@pytest.fixture
def network():
    return make_network("Southern Voices")


@pytest.fixture
def coordinator(network):
    return make_person(coordinates=network)


@pytest.mark.parametrize(
    ("arguments", "period"),
    [
        ({}, Period(date(2026, 1, 1), TODAY)),
        ({"period": "last-year"}, Period(date(2025, 1, 1), date(2025, 12, 31))),
        ({"period": "12-months"}, Period(date(2025, 11, 23), TODAY)),
        ({"period": "all"}, Period()),
        ({"period": "nonsense"}, Period(date(2026, 1, 1), TODAY)),
        ({"from": "2024-02", "to": "2024-02"}, Period(date(2024, 2, 1), date(2024, 2, 29))),
        ({"period": "between", "from": "2024"}, Period(date(2024, 1, 1), None)),
        ({"period": "between"}, Period()),
    ],
)
def test_a_period_is_what_was_chosen(arguments, period, network):
    wanted = periods.read(arguments, [network], TODAY)
    assert (wanted.period, wanted.errors) == (period, {})
    assert periods.read(wanted.arguments, [network], TODAY).period == period
    assert set(wanted.scope.network_ids) == {network.id}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"from": "2026-02-30"}, "from"), ({"to": "soon"}, "to"), ({"from": "2026", "to": "2025"}, "to")],
)
def test_days_that_make_no_sense_are_said_beside_the_field(arguments, field, coordinator, signed_in):
    for path in ("/board/tables", "/board/tables/projects"):
        page = signed_in(coordinator).get(path, query_string=arguments).text
        assert f'id="filter-{field}-error"' in page and f'value="{arguments[field]}"' in page


def test_twelve_tables_are_listed_and_each_opens(coordinator, signed_in):
    browser = signed_in(coordinator)
    with clock.frozen(NOON):
        page = browser.get("/board/tables").text
    assert "Southern Voices" in page and "1 January 2026 – 22 November 2026" in page
    assert page.count('<li value="') == len(KEYS) == 12
    assert [browser.get(f"/board/tables/{key}").status_code for key in KEYS] == [200] * 12
    assert browser.get("/board/tables/nonsense").status_code == 404
    assert browser.get("/board/tables/nonsense.csv").status_code == 404


def test_a_figure_opens_its_list(network, signed_in):
    project = make_project(ProjectState.RECRUITING, title="Water and cities")
    browser = signed_in(project.coordinator)
    page = browser.get("/board/tables/projects?period=all").text
    address = page.split('href="/board/tables/projects/list?', 1)[1].split('"')[0].replace("&amp;", "&")
    listed = browser.get(f"/board/tables/projects/list?{address}").text
    assert "Water and cities" in listed and "1 on this list" in listed
    for wrong in ("column=nonsense", "column=all&row=x&row=y&row=z", f"{address}&row=%00"):
        assert browser.get(f"/board/tables/projects/list?{wrong}").status_code == 404
    odd = browser.get("/board/tables/members-countries/list?period=all&column=active&row=a%00b")
    assert odd.status_code in (200, 404)  # PostgreSQL holds no such sign
    assert browser.get("/board/tables/projects.csv?period=all").mimetype == "text/csv"


def test_a_page_stays_light_however_long_its_table(network, coordinator, signed_in, monkeypatch):
    words = "A country with a longer name"
    rows = [(f"{n:04}", f"{words} {n * 7919}", n * 31, n / 1500, n * 1.7, TODAY - timedelta(n)) for n in range(1500)]
    long = make_table(rows=rows)
    for module in ("tables", "kept"):
        monkeypatch.setattr(f"tracker.tables.views.{module}.build", lambda _key, _period, _scope: long)
    twelve = [replace(long, key=str(number)) for number in range(12)]
    monkeypatch.setattr("tracker.tables.views.reports.build_all", lambda _period, _scope: twelve)
    path = make_snapshot(network, coordinator, make_table(rows=rows[::2])).path
    browser = signed_in(coordinator)
    paths = ["/board/tables/projects", "/board/tables/projects?page=3", f"{path}/projects"]
    paths += [path, f"{path}/compare", f"{path}/compare/projects", "/board/tables/print"]
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200 and len(gzip.compress(answer.data)) < LARGEST_PAGE, path


def test_a_share_is_written_as_its_reader_does(coordinator, signed_in, monkeypatch):
    monkeypatch.setattr("tracker.tables.views.tables.build", lambda _key, _period, _scope: make_table())
    page = signed_in(coordinator).get("/board/tables/projects").text
    assert ">25%<" in page and ">12.5<" in page and "no figure" in page and "Each project once." in page


def test_the_text_on_the_cover_is_shown_before_it_is_saved_and_never_overwritten(network, coordinator, signed_in):
    browser, path = signed_in(coordinator), f"/board/tables/text/{network.id}"
    shown = browser.submit(path, text="**Good** year.", language="en", version="0", preview="1")
    assert "<strong>Good</strong>" in shown.text and "Write a text" in browser.get("/board/tables/print").text
    assert browser.submit(path, text="**Good** year.", language="en", version="0").status_code == 303
    assert "<strong>Good</strong>" in browser.get("/board/tables/print").text
    late = browser.submit(path, text="Mine.", language="en", version="0")
    assert late.status_code == 409 and "Mine." in late.text and "**Good** year." in late.text
    assert browser.submit(path, text="x" * 10_001, language="en", version="1").status_code == 422


def test_figures_are_kept_compared_and_withdrawn(network, signed_in):
    project = make_project(ProjectState.RECRUITING)
    browser = signed_in(project.coordinator)
    with clock.frozen(NOON):
        assert "Board meeting, 22 November 2026" in browser.get("/board/tables/keep?period=all").text
    assert browser.submit("/board/tables/keep", period="all", name="").status_code == 422
    path = browser.submit("/board/tables/keep", period="all", name="Spring board").location
    assert "Nothing changed." in browser.get(f"{path}/compare").text
    make_project(ProjectState.RECRUITING, network=project.network)
    page = browser.get(f"{path}/compare/projects").text
    assert "1 more" in page
    assert (
        "1 row changed" in browser.get(f"{path}/compare").text or "rows changed" in browser.get(f"{path}/compare").text
    )
    assert "Spring board" in browser.get("/board/tables/kept").text
    assert "cannot be undone" in browser.get(f"{path}/withdraw").text
    assert browser.submit(f"{path}/withdraw").location == "/board/tables/kept"
    assert browser.get(path).status_code == 404 and "Spring board" not in browser.get("/board/tables/kept").text


def test_only_coordinators_of_the_network_see_what_was_kept(network, coordinator, signed_in):
    other = make_network("Northern Voices")
    both = make_person(coordinates=network)
    from tracker.institutions import actions as institutions

    institutions.name_coordinator(other, both, actor=None)
    db.session.flush()
    db.session.expire(both)
    colleague, elsewhere = make_person(coordinates=network), make_person(coordinates=other)
    one = make_snapshot(network, coordinator, name="One")
    browser = signed_in(both)
    several = browser.submit("/board/tables/keep", name="Both networks").location
    member = make_person(contact_of=make_institution(member_of=network))
    seen = {
        who: [signed_in(person).get(path).status_code for path in (one.path, several)]
        for who, person in {"colleague": colleague, "elsewhere": elsewhere, "both": both, "member": member}.items()
    }
    assert seen == {"colleague": [200, 404], "elsewhere": [404, 404], "both": [200, 200], "member": [404, 404]}
    named = db.session.query(Snapshot).filter_by(name="Both networks").one()
    assert signed_in(colleague).get(f"{one.path}/compare?with={named.id}").status_code == 404
    assert "Both networks" not in signed_in(colleague).get("/board/tables/kept").text
