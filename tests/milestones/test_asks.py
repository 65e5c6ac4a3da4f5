"""Whoever is responsible for a milestone is asked how it stands, and answers from the mail."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart
from tests.asks.letters import link_to, owed, text_of
from tests.factories import agree_terms, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity
from tracker.asks import actions as asks
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.milestones import actions, queries, rounds
from tracker.milestones.models import ProgressNote
from tracker.milestones.states import DelayReason, MilestoneState, NoteAudience
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

DAY = PartialDate


@pytest.fixture(autouse=True)
def a_day_in_march():
    with clock.frozen(datetime(2026, 3, 10, 15, tzinfo=UTC)):
        yield


@pytest.fixture
def project():
    return planless()


def planless(state=ProjectState.RUNNING, **fields):
    """A project in which nothing is planned but what a test adds."""
    project = make_project(state, **fields)
    for milestone in queries.plan(project):
        db.session.delete(milestone)
    db.session.flush()
    return project


def add(project, due="2026-03-14", *, name="Draft", responsible=True, **given):
    """A milestone of the partner's, unless somebody else is given."""
    if responsible and not given:
        given["partner"] = project.partners[1]
    return actions.add_milestone(project, name=name, due=DAY(due), actor=project.lead, **given)


def asked(milestone):
    """The questions about a milestone, oldest first."""
    db.session.flush()
    return asks.queries.asks_of(actions.ASK, [milestone])[milestone.id]


def at(day, hour=15):
    return clock.frozen(datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC))


def answer_by_link(client, project, **data):
    return client.post(link_to(project.partner_people[0]), data=data)


# --- answering ----------------------------------------------------------------------------------------------


def test_a_milestone_is_done_today_with_one_button(client, project):
    milestone = add(project)
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    page = client.get(path).text
    assert "Draft" in page and "Water and cities" in page and "2026-03-10" in page
    assert client.post(path, data={"answer": "done"}).status_code == 303
    assert (milestone.state, str(milestone.done_on)) == (MilestoneState.DONE, "2026-03-10")
    assert "is done" in client.get(path).text
    assert client.post(path, data={"answer": "done"}).status_code == 303  # again: nothing more happens
    kinds = db.session.scalars(sa.select(Activity.kind)).all()
    assert kinds.count("milestones.done") == 1


def test_a_milestone_was_done_on_another_day_and_the_words_are_kept_for_the_team(client, project):
    milestone = add(project)
    rounds.look_after(10)
    answer = {"answer": "done", "on": "2026-02", "note": "Forty interviews"}
    assert answer_by_link(client, project, **answer).status_code == 303
    assert str(milestone.done_on) == "2026-02"
    note = db.session.scalars(sa.select(ProgressNote)).one()
    assert (note.text, note.milestone, note.audience) == ("Forty interviews", milestone, NoteAudience.TEAM)
    assert note.author is project.partner_people[0]


def test_late_until_because_by_link_keeps_the_first_date_and_says_who_and_how(client, project, signed_in):
    milestone = add(project)
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    answer = {"answer": "late", "late-due": "2026-06", "late-reason": "travel", "late-words": "No visa yet"}
    assert client.post(path, data=answer).status_code == 303
    assert (str(milestone.first_due), str(milestone.due)) == ("2026-03-14", "2026-06")
    change = milestone.changes[0]
    assert (change.reason, change.words, change.person) == (
        DelayReason.TRAVEL,
        "No visa yet",
        project.partner_people[0],
    )
    page = client.get(path).text
    assert "June 2026" in page and "visa or travel" in page and "by link" in page
    moved = db.session.scalars(sa.select(Activity).where(Activity.kind == "milestones.move")).one()
    assert moved.details["by_link"] is True and moved.actor_id == project.partner_people[0].id
    assert [text for text in map(text_of, owed(project.lead)) if "No visa yet" in text]
    assert client.post(path, data=answer).status_code == 303  # the same again is no error
    assert len(milestone.changes) == 1


