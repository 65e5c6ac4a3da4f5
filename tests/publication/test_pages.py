"""The pages of a publication: to read it, and to see how it will look."""

import gzip
import json

import pytest

from tests.factories import make_draft, make_person, make_project, make_report
from tests.publication.made import PICTURE, make_page
from tracker.database import db
from tracker.documents import Kind
from tracker.projects.states import ProjectState
from tracker.publication import making, queries, reading
from tracker.publication.body import read
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.states import ReportState
from tracker.reports.withdrawal import withdraw


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project, website="")


@pytest.fixture
def published(report):
    """A published report with its page."""
    draft = make_draft(report)
    report.state, report.edition = ReportState.PUBLISHED, 1
    make_page(report, draft, edition=1)
    return report


def test_everybody_reads_a_published_report_part_by_part(published, client):
    first = client.get(f"{published.path}/read")
    assert first.status_code == 200
    assert '<a href="read/2#s2" dir="auto">' in first.text
    assert '<link rel="canonical" href="http' in first.text
    second = client.get(f"{published.path}/read/2")
    assert 'href="../read#s1"' in second.text
    assert "Part 2 of 2" in second.text
    assert client.get(f"{published.path}/read/3").status_code == 404


def test_its_pictures_are_shown_and_no_others(published, client):
    row = queries.shown(published)
    address = f"{published.path}/pictures/{row.id}"
    assert f'src="{address}/1"' in client.get(f"{published.path}/read").text
    picture = client.get(f"{address}/1")
    assert (picture.data, picture.mimetype) == (PICTURE, "image/webp")
    assert client.get(f"{address}/2").status_code == 404
    assert client.get(f"/reports/{published.id + 1}/pictures/{row.id}/1").status_code == 404


def test_a_try_is_seen_by_those_who_take_part_alone(report, project, client, signed_in):
    row = make_page(report, make_draft(report))
    picture = f"{report.path}/pictures/{row.id}/1"
    pages = (f"{report.path}/publication/read", f"{report.path}/publication", picture)
    lead = signed_in(project.lead)
    assert [lead.get(path).status_code for path in pages] == [200, 200, 200]
    stranger = signed_in(make_person())
    assert [stranger.get(path).status_code for path in pages] == [404, 404, 404]
    report.state, report.edition = ReportState.PUBLISHED, 1
    db.session.flush()
    assert client.get(picture).status_code == 404


def test_a_withdrawn_report_is_gone(published, project, client):
    row = queries.shown(published)
    withdraw(published, reason="Wrong.", actor=project.coordinator)
    for path in ("/read", "/versions/1/read", "/versions/1/files/x.pdf", f"/pictures/{row.id}/1"):
        assert client.get(published.path + path).status_code == 410


def test_an_earlier_version_says_that_it_is_one(published, client):
    published.edition = 2
    page = client.get(f"{published.path}/versions/1/read")
    assert "This is version 1" in page.text
    assert client.get(f"{published.path}/versions/3/read").status_code == 404


def test_whoever_takes_part_has_it_made(report, project, signed_in):
    draft = make_draft(report)
    browser = signed_in(project.lead)
    assert browser.submit(f"{report.path}/publication", kind="pdf").status_code == 303
    page = browser.get(f"{report.path}/publication")
    assert "being made" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert queries.renditions(report, 0, draft)[RenditionKind.PDF].state is RenditionState.WAITING
    assert browser.submit(f"{report.path}/publication", kind="exe").status_code == 400


def test_what_was_made_is_downloaded_under_a_name_that_says_what_it_is(report, project, signed_in, monkeypatch):
    make_draft(report)
    browser = signed_in(project.lead)
    browser.submit(f"{report.path}/publication", kind="epub")
    monkeypatch.setattr(making, "_made", lambda *_given: making.Made(b"book"))
    while making.make_next():
        pass
    name = next(row.file.name for row in queries.renditions(report, 0).values())
    assert f"{report.path}/publication/files/{name}" in browser.get(f"{report.path}/publication").text
    answer = browser.get(f"{report.path}/publication/files/{name}")
    assert (answer.data, answer.mimetype) == (b"book", "application/epub+zip")
    assert browser.get(f"{report.path}/publication/files/other.epub").status_code == 404


def test_every_part_of_a_long_report_is_light(published, client):
    """In letters that take three bytes each, with a long table and many notes."""
    line = "三角洲的城市比它们的管道增长得更快，水在政策找不到路的地方找到了路。"
    rows = "".join(f"| 城市{number} | {number} | {line} |\n" for number in range(300))
    sections = "".join(
        f"# 第{number}章\n\n" + "\n\n".join(f"{number}.{place} {line * 12}[^{number}]" for place in range(8)) + "\n\n"
        for number in range(20)
    )
    notes = "".join(f"[^{number}]: 注{number} {line}\n\n" for number in range(20))
    text = f"# 引言\n\n| 甲 | 乙 | 丙 |\n|---|---|---|\n{rows}\n{sections}{notes}"
    page = reading.page(read(Kind.MARKDOWN, text.encode(), "zh-Hans"))
    row = queries.shown(published)
    row.html = json.dumps(page.kept())
    db.session.flush()
    sizes = [
        len(gzip.compress(client.get(f"{published.path}/read{f'/{part}' if part > 1 else ''}").data, 6))
        for part in range(1, len(page.parts) + 1)
    ]
    assert len(sizes) > 5
    assert max(sizes) < 14_000
