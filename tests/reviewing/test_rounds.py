"""What may follow what in a round, at what cost, and what becomes of its questions when the report goes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asks.letters import link_to
from tests.factories import make_draft, make_institution, make_person, make_project, make_report
from tests.reviewing.made import make_review
from tracker import clock
from tracker.asks import actions as asks
from tracker.asks.kinds import KINDS
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.drafts.states import DraftSource, ReadingState
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reviewing import actions, reviewers
from tracker.reviewing.models import Review, ReviewComment, ReviewRound
from tracker.reviewing.queries import KIND
from tracker.reviewing.standing import standing, summary_of
from tracker.reviewing.states import ReviewState


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project)


@pytest.fixture
def draft(report):
    return make_draft(report, "# Water\n\nCities share water.\n\nPipes leak.")


def open_ask(review: Review) -> Ask | None:
    db.session.flush()
    return db.session.scalars(
        sa.select(Ask).where(Ask.kind == KIND, Ask.subject_id == review.id, Ask.state == AskState.OPEN)
    ).first()


STEPS = ("comment", "send", "decline", "withdraw", "close", "ask again", "take back by hand", "remove")


def test_whatever_is_tried_in_whatever_order_the_question_is_open_just_while_a_review_is_awaited(
    project, report, draft
):
    due_on = clock.today() + timedelta(days=5)
    held = actions.open_round(report, draft, due_on=due_on, people=project.partner_people, actor=project.lead)
    db.session.flush()

    @given(steps=st.lists(st.sampled_from(STEPS), max_size=8))
    @settings(max_examples=25, deadline=None)
    def try_all(steps):
        outer = db.session.begin_nested()
        try:
            _walk(steps, held, held.reviews[0], project)
        finally:
            outer.rollback()
            db.session.expire_all()

    try_all()


def _walk(steps, held, review, project):
    reader, lead = project.partner_people[0], project.lead
    sent = []
    for step in steps:
        before = (review.state, held.closed_at)
        try:
            with db.session.begin_nested():
                _try(step, held, review, reader, lead)
        except RuleBroken:
            db.session.refresh(review)
            db.session.refresh(held)
            assert (review.state, held.closed_at) == before
        awaited = held.is_open and review.state is ReviewState.ASKED
        assert (open_ask(review) is not None) == awaited
        if sent:  # what was sent stays sent, and is never emptied behind its readers
            assert review.is_sent and review.answered_at == sent[0]
        if review.is_sent and not sent:
            sent.append(review.answered_at)
        counted = summary_of(held)
        assert counted.startswith(f"{int(review.is_sent)} of ")


def _try(step, held, review, reader, lead):
    if step == "comment":
        reviewers.add_comment(review, "Why?", block=1)
    elif step == "send":
        reviewers.send(review, actor=reader)
    elif step == "decline":
        reviewers.decline(review, actor=reader)
    elif step == "withdraw":
        actions.stop_asking(review, actor=lead)
    elif step == "close":
        actions.close_round(held, actor=lead)
    elif step == "ask again":
        actions.ask_more(held, people=[reader], actor=lead)
    elif step == "remove" and review.comments:
        db.session.expire(review, ["comments"])
        for comment in list(review.comments)[:1]:
            reviewers.remove_comment(review, comment)
    elif step == "take back by hand" and (ask := open_ask(review)):
        asks.withdraw(ask, actor=lead)


def test_a_report_that_is_discarded_leaves_no_question_behind(client, project, report, draft):
    due_on = clock.today() + timedelta(days=5)
    held = actions.open_round(report, draft, due_on=due_on, people=project.partner_people, actor=project.lead)
    door = link_to(project.partner_people[0])
    assert held.reviews
    reports.discard(report, actor=project.lead)
    assert db.session.scalars(sa.select(Ask.state).where(Ask.kind == KIND)).all() == [AskState.WITHDRAWN]
    assert db.session.scalars(sa.select(Ask.subject_id).where(Ask.kind == KIND)).all() == [0]
    assert client.get(f"{door}/review").status_code == 303
    assert "taken back" in client.get(door).text


def test_numbers_of_reviewers_follow_who_sent_first_and_stay(project, report, draft):
    place = project.partners[1].institution
    people = [make_person(institution=place) for _time in range(4)]
    due_on = clock.today() + timedelta(days=5)
    held = actions.open_round(report, draft, due_on=due_on, people=people, hides_names=True, actor=project.lead)
    sent = [held.reviews[2], held.reviews[0]]
    for hours, review in enumerate(sent):
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            reviewers.add_comment(review, "Why?", block=1)
            reviewers.send(review, actor=review.person)
    seen = standing(held, project.lead)
    assert [reader.review for reader in seen.readers] == sent
    assert [reader.name for reader in seen.readers] == ["Reviewer 1", "Reviewer 2"]
    assert [reader.name for reader in standing(held, project.coordinator).sent] == [one.person.name for one in sent]


def test_who_reads_is_reminded_only_while_it_is_of_use(project, report, draft):
    due_on = clock.today() + timedelta(days=5)
    held = actions.open_round(report, draft, due_on=due_on, people=project.partner_people, actor=project.lead)
    kind, review = KINDS[KIND], held.reviews[0]
    assert kind.is_reminded(review)
    project.state = ProjectState.STOPPED
    assert not kind.is_reminded(review)


def test_no_more_people_are_asked_than_a_round_holds(project, report, draft):
    due_on = clock.today() + timedelta(days=5)
    crowd = [(f"Person {number}", f"p{number}@example.net") for number in range(31)]
    with pytest.raises(RuleBroken, match="At most 30"):
        actions.open_round(report, draft, due_on=due_on, outsiders=crowd, actor=project.lead)


def test_a_day_bears_only_so_many_mails(project, report, draft, monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    due_on = clock.today() + timedelta(days=5)
    two = [("A", "a@example.net"), ("B", "b@example.net")]
    held = actions.open_round(report, draft, due_on=due_on, outsiders=two, actor=project.lead)
    with pytest.raises(RuleBroken, match="Go on tomorrow"):
        actions.ask_more(held, outsiders=[("C", "c@example.net")], actor=project.lead)


def test_a_signed_in_reviewer_writes_at_an_address_of_their_own(signed_in, project, report, draft):
    partner = project.partner_people[0]
    due_on = clock.today() + timedelta(days=5)
    held = actions.open_round(report, draft, due_on=due_on, people=[partner], actor=project.lead)
    review, browser = held.reviews[0], signed_in(partner)
    assert f"/asks/{open_ask(review).id}/review" in browser.get(open_ask(review).path).text
    led = browser.get(f"/asks/{open_ask(review).id}/review")
    assert led.status_code == 303 and led.location == f"/reviews/{review.id}/answer"
    assert browser.submit(f"{led.location}?block=1", text="Why?").status_code == 303
    refused = browser.post(f"{led.location}?block=1", data={"text": "Why not? I really wonder."})
    assert refused.status_code == 400  # without the token of the page
    assert browser.submit(f"{led.location}/send").status_code == 303
    assert [known.text for known in db.session.scalars(sa.select(ReviewComment))] == ["Why?"]
    stranger = signed_in(make_person(institution=make_institution()))
    assert stranger.get(led.location).status_code == 403 and stranger.get(held.path).status_code == 404
    assert stranger.get(f"{held.path}/files/1").status_code == 404


def test_a_pdf_is_commented_as_a_whole(client, project, report):
    pdf = Draft(report=report, number=1, is_current=True, source=DraftSource.FILE, reading=ReadingState.NONE)
    db.session.add(pdf)
    db.session.flush()
    due_on = clock.today() + timedelta(days=5)
    actions.open_round(report, pdf, due_on=due_on, people=project.partner_people, actor=project.lead)
    door = f"{link_to(project.partner_people[0])}/review"
    assert "cannot be read here" in client.get(door).text
    assert client.post(door, data={"text": "Page 12: why?"}).status_code == 303
    assert "Page 12: why?" in client.get(f"{door}/finish").text


def test_pages_cost_the_same_however_many_comments_there_are(client, signed_in, queries, project, report):
    draft = make_draft(report, "\n\n".join(f"Paragraph {number}." for number in range(60)))
    partner = project.partner_people[0]
    review = make_review(report, draft, partner, names=[("A", "a@example.net")])
    door, lead = f"/reviews/{review.id}/answer", signed_in(project.lead)
    reader = signed_in(partner)
    paths = [(lead, review.round.path), (lead, f"{report.path}/reviews"), (reader, door), (reader, f"{door}/finish")]

    def costs():
        found = []
        for browser, path in paths:
            browser.get(path)
            with queries() as log:
                assert browser.get(path).status_code == 200
            found.append(len(log))
        return found

    before = costs()
    for number in range(2, 32):
        reviewers.add_comment(db.session.get(Review, review.id), f"Why {number}?", block=number)
    more = [(f"P{number}", f"p{number}@example.net") for number in range(5)]
    make_review(report, draft, partner, names=more)
    actions.ask_more(db.session.get(ReviewRound, review.round_id), outsiders=more, actor=project.lead)
    assert costs() == before