def test_a_new_date_before_what_must_come_first_is_refused_beside_the_field(client, project):
    survey = add(project, "2026-05-31", name="Survey", responsible=False)
    milestone = add(project)
    actions.move(survey, due=DAY("2026-07-31"), reason=DelayReason.FIELDWORK, actor=project.lead)
    partner = project.partners[1]
    with pytest.raises(RuleBroken, match="“Survey”, which must come first, is due on 31 July 2026"):
        actions.change_milestone(
            milestone, name="Draft", partner=partner, person=None, must_follow=[survey], actor=project.lead
        )
    milestone.must_follow = [survey]  # as where it slipped after they were linked
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    assert "Meant to come first, and still open" in client.get(path).text
    answer = {"answer": "late", "late-due": "2026-07-30", "late-reason": "travel", "late-words": "Kept words"}
    page = client.post(path, data=answer)
    assert page.status_code == 422
    assert "“Draft” cannot be due on 30 July 2026: “Survey”" in page.text and "Kept words" in page.text
    assert (str(milestone.due), milestone.changes) == ("2026-03-14", [])
    assert client.post(path, data=answer | {"late-due": "2026-07-31"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"late-due": "2026-03-14"}, "the date it has already"),
        ({"late-due": "2026-01"}, "This day is over"),
        ({"late-due": "2026-13"}, "There is no such day"),
        ({"late-due": ""}, "required"),
        ({"late-reason": ""}, "required"),
        ({"late-reason": "weather"}, "Not a valid choice"),
    ],
)
def test_a_wrong_date_is_said_beside_the_field_and_what_was_typed_is_kept(client, project, wrong, said):
    milestone = add(project)
    rounds.look_after(10)
    typed = {"late-due": "2026-06", "late-reason": "travel", "late-words": "No visa yet"} | wrong
    page = answer_by_link(client, project, answer="late", **typed)
    assert page.status_code == 422
    main = page.text.partition("<main")[2]
    assert said in main and "No visa yet" in main and f'value="{typed["late-due"]}"' in main
    assert 'aria-invalid="true"' in main
    assert milestone.changes == [] and asked(milestone)[0].is_open


def test_a_day_to_come_is_not_done(client, project):
    milestone = add(project)
    rounds.look_after(10)
    page = answer_by_link(client, project, answer="done", on="2026-04-01", note="Kept words")
    assert page.status_code == 422 and "not come yet" in page.text and "Kept words" in page.text
    assert milestone.state is MilestoneState.PLANNED


def test_help_reaches_leads_and_coordinators_and_then_it_can_be_done(client, project):
    milestone = add(project)
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    assert client.post(path, data={"answer": "help"}).status_code == 422
    answer = {"answer": "help", "help-words": "Who knows the ministry?"}
    assert client.post(path, data=answer).status_code == 303
    for told in (project.lead, project.coordinator):
        assert [text for text in map(text_of, owed(told)) if "Who knows the ministry?" in text]
    note = db.session.scalars(sa.select(ProgressNote)).one()
    assert (note.text, note.audience) == ("Who knows the ministry?", NoteAudience.TEAM)
    assert client.post(path, data={"answer": "done"}).status_code == 303
    assert milestone.state is MilestoneState.DONE
    assert client.post(path, data=answer).status_code == 409


def test_late_can_be_another_date_or_done_and_done_is_not_late_again(client, project):
    milestone = add(project)
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    late = {"answer": "late", "late-reason": "travel"}
    assert client.post(path, data=late | {"late-due": "2026-06"}).status_code == 303
    assert "Late: a new date" in client.get(path).text
    assert client.post(path, data=late | {"late-due": "2026-07"}).status_code == 303
    assert str(milestone.due) == "2026-07"
    assert client.post(path, data={"answer": "done"}).status_code == 303
    refused = client.post(path, data=late | {"late-due": "2026-08"})
    assert refused.status_code == 409 and milestone.state is MilestoneState.DONE


def test_the_pages_of_the_plan_answer_the_question_too(project, signed_in):
    done, late, dropped = (add(project, name=name) for name in ("A", "B", "C"))
    rounds.look_after(10)
    partner, lead = signed_in(project.partner_people[0]), signed_in(project.lead)
    assert partner.submit(f"/milestones/{done.id}/done", on="2026-03-01").status_code == 303
    given = {"due": "2026-06", "reason": "travel", "words": "No visa yet"}
    assert partner.submit(f"/milestones/{late.id}/late", **(given | {"due": "2026-02"})).status_code == 422
    assert partner.submit(f"/milestones/{late.id}/late", **given).status_code == 303
    assert lead.submit(f"/milestones/{dropped.id}/drop", words="Merged").status_code == 303
    ended = [asked(milestone)[0] for milestone in (done, late, dropped)]
    assert [(ask.state, ask.choice) for ask in ended] == [
        (AskState.ANSWERED, "done"),
        (AskState.ANSWERED, "late"),
        (AskState.WITHDRAWN, ""),
    ]
    assert ended[1].answer.values == {"due": "2026-06", "reason": "travel", "words": "No visa yet"}


