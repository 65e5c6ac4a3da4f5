"""A project goes on, or is stopped, while some have not answered whether they take part."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed, text_of
from tests.bench.statements import collected
from tests.factories import agree_terms, make_institution, make_person, make_project, make_report, publish
from tests.query_plans import steps
from tracker import clock
from tracker.activity.models import Delivery
from tracker.asks import rounds as asks
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.milestones import actions as milestones
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions, queries, rounds


@pytest.fixture
def running():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def directors():
    return [
        make_person(contact_of=make_institution(f"Institute {country}", country=country)) for country in ("KE", "NP")
    ]


def place(director):
    return director.contact_places[0].institution


def invite(project, *directors):
    return [actions.invite(project, place(director), actor=project.lead) for director in directors]


def submit(project):
    """The report goes into review, and every mail so far is sent."""
    make_report(project)
    projects.take_step(project, "submit", actor=project.lead)
    db.session.execute(sa.update(Delivery).where(Delivery.activity_id.is_not(None)).values(sent_at=clock.now()))
    db.session.commit()


def questions():
    return list(db.session.scalars(sa.select(Ask).where(Ask.kind.in_(queries.ASKS)).order_by(Ask.id.desc())))


def named(project):
    return {partner.name for partner in project.partners}


def test_when_the_report_goes_into_review_open_invitations_are_taken_back_and_the_leads_told_once(running, directors):
    again = directors[1]
    declined = invite(running, again)[0]
    actions.answer_invitation(declined, agrees=False, actor=again)
    invite(running, *directors)
    submit(running)
    assert rounds.close(10) == 1
    assert "Institute KE" not in named(running)
    assert declined.commitment is Commitment.DECLINED, "what stood before stands again"
    assert {ask.state for ask in questions()} == {AskState.ANSWERED, AskState.WITHDRAWN}
    assert not [mail for director in directors for mail in owed(director)], "nobody is mailed about it any more"
    [told] = [text for text in map(text_of, owed(running.lead)) if "went on without an answer" in text]
    assert "Institute" in told and "Institute KE" in told and "Institute NP" in told
    assert rounds.close(10) == 0


def test_an_offer_that_nobody_answered_is_taken_back_and_who_made_it_is_told():
    project = make_project(ProjectState.RECRUITING)
    person = make_person(institution=make_institution("Delta Institute", country="KE"))
    actions.offer(project, person.affiliations[0].institution, note="We have data", actor=person)
    agree_terms(project)
    milestones.plan_from_template(project, "policy-brief", clock.today(), actor=project.lead)
    projects.take_step(project, "start", actor=project.lead)
    assert rounds.close(10) == 0, "partners can still join"
    submit(project)
    assert rounds.close(10) == 1
    assert "Delta Institute" not in named(project)
    for told in (person, project.lead):
        assert [text for text in map(text_of, owed(told)) if "the offer of Delta Institute" in text]


def test_what_waits_in_a_project_that_is_stopped_or_seeks_partners_stays(running, directors):
    partners = invite(running, *directors)
    assert rounds.close(10) == 0
    projects.take_step(running, "stop", actor=running.lead, reason="Elections")
    assert rounds.close(10) == 0
    assert {partner.commitment for partner in partners} == {Commitment.INVITED}


def test_while_a_project_is_stopped_nobody_is_reminded_and_again_when_it_goes_on(running, directors):
    invite(running, directors[0])
    ask = questions()[0]
    projects.take_step(running, "stop", actor=running.lead, reason="Elections")
    db.session.execute(sa.update(Ask).where(Ask.id != ask.id).values(remind_at=None))
    due = ask.remind_at
    db.session.commit()
    with clock.frozen(due):
        assert asks.remind(10) == 0 and asks.remind(10) == 0
    assert (ask.reminders, ask.remind_at) == (0, due + timedelta(days=7))
    projects.take_step(running, "resume", actor=running.lead, reason="They are over")
    db.session.commit()
    with clock.frozen(due + timedelta(days=7)):
        assert asks.remind(10) == 1
    assert ask.reminders == 1


def test_a_project_that_fails_holds_up_no_other_and_its_questions_run_out(directors, monkeypatch, caplog):
    first, second = (make_project(ProjectState.RUNNING) for _number in range(2))
    for project in (first, second):
        invite(project, *directors)
        submit(project)
    go_on_without = actions.go_on_without

    def fail_for_one(project):
        go_on_without(project)
        if project is first:
            raise ValueError("poison")

    monkeypatch.setattr(actions, "go_on_without", fail_for_one)
    assert rounds.close(10) == 1
    assert [len([p for p in project.partners if p.is_asked]) for project in (first, second)] == [2, 0]
    assert rounds.close(10) == 0 and len(caplog.records) == 1
    with clock.frozen(clock.now() + queries.SOON_OVER):
        assert asks.expire(10) == 2
    assert not [partner for partner in first.partners if partner.is_asked]


def test_a_round_that_finds_nothing_costs_one_query_by_the_index_of_what_is_open(running, directors):
    invite(running, *directors)
    db.session.commit()
    with collected() as sent:
        assert rounds.close(10) == 0
    assert len([known for known in sent if known.sql.startswith("SELECT")]) == 1
    plan = steps(lambda: rounds.close(10))
    assert not [step for step in plan if step.startswith("SCAN") and " ask" in step]
    assert not plan or [step for step in plan if "ix_ask_board (network_id=? AND kind=?)" in step], plan


def test_an_intention_may_be_confirmed_in_review_and_is_asked_no_longer_once_all_is_published(directors):
    project = make_project(ProjectState.RUNNING)
    first, second = invite(project, *directors)
    for partner, director in zip((first, second), directors, strict=True):
        actions.answer_invitation(partner, agrees=True, is_sure=False, actor=director)
    actions.hand_over_lead(project.partners[1], actor=project.lead)
    submit(project)
    assert rounds.close(10) == 0
    actions.agree(first, actor=directors[0])
    assert first.commitment is Commitment.AGREED
    agree_terms(project)
    publish(project)
    db.session.flush()
    waiting = sa.select(Ask).where(Ask.kind.in_((queries.AGREEMENT, queries.LEAD)), Ask.state == AskState.OPEN)
    assert len(db.session.scalars(waiting).all()) == 2
    assert rounds.close(10) == 1
    assert db.session.scalars(waiting).all() == [] and rounds.close(10) == 0
    assert second.commitment is Commitment.INTENDS
