"""The finder of a lead, the comparison, and the seats that a member sees."""

from datetime import timedelta

import pytest

from tests.factories import make_institution, make_network, make_person, make_project, make_seat, make_theme
from tracker.calls.models import Call
from tracker.database import db
from tracker.dates import earth_day
from tracker.institutions import actions as institutions
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
def seat(call):
    return make_seat(call)


@pytest.fixture
def bolivian(trade):
    return make_institution("Fundación Andina", country="BO", themes=[trade], languages=["es"])


def test_a_lead_finds_who_fits_says_why_and_invites(signed_in, call, seat, bolivian):
    page = signed_in(call.lead).get(f"{seat.path}/candidates")
    assert page.status_code == 200
    assert "Fundación Andina" in page.text
    assert "same theme: Trade" in page.text and "works in Spanish" in page.text
    assert "no contact yet" in page.text and "How this order is made" in page.text
    assert f"/projects/{call.id}/partners/invite?institution={bolivian.id}&amp;seat={seat.id}" in page.text


def test_the_page_names_the_countries_and_regions_without_a_partner(signed_in, call, seat, bolivian):
    kenya = make_institution(country="KE")
    call.country_links.append(type(call.country_links[0])(country="KE"))
    page = signed_in(call.lead).get(f"{seat.path}/candidates").text
    missing = page[page.index('id="missing"') : page.index('id="ranked"')]
    assert "place=KE" in missing and "place=019" in missing
    assert "place=142" not in missing
    found = signed_in(call.lead).get(f"{seat.path}/candidates?place=KE").text
    assert kenya.name in found and bolivian.name not in found


def test_a_project_without_seats_has_a_list_too(signed_in, call, bolivian):
    page = signed_in(call.lead).get(f"{call.path}/candidates")
    assert bolivian.name in page.text
    assert f"institution={bolivian.id}" in page.text and "seat=" not in page.text.split("<main")[1]


@pytest.mark.parametrize("page", ["candidates", "compare"])
def test_only_those_who_lead_look_for_candidates(signed_in, client, call, seat, page):
    member = make_person(institution=make_institution(country="SN"))
    assert signed_in(member).get(f"{seat.path}/{page}").status_code == 403
    assert signed_in(make_person()).get(f"{seat.path}/{page}").status_code == 404
    assert client.get(f"{seat.path}/{page}").status_code == 303
    assert signed_in(call.coordinator).get(f"{seat.path}/{page}").status_code == 200


def test_a_seat_of_another_project_is_not_there(signed_in, call, seat):
    other = make_project(ProjectState.RECRUITING, lead=call.lead)
    assert signed_in(call.lead).get(f"/projects/{other.id}/seats/{seat.id}/candidates").status_code == 404
    for number in (2**31, 2**63, 10**30):
        assert signed_in(call.lead).get(f"/projects/{call.id}/seats/{number}/candidates").status_code == 404


@pytest.mark.parametrize(
    "query", ["place=XX", "theme=abc", "theme=0", "page=0", "page=99", "language=%00", "q=%22*", "place=001"]
)
def test_nonsense_in_the_address_is_no_filter(signed_in, call, seat, bolivian, query):
    assert signed_in(call.lead).get(f"{seat.path}/candidates?{query}").status_code == 200
    assert signed_in(call.lead).get(f"/seats?{query}&task=nothing&institution=-1").status_code == 200


def test_a_closed_seat_invites_nobody(signed_in, call, seat, bolivian):
    seats.close_seat(seat, actor=call.lead)
    page = signed_in(call.lead).get(f"{seat.path}/candidates").text
    assert "Nobody is looked for here now" in page and "partners/invite" not in page


def test_up_to_four_stand_side_by_side(signed_in, call, seat, bolivian):
    make_person("Ana Quispe", contact_of=bolivian)
    past = make_project(ProjectState.RUNNING, title="Ports of the south")
    past.partners[1].institution = bolivian
    others = [make_institution(f"House {number}", country="PE") for number in range(5)]
    chosen = "&".join(f"institution={known.id}" for known in [bolivian, *others[:1]])
    page = signed_in(call.lead).get(f"{seat.path}/compare?{chosen}&institution=999999&institution=x").text
    for said in ("Fundación Andina", "House 0", "Ports of the south", "Ana Quispe", "Trade", "Spanish", "Bolivia"):
        assert said in page
    assert "You chose" not in page
    many = "&".join(f"institution={known.id}" for known in [bolivian, *others])
    page = signed_in(call.lead).get(f"{seat.path}/compare?{many}").text
    assert "You chose 6 institutions. Only 4 fit side by side" in page
    assert "House 2" in page and "House 3" not in page


