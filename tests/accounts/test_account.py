import pytest

from tests.factories import make_institution, make_person
from tracker.accounts import actions, passwords
from tracker.activity.states import Rhythm
from tracker.database import db

PROFILE = {"name": "Amina Karim", "interface_language": "", "time_zone": "Asia/Dhaka"}
ORCID = "0000-0002-1825-0097"


@pytest.fixture
def amina():
    return make_person("Amina Karim", email="amina@example.org")


def test_a_profile_is_saved_as_it_was_typed(signed_in, amina):
    typed = PROFILE | {
        "name": "نور الهدى",
        "sort_name": "الهدى، نور",
        "languages": ["ar", "fr"],
        "other_languages": ["sw"],
        "orcid": "https://orcid.org/0000000218250097",
        "about": "Water *and* cities",
        "is_listed": "y",
    }
    answer = signed_in(amina).submit("/account", **typed)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert (amina.name, amina.sort_name, amina.languages) == ("نور الهدى", "الهدى، نور", ["ar", "fr", "sw"])
    assert (amina.orcid, amina.time_zone, amina.is_listed) == (ORCID, "Asia/Dhaka", True)
    assert "<em>and</em>" in amina.about_html
    page = signed_in(amina).get("/account").text
    assert 'value="نور الهدى"' in page
    assert '<option selected value="sw">' in page


def test_a_name_of_one_part_is_fine(signed_in, amina):
    signed_in(amina).submit("/account", **PROFILE | {"name": "Suharto"})
    assert (amina.name, amina.sort_name, amina.is_listed) == ("Suharto", "", False)


def test_a_wrong_check_digit_is_said_beside_the_field_and_everything_typed_is_kept(signed_in, amina):
    answer = signed_in(amina).submit("/account", **PROFILE | {"name": "Changed", "orcid": "0000-0002-1825-0098"})
    assert answer.status_code == 422
    assert 'id="orcid-error"' in answer.text
    assert 'value="0000-0002-1825-0098"' in answer.text
    assert 'value="Changed"' in answer.text
    assert amina.name == "Amina Karim"


def test_an_orcid_of_somebody_else_is_said_beside_the_field(signed_in, amina):
    make_person(orcid=ORCID)
    answer = signed_in(amina).submit("/account", **PROFILE | {"orcid": ORCID})
    assert answer.status_code == 422
    assert 'id="orcid-error"' in answer.text
    assert amina.orcid is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"interface_language": "tlh"},
        {"languages": ["en", "xx"]},
        {"other_languages": ["xx-yy"]},
        {"other_languages": ["sw"] * 500},
        {"name": "n" * 201},
        {"name": " \x00 "},
        {"about": "a" * 5001},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_wrong_values_are_messages_and_change_nothing(signed_in, amina, wrong):
    answer = signed_in(amina).submit("/account", **PROFILE | {"name": "Changed"} | wrong)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert amina.name == "Amina Karim"


def test_what_the_form_does_not_offer_cannot_be_sent(signed_in, amina):
    key = amina.session_key
    signed_in(amina).submit("/account", **PROFILE, email="x@example.org", session_key="x", password_hash="x")
    assert (amina.email, amina.session_key, amina.password_hash) == ("amina@example.org", key, "")


def test_a_new_address_counts_after_its_link_was_opened_and_the_old_one_is_told(client, signed_in, amina, letters):
    asked = signed_in(amina).submit("/account/email", email="New@Example.org")
    assert asked.status_code == 303
    confirm, notice = letters()
    assert [letter["To"].addresses[0].addr_spec for letter in (confirm, notice)] == [
        "new@example.org",
        "amina@example.org",
    ]
    browser = signed_in(amina)
    assert browser.get(confirm.path).status_code == 200
    assert amina.email == "amina@example.org"
    assert browser.submit(confirm.path).status_code == 303
    assert amina.email == "new@example.org"
    assert browser.submit(confirm.path).status_code == 404


def test_a_link_mailed_to_a_wrong_address_gives_nobody_the_account(client, signed_in, amina, letters):
    signed_in(amina).submit("/account/email", email="mistyped@example.org")
    link = letters()[0].path
    for stranger in (client, signed_in()):
        page = stranger.get(link)
        assert page.status_code == stranger.submit(link).status_code == 403
        assert "open the link again" in page.text and "mistyped" not in page.text
    assert amina.email == "amina@example.org"
    assert f"/sign-in?next={link}" in client.get(link).text
    amina.password_hash = passwords.hashed("seven quiet bicycles")
    back = client.submit(f"/sign-in?next={link}", email="amina@example.org", password="seven quiet bicycles")
    assert back.location == link
    assert client.submit(link).status_code == 303
    assert amina.email == "mistyped@example.org"


