"""The days of a call: who sets them, what makes sense, and what they open and close."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import owed, text_of
from tests.calls.conftest import DAY, NOW
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity
from tracker.calls import actions
from tracker.calls.models import Call
from tracker.calls.queries import call_of
from tracker.calls.words import about_questions, days_left, standing
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.actions import add_member, take_step
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def after(days):
    return DAY + timedelta(days=days)


def kinds(project):
    rows = sa.select(Activity.kind).where(
        Activity.subject_type == "project", Activity.subject_id == project.id, Activity.kind.startswith("calls.")
    )
    return db.session.scalars(rows.order_by(Activity.id)).all()


def test_the_lead_sets_the_days_and_each_change_is_noted(call, signed_in):
    browser = signed_in(call.lead)
    days = {"opens_on": "2026-11-25", "questions_until": "2026-12-05", "closes_on": "2026-12-12"}
    answer = browser.submit(f"{call.path}/dates", **days)
    assert answer.status_code == 303 and answer.location == call.path
    made = call_of(call.project.id)
    assert (made.opens_on, made.questions_until, made.closes_on) == (after(3), after(13), after(20))
    assert kinds(call.project) == ["calls.open_on", "calls.questions_until", "calls.close_on"]
    history = browser.get(f"{call.project.path}/history").text
    assert f"{call.lead.name} set the last day of the call: 12 December 2026." in history
    browser.submit(f"{call.path}/dates", **days)
    assert len(kinds(call.project)) == 3, "the same days again are no change"
    browser.submit(f"{call.path}/dates", **days | {"opens_on": "", "questions_until": ""})
    assert kinds(call.project)[3:] == ["calls.open_now", "calls.questions_always"]


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ({"closes_on": "2026-11-21"}, "closes_on", "passed already"),
        ({"opens_on": "2028-11-23"}, "opens_on", "next two years"),
        ({"opens_on": "2026-12-02", "closes_on": "2026-12-01"}, "closes_on", "before it opens"),
        ({"opens_on": "2026-12-02", "questions_until": "2026-12-01"}, "questions_until", "before the call opens"),
        ({"questions_until": "2026-12-02", "closes_on": "2026-12-01"}, "questions_until", "after the call has closed"),
        ({"closes_on": "2026-02-30"}, "closes_on", "valid date"),
        ({"closes_on": "soon"}, "closes_on", "valid date"),
    ],
)
def test_days_that_make_no_sense_are_refused_beside_their_field(call, signed_in, days, field, sentence):
    answer = signed_in(call.lead).submit(f"{call.path}/dates", **days)
    assert answer.status_code == 422
    error = answer.text.partition(f'id="{field}-error"')[2].partition("</p>")[0]
    assert sentence in error
    assert all(typed in answer.text for typed in days.values()), "what was typed is kept"
    assert call_of(call.project.id) is None


def test_today_and_two_years_from_now_are_the_first_and_the_last_day_that_hold(call, set_days):
    assert set_days(call.project, opens_on=DAY, closes_on=DAY.replace(year=2028)).closes_on.year == 2028


def test_a_day_that_stays_may_lie_in_the_past(call, set_days):
    set_days(call.project, opens_on=DAY, closes_on=after(2))
    with clock.frozen(NOW + timedelta(days=1)):
        made = set_days(call.project, opens_on=DAY, closes_on=after(5))
    assert made.opens_on == DAY and made.closes_on == after(5)


def test_the_last_day_lasts_until_it_ends_everywhere(call, set_days):
    made = set_days(call.project, closes_on=DAY)
    for hours, is_closed in ((0, False), (22, False), (24, True)):  # until 12:00 UTC of the next day
        with clock.frozen(NOW + timedelta(hours=hours)):
            assert made.is_closed is is_closed
            assert days_left(DAY) == 0


def test_the_first_day_begins_where_it_begins_first(call, set_days):
    made = set_days(call.project, opens_on=after(2))
    with clock.frozen(NOW + timedelta(hours=20)):  # 09:00 UTC on the 23rd: 23:00 there
        assert made.is_coming
        with pytest.raises(RuleBroken, match="opens on 24 November 2026"):
            actions.demand_open(call.project)
    with clock.frozen(NOW + timedelta(hours=22)):
        assert not made.is_coming
        actions.demand_open(call.project)


def test_a_call_says_how_many_days_are_left(call, set_days, signed_in):
    assert "no last day is set" in standing(None)
    made = set_days(call.project, questions_until=after(1), closes_on=after(20))
    assert standing(made) == "Offers are welcome until 12 December 2026 (20 days left)."
    assert about_questions(made) == "Questions are welcome until 23 November 2026 (1 day left)."
    for path in (call.project.path, call.path):
        page = signed_in(call.member).get(path).text
        assert standing(made) in page and about_questions(made) in page
    with clock.frozen(NOW + timedelta(days=20)):
        assert "(the last day)" in standing(made) and "were welcome until" in about_questions(made)
    with clock.frozen(NOW + timedelta(days=21)):
        assert standing(made) == "The call closed on 12 December 2026." and about_questions(made) == ""


def test_offers_are_refused_before_the_call_opens_and_after_it_closed(call, set_days, signed_in):
    made = set_days(call.project, opens_on=after(5), closes_on=after(9))
    form = {"institution": str(call.place.id), "note": "Survey data", "people": "Amina Diallo"}
    for days, sentence in ((0, "opens on 27 November 2026"), (10, "closed on 1 December 2026")):
        with clock.frozen(NOW + timedelta(days=days)):
            with pytest.raises(RuleBroken, match=sentence):
                actions.demand_open(call.project)
            with pytest.raises(RuleBroken, match=sentence):
                recruiting.offer(call.project, call.place, note="Survey data", actor=call.member)
            answer = signed_in(call.member).submit(f"{call.project.path}/partners/offer", **form)
            assert answer.status_code in (200, 409, 422) and sentence in answer.text
            assert "Offer to join" not in signed_in(call.member).get(call.path).text
    assert call.place.id not in {partner.institution_id for partner in call.project.partners}
    with clock.frozen(NOW + timedelta(days=6)):
        assert not made.is_closed
        recruiting.offer(call.project, call.place, note="Survey data", actor=call.member)


def test_once_the_project_runs_the_last_day_of_its_call_binds_nobody(call, set_days):
    set_days(call.project, closes_on=after(1))
    running = make_project(ProjectState.RUNNING)
    db.session.add(Call(project=running, closes_on=after(-40)))
    db.session.flush()
    actions.demand_open(running)
    with pytest.raises(RuleBroken, match="time to look for partners is over"):
        set_days(running, closes_on=after(3))


def test_a_later_day_opens_a_closed_call_again_and_the_other_leads_hear_of_it(call, set_days):
    second = make_person("Second Lead", institution=make_institution(country="KE"))
    add_member(call.project, second, is_lead=True, is_told=False, actor=call.lead)
    set_days(call.project, closes_on=after(1))
    with clock.frozen(NOW + timedelta(days=3)):
        actions.close(call_of(call.project.id), call.project)
        assert call_of(call.project.id).closed_at is not None
        made = set_days(call.project, closes_on=after(30))
        actions.demand_open(call.project)
    assert made.closed_at is None and not made.is_closed
    assert kinds(call.project)[-1] == "calls.reopen"
    assert f"{call.lead.name} opened the call again, until 22 December 2026." in text_of(owed(second)[-1])


def test_a_call_whose_last_day_is_taken_away_is_open_again(call, set_days):
    set_days(call.project, closes_on=after(1))
    with clock.frozen(NOW + timedelta(days=3)):
        set_days(call.project)
        actions.demand_open(call.project)
    assert kinds(call.project)[-1] == "calls.reopen_without_end"


def test_days_can_be_set_before_the_project_looks_for_partners_and_not_by_a_member(call, set_days, signed_in):
    draft = make_project(lead=call.lead)
    set_days(draft, closes_on=after(40))
    assert "does not look for partners yet" in signed_in(call.lead).get(f"{draft.path}/call").text
    assert signed_in(call.member).get(f"{call.path}/dates").status_code == 403
    assert signed_in(call.member).submit(f"{call.path}/dates", closes_on="2026-12-12").status_code == 403
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    page = signed_in(call.lead).get(f"{call.path}/dates").text
    assert "stay as they are" in page and "Save the days" not in page
