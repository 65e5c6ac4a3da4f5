"""Filling a draft in from a file, and adding what exists already to the library."""

import io

import pytest

from tests.factories import make_person, make_project, make_report, the_network
from tracker.bibliographies import actions, rounds
from tracker.bibliographies.models import Bibliography
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.reports.models import Report
from tracker.reports.states import ReportState

RIS = "TY  - RPRT\nAU  - García, Ana\nTI  - Water, the final word\nPB  - Another publisher\nDO  - 10.1234/abc\nER  - \n"


def upload(name, text):
    return (io.BytesIO(text.encode()), name)


@pytest.fixture
def report(app):
    project = make_project(ProjectState.RUNNING)
    report = make_report(project)
    report.lead = project.lead
    return report


def test_a_lead_takes_over_what_is_ticked_and_nothing_else(signed_in, report):
    lead, publisher = signed_in(report.lead), report.publisher
    answer = lead.submit(f"{report.path}/fill", upload=upload("water.ris", RIS))
    assert answer.status_code == 303 and answer.location.endswith("/records/1")
    page = lead.get(answer.location)
    assert "Another publisher" in page.text and publisher in page.text and report.doi == ""
    answer = lead.submit(answer.location, names=["doi", "authors"])
    assert answer.status_code == 303
    assert (report.doi, report.publisher) == ("10.1234/abc", publisher)
    assert [author.name for author in report.authors] == ["Ana García"]


def test_nothing_ticked_is_said(signed_in, report):
    lead = signed_in(report.lead)
    where = lead.submit(f"{report.path}/fill", upload=upload("water.ris", RIS)).location
    answer = lead.submit(where)
    assert answer.status_code == 422 and "Choose at least one." in answer.text and report.doi == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("water.pdf", "%PDF-1.4", "bib, ris, json"),
        ("water.bib", "%PDF-1.4", "not what its name says"),
        ("water.bib", "", "empty"),
    ],
    ids=["another kind", "renamed", "empty"],
)
def test_a_file_that_is_none_is_refused_beside_the_field(signed_in, report, name, text, said):
    answer = signed_in(report.lead).submit(f"{report.path}/fill", upload=upload(name, text))
    assert answer.status_code == 422 and said in answer.text
    assert db.session.query(Bibliography).count() == 0


def test_a_file_without_records_says_so_and_offers_another(signed_in, report):
    lead = signed_in(report.lead)
    where = lead.submit(f"{report.path}/fill", upload=upload("water.bib", "nothing here")).location
    page = lead.get(where)
    assert "No record could be read in this file." in page.text and "Bring another file" in page.text


def test_only_who_brought_it_sees_it_and_only_a_draft_is_filled(signed_in, report):
    where = signed_in(report.lead).submit(f"{report.path}/fill", upload=upload("water.ris", RIS)).location
    other = make_person(coordinates=report.project.network)
    assert signed_in(other).get(where).status_code == 404
    report.state = ReportState.PUBLISHED
    assert signed_in(report.lead).get(where).status_code == 404
    assert signed_in(report.lead).get(f"{report.path}/fill").status_code == 403


def test_a_coordinator_adds_what_exists_once(signed_in, app, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 10)  # bytes: the worker reads it
    coordinator = signed_in(make_person(coordinates=the_network()))
    records = "".join(f"TY  - RPRT\nTI  - Study {place}\nPY  - 2020\nER  - \n" for place in range(60)) + RIS
    where = coordinator.submit("/reports/add", upload=upload("all.ris", records)).location
    assert "is being read" in coordinator.get(where).text
    rounds.read_next(1)
    assert "61 records" in coordinator.get(where).text
    assert coordinator.submit(f"{where}/add").status_code == 303
    assert rounds.add_next(200) == 61
    assert "All records are in the library." in coordinator.get(where).text
    assert db.session.query(Report).filter_by(state=ReportState.PUBLISHED).count() == 61
    assert coordinator.submit(f"{where}/add").status_code == 409
    again = coordinator.submit("/reports/add", upload=upload("again.ris", RIS)).location
    rounds.read_next(1)
    coordinator.submit(f"{again}/add")
    rounds.add_next(200)
    assert db.session.query(Report).filter_by(state=ReportState.PUBLISHED).count() == 61
    assert "in the library already" in coordinator.get(again).text
    assert coordinator.get("/search?q=final word").text.count("Water, the final word") >= 1


def test_others_add_nothing(signed_in, report):
    assert signed_in(report.lead).get("/reports/add").status_code == 403
