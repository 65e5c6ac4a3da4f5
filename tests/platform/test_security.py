"""What every answer carries, which addresses are followed, and how often something may be tried."""

import re

import pytest

from tests.factories import make_person, make_project
from tracker import create_app, csrf
from tracker.addresses import local_path
from tracker.database import db
from tracker.projects.states import ProjectState

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%0d%0aLocation:x\r\nX: y",
    " //evil.example",
    "///evil.example",
    "/é//evil",
    "evil.example",
    "?next=//evil.example",
    "/" + "a" * 300,
    "\0/me",
    "/sign-out",
)


def test_every_answer_has_the_headers(client, app):
    project = make_project(ProjectState.PUBLISHED)
    tag = client.get("/projects").headers["ETag"]
    style = re.search(r'href="(/style-[^"]+)"', client.get("/").text)[1]
    icon = re.search(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)[1].replace("&amp;", "&")
    answers = [
        client.get("/"),
        client.head("/"),
        client.options("/"),
        client.get("/projects", headers={"If-None-Match": tag}),
        client.get(style),
        client.get(icon),
        client.get("/static/nothing.css"),
        client.get("/nowhere"),
        client.get("/projects/999999"),
        client.get("/me"),
        client.get(f"{project.path}/edit"),
        client.post("/sign-in"),
        client.get("/sign-out"),
        client.get("/healthz"),
        client.get(project.path, headers={"Host": "a" * 500}),
        client.post("/sign-in", data={"email": "a" * 3_000_000}),
    ]
    for answer in answers:
        answer.close()
    assert {answer.status_code for answer in answers} >= {200, 303, 304, 400, 404, 405, 413}
    for answer in answers:
        where = f"{answer.request.method} {answer.request.path} {answer.status_code}"
        for name, value in ALWAYS.items():
            assert answer.headers.get(name) == value, f"{where}: {name}"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], where
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], where
        assert "Server" not in answer.headers, where
        assert "Strict-Transport-Security" not in answer.headers, where


def test_an_answer_over_https_asks_to_stay_there(client):
    answer = client.get("/", base_url="https://localhost")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_the_limit_on_tries_is_a_page_that_says_when_to_come_back(client):
    answers = [client.submit("/sign-in", email=f"a{n}@example.org", password="x", way="password") for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    page = answers[-1]
    assert 0 < int(page.headers["Retry-After"]) <= 61
    assert "Too many tries" in page.text
    assert client.get("/sign-in").status_code == 200  # looking is not trying
    assert client.get("/").status_code == 200


def test_guessing_one_address_from_many_places_is_limited(app):
    statuses = []
    for number in range(21):
        client = app.test_client()
        place = {"REMOTE_ADDR": f"192.0.2.{number}"}
        with client.session_transaction(environ_overrides=place) as session:
            session["csrf"] = "test-secret"
        with app.app_context():
            token = csrf._serializer().dumps(["salt", "test-secret"])
        fields = {"email": "Amina@example.org", "password": "x", "way": "password", "csrf_token": token}
        statuses.append(client.post("/sign-in", data=fields, environ_overrides=place).status_code)
    assert statuses == [422] * 20 + [429]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(client, path):
    assert local_path(path) == ""
    page = client.get("/sign-in", query_string={"next": path})
    assert "evil.example" not in re.sub(r"<[^>]*lang=[^>]*>", "", page.text)


@pytest.mark.parametrize("path", ["/me", "/projects/1?a=b&c=d#plan", "/search?q=%2F%2Fevil", "/a/b//c"])
def test_a_path_of_this_site_is_followed(path):
    assert local_path(path) == path


@pytest.mark.parametrize("path", ["//evil.example/%2e%2e", "/\\evil.example", "//evil.example"])
def test_no_address_redirects_to_another_site(client, signed_in, path):
    for browser in (client, signed_in(make_person())):
        answer = browser.get("/", environ_overrides={"PATH_INFO": path})
        location = answer.location or "/"
        assert re.match(r"(http://localhost)?/(?![/\\])", location), location


def test_a_page_never_leads_back_to_another_site(signed_in):
    project = make_project(ProjectState.RUNNING)
    lead = signed_in(project.lead)
    answer = lead.submit(f"{project.path}/steps/start", headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 409
    assert "evil.example" not in answer.text


def cookies(answer):
    return {line.partition("=")[0]: line.lower() for line in answer.headers.getlist("Set-Cookie")}


def test_cookies_are_for_this_site_only_and_out_of_reach_of_scripts(client):
    for answer in (client.get("/sign-in"), client.get("/projects?lang=ar-XB")):
        assert cookies(answer)
        for name, cookie in cookies(answer).items():
            assert "httponly" in cookie, name
            assert "samesite=lax" in cookie, name
            assert "path=/" in cookie, name


def test_behind_https_cookies_are_never_sent_in_the_clear(tmp_path, monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://tracker.example.org")
    app = create_app({"INSTANCE": str(tmp_path), "SECRET_KEY": "test"})
    assert app.config["SESSION_COOKIE_SECURE"] is True
    with app.app_context():
        db.engine.dispose()


def test_a_session_names_no_person_and_dies_with_its_key(client, signed_in):
    person = make_person()
    browser = signed_in(person)
    assert browser.get("/account").status_code == 200
    person.session_key = "another"
    db.session.flush()
    assert browser.get("/account").status_code == 303


def test_a_forwarded_address_is_believed_only_from_a_proxy(app):
    assert app.config["PROXIES"] == 0
    client = app.test_client()
    answer = client.get("/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"})
    assert "Strict-Transport-Security" not in answer.headers
    assert "evil.example" not in answer.text


def test_tokens_differ_on_every_page_and_all_of_them_hold(client):
    pages = [client.get("/sign-in").text for _ in range(3)]
    tokens = [re.search(r'name="csrf_token" value="([^"]+)"', page)[1] for page in pages]
    assert len(set(tokens)) == 3
    for token in tokens:
        answer = client.post("/password/reset", data={"email": "a@example.org", "csrf_token": token})
        assert answer.status_code == 303


def test_a_token_does_not_outlive_its_session(client, signed_in):
    browser = signed_in(make_person())
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/account").text)[1]
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_nobody_without_a_session_sends_a_form(app):
    """As a page of another site would, which knows no token: an absent secret is not equal to an empty one."""
    for token in (
        {},
        {"csrf_token": ""},
        {"csrf_token": csrf_token_of(app, "")},
        {"csrf_token": csrf_token_of(app, "x")},
    ):
        answer = app.test_client().post("/sign-in", data={"email": "a@example.org", "way": "link", **token})
        assert answer.status_code == 400, token


def csrf_token_of(app, secret):
    with app.app_context():
        return csrf._serializer().dumps(["salt", secret])
