"""Once a month each partner says how it is going: by mail in a minute, or on a page of its own."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity
from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.asks.states import AskState
from tracker.checkins import actions, queries, rounds
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK, Going
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.milestones.models import DateChange, ProgressNote
from tracker.milestones.queries import plan
from tracker.milestones.rounds import look_after
from tracker.milestones.states import DelayReason, MilestoneState, NoteAudience
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting

MONTH = date(2026, 3, 1)


def at(day, hour=9):
    return clock.frozen(datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC))


@pytest.fixture(autouse=True)
def the_first_working_day_of_march():
    with at("2026-03-02"):
        yield


@pytest.fixture
def project():
    """Runs since January; one milestone of the partner's is due in June."""
    with at("2026-01-05"):
        project = make_project(ProjectState.RUNNING)
        for milestone in plan(project):
            db.session.delete(milestone)
        db.session.flush()
        project.milestone = milestones.add_milestone(
            project, name="Survey", due=PartialDate("2026-06-30"), partner=project.partners[1], actor=project.lead
        )
    return project


@pytest.fixture
def link(project):
    """The link in the partner's mail."""
    rounds.ask_how_it_goes(100)
    return link_to(project.partner_people[0])


def said(project, number=1, month=MONTH):
    """The check-in of a partner."""
    db.session.flush()
    return queries.of_partner(project.partners[number], month)


def asked(check_in):
    return asks_of(ASK, [check_in])[check_in.id]


def notes():
    return db.session.scalars(sa.select(ProgressNote).order_by(ProgressNote.id)).all()


# --- the three answers, by link -----------------------------------------------------------------------------


def test_on_track_is_one_button(client, project, link):
    page = client.get(link).text
    assert "How is it going at" in page and "Water and cities" in page and "Survey" in page and "March 2026" in page
    assert client.post(link, data={"answer": "on-track"}).status_code == 303
    check_in = said(project)
    assert (check_in.going, check_in.answered_by, notes()) == (Going.ON_TRACK, project.partner_people[0], [])
    assert "is on track" in client.get(link).text
    assert client.post(link, data={"answer": "on-track"}).status_code == 303  # once more: nothing happens
    kinds = db.session.scalars(sa.select(Activity.kind)).all()
    assert kinds.count("checkins.on_track") == 1


def test_on_track_ticks_what_is_done_and_the_words_become_a_note_about_it(client, project, link):
    project.partner_people[0].interface_language = "ar"
    answer = {"answer": "on-track", "done": [project.milestone.id], "note": "انتهى المسح"}
    assert client.post(link, data=answer).status_code == 303
    assert (project.milestone.state, str(project.milestone.done_on)) == (MilestoneState.DONE, "2026-03-02")
    (note,) = notes()
    assert (note.text, note.language, note.audience, note.milestone) == (
        "انتهى المسح",
        "ar",
        NoteAudience.TEAM,
        project.milestone,
    )
    page = client.get(f"{link}?lang=en").text
    assert "<dd>Survey</dd>" in page and "انتهى المسح" in page


def test_slower_moves_the_date_with_its_reason_and_keeps_the_first(client, project, link):
    answer = {
        "answer": "slower",
        "slower-reason": "travel",
        "slower-milestone": project.milestone.id,
        "slower-due": "2026-08",
        "slower-note": "No visa yet",
    }
    assert client.post(link, data=answer).status_code == 303
    assert (str(project.milestone.first_due), str(project.milestone.due)) == ("2026-06-30", "2026-08")
    (change,) = project.milestone.changes
    assert (change.reason, change.words) == (DelayReason.TRAVEL, "No visa yet")
    check_in = said(project)
    assert (check_in.going, check_in.reason, check_in.milestone) == (
        Going.SLOWER,
        DelayReason.TRAVEL,
        project.milestone,
    )
    assert [note.text for note in notes()] == ["No visa yet"]
    assert len([text for text in map(text_of, owed(project.lead)) if "No visa yet" in text]) == 1
    page = client.get(link).text
    assert "visa or travel" in page and "August 2026" in page and "Survey" in page
    assert client.post(link, data=answer | {"slower-note": "No visa, still"}).status_code == 303  # words alone change
    assert [note.text for note in notes()] == ["No visa, still"] and len(project.milestone.changes) == 1


