"""Subscribing, a new address, an end."""

import re

from tests.factories import make_person, make_project
from tracker.calendars import actions
from tracker.calendars.models import CalendarFeed
from tracker.calendars.states import Scope
from tracker.database import db
from tracker.projects.states import ProjectState


def addresses(page):
    return re.findall(r'value="https?://[^/]+(/calendars/[^"]+)"', page)


def test_somebody_subscribes_renews_and_ends(signed_in, client):
    person = make_person()
    browser = signed_in(person)
    assert "Subscribe to my own dates" in browser.get("/me/calendars").text
    for _twice in range(2):
        assert browser.submit("/me/calendars", scope="person", subject=str(person.id)).status_code == 303
    feed = db.session.query(CalendarFeed).one()
    page = browser.get("/me/calendars").text
    (first,) = addresses(page)
    assert 'href="webcal://' in page
    assert client.get(first).status_code == 200
    assert browser.get(f"/me/calendars/{feed.id}/renew").status_code == 200
    assert addresses(browser.get("/me/calendars").text) == [first]
    browser.submit(f"/me/calendars/{feed.id}/renew")
    (second,) = addresses(browser.get("/me/calendars").text)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    browser.submit(f"/me/calendars/{feed.id}/end")
    assert client.get(second).status_code == 404
    assert db.session.query(CalendarFeed).count() == 0


def test_the_pages_of_a_project_its_network_and_its_institutions_have_a_button(signed_in, client):
    project = make_project(ProjectState.RUNNING)
    browser = signed_in(project.lead)
    for path in (project.path, project.network.path, project.partners[0].institution.path):
        page = browser.get(path).text
        assert "Subscribe to the calendar" in page
        assert "Subscribe to the calendar" not in client.get(path).text
        scope = re.search(r'name="scope" value="(\w+)"', page)[1]
        subject = re.search(r'name="subject" value="(\d+)"', page)[1]
        assert browser.submit("/me/calendars", scope=scope, subject=subject).status_code == 303
    names = browser.get("/me/calendars").text
    assert all(name in names for name in (project.title, project.network.name, project.partners[0].name))


def test_nobody_subscribes_to_what_they_may_not_read(signed_in):
    draft, person, other = make_project(), make_person(), make_person()
    browser = signed_in(person)
    assert browser.submit("/me/calendars", scope="project", subject=str(draft.id)).status_code == 404
    assert browser.submit("/me/calendars", scope="person", subject=str(other.id)).status_code == 404
    assert browser.submit("/me/calendars", scope="institution", subject="999999").status_code == 404
    assert browser.submit("/me/calendars", scope="world", subject="1").status_code == 303
    assert db.session.query(CalendarFeed).count() == 0


def test_a_calendar_is_its_owner_s_alone(signed_in):
    feed = actions.subscribe(owner := make_person(), Scope.PERSON, owner)
    db.session.flush()
    browser = signed_in()
    for what in ("renew", "end"):
        assert browser.get(f"/me/calendars/{feed.id}/{what}").status_code == 404
        assert browser.submit(f"/me/calendars/{feed.id}/{what}").status_code == 404
    assert signed_in(owner).get(f"/me/calendars/{feed.id}/end").status_code == 200


def test_a_wrong_address_is_not_there(client):
    for token in ("x", "a" * 43, "%00", "a" * 5000):
        assert client.get(f"/calendars/{token}.ics").status_code == 404


def test_a_calendar_of_what_is_closed_to_its_owner_says_so_and_can_be_ended(signed_in):
    project = make_project(ProjectState.RUNNING)
    reader = make_person()
    actions.subscribe(reader, Scope.PROJECT, project)
    project.audience = "team"
    page = signed_in(reader).get("/me/calendars").text
    assert "no longer open to you" in page and project.title not in page
