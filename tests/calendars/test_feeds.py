"""What a calendar program gets: read with another library than the one that wrote it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject

from tests.factories import make_institution, make_network, make_person, make_project, the_network
from tracker import clock
from tracker.calendars import actions, links
from tracker.calendars import queries as queries_of_calendars
from tracker.calendars.states import Scope
from tracker.database import db
from tracker.dates import PartialDate
from tracker.events import actions as events
from tracker.milestones import actions as milestones
from tracker.milestones.states import DelayReason
from tracker.projects import actions as projects
from tracker.projects.states import Audience, ProjectState
from tracker.recruiting import actions as recruiting

NOW = datetime(2028, 1, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def january():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def running():
    """A running project with one milestone beside those that its template made far away."""
    return make_project(ProjectState.RUNNING)


def add(project, due="2028-02-29", name="Draft", **fields):
    return milestones.add_milestone(project, name=name, due=PartialDate(due), actor=None, **fields)


def path_of(person, scope=Scope.PERSON, subject=None):
    feed = actions.subscribe(person, scope, subject or person)
    db.session.flush()
    return f"/calendars/{links.token(feed.nonce)}.ics"


def read(client, path):
    """(calendar, its entries by the first half of their UID)."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))  # RFC 5545, 3.1
    answer.data.decode()
    calendar = vobject.readOne(answer.data.decode())
    entries = {entry.uid.value.partition("@")[0]: entry for entry in getattr(calendar, "vevent_list", [])}
    return calendar, entries


def test_a_milestone_lasts_all_day_and_says_what_there_is_to_know(client, running):
    lead = running.lead
    draft = add(running, person=lead, partner=running.partners[0])
    milestones.move(draft, due=PartialDate("2028-03-05"), reason=DelayReason.DATA, words="No access; yet", actor=lead)
    _calendar, entries = read(client, path_of(lead))
    entry = entries[f"milestone-{draft.id}"]
    assert (entry.dtstart.value, entry.dtend.value) == (date(2028, 3, 5), date(2028, 3, 6))
    assert entry.summary.value == f"Draft: {running.title}"
    assert entry.description.value.splitlines() == [
        f"Project: {running.title}",
        f"Responsible: {running.partners[0].name}, {lead.name}",
        "First date: 29 February 2028",
        "Why it moved: data access. No access; yet",
    ]
    assert entry.url.value.endswith(f"{running.path}#plan")
    assert (entry.status.value, entry.transp.value) == ("CONFIRMED", "TRANSPARENT")


def test_changes_and_cancellations_arrive_under_the_same_uid(client, running):
    draft, path = add(running), path_of(running.lead, Scope.PROJECT, running)
    seen = []

    def look(step=None, **after):
        with clock.frozen(NOW + timedelta(**after)):
            if step:
                step()
                db.session.flush()
            entry = read(client, path)[1][f"milestone-{draft.id}"]
        seen.append((entry.uid.value, int(entry.sequence.value), entry.last_modified.value, entry.dtstamp.value))
        return entry

    assert look().dtstart.value == date(2028, 2, 29)
    moved = look(
        lambda: milestones.move(draft, due=PartialDate("2028-04-01"), reason=DelayReason.TRAVEL, actor=None), hours=1
    )
    assert moved.dtstart.value == date(2028, 4, 1)
    assert look(lambda: milestones.mark_done(draft, on=None, actor=None), hours=2).summary.value.startswith(
        "✓ Done: Draft"
    )
    look(lambda: milestones.reopen(draft, actor=None), hours=3)
    dropped = look(lambda: milestones.drop(draft, words="No money", actor=None), hours=4)
    assert (dropped.status.value, dropped.summary.value.startswith("Dropped: ")) == ("CANCELLED", True)
    assert look(days=80).status.value == "CANCELLED"
    assert len({uid for uid, *_rest in seen}) == 1
    assert [sequence for _uid, sequence, *_rest in seen] == [1, 2, 3, 4, 5, 5]
    assert [at for *_rest, at, _stamp in seen] == [NOW + timedelta(hours=hours) for hours in (0, 1, 2, 3, 4, 4)]
    assert all(at == stamp for *_rest, at, stamp in seen)
    with clock.frozen(NOW + timedelta(days=95)):
        assert f"milestone-{draft.id}" not in read(client, path)[1]


def test_a_month_or_a_year_stands_on_its_last_day_and_says_so(client, running):
    month, year = add(running, "2028-02"), add(running, "2028", "Print")
    _calendar, entries = read(client, path_of(running.lead))
    assert entries[f"milestone-{month.id}"].dtstart.value == date(2028, 2, 29)
    assert entries[f"milestone-{month.id}"].summary.value.endswith("(some day in February 2028)")
    assert entries[f"milestone-{year.id}"].dtstart.value == date(2028, 12, 31)