def test_slower_without_a_date_is_fine_and_the_leads_are_told(client, project, link):
    assert client.post(link, data={"answer": "slower", "slower-reason": "staff"}).status_code == 303
    assert project.milestone.changes == [] and said(project).going is Going.SLOWER
    assert [text for text in map(text_of, owed(project.lead)) if "slower than planned" in text]


def test_what_is_wrong_with_a_date_stands_beside_the_field(client, project, link):
    typed = {
        "slower-reason": "travel",
        "slower-milestone": str(project.milestone.id),
        "slower-due": "2026-08",
        "slower-note": "Kept words",
    }
    for wrong, sentence in (
        ({"slower-reason": ""}, "required"),
        ({"slower-due": "2026-02"}, "This day is over"),
        ({"slower-due": "2026-06-30"}, "the date it has already"),
        ({"slower-due": ""}, "Give the new date of the milestone"),
        ({"slower-milestone": ""}, "Say which milestone gets this date"),
        ({"slower-milestone": "999999"}, "Not a valid choice"),
    ):
        page = client.post(link, data={"answer": "slower"} | typed | wrong)
        main = page.text.partition("<main")[2]
        assert page.status_code == 422 and sentence in main and "Kept words" in main, sentence
        assert 'aria-invalid="true"' in main
    assert said(project).going is None and not notes() and not project.milestone.changes


def test_a_date_before_what_must_come_first_is_refused(client, project, link):
    first = milestones.add_milestone(project, name="Design", due=PartialDate("2026-07-15"), actor=project.lead)
    second = milestones.add_milestone(
        project,
        name="Paper",
        due=PartialDate("2026-10"),
        partner=project.partners[1],
        must_follow=[first],
        actor=project.lead,
    )
    answer = {"slower-reason": "data", "slower-milestone": second.id, "slower-due": "2026-07-01"}
    page = client.post(link, data={"answer": "slower"} | answer)
    assert page.status_code == 422 and "must come first" in page.text


def test_help_reaches_the_leads_and_the_coordinators(client, project, link):
    assert client.post(link, data={"answer": "help"}).status_code == 422
    assert client.post(link, data={"answer": "help", "help-note": "Who knows the ministry?"}).status_code == 303
    for told in (project.lead, project.coordinator):
        assert [text for text in map(text_of, owed(told)) if "Who knows the ministry?" in text]
    assert [note.text for note in notes()] == ["Who knows the ministry?"]


def test_an_answer_can_be_changed_within_the_month_and_stays_one_note(client, project, link):
    client.post(link, data={"answer": "help", "help-note": "Who knows?"})
    assert client.post(link, data={"answer": "on-track", "note": "Solved"}).status_code == 303
    check_in = said(project)
    assert (check_in.going, [note.text for note in notes()]) == (Going.ON_TRACK, ["Solved"])
    assert client.post(link, data={"answer": "slower", "slower-reason": "data"}).status_code == 303
    (note,) = notes()
    assert note.withdrawn_at is not None and said(project).words == ""
    with at("2026-04-01"):
        assert client.post(link, data={"answer": "on-track"}).status_code == 409
        assert said(project).going is Going.SLOWER


# --- the page without a question ----------------------------------------------------------------------------


def path_of(project, number=1):
    return f"{project.path}/partners/{project.partners[number].id}/month"


def test_a_colleague_says_it_unasked_and_nobody_is_asked_any_more(project, signed_in):
    colleague = make_person(institution=project.partners[1].institution)
    browser = signed_in(colleague)
    given = {"version": "0", "going": "slower", "words": "انقطاع", "language": "ar", "reason": "data"}
    moved = {"milestone": project.milestone.id, "due": "2026-09"}
    assert browser.submit(path_of(project), **given, **moved).status_code == 303
    check_in = said(project)
    assert (check_in.going, check_in.words, check_in.note.language) == (Going.SLOWER, "انقطاع", "ar")
    assert str(project.milestone.due) == "2026-09"
    rounds.ask_how_it_goes(100)
    assert asked(check_in) == []
    page = browser.get(project.path).text
    assert "How it is going" in page and 'lang="ar" dir="auto"' in page and page.count("انقطاع</p>") == 1