# --- who is asked, and when ---------------------------------------------------------------------------------


def test_the_person_is_asked_or_the_partner_or_the_leads(project):
    person = add(project, name="A", person=project.lead, partner=project.partners[1])
    partner, nobody = add(project, name="B"), add(project, name="C", responsible=False)
    rounds.look_after(10)
    assert [(asked(m)[0].addressee_type, asked(m)[0].addressee_name) for m in (person, partner, nobody)] == [
        ("person", project.lead.name),
        ("institution", project.partners[1].name),
        ("project", project.partners[0].name),
    ]
    assert "“C”, due on 14 March 2026" in text_of(owed(project.lead)[-1])


def test_only_what_is_near_or_late_in_a_running_project_is_asked_about(project):
    near, far = add(project, "2026-03-17"), add(project, "2026-03-18")
    late = add(project, "2026-02")
    drafted = add(planless(ProjectState.RECRUITING), "2026-03-12", responsible=False)
    stopped_project = planless()
    stopped = add(stopped_project, "2026-03-12")
    projects.take_step(stopped_project, "stop", actor=stopped_project.lead, reason="Elections")
    rounds.look_after(10)
    assert [len(asked(milestone)) for milestone in (near, far, late, drafted, stopped)] == [1, 0, 1, 0, 0]
    with at("2026-03-11"):
        assert rounds.look_after(10) == 1
        assert len(asked(far)) == 1


def test_a_project_that_starts_late_is_asked_about_what_was_due_before(project):
    project = planless(ProjectState.RECRUITING)
    milestone = add(project, responsible=False)
    rounds.look_after(10)
    agree_terms(project)
    with at("2026-03-10", hour=16):
        projects.take_step(project, "start", actor=project.lead)
        rounds.look_after(10)
    assert len(asked(milestone)) == 1


def test_asking_again_finds_nothing_to_ask(project, queries):
    milestone = add(project)
    assert rounds.look_after(10) == 1
    with queries() as log:
        assert rounds.look_after(10) == 0
    assert len([statement for statement in log if statement.startswith("SELECT")]) == 1
    projects.touch(project)
    rounds.look_after(10)
    assert len(asked(milestone)) == 1
    assert len([mail for mail in owed(project.partner_people[0]) if mail.thread.startswith("ask-")]) == 1


def test_what_was_late_long_ago_is_shown_and_mailed_to_nobody(project):
    milestone = add(project, "2025-12")
    rounds.look_after(10)
    ask = asked(milestone)[0]
    assert ask.is_open and ask.remind_at is None
    assert not [mail for mail in owed(project.partner_people[0]) if mail.thread == ask.thread]


def test_after_a_move_it_is_asked_again_when_it_is_near_again(project, client):
    milestone = add(project)
    rounds.look_after(10)
    answer = {"answer": "late", "late-due": "2026-05-20", "late-reason": "data"}
    assert answer_by_link(client, project, **answer).status_code == 303
    rounds.look_after(10)
    with at("2026-05-12"):
        rounds.look_after(10)
        assert len(asked(milestone)) == 1
    with at("2026-05-13"):
        rounds.look_after(10)
        assert [ask.state for ask in asked(milestone)] == [AskState.ANSWERED, AskState.OPEN]
        assert asked(milestone)[1].due_on == milestone.last_day
        assert "20 May 2026" in text_of(owed(project.partner_people[0])[-1])


def test_who_has_just_given_a_near_date_is_not_mailed_about_it_at_once(project, client):
    milestone = add(project)
    rounds.look_after(10)
    answer_by_link(client, project, answer="late", **{"late-due": "2026-03-16", "late-reason": "data"})
    rounds.look_after(10)
    again = asked(milestone)[1]
    assert again.is_open and again.remind_at is not None
    assert not [mail for mail in owed(project.partner_people[0]) if mail.thread == again.thread]