def test_events_stand_at_their_hours_in_utc_also_across_the_date_line(client, running):
    network, there = running.network, "Pacific/Kiritimati"
    day = date(2028, 3, 1)
    timed = events.announce(
        network,
        title="Forum",
        on=PartialDate.of(day),
        starts_at=events.at(day, NOW.time(), there),
        ends_at=events.at(day, NOW.time(), there) + timedelta(hours=2),
        time_zone=there,
        place="Tarawa; Betio, south",
        country="KI",
        projects=[running],
        actor=None,
    )
    days = events.announce(
        network, title="Week", on=PartialDate("2028-02-28"), until=PartialDate("2028-03-01"), actor=None
    )
    month = events.announce(network, title="Visit", on=PartialDate("2028-05"), actor=None)
    _calendar, entries = read(client, path_of(running.lead, Scope.NETWORK, network))
    assert entries[f"event-{timed.id}"].dtstart.value == datetime(2028, 2, 29, 22, tzinfo=UTC)
    assert entries[f"event-{timed.id}"].dtend.value == datetime(2028, 3, 1, 0, tzinfo=UTC)
    assert entries[f"event-{timed.id}"].location.value == "Tarawa; Betio, south, Kiribati"
    assert entries[f"event-{timed.id}"].transp.value == "OPAQUE"
    whole = entries[f"event-{days.id}"]
    assert (whole.dtstart.value, whole.dtend.value) == (date(2028, 2, 28), date(2028, 3, 2))
    assert entries[f"event-{month.id}"].dtstart.value == date(2028, 5, 31)
    assert f"event-{timed.id}" in read(client, path_of(running.partner_people[0]))[1]
    events.cancel(timed, actor=None)
    cancelled = read(client, path_of(running.lead, Scope.NETWORK, network))[1][f"event-{timed.id}"]
    assert (cancelled.status.value, cancelled.sequence.value) == ("CANCELLED", "2")
    with clock.frozen(NOW + timedelta(days=91)):
        assert f"event-{timed.id}" not in read(client, path_of(running.lead, Scope.NETWORK, network))[1]


@pytest.mark.parametrize("words", ["水与城市，共享；" * 12, "مياه المدن، مشتركة؛ " * 9, 'a;b,c\\n "d" BEGIN:VEVENT'])
def test_any_script_survives_folding_and_escaping(words, client, running):
    words = words.strip()
    draft = add(running, name=words)
    _calendar, entries = read(client, path_of(running.lead))
    assert entries[f"milestone-{draft.id}"].summary.value == f"{words}: {running.title}"


def test_a_person_s_calendar_holds_what_is_theirs_and_what_waits_for_them(client, running):
    partner, stranger = running.partner_people[0], make_person()
    theirs, other = add(running, partner=running.partners[1]), add(running, name="Print")
    call = make_project(ProjectState.RECRUITING, countries=("KE",))
    recruiting.invite(call, running.partners[1].institution, actor=call.lead)
    calendar, entries = read(client, path_of(partner))
    assert f"milestone-{theirs.id}" in entries and f"milestone-{other.id}" not in entries
    assert [entry.summary.value.startswith("To answer: ") for name, entry in entries.items() if "ask" in name] == [True]
    assert calendar.contents["x-wr-calname"][0].value == f"My dates: {the_network().name}"
    assert calendar.contents["refresh-interval"][0].params == {"VALUE": ["DURATION"]}
    assert {f"milestone-{theirs.id}", f"milestone-{other.id}"} <= set(read(client, path_of(running.lead))[1])
    assert read(client, path_of(stranger))[1] == {}


def test_an_institution_s_calendar_holds_what_it_is_responsible_for(client, running):
    theirs, other = add(running, partner=running.partners[1]), add(running, name="Print")
    path = path_of(make_person(), Scope.INSTITUTION, running.partners[1].institution)
    _calendar, entries = read(client, path)
    assert f"milestone-{theirs.id}" in entries and f"milestone-{other.id}" not in entries
    assert "Why it moved" not in str(entries)


def test_what_its_owner_may_not_read_is_in_no_calendar(client, running):
    institution, reader = running.partners[1].institution, make_person()
    draft = add(running, partner=running.partners[1])
    meeting = events.announce(running.network, title="Forum", on=PartialDate("2028-03"), projects=[running], actor=None)
    theirs = {f"milestone-{draft.id}", f"event-{meeting.id}"}
    paths = [path_of(reader, Scope.INSTITUTION, institution), path_of(reader, Scope.NETWORK, running.network)]
    assert all(theirs <= set(read(client, path)[1]) for path in paths)
    running.audience = Audience.MEMBERS
    assert all(not theirs & set(read(client, path)[1]) for path in paths)


