import re
from datetime import UTC, date, datetime

import pytest

from tests.factories import make_institution, make_person, make_project, make_seat, make_theme
from tracker import clock
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions, queries
from tracker.seats.states import SeatState, Task

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
FORM = {"task": "country-study", "place": "PE", "language": "es", "skills": "", "description": "", "wanted": "1"}


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))


def only_seat(project):
    (seat,) = queries.fillings_of(project.id)
    return seat


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_lead_opens_a_seat_with_nothing_but_a_task(signed_in, call):
    answer = signed_in(call.lead).submit(f"{call.path}/seats/new", task="translation", place="", language="")
    seat = only_seat(call)
    assert (answer.status_code, answer.location) == (303, seat.path)
    assert (seat.task, seat.place, seat.language, seat.wanted, seat.until) == (Task.TRANSLATION, "", "", 1, None)


def test_a_lead_opens_a_seat_with_everything(signed_in, call):
    theme = make_theme("Water")
    sent = FORM | {"place": "005", "skills": "Panel data", "description": "Two months.", "wanted": "3"}
    signed_in(call.lead).submit(f"{call.path}/seats/new", **sent, themes=[theme.id], until="2199-06-01")
    seat = only_seat(call)
    assert (seat.place, seat.language, seat.wanted, seat.until) == ("005", "es", 3, date(2199, 6, 1))
    page = signed_in(call.lead).get(seat.path).text
    for words in ("Country study · South America · Spanish", "Panel data", "Two months.", "3 free places", "Water"):
        assert words in page
    assert "June" in page and "2199" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"task": "other"}, "Say in a few words what is to be done."),
        ({"wanted": "0"}, "Write a number between 1 and 20."),
        ({"wanted": "21"}, "Write a number between 1 and 20."),
        ({"wanted": "many"}, "Not a valid integer value."),
        ({"until": "2026-02-28"}, "This day has passed."),
        ({"place": "XX"}, "Not a valid choice."),
        ({"place": "001"}, "Not a valid choice."),
        ({"language": "xx"}, "Not a valid choice."),
        ({"task": "coffee"}, "Not a valid choice."),
        ({"skills": "x" * 301, "description": "y" * 5001}, "longer than 300"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_everything_typed_is_kept(signed_in, call, wrong, words):
    with clock.frozen(NOW):
        sent = FORM | {"skills": "", "until": "2026-09-01"} | wrong
        answer = signed_in(call.lead).submit(f"{call.path}/seats/new", **sent)
    assert answer.status_code == 422
    assert words in answer.text and "There is a problem" in answer.text
    assert sent["until"] in answer.text and sent["skills"] in answer.text
    assert queries.fillings_of(call.id) == []


def test_other_work_is_said_in_words_in_either_field(signed_in, call):
    for field in ("skills", "description"):
        sent = FORM | {"task": "other", field: "Drawing the maps"}
        assert signed_in(call.lead).submit(f"{call.path}/seats/new", **sent).status_code == 303


def test_the_form_offers_anywhere_then_regions_then_countries(signed_in, call):
    page = signed_in(call.lead).get(f"{call.path}/seats/new").text
    places = page[page.index('name="place"') : page.index("</select>", page.index('name="place"'))]
    order = [places.index(f'value="{code}"') for code in ("", "002", "202", "014", "019", "AF", "BO", "ZW")]
    assert order == sorted(order)
    assert 'label="Africa"' in places and 'label="Countries"' in places


def test_a_seat_whose_last_day_has_passed_can_still_be_changed(signed_in, call):
    with clock.frozen(NOW):
        seat = make_seat(call, until=date(2026, 2, 1))
        sent = FORM | {"version": "1", "skills": "Surveys", "until": "2026-02-01"}
        assert signed_in(call.lead).submit(f"{seat.path}/edit", **sent).status_code == 303
        sent |= {"version": "2", "until": "2026-02-02"}
        assert signed_in(call.lead).submit(f"{seat.path}/edit", **sent).status_code == 422
    assert (seat.skills, seat.until) == ("Surveys", date(2026, 2, 1))


def test_fewer_than_fill_it_is_refused_beside_the_field(signed_in, call):
    seat = make_seat(call, wanted=2)
    for partner in call.partners[1:]:
        actions.give(seat, partner, actor=call.lead)
    answer = signed_in(call.lead).submit(f"{seat.path}/edit", **FORM, version="1")
    assert answer.status_code == 422 and "Already 2 partners fill this seat" in answer.text


def test_two_who_edit_a_seat_never_overwrite_silently(signed_in, call):
    seat = make_seat(call)
    browser = signed_in(call.lead)
    assert 'name="version" type="hidden" value="1"' in browser.get(f"{seat.path}/edit").text
    browser.submit(f"{seat.path}/edit", **(FORM | {"version": "1", "skills": "Theirs", "until": "2199-01-02"}))
    mine = FORM | {"version": "1", "skills": "Mine", "place": "KE", "language": ""}
    answer = browser.submit(f"{seat.path}/edit", **mine)
    assert answer.status_code == 409
    said = words_of(answer.text)
    assert "Somebody else saved this page" in said and "Mine" in answer.text
    for theirs in ("Theirs", "Peru", "Spanish", "2199"):
        assert re.search(rf'class="theirs__text"[^>]*>[^<]*{theirs}', answer.text), theirs
    assert (seat.skills, seat.version) == ("Theirs", 2)
    assert browser.submit(f"{seat.path}/edit", **(mine | {"version": "2"})).status_code == 303
    assert (seat.skills, seat.place, seat.until) == ("Mine", "KE", None)


def test_a_version_that_makes_no_sense_overwrites_nothing(signed_in, call):
    seat = make_seat(call)
    for version in ("", "x", "99", "-1"):
        answer = signed_in(call.lead).submit(f"{seat.path}/edit", **FORM, version=version)
        assert answer.status_code == 409
    assert seat.version == 1


def test_a_member_is_led_to_offering_and_a_lead_to_inviting(signed_in, call):
    seat = make_seat(call)
    member = make_person(institution=make_institution(country="BO"))
    offer, invite = f"{call.path}/partners/offer?seat={seat.id}", f"{call.path}/partners/invite?seat={seat.id}"
    page = signed_in(member).get(seat.path).text
    assert offer in page and invite not in page and "Edit the seat" not in page
    page = signed_in(call.lead).get(seat.path).text
    assert invite in page and "Edit the seat" in page and "Close the seat" in page
    assert offer not in signed_in(call.partner_people[0]).get(seat.path).text  # its institution takes part already


def test_a_visitor_of_a_running_project_is_led_to_offering_by_signing_in(client):
    project = make_project(ProjectState.RUNNING)
    seat = make_seat(project)
    offer = f"{project.path}/partners/offer?seat={seat.id}"
    assert offer in client.get(seat.path).text
    assert client.get(offer).location.startswith("/sign-in?next=")


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.REVIEW, ProjectState.PUBLISHED])
def test_nobody_is_led_to_offering_where_nobody_is_looked_for(signed_in, state):
    project = make_project(ProjectState.RECRUITING)
    seat = make_seat(project)
    member = make_person(institution=make_institution(country="BO"))
    project.state = state
    page = signed_in(member).get(seat.path).text
    assert "Offer to fill" not in page
    assert ("free place" in page) == (state is ProjectState.DRAFT)


