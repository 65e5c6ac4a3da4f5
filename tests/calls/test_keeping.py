"""A call that somebody keeps in mind for their institution."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed, text_of
from tests.calls.conftest import DAY, NOW
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.calls import actions
from tracker.calls.models import SavedCall
from tracker.calls.queries import MOST_KEPT, kept
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.actions import take_step
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def saved():
    return list(db.session.scalars(sa.select(SavedCall).order_by(SavedCall.id)))


def test_a_member_keeps_a_call_in_mind_and_no_longer(call, set_days, signed_in):
    set_days(call.project, closes_on=DAY + timedelta(days=20))
    browser, form = signed_in(call.member), {"institution": str(call.place.id), "back": "project"}
    assert "Keep in mind for my institution" in browser.get(call.project.path).text
    assert browser.submit(f"{call.path}/keep", **form).location == f"{call.project.path}#call"
    assert browser.submit(f"{call.path}/keep", **form).status_code == 303, "again changes nothing"
    assert [each.saved_by_id for each in saved()] == [call.member.id]
    page = browser.get("/me").text
    assert "Calls my institution keeps in mind" in page and "closes on 12 December 2026 (20 days left)" in page
    assert "no offer yet" in page and call.path in page
    recruiting.offer(call.project, call.place, note="Data", actor=call.member)
    assert "interested" in browser.get("/me").text
    assert browser.submit(f"{call.path}/let-go", institution=str(call.place.id)).location == call.path
    assert browser.submit(f"{call.path}/let-go", institution=str(call.place.id)).status_code == 303
    assert saved() == []
    assert "Calls my institution keeps in mind" not in browser.get("/me").text


def test_a_colleague_sees_it_and_may_let_it_go(call, signed_in):
    actions.keep(call.project, call.place, actor=call.member)
    colleague = make_person(institution=call.place)
    browser = signed_in(colleague)
    assert call.project.title in browser.get("/me").text
    assert "No longer keep in mind" in browser.get(call.path).text
    assert browser.submit(f"{call.path}/let-go", institution=str(call.place.id)).status_code == 303
    assert saved() == []


def test_nobody_learns_whether_another_institution_keeps_it(call, signed_in):
    actions.keep(call.project, call.place, actor=call.member)
    stranger = make_person(institution=make_institution())
    assert signed_in(stranger).submit(f"{call.path}/keep", institution=str(call.place.id)).status_code == 409


@pytest.mark.parametrize(("institution", "status"), [("", 400), ("x", 400), ("-1", 400), ("999999", 409)])
@pytest.mark.parametrize("button", ["keep", "let-go"])
def test_an_institution_that_is_none_is_refused(call, signed_in, button, institution, status):
    assert signed_in(call.member).submit(f"{call.path}/{button}", institution=institution).status_code == status


@pytest.mark.parametrize("button", ["keep", "let-go"])
def test_nobody_decides_for_an_institution_where_they_do_not_work(call, signed_in, button):
    other = make_person(institution=make_institution("Institute of Chengdu", country="CN"))
    actions.keep(call.project, other.affiliations[0].institution, actor=other)
    answer = signed_in(call.member).submit(
        f"{call.path}/{button}", institution=str(other.affiliations[0].institution_id)
    )
    assert answer.status_code == 409 or (button == "keep" and answer.status_code == 303)
    assert [each.institution_id for each in saved()] == [other.affiliations[0].institution_id]


def test_a_closed_call_a_stopped_project_and_one_s_own_are_not_kept(call, set_days, signed_in):
    own = call.project.partners[0].institution
    with pytest.raises(RuleBroken, match="takes part already"):
        actions.keep(call.project, own, actor=call.lead)
    set_days(call.project, closes_on=DAY)
    with clock.frozen(NOW + timedelta(days=2)):
        with pytest.raises(RuleBroken, match="closed on"):
            actions.keep(call.project, call.place, actor=call.member)
        assert "Keep in mind" not in signed_in(call.member).get(call.path).text
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    with pytest.raises(RuleBroken, match="not looking for partners"):
        actions.keep(call.project, call.place, actor=call.member)


def test_one_s_own_work_shows_a_few_that_close_first_with_one_query(call, set_days, queries):
    actions.keep(call.project, call.place, actor=call.member)
    soon = make_project(ProjectState.RECRUITING, title="Closes first", lead=call.lead)
    set_days(soon, closes_on=DAY + timedelta(days=3))
    actions.keep(soon, call.place, actor=call.member)
    with queries() as log:
        found = kept(call.member)
        assert [each.project.label for each in found] == ["Closes first", call.project.label]
        assert [each.institution.name for each in found] == ["Institute of Dakar"] * 2
    reads = [statement for statement in log if statement.startswith("SELECT") and "saved_call" in statement]
    assert (len(reads) == 1 and f"{MOST_KEPT}" in repr(reads)) or "LIMIT" in reads[0]
    take_step(soon, "stop", actor=call.lead, reason="Elections")
    db.session.flush()
    assert [each.project.label for each in kept(call.member)] == [call.project.label]


def test_whoever_keeps_it_hears_of_a_new_last_day(call, set_days):
    actions.keep(call.project, call.place, actor=call.member)
    set_days(call.project, closes_on=DAY + timedelta(days=20))
    mail = text_of(owed(call.member)[-1])
    assert "keep in mind for Institute of Dakar now closes on 12 December 2026" in mail
    assert call.path in mail and "because you keep this call in mind" in mail