def test_who_lost_access_gets_an_empty_calendar_without_a_name(client, running):
    running.audience = Audience.MEMBERS
    draft = add(running)
    reader = make_person(institution=make_institution())
    path = path_of(reader, Scope.PROJECT, running)
    network_path = path_of(reader, Scope.NETWORK, running.network)
    assert f"milestone-{draft.id}" in read(client, path)[1]
    running.audience = Audience.TEAM
    calendar, entries = read(client, path)
    assert entries == {} and running.title not in calendar.contents["x-wr-calname"][0].value
    assert f"milestone-{draft.id}" not in read(client, network_path)[1]


def test_a_delay_s_reason_is_for_those_who_follow(client, running):
    draft = add(running)
    milestones.move(draft, due=PartialDate("2028-03-05"), reason=DelayReason.FUNDING, words="Secret", actor=None)
    path = path_of(make_person(), Scope.NETWORK, running.network)
    entry = read(client, path)[1][f"milestone-{draft.id}"]
    assert "First date" in entry.description.value and "Secret" not in entry.description.value


def test_a_plan_that_is_no_promise_yet_is_tentative(client):
    call = make_project(ProjectState.RECRUITING)
    draft = add(call)
    assert f"milestone-{draft.id}" not in read(client, path_of(call.lead))[1]
    entry = read(client, path_of(call.lead, Scope.PROJECT, call))[1][f"milestone-{draft.id}"]
    assert entry.status.value == "TENTATIVE"
    projects.take_step(call, "stop", actor=call.lead, reason="x")
    assert f"milestone-{draft.id}" in read(client, path_of(call.lead, Scope.PROJECT, call))[1]


def test_nothing_new_is_nothing_to_send(client, running):
    draft, path = add(running), path_of(running.lead)
    first = client.get(path)
    assert "Set-Cookie" not in first.headers and first.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert first.headers["Cache-Control"] == "private, no-cache"
    with clock.frozen(NOW + timedelta(hours=7)):
        milestones.ask_for_help(draft, words="Help", actor=running.lead)  # a change, but not of the calendar
        db.session.flush()
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        head = client.head(path)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
        milestones.move(draft, due=PartialDate("2028-03-05"), reason=DelayReason.DATA, actor=None)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(path, headers=known).status_code == 304


def test_it_is_in_the_language_of_its_owner(client, running):
    running.lead.interface_language = "en-XA"
    add(running, "2028-02")
    calendar, _entries = read(client, path_of(running.lead))
    assert not re.search("My dates", calendar.contents["x-wr-calname"][0].value)


def test_the_uid_does_not_depend_on_the_address_of_the_site(client, running, app, monkeypatch):
    add(running)
    path = path_of(running.lead)
    before = set(read(client, path)[1])
    whole = re.findall(rb"UID:[^\r]+", client.get(path).data)
    monkeypatch.setitem(app.config, "BASE_URL", "https://tracker.example.org")
    assert (
        re.findall(rb"UID:[^\r]+", client.get(path).data) == whole
        and b"https://tracker.example.org/" in client.get(path).data
    )
    assert len(before) == len(whole)


def test_it_costs_the_same_for_few_dates_and_for_many(client, queries, running):
    others = [make_project(ProjectState.RUNNING, lead=running.lead) for _number in range(2)]
    path, network = path_of(running.lead), path_of(running.lead, Scope.NETWORK, running.network)

    def more(project, number):
        draft = add(project, f"2028-05-{number + 1:02}", partner=project.partners[0])
        milestones.move(draft, due=PartialDate("2028-06-01"), reason=DelayReason.DATA, actor=None)
        events.announce(project.network, title="Forum", on=PartialDate("2028-06"), projects=[project], actor=None)
        db.session.flush()

    def cost():
        with queries() as log:
            assert read(client, path)[1] and read(client, network)[1]
        return len(log)

    more(running, 0)
    few = cost()
    for project in (running, *others):
        for number in range(4):
            more(project, number)
    assert cost() == few


def test_another_network_s_dates_are_not_in_it(client, running):
    other = make_project(ProjectState.RUNNING, network=make_network("Other"))
    theirs = add(other)
    assert f"milestone-{theirs.id}" not in read(client, path_of(running.coordinator, Scope.NETWORK, running.network))[1]


def test_of_very_many_dates_the_nearest_are_in_it(client, running, monkeypatch):
    for name in ("MOST_COMING", "MOST_LATE", "MOST_EVENTS"):
        monkeypatch.setattr(queries_of_calendars, name, 2)
    days = ("2027-12-01", "2028-01-02", "2028-01-09", "2028-01-12", "2028-01-14", "2028-01-16")
    told = {"title": "Forum", "projects": [running], "actor": None}
    made = {day: f"milestone-{add(running, day).id}" for day in days}
    meetings = {day: f"event-{events.announce(running.network, on=PartialDate(day), **told).id}" for day in days}
    for scope, subject in ((Scope.NETWORK, running.network), (Scope.PROJECT, running)):
        _calendar, entries = read(client, path_of(running.lead, scope, subject))
        for known in (made, meetings):
            assert {day for day in days if known[day] in entries} == set(days[1:5])