def test_a_seat_is_closed_opened_again_and_removed(signed_in, call):
    seat = make_seat(call)
    browser = signed_in(call.lead)
    path = seat.path
    browser.submit(f"{path}/close")
    assert seat.state is SeatState.CLOSED
    page = browser.get(seat.path).text
    assert "Open the seat again" in page and "Invite an institution" not in page
    browser.submit(f"{seat.path}/reopen")
    assert seat.state is SeatState.OPEN
    assert "cannot be brought back" in browser.get(f"{seat.path}/remove").text
    assert queries.fillings_of(call.id) == [seat]
    assert browser.submit(f"{path}/remove").location == f"{call.path}/seats"
    assert queries.fillings_of(call.id) == []
    assert browser.get(path).status_code == 404


def test_a_seat_that_has_been_filled_is_not_removed(signed_in, call):
    seat = make_seat(call)
    actions.give(seat, call.partners[1], actor=call.lead)
    browser = signed_in(call.lead)
    assert "Remove the seat" not in browser.get(seat.path).text
    assert "Close it instead" in browser.get(f"{seat.path}/remove").text
    answer = browser.submit(f"{seat.path}/remove")
    assert answer.status_code == 409 and "Close it instead" in answer.text
    assert queries.fillings_of(call.id) == [seat]


def test_a_lead_gives_a_seat_to_who_takes_part_and_takes_it_back(signed_in, call):
    seat, partner = make_seat(call), call.partners[1]
    browser = signed_in(call.lead)
    page = browser.get(seat.path).text
    assert all(f'<option value="{known.id}">{known.name}' in page for known in call.partners)
    assert browser.submit(f"{seat.path}/give", partner=partner.id).status_code == 303
    assert (seat.taken, seat.state) == (1, SeatState.FILLED)
    page = browser.get(seat.path).text
    assert "No longer fills it" in page and "Give the seat" not in page
    assert browser.submit(f"{seat.path}/give", partner=call.partners[2].id).status_code == 409
    browser.submit(f"{seat.path}/take-back", partner=partner.id)
    assert (seat.taken, seat.state) == (0, SeatState.OPEN)


@pytest.mark.parametrize("partner", ["", "0", "x", "99999999999999"])
def test_giving_it_to_nobody_says_so(signed_in, call, partner):
    seat = make_seat(call)
    browser = signed_in(call.lead)
    for what in ("give", "take-back"):
        browser.submit(f"{seat.path}/{what}", partner=partner)
        assert "Choose a partner first." in browser.get(seat.path).text
    assert seat.taken == 0


