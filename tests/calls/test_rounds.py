"""What the worker does for calls."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed, text_of
from tests.calls.conftest import DAY, NOW
from tests.factories import agree_terms, make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity, Delivery
from tracker.activity.states import Rhythm
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.calls import actions, rounds
from tracker.calls.models import SavedCall
from tracker.calls.queries import ASK, call_of
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.milestones.actions import plan_from_template
from tracker.projects.actions import take_step
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def later(days):
    return clock.frozen(NOW + timedelta(days=days))


def noted(kind):
    return db.session.scalars(sa.select(Activity).where(Activity.kind == kind)).all()


def offer(call):
    return recruiting.offer(call.project, call.place, note="Data", actor=call.member)


def test_a_call_closes_by_itself_and_the_leads_hear_once_what_still_waits(call, set_days):
    set_days(call.project, closes_on=DAY + timedelta(days=1))
    offer(call)
    director = make_person(contact_of=make_institution(country="KE"))
    recruiting.invite(call.project, director.contact_places[0].institution, actor=call.lead)
    assert rounds.close(10) == 0
    with later(2.5):
        assert rounds.close(10) == 1
        assert rounds.close(10) == 0
    assert call_of(call.project.id).closed_at == NOW + timedelta(days=2.5)
    assert len(noted("calls.close")) == 1
    [mail] = [text for text in map(text_of, owed(call.lead)) if "The call closed" in text]
    assert "its last day was 23 November 2026" in mail
    assert "1 offer waits for your answer." in mail and "1 invitation is not answered yet." in mail
    assert call.project.path in mail


def test_where_nothing_waits_the_leads_hear_of_the_end_as_of_other_news(call, set_days):
    set_days(call.project, closes_on=DAY)
    call.lead.rhythm = Rhythm.WEEKLY
    with later(2):
        rounds.close(10)
    held = [row for row in owed(call.lead) if "The call closed" in text_of(row)]
    assert [row.is_held for row in held] == [True]


def test_a_call_that_was_opened_again_closes_again(call, set_days):
    set_days(call.project, closes_on=DAY)
    with later(2):
        rounds.close(10)
        set_days(call.project, closes_on=DAY + timedelta(days=3))
        assert call_of(call.project.id).closed_at is None
        assert rounds.close(10) == 0
    with later(5):
        assert rounds.close(10) == 1
    assert len(noted("calls.close")) == 2


def test_a_stopped_project_s_call_closes_when_it_is_resumed(call, set_days):
    set_days(call.project, closes_on=DAY)
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    with later(2):
        assert rounds.close(10) == 0
        take_step(call.project, "resume", actor=call.lead, reason="Over")
        db.session.flush()
        assert rounds.close(10) == 1


def test_one_call_that_cannot_be_closed_holds_up_no_other(call, set_days, monkeypatch, caplog):
    other = make_project(ProjectState.RECRUITING, lead=call.lead)
    for project in (call.project, other):
        set_days(project, closes_on=DAY)
    close = actions.close

    def fails_for_one(known, project):
        assert project.id != call.project.id, "a fault"
        close(known, project)

    monkeypatch.setattr(actions, "close", fails_for_one)
    with later(2):
        assert rounds.close(10) == 1
        assert rounds.close(10) == 0, "and is not tried for ever"
    assert [row.subject_id for row in noted("calls.close")] == [other.id]
    assert "failed for row" in caplog.text


def test_a_call_that_closes_soon_is_said_once_to_whoever_keeps_it(call, set_days):
    set_days(call.project, closes_on=DAY + timedelta(days=20))
    actions.keep(call.project, call.place, actor=call.member)
    with later(12):
        assert rounds.tell_of_ends(10) == 0
    with later(13):
        assert rounds.tell_of_ends(10) == 1
        assert rounds.tell_of_ends(10) == 0
    [mail] = [text for text in map(text_of, owed(call.member)) if "closes on 12 December 2026" in text]
    assert "because you keep this call in mind" in mail
    history = sa.select(Activity.kind).where(Activity.subject_type == "project", Activity.kind == "calls.closing")
    assert db.session.scalars(history).all() == [], "who keeps a call in mind is not for those who lead it"


@pytest.mark.parametrize("what", ["offered", "let go", "left", "closed", "stopped", "no day"])
def test_nobody_hears_of_an_end_that_does_not_concern_them(call, set_days, what):
    if what != "no day":
        set_days(call.project, closes_on=DAY + timedelta(days=3))
    actions.keep(call.project, call.place, actor=call.member)
    before = len(owed(call.member))
    if what == "offered":
        offer(call)
    elif what == "let go":
        actions.let_go(call.project, call.place, actor=call.member)
    elif what == "left":
        institutions.end_affiliation(call.member.affiliations[0], actor=None)
        db.session.expire(call.member)
    elif what == "stopped":
        take_step(call.project, "stop", actor=call.lead, reason="Elections")
    with later(5 if what == "closed" else 1):
        rounds.tell_of_ends(10)
        assert rounds.tell_of_ends(10) == 0
    assert len(owed(call.member)) == before


def test_a_new_last_day_far_away_is_warned_of_again(call, set_days):
    set_days(call.project, closes_on=DAY + timedelta(days=3))
    actions.keep(call.project, call.place, actor=call.member)
    assert rounds.tell_of_ends(10) == 1
    set_days(call.project, closes_on=DAY + timedelta(days=60))
    assert rounds.tell_of_ends(10) == 0
    with later(55):
        assert rounds.tell_of_ends(10) == 1
    set_days(call.project, closes_on=DAY + timedelta(days=4))
    assert rounds.tell_of_ends(10) == 0, "the news of the new day said it already"
    assert db.session.scalars(sa.select(SavedCall)).one().told_at is not None


def test_a_question_is_asked_again_when_the_project_is_resumed(call):
    question = actions.ask(call.project, call.place, text="How many?", actor=call.member)
    assert rounds.look_after(10) == 0
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    assert rounds.look_after(10) == 0 and latest(ASK, question).state is AskState.WITHDRAWN
    take_step(call.project, "resume", actor=call.lead, reason="Over")
    db.session.flush()
    assert rounds.look_after(10) == 1
    assert latest(ASK, question).is_open and latest(ASK, question).asked_by_id == call.member.id
    assert rounds.look_after(10) == 0


def test_what_nobody_answered_ends_when_the_project_starts_and_whoever_asked_is_told(call):
    question = actions.ask(call.project, call.place, text="How many?", actor=call.member)
    agree_terms(call.project)
    plan_from_template(call.project, "policy-brief", DAY, actor=call.lead)
    db.session.execute(sa.update(Delivery).values(sent_at=clock.now()))
    take_step(call.project, "start", actor=call.lead)
    db.session.flush()
    assert rounds.look_after(10) == 1
    assert not question.is_open and latest(ASK, question).state is AskState.WITHDRAWN
    [told] = [text_of(row) for row in owed(call.member)]
    assert "went on without an answer to the question of Institute of Dakar" in told
    assert rounds.look_after(10) == 0