def test_an_address_taken_meanwhile_is_refused(client, signed_in, amina, letters):
    signed_in(amina).submit("/account/email", email="new@example.org")
    letter = letters()[0]
    make_person(email="new@example.org")
    assert signed_in(amina).submit(letter.path).status_code == 409
    assert amina.email == "amina@example.org"
    answer = signed_in(amina).submit("/account/email", email="new@example.org")
    assert answer.status_code == 422
    assert "Another person uses this address" in answer.text


def test_a_password_is_changed_by_who_knows_the_old_one(app, signed_in, amina):
    phone = signed_in(amina)
    here = signed_in(amina)
    assert here.submit("/account/password", password="seven quiet bicycles").status_code == 303  # there was none
    assert phone.get("/account").status_code == 303
    wrong = here.submit("/account/password", password="nine loud umbrellas", current="guess")
    assert wrong.status_code == 422
    assert 'id="current-error"' in wrong.text
    right = here.submit("/account/password", password="nine loud umbrellas", current="seven quiet bicycles")
    assert right.status_code == 303
    assert here.get("/account").status_code == 200
    assert passwords.is_right(amina, "nine loud umbrellas")


# --- affiliations


def test_an_affiliation_is_found_added_changed_and_removed(signed_in, amina):
    institute = make_institution("École des fleuves", country="SN")
    client = signed_in(amina)
    found = client.get("/account/affiliations/find?q=ecole")
    path = f"/account/affiliations/add/{institute.id}"
    assert path in found.text
    typed = {"position": "Lecturer", "starts_on": "2019-09", "ends_on": ""}
    assert client.submit(path, **typed).status_code == 303
    (held,) = amina.affiliations
    assert (held.position, str(held.starts_on), held.ends_on) == ("Lecturer", "2019-09", None)
    assert "École des fleuves" in client.get("/account/affiliations").text
    change = f"/account/affiliations/{held.id}"
    assert 'value="2019-09"' in client.get(change).text
    reversed_dates = client.submit(change, **typed | {"ends_on": "2018"})
    assert reversed_dates.status_code == 422
    assert 'id="ends_on-error"' in reversed_dates.text
    assert client.submit(change, **typed | {"ends_on": "2020"}).status_code == 303
    assert not held.is_current
    assert client.get(f"{change}/remove").status_code == 200
    assert client.submit(f"{change}/remove").status_code == 303
    assert amina.affiliations == []


def test_a_date_that_is_none_is_said_beside_its_field(signed_in, amina):
    institute = make_institution()
    answer = signed_in(amina).submit(f"/account/affiliations/add/{institute.id}", starts_on="last spring")
    assert answer.status_code == 422
    assert 'id="starts_on-error"' in answer.text
    assert 'value="last spring"' in answer.text


def test_nobody_touches_the_affiliations_of_others(client, signed_in, amina):
    other = make_person(institution=make_institution())
    path = f"/account/affiliations/{other.affiliations[0].id}"
    for place in (path, f"{path}/remove"):
        assert signed_in(amina).get(place).status_code == 403
        assert signed_in(amina).submit(place, position="x").status_code == 403
        assert client.get(place).status_code == 303
    assert len(other.affiliations) == 1


def test_removing_ones_place_of_work_frees_the_contacts_place(signed_in):
    institute = make_institution()
    contact = make_person(contact_of=institute)
    client = signed_in(contact)
    assert "contact of it" in client.get("/account/affiliations").text
    client.submit(f"/account/affiliations/{contact.affiliations[0].id}/remove")
    assert contact.contact_ids == set()


def test_the_account_asks_the_database_as_much_for_many_affiliations_as_for_one(signed_in, amina, queries):
    actions.institutions.affiliate(amina, make_institution(), actor=None)
    db.session.flush()
    db.session.expire_all()
    client = signed_in(amina)
    with queries() as few:
        client.get("/account/affiliations")
    for _number in range(5):
        actions.institutions.affiliate(amina, make_institution(), actor=None)
    db.session.flush()
    db.session.expire_all()
    with queries() as many:
        client.get("/account/affiliations")
    assert len(few) == len(many)


@pytest.mark.parametrize(
    "path",
    [
        "/account/affiliations/add/99999999999999",
        "/account/affiliations/7/remove",
        "/account/affiliations/find?q=%00%ED%A0%80",
    ],
)
def test_absurd_addresses_are_no_errors(signed_in, amina, path):
    assert signed_in(amina).get(path).status_code in (200, 404)


def test_how_often_mail_comes_is_chosen_in_ones_profile(signed_in):
    amina = make_person("Amina Karim")
    browser = signed_in(amina)
    page = browser.get("/account").text
    assert "Mail about what happened" in page and "Questions to you always come at once." in page
    for rhythm in Rhythm:
        assert browser.submit("/account", **PROFILE, rhythm=rhythm.value).status_code == 303
        assert amina.rhythm is rhythm
    assert browser.submit("/account", **PROFILE, rhythm="hourly").status_code == 422
    assert browser.submit("/account", **PROFILE).status_code == 303  # an older page: as it was
    assert amina.rhythm is rhythm
