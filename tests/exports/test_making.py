"""Files that take long: asked for once, made in the worker, tried twice, fetched by who asked, gone after a week."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.activity.apart import at_once, database_apart
from tests.exports.kinds import NAME, numbers
from tests.factories import make_network, make_person
from tracker import clock
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.exports import actions, making, queries, rounds
from tracker.exports.models import Export
from tracker.exports.states import ExportState
from tracker.files import StoredFile, store
from tracker.i18n import language, speaking

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def person():
    return make_person(coordinates=make_network())


@pytest.fixture
def made():
    with numbers() as kind:
        yield kind


def asked(person, **parameters):
    export = actions.request(NAME, parameters, person)
    db.session.commit()
    return export


def content(export):
    return b"".join(store().read(export.file.key)).decode()


def test_the_worker_makes_what_was_asked_for(made, person):
    export = asked(person, upto=4)
    assert (export.state, rounds.make(200), rounds.make(200)) == (ExportState.WAITING, 1, 0)
    db.session.refresh(export)
    assert (export.state, export.done, export.total, export.attempts) == (ExportState.DONE, 4, 4, 1)
    assert content(export) == "0\n1\n2\n3\n"
    assert (export.file.name, export.file.media_type, export.file.size) == ("Numbers.txt", "text/plain", 8)
    assert export.file.project_id is None and export.file.uploaded_by_id is None


def test_one_that_waits_is_not_asked_for_twice_and_nobody_has_many(made, person):
    assert asked(person, upto=1).id == asked(person, upto=1).id
    with speaking("ar-XB"):
        assert asked(person, upto=1).language == "ar-XB"
    asked(person, upto=2)
    with pytest.raises(RuleBroken, match="3 of your files are being made"):
        actions.request(NAME, {"upto": 3}, person)
    assert asked(make_person(), upto=3)


def test_its_words_are_in_the_language_of_who_asked(person):
    def write(_person, _parameters, target, step):
        target.write(language().encode())

    with numbers(write):
        with speaking("ar-XB"):
            export = asked(person)
        rounds.make(1)
        assert content(export) == "ar-XB"


def test_progress_is_committed_while_it_is_made(person, monkeypatch):
    monkeypatch.setattr(making, "PROGRESS_EVERY", timedelta(0))
    seen = []

    def write(_person, _parameters, target, step):
        for done in (10, 20):
            step(done, 30)
            seen.append((db.session().in_transaction(), db.session.get(Export, export.id).done))

    with numbers(write):
        export = asked(person)
        rounds.make(1)
    assert seen == [(False, 10), (False, 20)]


def test_what_fails_is_tried_once_more_and_then_said_plainly(person, caplog):
    def write(_person, _parameters, target, step):
        raise OSError("disk full")

    with numbers(write):
        export = asked(person)
        assert rounds.make(1) == 1
        assert export.state is ExportState.WAITING
        assert rounds.make(1) == 1 and rounds.make(1) == 0
    assert (export.state, export.attempts) == (ExportState.FAILED, 2)
    assert "not your fault" in export.error and "disk" not in export.error
    with numbers():
        actions.try_again(export, actor=person)
        rounds.make(1)
    assert export.state is ExportState.DONE and content(export)
    with pytest.raises(RuleBroken):
        actions.try_again(export, actor=person)


def test_a_worker_that_dies_half_way_is_followed_by_another(person, monkeypatch):
    attempts = []

    def write(_person, _parameters, target, step):
        attempts.append(1)
        target.write(b"half")
        if len(attempts) == 1:
            raise KeyboardInterrupt  # as when it is killed: nothing is noted
        target.write(b" and whole")

    with numbers(write):
        with clock.frozen(NOON):
            export = asked(person)
            with pytest.raises(KeyboardInterrupt):
                rounds.make(1)
            db.session.rollback()
            assert (rounds.make(1), export.state) == (0, ExportState.RUNNING)  # perhaps it is at it still
        with clock.frozen(NOON + queries.LEASE + timedelta(seconds=1)):
            assert rounds.make(1) == 1
    assert (export.state, export.attempts, content(export)) == (ExportState.DONE, 2, "half and whole")


def test_one_that_dies_each_time_is_given_up(person):
    def write(_person, _parameters, target, step):
        raise KeyboardInterrupt

    with numbers(write):
        export = asked(person)
        for hours in (0, 1):
            with clock.frozen(NOON + timedelta(hours=hours)), pytest.raises(KeyboardInterrupt):
                rounds.make(1)
            db.session.rollback()
        with clock.frozen(NOON + timedelta(hours=2)):
            rounds.make(1)
    assert export.state is ExportState.FAILED


def test_a_worker_that_was_given_up_writes_nothing_any_more(person):
    """It comes back after another has taken over: its file counts for nothing and is not kept."""

    def write(_person, _parameters, target, step):
        target.write(b"late")
        db.session.get(Export, export.id).claimed_at = clock.now() + timedelta(minutes=1)  # as the other one does
        db.session.commit()

    with numbers(write):
        export = asked(person)
        rounds.make(1)
    assert (export.state, export.file_id) == (ExportState.RUNNING, None)
    assert db.session.query(StoredFile).count() == 0


def test_who_may_no_longer_read_it_does_not_get_it(person):
    with numbers(may=lambda _person, _parameters: False):
        export = asked(person)
        rounds.make(1)
    assert export.state is ExportState.FAILED and "no longer" in export.error


def test_files_go_a_week_after_they_were_made(made, person):
    with clock.frozen(NOON):
        export = asked(person)
        rounds.make(1)
        key = export.file.key
    with clock.frozen(NOON + timedelta(days=6, hours=23)):
        assert rounds.remove(200) == 0 and store().exists(key)
    with clock.frozen(NOON + timedelta(days=7, seconds=1)):
        assert rounds.remove(200) == 1
    assert not store().exists(key)
    assert db.session.query(Export).count() == db.session.query(StoredFile).count() == 0


def test_two_workers_at_once_make_it_once(tmp_path):
    made = []

    def write(_person, _parameters, target, step):
        made.append(1)
        target.write(b"x")
        step(1, 1)

    with numbers(write), database_apart(tmp_path) as app:
        with app.app_context():
            export_id = asked(make_person()).id

        def turn():
            with app.app_context():
                return rounds.make(1)

        assert sorted(at_once(turn, turn)) == [0, 1]
        with app.app_context():
            export = db.session.get(Export, export_id)
            assert (len(made), export.state, export.attempts) == (1, ExportState.DONE, 1)
            assert db.session.query(StoredFile).count() == 1