def test_the_page_answers_the_open_question_and_gives_way_to_what_is_said_later(project, signed_in, client, link):
    browser = signed_in(project.partner_people[0])
    assert browser.submit(path_of(project), version="0", going="help", words="Who?", language="en").status_code == 303
    (ask,) = asked(said(project))
    assert (ask.state, ask.choice) == (AskState.ANSWERED, "help")
    assert (
        browser.submit(path_of(project), version="1", going="on-track", words="Found", language="en").status_code == 303
    )
    assert [note.text for note in notes()] == ["Found"]
    assert (ask.choice, [given.choice for given in ask.answers]) == ("on-track", ["help", "on-track"])
    assert "is on track" in client.get(link).text


def test_who_did_not_see_the_newest_answer_keeps_their_words_and_changes_nothing(project, signed_in):
    actions.answer(project.partners[1], MONTH, Going.ON_TRACK, words="Fine", actor=project.partner_people[0])
    page = signed_in(project.partner_people[0]).submit(
        path_of(project), version="0", going="help", words="Typed for long", language="en"
    )
    assert page.status_code == 409 and "Typed for long" in page.text and "Fine" in page.text
    assert said(project).going is Going.ON_TRACK


def test_the_page_says_what_is_missing_beside_the_field(project, signed_in):
    browser = signed_in(project.partner_people[0])
    for given, sentence in (
        ({}, "Choose one of the three"),
        ({"going": "help"}, "Say what would help"),
        ({"going": "slower"}, "Say why it goes slower"),
        ({"going": "slower", "reason": "data", "due": "2026-09"}, "Say which milestone"),
        ({"going": "on-track", "due": "2026-09"}, "goes with the answer"),
    ):
        page = browser.submit(path_of(project), version="0", language="en", **given)
        assert page.status_code == 422 and sentence in page.text.partition("<main")[2]
    assert said(project) is None


def test_nobody_of_another_partner_speaks_for_it(project, signed_in, client):
    path, other = path_of(project), make_person(institution=make_institution(country="NP"))
    assert signed_in(other).get(path).status_code == 403
    assert signed_in(project.partner_people[0]).get(path_of(project, 0)).status_code == 403
    assert signed_in(project.coordinator).get(path).status_code == 200  # notes what they were told
    assert client.get(path).location.startswith("/sign-in")
    elsewhere = make_project(ProjectState.RUNNING)
    foreign = f"{elsewhere.path}/partners/{project.partners[1].id}/month"
    assert signed_in(project.coordinator).get(foreign).status_code == 404


# --- who is asked, and when ---------------------------------------------------------------------------------


def test_every_partner_is_asked_once_a_month_and_faces_one_question(project):
    rounds.ask_how_it_goes(100)
    lead, partner = (asked(said(project, number))[0] for number in (0, 1))
    assert (lead.addressee_type, partner.addressee_type) == ("project", "institution")  # nobody answers for the home
    assert rounds.ask_how_it_goes(100) == 0
    mail = [text_of(each) for each in owed(project.partner_people[0]) if each.thread == partner.thread]
    assert len(mail) == 1 and "How is it going with “Water and cities”?" in mail[0]
    with at("2026-04-01"):
        rounds.ask_how_it_goes(100)
        assert (partner.state, lead.state) == (AskState.SUPERSEDED, AskState.SUPERSEDED)
        assert asked(said(project, month=date(2026, 4, 1)))[0].is_open


def test_only_partners_of_projects_under_way_are_asked(project):
    young, stopped, recruiting_one = (
        make_project(state) for state in (ProjectState.RUNNING, ProjectState.STOPPED, ProjectState.RECRUITING)
    )
    left = project.partners[1]
    recruiting.leave(left, actor=project.partner_people[0])
    with at("2026-01-05"):
        review = make_project(ProjectState.REVIEW)
    rounds.ask_how_it_goes(100)
    of = {each.id: said(each) for each in (project, young, stopped, recruiting_one, review)}
    assert [row.project_id for row in of.values() if row is not None] == [review.id]


def test_whoever_is_asked_about_a_milestone_that_week_is_left_alone(project):
    milestones.move(project.milestone, due=PartialDate("2026-03-06"), reason=DelayReason.DATA, actor=project.lead)
    with at("2026-02-28"):
        look_after(10)
    rounds.ask_how_it_goes(100)
    assert said(project) is None and said(project, 0) is not None
    with at("2026-03-03"):
        milestones.mark_done(project.milestone, on=PartialDate("2026-03-03"), actor=project.partner_people[0])
        rounds.ask_how_it_goes(100)
    assert asked(said(project))[0].is_open


