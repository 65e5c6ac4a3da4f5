"""The worker that reads drafts: one at a time, never for ever, and with a sentence where it cannot."""

import io
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage

from tests.drafts.made import changed, written
from tests.factories import make_draft, make_project, make_report
from tracker import clock, files
from tracker.database import db
from tracker.drafts import actions, queries, rounds
from tracker.drafts.models import Draft
from tracker.drafts.rounds import MOST_TRIES, read_next
from tracker.drafts.states import ReadingState
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project)


@pytest.fixture
def waiting(report, project):
    return actions.add_written(report, "# Words", actor=project.lead)


def bring(report, project, data, name="Draft.docx"):
    kept = files.keep(FileStorage(io.BytesIO(data), filename=name), uploaded_by=project.lead, project_id=project.id)
    return actions.add_file(report, kept, actor=project.lead)


def test_a_file_that_cannot_be_read_says_why_and_stays_to_be_downloaded(report, project, signed_in):
    data = changed(written(), {"word/document.xml": lambda content: content[:500]})
    draft = bring(report, project, data)
    assert read_next()
    assert (draft.reading, draft.attempts) == (ReadingState.FAILED, 1)
    page = signed_in(project.lead).get(draft.path).text
    assert "This draft cannot be shown here." in page
    assert "This file is damaged: its text could not be read." in page
    with signed_in(project.lead).get(f"{draft.path}/file") as original:
        assert original.data == data


def test_what_goes_wrong_on_our_side_is_tried_three_times(waiting, monkeypatch):
    monkeypatch.setattr(rounds, "read", lambda *_args, **_named: 1 / 0)
    for tried in range(1, MOST_TRIES + 1):
        assert read_next()
        assert waiting.attempts == tried
    assert waiting.reading is ReadingState.FAILED
    assert "on our side" in waiting.error
    assert not read_next()


def test_a_worker_that_fell_silent_loses_the_draft_to_the_next(waiting):
    with clock.frozen(clock.now()):
        waiting.claimed_at, waiting.attempts = clock.now(), 1
        assert not read_next()
    with clock.frozen(clock.now() + queries.LEASE + timedelta(seconds=1)):
        assert read_next()
    assert waiting.reading is ReadingState.READABLE


def test_what_the_slow_worker_still_writes_counts_for_nothing(waiting, monkeypatch):
    really = rounds.read

    def slowly(*args, **named):
        db.session.get(Draft, waiting.id).claimed_at = clock.now() + timedelta(minutes=1)
        return really(*args, **named)

    monkeypatch.setattr(rounds, "read", slowly)
    assert read_next()
    assert waiting.reading is ReadingState.WAITING
    assert waiting.html == ""


def test_the_last_try_that_ends_without_a_word_is_the_last(waiting):
    waiting.attempts, waiting.claimed_at = MOST_TRIES, clock.now() - queries.LEASE - timedelta(seconds=1)
    assert read_next()
    assert waiting.reading is ReadingState.FAILED


def test_a_report_is_discarded_with_its_drafts(report, project):
    draft_id = make_draft(report).id
    bring(report, project, written())
    read_next()
    reports.discard(report, actor=project.lead)
    db.session.expire_all()
    assert db.session.get(Draft, draft_id) is None