def test_what_was_taken_back_by_hand_is_not_asked_again(project):
    milestone = add(project)
    rounds.look_after(10)
    asks.withdraw(asked(milestone)[0], actor=project.coordinator)
    projects.touch(project)
    rounds.look_after(10)
    assert [ask.state for ask in asked(milestone)] == [AskState.WITHDRAWN]


def test_whoever_is_responsible_now_is_asked_and_the_other_no_longer(project, client):
    milestone = add(project)
    rounds.look_after(10)
    path = link_to(project.partner_people[0])
    actions.change_milestone(milestone, name="Draft", partner=None, person=project.lead, actor=project.lead)
    with at("2026-03-10", hour=16):
        projects.touch(project)
        rounds.look_after(10)
    assert [(ask.state, ask.addressee_type) for ask in asked(milestone)] == [
        (AskState.WITHDRAWN, "institution"),
        (AskState.OPEN, "person"),
    ]
    assert client.post(path, data={"answer": "done"}).status_code in (403, 409, 410)


def test_when_a_partner_leaves_the_leads_are_asked(project):
    milestone = add(project)
    rounds.look_after(10)
    with at("2026-03-10", hour=16):
        recruiting.leave(project.partners[1], actor=project.partner_people[0])
        rounds.look_after(10)
    assert [(ask.state, ask.addressee_type) for ask in asked(milestone)] == [
        (AskState.WITHDRAWN, "institution"),
        (AskState.OPEN, "project"),
    ]


def test_a_stopped_project_is_asked_nothing_and_again_when_it_goes_on(project):
    milestone = add(project)
    rounds.look_after(10)
    for hour, step in ((16, "stop"), (17, "resume")):
        with at("2026-03-10", hour=hour):
            projects.take_step(project, step, actor=project.lead, reason="Elections")
            if step == "resume":
                rounds.look_after(10)
    assert [ask.state for ask in asked(milestone)] == [AskState.WITHDRAWN, AskState.OPEN]


def test_reminders_follow_the_day_it_was_due(project):
    milestone = add(project, "2026-03-10")
    rounds.look_after(10)
    ask = asked(milestone)[0]
    found = []
    while ask.remind_at is not None:
        found.append((ask.remind_at.date() - milestone.last_day).days)
        ask.remind_at = asks.next_reminder(ask, ask.remind_at)
    assert found == [2, 9, 23]


def test_more_are_asked_than_fit_into_one_batch(project):
    for number in range(rounds.BATCH + 3):
        add(project, name=f"Step {number}")
    assert rounds.look_after(200) == rounds.BATCH + 3
    assert rounds.look_after(200) == 0


def test_two_workers_at_once_ask_once(tmp_path):
    with database_apart(tmp_path) as app:
        with app.app_context():
            project = planless()
            for number in range(4):
                add(project, name=f"Step {number}")
            db.session.commit()

        def work():
            with app.app_context():
                return rounds.look_after(10)

        results = at_once(work, work)
        with app.app_context():
            found = db.session.scalars(sa.select(Ask).where(Ask.kind == actions.ASK)).all()
        assert sorted(results) == [0, 4]
        assert len(found) == len({ask.subject_id for ask in found}) == 4


def test_a_stranger_answers_nothing(project, signed_in):
    milestone = add(project)
    rounds.look_after(10)
    path = asked(milestone)[0].path
    assert signed_in(make_person()).submit(path, answer="done").status_code == 404
    assert signed_in(project.lead).submit(path, answer="done").status_code == 403  # the plan's own page is theirs
    assert milestone.state is MilestoneState.PLANNED


def test_one_that_fails_holds_up_no_other_and_is_tried_again_tomorrow(project, monkeypatch, caplog):
    milestones = [add(project, name=name) for name in ("A", "B", "C")]
    db.session.flush()
    poisoned, raise_ask = [milestones[0].id], rounds.raise_ask

    def fail_for_one(kind, subject, **given):
        raise_ask(kind, subject, **given)
        if subject.id in poisoned:
            raise ValueError("poison")

    monkeypatch.setattr(rounds, "raise_ask", fail_for_one)
    assert rounds.look_after(10) == 3
    assert [len(asked(milestone)) for milestone in milestones] == [0, 1, 1]
    assert rounds.look_after(10) == 0 and len(caplog.records) == 1
    poisoned.clear()
    with at("2026-03-11"):
        assert rounds.look_after(10) == 1
        assert len(asked(milestones[0])) == 1
