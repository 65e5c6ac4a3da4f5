"""One mail holds what is due for a person: reminders first, then what happened, then coming dates."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project
from tracker import clock, hours
from tracker.activity import outbox
from tracker.activity.models import Delivery
from tracker.activity.record import record
from tracker.activity.states import Rhythm, Sort
from tracker.database import db
from tracker.milestones.models import Milestone
from tracker.notifications import actions, rounds
from tracker.projects.states import ProjectState

MONDAY = datetime(2026, 9, 7, 6, tzinfo=UTC)
MORNING = MONDAY.replace(hour=9)


@pytest.fixture
def at():
    """at(moment): from now on it is this moment."""
    before = clock._frozen_at

    def travel(moment):
        clock._frozen_at = moment

    travel(MONDAY)
    yield travel
    clock._frozen_at = before


@pytest.fixture
def amina(at):
    person = make_person("Amina", email="amina@example.org", rhythm=Rhythm.DAILY)
    db.session.execute(sa.delete(Delivery))
    return person


def news(person, project=None, kind="projects.change", **details):
    project = project or make_project(ProjectState.RUNNING)
    db.session.execute(sa.delete(Delivery).where(Delivery.recipient_id != person.id))
    record(kind, project, actor=project.lead, tell=[person], **details)
    db.session.flush()
    return project


def reminder(person, number=1, not_before=None, sort=Sort.REMINDER, **details):
    asked = {"asked_kind": "recruiting.invitation", "ask_id": number, "person_id": person.id, "nonce": "x" * 43}
    named = {"for": "the Institute", "by": "Lead", "role": "institution", "others": [], "network": "N", "question": "?"}
    row = Delivery(
        recipient_id=person.id,
        address=person.email,
        name=person.name,
        template="recruiting/mail/invitation.txt",
        sort=sort,
        thread=f"ask-{number}",
        reply_to="lead@example.org",
        is_held=True,
        not_before=not_before or MORNING,
        created_at=clock.now(),
        details=asked | named | {"title": f"Question {number}", "path": "/me", "due": "2026-09-10", **details},
    )
    db.session.add(row)
    db.session.flush()
    return row


def mails():
    """What would be sent, oldest first."""
    return db.session.scalars(
        sa.select(Delivery).where(Delivery.is_held.is_(False), Delivery.sent_at.is_(None)).order_by(Delivery.id)
    ).all()


def text_of(delivery):
    message = outbox.compose(outbox._letter(delivery, clock.now()))
    return message["Subject"], message.get_body(("plain",)).get_content()


def test_news_wait_for_the_rhythm_of_their_reader(at):
    for rhythm, expected in {
        Rhythm.AT_ONCE: (False, None),
        Rhythm.DAILY: (True, MONDAY.date()),
        Rhythm.WEEKLY: (True, MONDAY.date()),
    }.items():
        person = make_person(rhythm=rhythm)
        news(person)
        [row] = db.session.scalars(sa.select(Delivery).where(Delivery.recipient_id == person.id))
        assert (row.is_held, row.not_before and row.not_before.date()) == expected
    silent = make_person(rhythm=Rhythm.ASKS)
    news(silent)
    assert db.session.scalars(sa.select(Delivery).where(Delivery.recipient_id == silent.id)).all() == []


def test_what_is_held_does_not_go_by_itself_and_not_before_its_time(amina, at):
    news(amina)
    assert rounds.gather(10) == 0 and mails() == []
    sent = []
    assert outbox.send_owed(send=sent.append) == 0 and sent == []


def test_one_mail_holds_everything_that_is_due(amina, at):
    project = news(amina, reason="Data came late")
    news(amina, project)
    other = news(amina)
    first, second = reminder(amina, 1), reminder(amina, 2)
    at(MORNING)
    assert rounds.gather(10) == 1 and rounds.gather(10) == 0
    [mail] = mails()
    assert mail.sort is Sort.DIGEST and mail.recipient_id == amina.id and mail.address == amina.email
    assert [group["title"] for group in mail.details["news"]] == [project.title, other.title]
    assert len(mail.details["news"][0]["items"]) == 2
    for row in (first, second):
        db.session.refresh(row)
        assert row.digest_id == mail.id and row.sent_at == MORNING and row.withdrawn_at is None
    subject, body = text_of(mail)
    assert subject == "2 questions wait for your answer"
    assert body.index("Question 1") < body.index("Question 2") < body.index("What happened")
    assert body.count(project.path) == 1 and "Data came late" in body
    assert "Please answer by 10 September 2026." in body
    sent = []
    outbox.send_owed(send=sent.append)
    assert len(sent) == 1


def test_a_lone_reminder_is_the_mail_itself(amina, at):
    row = reminder(amina, 7)
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert (mail.template, mail.sort, mail.thread, mail.reply_to) == (
        row.template,
        Sort.REMINDER,
        "ask-7",
        row.reply_to,
    )
    assert mail.details["is_reminder"] is True and mail.details["title"] == "Question 7"


def test_two_reminders_of_one_question_are_one(amina, at):
    reminder(amina, 7), reminder(amina, 7, words="again")
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert mail.thread == "ask-7" and mail.details["words"] == "again"
    assert rounds.gather(10) == 0


def test_what_is_due_later_that_day_comes_along(amina, at):
    (
        reminder(amina, 1),
        reminder(amina, 2, MORNING + timedelta(hours=5)),
        reminder(amina, 3, MORNING + timedelta(days=1)),
    )
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert [each["title"] for each in mail.details["questions"]] == ["Question 1", "Question 2"]
    assert mail.sort is Sort.REMINDER


def test_a_withdrawn_reminder_is_not_gathered(amina, at):
    reminder(amina).withdrawn_at = clock.now()
    at(MORNING)
    assert rounds.gather(10) == 0 and mails() == []


def test_at_most_three_mails_with_reminders_in_a_week(amina, at):
    waiting = (Delivery.is_held, Delivery.sent_at.is_(None), Delivery.sort == Sort.REMINDER)
    made, moved = [], []
    for day in range(15):
        moment = MORNING + timedelta(days=day)
        at(moment)
        reminder(amina, day, moment)
        news(amina)
        rounds.gather(10)
        for mail in mails():
            if mail.sort is Sort.REMINDER or mail.details["questions"]:
                made.append(mail.created_at)
            mail.sent_at = clock.now()
        db.session.flush()
        moved += db.session.scalars(sa.select(Delivery.not_before).where(*waiting)).all()
    for start in made:
        assert sum(start <= moment < start + timedelta(days=7) for moment in made) <= 3
    assert len(made) >= 6
    assert moved and all(hours.is_decent(moment, "UTC") for moment in moved)


def test_above_the_most_news_still_go(amina, at):
    for number in range(3):
        db.session.add(sent := reminder(amina, number))
        sent.is_held, sent.sent_at = False, clock.now()
    waiting = reminder(amina, 9)
    news(amina)
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert mail.sort is Sort.DIGEST and mail.details["questions"] == [] and len(mail.details["news"]) == 1
    assert waiting.sent_at is None and waiting.not_before == MORNING + timedelta(days=7)


def test_who_has_no_address_any_more_gets_nothing(amina, at):
    row = reminder(amina)
    amina.email = None
    at(MORNING)
    rounds.gather(10)
    db.session.refresh(row)
    assert mails() == [] and row.withdrawn_at == MORNING and row.digest_id is None


def test_who_wants_only_questions_meanwhile_gets_no_news(amina, at):
    news(amina), reminder(amina)
    actions.choose_rhythm(amina, Rhythm.ASKS)
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert mail.sort is Sort.REMINDER and mail.thread == "ask-1"


def test_after_a_long_stop_nothing_comes_at_night(amina, at):
    news(amina)
    at(datetime(2026, 9, 11, 23, tzinfo=UTC))  # a Friday night
    assert rounds.gather(10) == 1 and mails() == []
    at(datetime(2026, 9, 14, 9, tzinfo=UTC))
    rounds.gather(10)
    assert len(mails()) == 1


def test_one_person_who_cannot_be_helped_holds_up_nobody(amina, at, monkeypatch):
    other = make_person(rhythm=Rhythm.DAILY)
    reminder(amina), reminder(other)
    real = actions._question

    def fails_for_amina(person, row):
        if person is amina:
            raise ValueError
        return real(person, row)

    monkeypatch.setattr(actions, "_question", fails_for_amina)
    at(MORNING)
    db.session.commit()
    assert rounds.gather(10) == 1
    assert [mail.recipient_id for mail in mails()] == [other.id]
    assert rounds.gather(10) == 0
    monkeypatch.undo()
    at(MORNING + timedelta(hours=2))
    rounds.gather(10)
    assert {mail.recipient_id for mail in mails()} == {amina.id, other.id}


def test_coming_dates_stand_at_the_end_of_a_digest(at):
    project = make_project(ProjectState.RUNNING)
    lead = project.lead
    lead.rhythm = Rhythm.DAILY
    db.session.execute(sa.delete(Delivery))
    db.session.execute(sa.update(Milestone).values(last_day=(MONDAY + timedelta(days=200)).date()))
    soon = db.session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id)).first()
    soon.last_day = (MONDAY + timedelta(days=6)).date()
    record("projects.change", project, actor=None, tell=[lead])
    db.session.flush()
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    assert [date["title"] for date in mail.details["dates"]] == [soon.name]
    subject, body = text_of(mail)
    assert subject.startswith(project.title) and body.index("What happened") < body.index("Coming dates")


def test_a_digest_is_composed_without_a_query_and_in_its_readers_language(amina, at, queries):
    amina.interface_language = "en-XA"
    news(amina), news(amina), reminder(amina)
    at(MORNING)
    rounds.gather(10)
    [mail] = mails()
    letter = outbox._letter(mail, clock.now())
    with queries() as log:
        body = outbox.compose(letter).get_body(("plain",)).get_content()
    assert log == [] and "What happened" not in body


def test_a_very_long_week_is_cut(amina, at):
    project = make_project(ProjectState.RUNNING)
    for number in [*range(13), 0]:  # the first one twice
        news(amina, project, reason=f"Reason {number}")
    at(MORNING)
    rounds.gather(10)
    _subject, body = text_of(mails()[0])
    assert "And 3 things more." in body