def test_with_nothing_ticked_the_comparison_says_what_to_do(signed_in, call, seat):
    page = signed_in(call.lead).get(f"{seat.path}/compare").text
    assert "Nothing to compare yet" in page


def test_the_comparison_names_no_project_that_the_reader_may_not_see(signed_in, call, seat, bolivian):
    secret = make_project(ProjectState.DRAFT, title="Hidden")
    secret.partners[0].institution = bolivian
    page = signed_in(call.lead).get(f"{seat.path}/compare?institution={bolivian.id}").text
    assert "Hidden" not in page


def test_a_member_sees_the_seats_it_could_fill_with_the_reasons(signed_in, call, seat, bolivian):
    make_seat(call, place="SE", language="sv")
    person = make_person(institution=bolivian)
    page = signed_in(person).get("/seats").text
    assert page.index("Bolivia · Spanish") < page.index("Sweden · Swedish")
    assert "same theme: Trade" in page and "works in Spanish" in page
    assert seat.path in signed_in(person).get("/me").text
    shown = signed_in(person).get(seat.path).text
    assert "same theme: Trade" in shown


def test_seats_are_filtered_by_task_place_language_and_theme(signed_in, call, trade, bolivian):
    there = make_seat(call, task="review", place="005", language="")
    far = make_seat(call, task="country-study", place="SE", language="sv")
    anywhere = make_seat(call, task="review", place="", language="en")
    browser = signed_in(make_person(institution=bolivian))

    def shown(query):
        page = browser.get(f"/seats?{query}").text
        return {seat.id for seat in (there, far, anywhere) if f'href="{seat.path}"' in page}

    assert shown("") == {there.id, far.id, anywhere.id}
    assert shown("task=review") == {there.id, anywhere.id}
    assert shown("place=BO") == {there.id, anywhere.id}
    assert shown("place=150") == {far.id, anywhere.id}
    assert shown("language=sv") == {there.id, far.id}
    assert shown(f"theme={trade.id}") == {there.id, far.id, anywhere.id}
    assert shown(f"theme={make_theme('Water').id}") == set()


def test_seats_that_cannot_be_offered_for_are_not_listed(signed_in, call, bolivian):
    open_one, closed, over = make_seat(call), make_seat(call), make_seat(call)
    seats.close_seat(closed, actor=None)
    over.until = earth_day() - timedelta(days=1)
    draft = make_seat(make_project(ProjectState.DRAFT))
    elsewhere = make_network("Elsewhere")
    foreign = make_seat(make_project(ProjectState.RECRUITING, network=elsewhere))
    asked = make_project(ProjectState.RECRUITING)
    recruiting.invite(asked, bolivian, actor=asked.lead)
    invited = make_seat(asked)
    coming = make_seat(make_project(ProjectState.RECRUITING))
    db.session.add(Call(project=coming.project, opens_on=earth_day() + timedelta(days=9)))
    page = signed_in(make_person(institution=bolivian)).get("/seats").text
    listed = {
        known.id for known in (open_one, closed, over, draft, foreign, invited, coming) if f'"{known.path}"' in page
    }
    assert listed == {open_one.id}


def test_who_works_at_two_places_chooses_for_which(signed_in, call, seat, bolivian):
    other = make_institution("Andra huset", country="SE")
    person = make_person(institution=bolivian)
    institutions.affiliate(person, other, actor=None)
    db.session.expire(person)
    page = signed_in(person).get(f"/seats?institution={bolivian.id}").text
    assert "works in Spanish" in page
    page = signed_in(person).get(f"/seats?institution={other.id}").text
    assert "works in Spanish" not in page


def test_who_works_nowhere_is_told_what_is_missing(signed_in):
    assert "Say where you work" in signed_in(make_person()).get("/seats").text


def test_where_no_seat_is_open_the_page_says_so(signed_in, bolivian):
    assert "No seat looks for somebody now" in signed_in(make_person(institution=bolivian)).get("/seats").text


def test_the_pages_cost_the_same_with_one_and_with_many(signed_in, queries, call, seat, trade, bolivian):
    person = make_person(institution=bolivian)
    lead = call.lead
    costs = {}
    for round_ in (1, 2):
        for who, path in (
            (lead, f"{seat.path}/candidates"),
            (lead, f"{seat.path}/compare?institution={bolivian.id}"),
            (person, "/seats"),
            (person, "/me"),
            (person, seat.path),
        ):
            browser = signed_in(who)
            browser.get(path)
            with queries() as log:
                assert browser.get(path).status_code == 200
            costs.setdefault(path, []).append(len(log))
        for number in range(6 if round_ == 1 else 0):
            make_institution(f"Another {number}", country="BO", themes=[trade], languages=["es"])
            make_seat(call, place="BO")
    assert [path for path, (few, many) in costs.items() if many > few] == []
