"""What people see of events, and what they can do with them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_institution, make_network, make_person, make_project, the_network
from tracker import clock
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.events import actions
from tracker.events.models import Event
from tracker.events.states import EventKind
from tracker.events.words import when, when_for
from tracker.projects.states import ProjectState

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def june():
    with clock.frozen(NOW):
        yield


def make_event(title="River forum", on="2026-09-01", **fields):
    network = fields.pop("network", None) or the_network()
    return actions.announce(network, title=title, on=PartialDate(on), actor=None, **fields)


FILLED = {
    "title": "River forum",
    "kind": "forum",
    "on": "2026-09-01",
    "time_zone": "Africa/Nairobi",
    "language": "en",
    "country": "",
}


def only():
    return db.session.query(Event).one()


def test_those_to_come_stand_first_then_what_is_over_by_year(client):
    make_event("Over long ago", "2024-03")
    make_event("Far away", "2027-01-01")
    make_event("Next", "2026-07-01")
    make_event("Just over", "2026-05", kind=EventKind.WEBINAR)
    page = client.get("/events").text
    places = [
        page.index(words) for words in ("To come", "Next", "Far away", "<h2>2026", "Just over", "<h2>2024", "Over long")
    ]
    assert places == sorted(places)
    assert "Next" not in client.get("/events?kind=webinar").text
    assert "No event fits" in client.get("/events?year=1990&theme=x").text


def test_an_event_of_a_project_for_some_is_for_them(client, signed_in):
    call = make_project(ProjectState.RECRUITING)
    make_event("Secret start", projects=[call])
    assert client.get(only().path).status_code == 303
    assert signed_in().get(only().path).status_code == 404
    assert "Secret start" not in client.get("/events").text
    for person in (call.lead, call.coordinator, call.partner_people[0]):
        assert "Secret start" in signed_in(person).get("/events").text
        assert signed_in(person).get(only().path).status_code == 200


def test_a_lead_adds_an_event_to_their_project_with_hours_of_its_place(signed_in, client):
    project = make_project(ProjectState.RUNNING)
    browser = signed_in(project.lead)
    assert project.title in browser.get(f"/events/new?project={project.id}").text
    sent = browser.submit(
        f"/events/new?project={project.id}",
        **FILLED,
        begins="09:00",
        ends="11:30",
        projects=str(project.id),
        text="**Hi**",
    )
    event = only()
    assert (sent.status_code, event.projects, event.network) == (303, [project], project.network)
    assert event.starts_at == datetime(2026, 9, 1, 6, tzinfo=UTC)
    page = client.get(event.path).text
    assert "Tuesday, 1 September 2026, 09:00 to 11:30 (Nairobi time)" in page
    assert "In world time (UTC): Tuesday, 1 September 2026, 06:00 to 08:30" in page
    assert "River forum" in client.get(project.path).text


def test_a_lead_must_name_a_project_of_theirs_and_loses_nothing(signed_in):
    project, other = make_project(ProjectState.RUNNING), make_project(ProjectState.RUNNING, title="Rivers")
    browser = signed_in(project.lead)
    for more in ("", other.title, f"https://example.org/projects/{other.id}", "x\n" * 30):
        answer = browser.submit("/events/new", **FILLED, more_projects=more)
        assert answer.status_code == 422 and "River forum" in answer.text
    assert db.session.query(Event).count() == 0
    assert signed_in(project.partner_people[0]).get("/events/new").status_code == 403


def test_a_coordinator_ties_any_project_and_report_by_title_or_address(signed_in):
    one, two = make_project(ProjectState.RUNNING), make_project(ProjectState.PUBLISHED, title="Rivers")
    browser = signed_in(one.coordinator)
    answer = browser.submit(
        "/events/new",
        **FILLED,
        more_projects=f"http://localhost{one.path}#plan\r\nRivers",
        more_reports="Rivers: the report",
    )
    assert answer.status_code == 303
    assert set(only().projects) == {one, two}
    assert [known.title for known in only().reports] == ["Rivers: the report"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"on": "2027-02-29"}, "on"),
        ({"until": "2026-08-31"}, "until"),
        ({"on": "2026-09", "begins": "09:00"}, "begins"),
        ({"begins": "25:00"}, "begins"),
        ({"ends": "09:00"}, "ends"),
        ({"begins": "09:00", "ends": "08:00"}, "ends"),
        ({"begins": "02:30", "on": "2026-03-29", "time_zone": "Europe/Paris"}, "begins"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"participants": "-1"}, "participants"),
        ({"country": "XX"}, "country"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changed, field, signed_in):
    browser = signed_in(make_person(coordinates=the_network()))
    answer = browser.submit("/events/new", **{**FILLED, **changed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.query(Event).count() == 0


def test_hours_on_both_sides_of_the_date_line():
    event = make_event(
        on="2026-09-01",
        starts_at=actions.at(PartialDate("2026-09-01").first_day, NOW.time(), "Pacific/Kiritimati"),
        time_zone="Pacific/Kiritimati",
    )
    assert event.starts_at == datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert when(event) == "Tuesday, 1 September 2026, 12:00 (Kiritimati time)"
    assert when_for(event, "Pacific/Midway") == "Monday, 31 August 2026, 11:00"
    assert when_for(event, "Etc/GMT-14") == ""


def test_two_who_edit_at_once_lose_nothing(signed_in):
    coordinator = make_person(coordinates=the_network())
    event = make_event(place="Lima")
    filled = {**FILLED, "version": "1", "place": "Cusco"}
    browser = signed_in(coordinator)
    assert browser.submit(f"{event.path}/edit", **filled).status_code == 303
    answer = browser.submit(f"{event.path}/edit", **{**filled, "place": "Quito"})
    assert answer.status_code == 409 and "Cusco" in answer.text and "Quito" in answer.text
    assert only().place == "Cusco"
    assert browser.submit(f"{event.path}/edit", **{**filled, "version": "2", "place": "Quito"}).status_code == 303
    assert (only().place, only().version) == ("Quito", 3)


def test_what_was_saved_meanwhile_names_no_project_that_its_reader_may_not_see(signed_in):
    draft, own = make_project(ProjectState.DRAFT, title="Not told yet"), make_project(ProjectState.RUNNING)
    event = make_event(projects=[draft, own])
    answer = signed_in(own.coordinator).submit(f"{event.path}/edit", **{**FILLED, "version": "0"}, projects=[])
    assert answer.status_code == 409
    assert own.title in answer.text and "Not told yet" not in answer.text


def test_it_is_cancelled_and_taken_back_and_those_who_lead_hear_of_it(signed_in):
    project = make_project(ProjectState.RUNNING)
    event = make_event(projects=[project])
    browser = signed_in(project.coordinator)
    assert "Cancel the event" in browser.get(f"{event.path}/cancel").text and only().cancelled_at is None
    browser.submit(f"{event.path}/cancel")
    assert only().cancelled_at == NOW and "cancelled" in browser.get("/events").text
    assert browser.submit(f"{event.path}/cancel").status_code == 409
    browser.submit(f"{event.path}/restore")
    assert (only().cancelled_at, only().version) == (None, 3)
    assert signed_in(project.partner_people[0]).submit(f"{event.path}/cancel").status_code == 403


def test_who_came_is_noted_by_record_or_by_name(signed_in):
    event, institution = make_event(), make_institution("Delta Institute")
    browser = signed_in(make_person(coordinates=the_network()))
    assert "Delta Institute" in browser.get(f"{event.path}/guests?q=delta").text
    browser.submit(f"{event.path}/guests/add", institution=str(institution.id), people="2")
    browser.submit(f"{event.path}/guests/add", institution=str(institution.id), people="3")
    browser.submit(f"{event.path}/guests", name="Ministry of Water", country="PE", people="4")
    assert {(guest.name, guest.country, guest.people) for guest in only().guests} == {
        ("Delta Institute", "BD", 3),
        ("Ministry of Water", "PE", 4),
    }
    assert browser.submit(f"{event.path}/guests", name="", people="0").status_code == 422
    assert browser.submit(f"{event.path}/guests/add", institution=str(institution.id), people="none").status_code == 409
    browser.submit(f"{event.path}/guests/{only().guests[0].id}/remove")
    assert [guest.name for guest in only().guests] == ["Ministry of Water"]
    assert browser.submit(f"{event.path}/guests/999/remove").status_code == 404


def test_a_lead_cannot_untie_the_project_of_another(signed_in):
    project, other = make_project(ProjectState.RUNNING), make_project(ProjectState.RUNNING, title="Rivers")
    event = make_event(projects=[project, other])
    signed_in(project.lead).submit(f"{event.path}/edit", **FILLED, version="1", projects=str(project.id))
    assert set(only().projects) == {project, other}
    version = str(only().version)
    signed_in(project.coordinator).submit(f"{event.path}/edit", **FILLED, version=version, projects=str(project.id))
    assert only().projects == [project]


def test_an_event_of_another_network_is_not_theirs_to_edit(signed_in):
    ours, event = the_network(), make_event(network=make_network("Other"))
    assert signed_in(make_person(coordinates=ours)).get(f"{event.path}/edit").status_code == 403


def test_an_end_before_the_beginning_is_refused_whoever_calls():
    with pytest.raises(RuleBroken, match="before it begins"):
        make_event(starts_at=NOW, ends_at=NOW - timedelta(hours=1))


def test_the_list_costs_the_same_for_two_events_and_for_twelve(client, queries):
    project = make_project(ProjectState.RUNNING)
    for number in range(2):
        make_event(f"Event {number}", projects=[project])
    with queries() as few:
        client.get("/events")
    for number in range(10):
        make_event(f"More {number}", projects=[project])
    with queries() as many:
        client.get("/events")
    assert len(few) == len(many)


def test_a_reader_who_has_the_page_gets_304(client):
    event = make_event()
    first = client.get(event.path)
    assert client.get(event.path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    actions.cancel(event, actor=None)
    assert client.get(event.path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