def test_nobody_is_asked_late_in_a_month_and_no_coordinator_is_mailed_about_an_empty_seat(project):
    with at("2026-03-11"):
        assert rounds.ask_how_it_goes(100) == 0 and said(project) is None
    place = make_institution(country="KE")
    partner = recruiting.invite(project, place, actor=project.lead)
    recruiting.answer_invitation(partner, agrees=True, actor=project.lead)
    before = len(owed(project.coordinator))
    rounds.ask_how_it_goes(100)
    assert said(project, 2).asked_at is None and len(owed(project.coordinator)) == before


@pytest.mark.parametrize("end", ["leave", "publish", "forget"])
def test_a_question_that_has_become_pointless_is_taken_back(project, end):
    rounds.ask_how_it_goes(100)
    (ask,) = asked(said(project))
    if end == "leave":
        recruiting.leave(project.partners[1], actor=project.partner_people[0])
    elif end == "publish":
        project.state = ProjectState.PUBLISHED
    with at("2026-03-04" if end != "forget" else "2026-04-20"):
        rounds.ask_how_it_goes(100)
        assert ask.state is AskState.WITHDRAWN


def test_a_stopped_project_is_asked_nothing_and_says_nothing(project):
    rounds.ask_how_it_goes(100)
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    assert asked(said(project))[0].state is AskState.WITHDRAWN
    with pytest.raises(RuleBroken, match="not under way"):
        actions.answer(project.partners[1], MONTH, Going.ON_TRACK, actor=project.lead)


def test_the_turn_of_the_project_stays_what_it_is_while_partners_are_asked(project, signed_in):
    rounds.ask_how_it_goes(100)
    partner = signed_in(project.partner_people[0]).get(project.path).text
    assert "turn--mine" in partner and "How is it going at" in partner.partition("turn__sentence")[2][:200]
    other = signed_in(project.coordinator).get(project.path).text
    assert "Next: “Survey”" in other and "to say how it is going" not in other and "Nothing said this month" in other


# --- for other pages ----------------------------------------------------------------------------------------


def test_other_pages_read_the_newest_answer_of_each_partner(project, queries):
    from tracker.checkins import queries as reading

    with at("2026-02-03"):
        actions.answer(project.partners[1], date(2026, 2, 1), Going.HELP, words="Old", actor=None)
    actions.answer(project.partners[1], MONTH, Going.SLOWER, words="New", reason=DelayReason.DATA, actor=None)
    actions.answer(project.partners[0], MONTH, Going.ON_TRACK, actor=None)
    db.session.commit()
    db.session.expire_all()
    number = project.id
    with queries() as log:
        found = reading.latest_of([number, 0])
        shown = [(row.partner.name, row.going_label, str(row.of), row.words) for row in found[number]]
    assert [row[1:] for row in shown] == [("on track", "2026-03", ""), ("slower", "2026-03", "New")]
    assert len([line for line in log if line.startswith("SELECT")]) == 1
    listed = db.session.scalars(reading.answers([project.network_id], date(2026, 3, 17))).all()
    assert [row.going for row in listed] == [Going.SLOWER, Going.ON_TRACK]


@pytest.mark.parametrize("month", [date(2026, 4, 1), date(2026, 1, 1)])
def test_only_this_month_and_the_last_can_be_spoken_of(project, month):
    with pytest.raises(RuleBroken):
        actions.answer(project.partners[1], month, Going.ON_TRACK, actor=project.lead)
    assert not db.session.scalars(sa.select(CheckIn)).all() and not db.session.scalars(sa.select(DateChange)).all()


def test_the_question_of_an_ask_reads_the_database_a_fixed_number_of_times(project, client, link, queries):
    def count():
        db.session.flush()
        with queries() as log:
            client.get(link)
        return len(log)

    before = count()
    for number in range(5):
        milestones.add_milestone(
            project, name=f"M{number}", due=PartialDate("2026-07"), partner=project.partners[1], actor=project.lead
        )
    assert count() == before and db.session.scalar(sa.select(sa.func.count(Ask.id))) > 0
