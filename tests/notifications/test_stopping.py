"""Anyone can choose from a mail how often mail comes: with one click, without account, cookie or script."""

import pytest
import sqlalchemy as sa

from tests.factories import make_person
from tracker.activity.models import Activity
from tracker.activity.states import Rhythm
from tracker.database import db
from tracker.notifications import links

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def amina():
    """Somebody known by name and address only."""
    person = make_person("Amina", rhythm=Rhythm.DAILY)
    person.session_key = person.joined_at = None
    db.session.commit()
    return person


def path_of(person):
    return links.address(person.id).removeprefix("http://127.0.0.1:8000")


def test_the_address_is_what_mails_are_given(app, amina):
    assert app.extensions["tracker.unsubscribe"](amina.id) == links.address(amina.id)
    assert path_of(amina).startswith("/mail/stop/")


def test_opening_the_page_changes_nothing_and_sets_no_cookie(client, amina):
    page = client.get(path_of(amina))
    assert page.status_code == 200 and "Stop these mails" in page.text and "once a day" in page.text
    assert page.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in page.headers
    assert amina.rhythm is Rhythm.DAILY


def test_one_click_of_a_mail_program_stops_news(client, amina):
    answer = client.post(path_of(amina), data=ONE_CLICK)  # no cookie, no token
    assert answer.status_code == 200 and "no mail about what happened" in answer.text
    assert amina.rhythm is Rhythm.ASKS
    noted = db.session.scalars(sa.select(Activity).order_by(Activity.id.desc()).limit(1)).one()
    assert (noted.kind, noted.actor_id, noted.details["fields"]) == ("institutions.change_person", amina.id, ["rhythm"])
    again = db.session.scalar(sa.select(sa.func.count(Activity.id)))
    assert client.post(path_of(amina), data=ONE_CLICK).status_code == 200
    assert db.session.scalar(sa.select(sa.func.count(Activity.id))) == again


@pytest.mark.parametrize("rhythm", ["asks", "daily", "weekly"])
def test_the_buttons_change_it_and_change_it_back(client, amina, rhythm):
    answer = client.post(path_of(amina), data={"rhythm": rhythm})
    assert answer.status_code == 303 and answer.location == path_of(amina)
    assert amina.rhythm == rhythm
    page = client.get(path_of(amina)).text
    assert ("Stop these mails" in page) == (rhythm != "asks")
    assert ("One mail a week" in page) == (rhythm != "weekly")


def test_nonsense_stops_rather_than_fails(client, amina):
    assert client.post(path_of(amina), data={"rhythm": "hourly"}).status_code == 303
    assert amina.rhythm is Rhythm.ASKS


@pytest.mark.parametrize("wrong", ["x", "MQ.wrong", "é" * 50, "MQ"])
def test_a_wrong_link_says_so_and_changes_nothing(client, amina, wrong):
    for answer in (client.get(f"/mail/stop/{wrong}"), client.post(f"/mail/stop/{wrong}", data=ONE_CLICK)):
        assert answer.status_code == 404 and "This link does not work" in answer.text
    assert amina.rhythm is Rhythm.DAILY


def test_a_link_is_good_for_one_person_only(client, amina):
    other = make_person(rhythm=Rhythm.DAILY)
    token = path_of(amina).rpartition(".")[2]
    mine = links._serializer().dumps(other.id).partition(".")[0]
    assert client.get(f"/mail/stop/{mine}.{token}").status_code == 404


def test_the_page_speaks_its_readers_language(client, amina):
    amina.interface_language = "ar-XB"
    db.session.commit()
    assert 'dir="rtl"' in client.get(path_of(amina)).text
