"""Who fits hears of new seats once, as often as they want mail, and not at all if they say so."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project, make_seat, make_theme
from tracker import clock
from tracker.activity import outbox
from tracker.activity.models import Activity, Delivery
from tracker.activity.states import Rhythm
from tracker.calls.models import Call
from tracker.database import db
from tracker.dates import earth_day
from tracker.matching import actions, rounds
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats


@pytest.fixture
def trade():
    return make_theme("Trade")


@pytest.fixture
def call(trade):
    return make_project(ProjectState.RECRUITING, title="Apparel value chains", themes=[trade], countries=("BD", "VN"))


@pytest.fixture
def director(trade):
    place = make_institution("Fundación Andina", country="BO", themes=[trade], languages=["es"], acronym="FA")
    return make_person("Ana", contact_of=place)


def told(person):
    """The news of seats owed to a person."""
    query = sa.select(Delivery).join(Delivery.activity).where(Activity.kind == "matching.fits")
    return list(db.session.scalars(query.where(Delivery.recipient_id == person.id).order_by(Delivery.id)))


def test_the_contact_of_who_fits_hears_once_with_the_reasons(call, director):
    make_seat(call)
    make_seat(call, place="005", task="review")
    assert rounds.tell(10) == 1
    (news,) = told(director)
    assert (
        "Country study · Bolivia · Spanish (FA: same theme: Trade · works in Spanish · Bolivia" in news.details["seats"]
    )
    assert "Review · South America" in news.details["seats"]
    assert rounds.tell(10) == 0
    assert len(told(director)) == 1


def test_the_mail_says_why_it_comes_and_where_to_switch_it_off(app, call, director):
    make_seat(call)
    rounds.tell(10)
    (news,) = told(director)
    letter = outbox.compose(outbox._letter(news, clock.now())).get_body(("plain",)).get_content()
    text = " ".join(letter.split())
    assert "New seats to fill: Country study · Bolivia · Spanish (FA:" in text
    assert "Tell me of new seats that fit my institution" in text and "/account" in text


def test_it_waits_for_the_digest_of_who_wants_one(call, director):
    director.rhythm = Rhythm.WEEKLY
    make_seat(call)
    rounds.tell(10)
    (news,) = told(director)
    assert news.is_held and news.not_before > clock.now()


@pytest.mark.parametrize("how", ["switched off", "only questions", "left", "no fit", "another network", "declined"])
def test_who_is_not_told(call, director, how):
    place = director.contact_places[0].institution
    if how == "switched off":
        director.hears_of_calls = False
    elif how == "only questions":
        director.rhythm = Rhythm.ASKS
    elif how == "left":
        director.affiliations[0].confirmed_at = None
    elif how == "no fit":
        place.country, place.language_links = "SE", []
    elif how == "another network":
        place.memberships[0].left_on = clock.today()
    elif how == "declined":
        recruiting.answer_invitation(recruiting.invite(call, place, actor=call.lead), agrees=False, actor=director)
    make_seat(call)
    db.session.flush()
    assert rounds.tell(10) == 1
    assert told(director) == []


@pytest.mark.parametrize("how", ["draft", "closed", "over", "coming"])
def test_seats_that_take_no_offers_wait(call, director, how):
    project = make_project(ProjectState.DRAFT) if how == "draft" else call
    seat = make_seat(project)
    if how == "closed":
        seats.close_seat(seat, actor=None)
    elif how == "over":
        seat.until = earth_day() - timedelta(days=1)
    elif how == "coming":
        db.session.add(Call(project=call, opens_on=earth_day() + timedelta(days=9)))
    db.session.flush()
    assert rounds.tell(10) == 0
    assert seat.told_at is None
    assert told(director) == []


def test_one_project_that_fails_stops_nobody_and_is_not_tried_again(call, director, monkeypatch):
    first, second = make_seat(call), make_seat(make_project(ProjectState.RECRUITING, title="Second"))
    whole = actions._fitting

    def fails_once(project, seat):
        if seat.id == first.id:
            raise RuntimeError("planted")
        return whole(project, seat)

    monkeypatch.setattr(actions, "_fitting", fails_once)
    assert rounds.tell(10) == 1
    assert [news.activity.subject_id for news in told(director)] == [second.project_id]
    assert rounds.tell(10) == 0
    assert first.told_at is not None


def test_it_is_switched_off_on_ones_profile(signed_in, director):
    browser = signed_in(director)
    fields = {"name": "Ana", "time_zone": "UTC", "rhythm": "daily", "is_listed": "y"}
    assert re.search(r'<input[^>]* checked[^>]* id="hears_of_calls"', browser.get("/account").text)
    assert browser.submit("/account", **fields).status_code == 303
    assert not director.hears_of_calls
    browser.submit("/account", **fields, hears_of_calls="y")
    assert director.hears_of_calls


def test_seats_removed_and_opened_anew_are_no_way_to_send_mails(call, director):
    for _time in range(actions.MOST_A_DAY + 2):
        seat = make_seat(call)
        rounds.tell(10)
        seats.remove_seat(seat, actor=call.lead)
    assert len(told(director)) == actions.MOST_A_DAY
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        make_seat(call)
        rounds.tell(10)
    assert len(told(director)) == actions.MOST_A_DAY + 1
