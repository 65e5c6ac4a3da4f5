"""A page is made once for each revision of the content, and nobody gets what was made for somebody else."""

import re

import pytest

from tests.activity.apart import database_apart
from tests.factories import make_institution, make_person, make_project
from tracker.activity.models import Activity
from tracker.activity.queries import revision
from tracker.activity.record import record
from tracker.database import db, is_sqlite
from tracker.institutions import actions as institutions
from tracker.projects.states import ProjectState

PUBLIC = ("/", "/projects", "/institutions", "/networks", "/themes", "/reports", "/search?q=water")


@pytest.fixture
def project():
    return make_project(ProjectState.PUBLISHED)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unchanged_page_is_not_sent_again(client, project, path, method):
    first = client.open(path, method=method)
    assert first.status_code == 200 and first.headers["ETag"]
    again = client.open(path, method=method, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(re.split(", *", again.headers["Vary"]))


def test_a_compressed_page_is_not_sent_again_either(client, project):
    headers = {"Accept-Encoding": "gzip"}
    first = client.get("/projects", headers=headers)
    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    again = client.get("/projects", headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_unchanged_page_is_not_made_again(client, project, queries):
    client.get(project.path)
    with queries() as log:
        assert client.get(project.path).status_code == 200
    assert len(log) <= 2, log


def test_any_change_makes_every_page_anew(client, project):
    tags = {path: client.get(path).headers["ETag"] for path in PUBLIC}
    institutions.change_institution(make_institution(), city="Dhaka", actor=None)
    db.session.commit()
    for path, tag in tags.items():
        again = client.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 200 and again.headers["ETag"] != tag, path


def test_a_change_is_seen_at_once(client, project):
    institution = project.partners[0].institution
    assert "Institute for Rivers" not in client.get(institution.path).text
    institutions.change_institution(institution, name="Institute for Rivers", actor=None)
    db.session.commit()
    assert "Institute for Rivers" in client.get(institution.path).text


def test_a_change_that_was_rolled_back_leaves_the_page(client, project):
    db.session.commit()
    tag = client.get("/projects").headers["ETag"]
    record("projects.change", project, actor=None)
    db.session.rollback()
    assert client.get("/projects", headers={"If-None-Match": tag}).status_code == 304


def test_languages_queries_hosts_and_cookies_have_pages_of_their_own(client, app, project):
    tags = [
        client.get("/projects").headers["ETag"],
        client.get("/projects?state=running").headers["ETag"],
        client.get("/projects?state=running&").headers["ETag"],
        client.get("/projects", headers={"Accept-Language": "en-XA"}).headers["ETag"],
        client.get("/projects", headers={"Host": "other.example"}).headers["ETag"],
    ]
    chosen = app.test_client()
    chosen.set_cookie("lang", "ar-XB")
    answer = chosen.get("/projects")
    tags.append(answer.headers["ETag"])
    assert 'dir="rtl"' in answer.text and 'dir="ltr"' in client.get("/projects").text
    assert len(set(tags)) == len(tags)


def test_choosing_a_language_is_no_kept_page(client, project):
    answer = client.get("/projects?lang=ar-XB")
    assert "Set-Cookie" in answer.headers
    assert "ETag" not in answer.headers and "private" in answer.headers["Cache-Control"]


def test_what_a_signed_in_person_sees_is_for_them_alone(client, signed_in):
    project = make_project(ProjectState.RECRUITING)
    inside = signed_in(project.lead)
    visitors = client.get("/projects")
    for path in ("/projects", project.path, "/me", "/account", "/"):
        answer = inside.get(path, headers={"If-None-Match": visitors.headers["ETag"]})
        assert answer.status_code == 200, path
        assert "private" in answer.headers["Cache-Control"], path
        assert "ETag" not in answer.headers, path
    assert project.title in inside.get("/projects").text
    assert project.title not in client.get("/projects").text
    assert client.get(project.path).status_code in (303, 404)


def test_a_page_with_a_form_of_a_visitor_is_theirs_alone(client):
    answer = client.get("/sign-in")
    assert "csrf_token" in answer.text
    assert "private" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/nowhere", "/projects/999999", "/me", "/projects/1/edit"])
def test_an_error_and_a_way_elsewhere_are_not_kept(client, app, path):
    before = len(app.extensions["tracker.pages"])
    answer = client.get(path)
    assert answer.status_code in (303, 404)
    assert "ETag" not in answer.headers
    assert "no-cache" in answer.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": "*"}).status_code == answer.status_code
    assert len(app.extensions["tracker.pages"]) == before


def test_a_star_is_no_tag_that_a_page_has(client, project):
    """RFC 9110: `*` asks whether there is anything at all; a page that may be missing answers for itself."""
    assert client.get("/projects/999999", headers={"If-None-Match": "*"}).status_code == 404


def test_a_post_is_never_answered_from_what_is_kept(client, project):
    tag = client.get("/projects").headers["ETag"]
    assert client.post("/projects", headers={"If-None-Match": tag}).status_code in (400, 405)


def test_a_late_commit_changes_the_revision(tmp_path):
    """On PostgreSQL a transaction with a lower number may be committed last: pages made before must not stay."""
    with database_apart(tmp_path) as app:
        with app.app_context():
            if is_sqlite():
                pytest.skip("SQLite has one writer at a time")
            person = make_person()
            db.session.commit()
            person_id = person.id
        with app.app_context() as early, db.engine.connect() as late:
            values = {"kind": "projects.change", "subject_type": "project", "subject_id": 1, "details": {}}
            values |= {"actor_id": person_id, "actor_name": ""}
            transaction = late.begin()
            late.execute(Activity.__table__.insert().values(**values))  # takes the lower id …
            db.session.execute(Activity.__table__.insert().values(**values))
            db.session.commit()
            before = revision()
            db.session.rollback()
            transaction.commit()  # … and is committed later
            assert revision() != before
            assert early is not None


def test_revisions_follow_every_activity():
    seen = {revision()}
    for _ in range(3):
        make_institution()
        db.session.flush()
        seen.add(revision())
    assert len(seen) == 4


@pytest.mark.parametrize("path", ["/nowhere", "/projects/999999", "/institutions/999999"])
def test_a_page_that_is_not_there_is_asked_for_again(client, signed_in, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-cache")
    assert "Cookie" in answer.headers["Vary"]
    assert "private" in signed_in(make_person()).get(path).headers["Cache-Control"]
