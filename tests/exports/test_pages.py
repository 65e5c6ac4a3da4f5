"""The page of a file that is being made, the list of one's own, and who gets in."""

import pytest

from tests.exports.kinds import NAME, numbers
from tests.factories import make_network, make_person
from tracker.database import db
from tracker.exports import actions, rounds
from tracker.exports.states import ExportState


@pytest.fixture
def made():
    with numbers() as kind:
        yield kind


@pytest.fixture
def person():
    return make_person(coordinates=make_network())


@pytest.fixture
def export(made, person):
    export = actions.request(NAME, {"upto": 3}, person)
    db.session.commit()
    return export


def test_while_it_is_made_the_page_says_how_far_and_looks_again(export, person, signed_in):
    browser = signed_in(person)
    page = browser.get(export.path).text
    assert "will be made in a moment" in page and "<progress" in page and "max=" not in page
    assert '<noscript><meta http-equiv="refresh"' in page and "js/progress.js" in page and 'role="status"' in page
    export.state, export.done, export.total = ExportState.RUNNING, 1200, 20000
    db.session.commit()
    page = browser.get(export.path).text
    assert "1,200 of about 20,000 rows" in page and 'max="20000" value="1200"' in page
    still = browser.get(f"{export.path}?still=1").text
    assert "refresh" not in still and "progress.js" not in still and "Look again" in still


def test_when_it_is_ready_it_is_fetched_and_the_page_keeps_still(export, person, signed_in):
    rounds.make(1)
    browser = signed_in(person)
    page = browser.get(export.path).text
    assert "Your file is ready" in page and "Numbers.txt" in page and "refresh" not in page
    answer = browser.get(f"{export.path}/files/Numbers.txt")
    assert answer.text == "0\n1\n2\n" and 'filename="Numbers.txt"' in answer.headers["Content-Disposition"]
    assert "Numbers.txt" in browser.get("/exports").text


def test_one_that_failed_says_so_and_can_be_tried_again(export, person, signed_in):
    export.state, export.error, export.finished_at = ExportState.FAILED, "Something went wrong.", export.created_at
    db.session.commit()
    browser = signed_in(person)
    page = browser.get(export.path).text
    assert "could not be made" in page and "Something went wrong." in page and "Try again" in page
    assert browser.get(f"{export.path}/files/Numbers.txt").status_code == 404
    assert browser.submit(f"{export.path}/again").location == export.path
    assert export.state is ExportState.WAITING


def test_only_who_asked_sees_it(export, person, signed_in, client):
    rounds.make(1)
    other = signed_in(make_person(coordinates=make_network()))
    for path in (export.path, f"{export.path}/files/Numbers.txt"):
        assert other.get(path).status_code == 404
        assert client.get(path).location.startswith("/sign-in")
    assert other.submit(f"{export.path}/again").status_code == 404
    assert "Numbers.txt" not in other.get("/exports").text


def test_nobody_fetches_what_they_may_no_longer_read(person, signed_in):
    with numbers():
        export = actions.request(NAME, {}, person)
        rounds.make(1)
    with numbers(may=lambda _person, _parameters: False):
        assert signed_in(person).get(f"{export.path}/files/Numbers.txt").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(export, person, signed_in):
    rounds.make(1)
    from tracker.files import store

    store().delete(export.file.key)
    assert signed_in(person).get(f"{export.path}/files/Numbers.txt").status_code == 404
