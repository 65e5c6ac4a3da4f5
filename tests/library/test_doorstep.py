"""The page of a report is sent again without being made again, until something on it changes."""

from tests.factories import make_institution
from tests.library.making import published
from tracker.institutions.actions import change_institution
from tracker.library.actions import cite_next
from tracker.reports import actions

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_made_once_until_its_record_changes(app, queries):
    report = published("Water")
    path = report.path

    def read(**headers):
        return app.test_client().get(path, headers=headers)

    first = read()
    with queries() as log:
        again = read()
    assert len(log) == 1
    assert (again.data, dict(again.headers)) == (first.data, dict(first.headers))
    assert read(**{"If-None-Match": first.headers["ETag"]}).status_code == 304
    change_institution(make_institution(), city="Dhaka", actor=None)  # of no concern to it
    with queries() as log:
        assert read(**{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert len(log) == 1
    actions.change_report(report, actor=None, because="Its title.", title="Rivers")
    new = read(**{"If-None-Match": first.headers["ETag"]})
    assert new.status_code == 200
    assert "Rivers" in new.text
    tag = new.headers["ETag"]
    cite_next(5, "https://example.org")
    assert read(**{"If-None-Match": tag}).status_code == 200


def test_each_reader_gets_the_page_that_was_asked_for(app, signed_in):
    report = published("Water")
    english = app.test_client().get(report.path)
    pseudo = app.test_client().get(report.path, headers={"Accept-Language": "ar-XB"})
    assert 'dir="rtl"' in pseudo.text
    assert 'dir="rtl"' not in english.text.partition("<body>")[0]
    zipped = app.test_client().get(report.path, headers=GZIP)
    assert (
        zipped.headers["Content-Encoding"]
        == app.test_client().get(report.path, headers=GZIP).headers["Content-Encoding"]
    )
    assert zipped.data != english.data
    own = signed_in(name="Rosa Quispe")
    assert "Rosa Quispe" in own.get(report.path).text
    assert "Rosa Quispe" not in app.test_client().get(report.path).text
    head = app.test_client().head(report.path)
    assert (head.status_code, head.data) == (200, b"")


def test_nobody_fills_the_memory_with_long_questions(app):
    """What is kept is counted by its pages; the addresses they are kept under must be small beside them."""
    report = published("Water")
    kept = app.extensions["tracker.doorstep"]
    for asked in ({"query_string": "x" * 5000}, {"headers": {"Accept-Language": f"en, {'x' * 5000}"}}):
        assert app.test_client().get(report.path, **asked).status_code == 200
    assert len(kept) == 0
    assert app.test_client().get(report.path).status_code == 200
    assert len(kept) == 1


def test_a_withdrawn_report_is_gone_at_once(app):
    report = published("Water")
    assert app.test_client().get(report.path).status_code == 200
    report.state, report.withdrawn_because = "withdrawn", "Two tables were wrong."
    report.withdrawn_at = report.stamped_at
    actions.public_changed(report, None)
    for path in (report.path, f"{report.path}.bib", f"{report.path}/files/1"):
        answer = app.test_client().get(path)
        assert answer.status_code == 410
        assert "Two tables were wrong." in answer.text
