"""Downloads are counted once each, of people only, without a write on a GET; and no crash counts them twice."""

import io
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from tests.factories import make_project
from tracker import clock, files
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses import downloads, rounds
from tracker.uses.models import DownloadCount

NOW = datetime(2027, 5, 31, 23, 59, 50, tzinfo=UTC)
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Firefox/140.0"}


@pytest.fixture(autouse=True)
def spool(app, monkeypatch, tmp_path):
    monkeypatch.setattr(downloads, "folder", lambda: tmp_path / "downloads")
    return tmp_path / "downloads"


@pytest.fixture
def report():
    project = make_project(ProjectState.PUBLISHED)
    report = db.session.scalars(sa.select(Report).where(Report.project_id == project.id)).one()
    upload = FileStorage(io.BytesIO(b"%PDF-1.4 the report"), "report.pdf")
    report.file = files.keep(upload, uploaded_by=None, project_id=project.id)
    db.session.flush()
    return report


def fetch(client, report, status=200, method="get", **headers):
    agent = {**BROWSER, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with getattr(client, method)(f"{report.path}/files/{report.file_id}", headers=agent) as answer:
        assert answer.status_code == status
        return answer.headers.get("ETag")


def work(after=0):
    """Two turns of the worker: one puts aside, the next adds up."""
    for seconds in (0, downloads.REST + 1):
        with clock.frozen(NOW + timedelta(seconds=after + seconds)):
            rounds.count(100)
    db.session.expire_all()


def counted():
    return {row.day: row.number for row in db.session.scalars(sa.select(DownloadCount))}


def test_what_is_sent_from_its_first_byte_to_a_person_is_counted(client, report, spool):
    with clock.frozen(NOW):
        tag = fetch(client, report)
        fetch(client, report, 206, Range="bytes=0-")
        fetch(client, report, 206, Range="bytes=5-9")
        fetch(client, report, 304, If_None_Match=tag)
        fetch(client, report, method="head")
        fetch(client, report, 416, Range="bytes=900-")
        for robot in ("Googlebot/2.1", "curl/8.0", "", "Mozilla/5.0 (compatible; bingbot/2.0)", "python-requests/2"):
            fetch(client, report, User_Agent=robot)
        report.state = ReportState.DRAFT
        fetch(client, report, 303)
    assert [len(path.read_text().splitlines()) for path in spool.glob("*.open")] == [2]
    assert "Mozilla" not in "".join(path.read_text() for path in spool.iterdir()) and counted() == {}
    work()
    assert counted() == {date(2027, 5, 31): 2} and not list(spool.iterdir())
    with clock.frozen(NOW):
        report.state = ReportState.PUBLISHED
        fetch(client, report)
    with clock.frozen(NOW + timedelta(seconds=20)):
        fetch(client, report)
    work(30)
    assert counted() == {date(2027, 5, 31): 3, date(2027, 6, 1): 1}


def test_the_page_shows_them_by_month_with_a_caution(client, report):
    for day, number in ((date(2027, 4, 3), 4), (date(2027, 5, 1), 2), (date(2027, 5, 9), 5)):
        db.session.add(DownloadCount(report_id=report.id, file_id=report.file_id, day=day, number=number))
    page = client.get(f"{report.path}/uses").text
    assert page.index("May 2027") < page.index("April 2027") and ">7<" in page and "All together: 11" in page
    caution = "Downloads say little about use: one copy may be read by many, and robots fetch too."
    assert caution in page
    page = client.get(report.path).text
    assert "Downloaded 11 times." in page and caution in page


def test_a_worker_that_dies_before_the_commit_loses_a_file_and_counts_nothing_twice(client, report, spool, monkeypatch):
    with clock.frozen(NOW):
        fetch(client, report)
    with clock.frozen(NOW):
        rounds.count(100)
    commit = db.session.commit

    def fail():
        raise RuntimeError("no room")

    monkeypatch.setattr(db.session, "commit", fail)
    with clock.frozen(NOW + timedelta(minutes=1)), pytest.raises(RuntimeError):
        downloads.fold(100)
    assert len(list(spool.glob("*.closed"))) == 1, "a commit that fails puts the file back"
    monkeypatch.setattr(db.session, "commit", commit)
    path = next(spool.glob("*.closed"))
    add = downloads._add

    def slow(lines):
        add(lines)
        path.unlink()  # another worker was quicker

    monkeypatch.setattr(downloads, "_add", slow)
    with clock.frozen(NOW + timedelta(minutes=2)):
        assert downloads.fold(100) == 0
    db.session.expire_all()
    assert counted() == {}, "who did not remove it does not count it"


def test_lines_of_many_threads_do_not_mix_and_half_a_line_is_left_out(app, report, spool):
    line = f"2027-05-31 {report.id} {report.file_id}\n"

    def append():
        with app.app_context():
            for _each in range(50):
                downloads._append(line)

    threads = [threading.Thread(target=append) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for bad in ("2027-05-31 9", "2027-13-31 1 1\n", f"2027-05-31 {report.id} 99999999\n", "9" * 40 + "\n"):
        downloads._append(bad)
    work()
    assert counted() == {date(2027, 5, 31): 200}