def test_who_waits_for_an_answer_is_named_to_the_lead_and_to_themselves(signed_in, call):
    seat = make_seat(call)
    institution = make_institution("Altiplano Institute", country="BO")
    offering = make_person(institution=institution)
    recruiting.offer(call, institution, seats=[seat], note="Data", actor=offering)
    for person in (call.lead, offering):
        page = signed_in(person).get(seat.path).text
        assert "Altiplano Institute" in page and "Where it stands" in page
    assert "offered" in words_of(signed_in(call.lead).get(f"{call.path}/seats").text)
    page = signed_in(call.partner_people[0]).get(seat.path).text
    assert "Altiplano Institute" not in page and "offered" not in page


def test_the_list_says_of_each_seat_how_it_stands(signed_in, call):
    with clock.frozen(NOW):
        make_seat(call, place="BO", wanted=2, until=date(2026, 9, 1))
        filled, closed = make_seat(call, place="EC"), make_seat(call, place="CO")
        make_seat(call, place="CL", until=date(2026, 2, 1))
        actions.give(filled, call.partners[1], actor=call.lead)
        actions.close_seat(closed, actor=call.lead)
        page = signed_in(call.lead).get(f"{call.path}/seats").text
    rows = {
        code: words_of(row)
        for code in ("Bolivia", "Ecuador", "Colombia", "Chile")
        for row in page.split("<tr>")
        if code in row
    }
    assert "open" in rows["Bolivia"] and "2 of 2" in rows["Bolivia"] and "2026" in rows["Bolivia"]
    assert "filled" in rows["Ecuador"] and call.partners[1].name in rows["Ecuador"]
    assert "closed" in rows["Colombia"] and "of 1" not in rows["Colombia"]
    assert "over" in rows["Chile"] and "of 1" not in rows["Chile"]
    for kind in ("open", "filled", "closed", "over"):
        assert f"state--{kind}" in page


def test_an_empty_list_leads_on(signed_in, call):
    assert f"{call.path}/seats/new" in signed_in(call.lead).get(f"{call.path}/seats").text
    page = signed_in(call.partner_people[0]).get(f"{call.path}/seats").text
    assert "The lead has not said" in page and "seats/new" not in page


def test_the_project_shows_what_it_looks_for_and_folds_what_is_filled(signed_in, call):
    theme = make_theme("Water")
    seat = make_seat(call, wanted=3, themes=[theme], until=date(2199, 6, 1))
    filled, closed = make_seat(call, place="EC"), make_seat(call, place="CO")
    actions.give(filled, call.partners[1], actor=call.lead)
    actions.close_seat(closed, actor=call.lead)
    page = signed_in(call.partner_people[0]).get(call.path).text
    section = page[page.index('id="seats"') : page.index('id="partners"')]
    assert seat.path in section and "3 free places" in section and "Water" in section and "2199" in section
    folded = section[section.index("<details>") :]
    assert filled.path in folded and call.partners[1].name in folded
    assert closed.path not in section and f'href="{call.path}/seats"' in section
    assert "seats/new" not in section and "seats/new" in signed_in(call.lead).get(call.path).text


def test_a_project_without_seats_invites_its_lead_alone_to_open_one(signed_in, call):
    assert "What we look for" in signed_in(call.lead).get(call.path).text
    assert "What we look for" not in signed_in(call.partner_people[0]).get(call.path).text


def test_a_finished_project_looks_for_nothing(signed_in):
    project = make_project(ProjectState.PUBLISHED)
    assert "What we look for" not in signed_in(project.lead).get(project.path).text


def test_a_running_project_looks_again_for_whom_it_lost(client):
    project = make_project(ProjectState.RUNNING)
    seat = make_seat(project)
    actions.give(seat, project.partners[1], actor=project.lead)
    assert "free place" not in client.get(project.path).text
    recruiting.leave(project.partners[1], actor=project.partner_people[0])
    assert "1 free place" in client.get(project.path).text


@pytest.mark.parametrize("path", ["", "/seats", "/ledger"])
def test_more_seats_and_partners_cost_no_more_queries(signed_in, call, queries, path):
    def fill(number):
        for _ in range(number):
            seat = make_seat(call, wanted=2, themes=[make_theme()])
            actions.give(seat, call.partners[1], actor=call.lead)
            actions.give(make_seat(call), call.partners[2], actor=call.lead)

    def counted():
        with queries() as log:
            browser.get(f"{call.path}{path}")
        return len(log)

    browser = signed_in(call.lead)
    fill(1)
    browser.get(f"{call.path}{path}")
    before = counted()
    fill(6)
    assert counted() == before


def test_what_people_write_in_a_seat_is_shown_as_text(signed_in, call):
    bad = "<b onmouseover=alert(1)>x</b>"
    seat = make_seat(call, task=Task.OTHER, skills=bad, description=bad)
    page = signed_in(call.lead).get(seat.path).text
    assert "<b onmouseover" not in page and "&lt;b onmouseover" in page
