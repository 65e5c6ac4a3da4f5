"""A page that refuses what somebody wrote gives it back."""

from sqlalchemy.exc import IntegrityError

from tests.factories import make_institution, make_project
from tracker.oversight import actions as oversight
from tracker.projects.states import ProjectState
from tracker.recruiting import actions

LONG = "We worked with you on ports in 2019 and would like to do so again."


def test_a_broken_rule_gives_back_what_was_written(signed_in):
    call = make_project(ProjectState.RECRUITING)
    institution = make_institution(country="KE")
    browser = signed_in(call.lead)
    path = f"/projects/{call.id}/partners/invite"
    browser.get(path)
    actions.invite(call, institution, actor=call.lead)  # somebody else was quicker, the choice is gone
    page = browser.submit(path, institution=institution.id, role="partner", note=LONG)
    assert page.status_code in (409, 422)
    assert LONG in page.text


def test_an_expired_page_gives_back_what_was_written_but_no_secret(signed_in, client):
    call = make_project(ProjectState.RECRUITING)
    path = f"/projects/{call.id}/partners/invite"
    page = signed_in(call.lead).post(path, data={"note": LONG, "password": "correct horse battery staple"})
    assert page.status_code == 400
    assert LONG in page.text
    assert "correct horse" not in page.text


def test_what_is_given_back_is_escaped(signed_in):
    call = make_project(ProjectState.RECRUITING)
    page = signed_in(call.lead).post(f"/projects/{call.id}/edit", data={"note": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in page.text


def test_who_makes_the_same_thing_at_the_same_moment_is_asked_to_try_again(signed_in, monkeypatch):
    class UniqueViolation(Exception):
        sqlstate = "23505"  # as PostgreSQL says it; on SQLite writers queue

    def made_by_a_second_click(*_named):
        raise IntegrityError("INSERT", {}, UniqueViolation())

    monkeypatch.setattr(oversight, "keep_view", made_by_a_second_click)
    browser = signed_in(make_project(ProjectState.RUNNING).coordinator)
    page = browser.submit("/board/views/keep", page="board", query="state=running", name="Running")
    assert page.status_code == 409 and "at the same moment" in page.text
