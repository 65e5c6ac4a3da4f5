import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person
from tracker import clock
from tracker.database import db
from tracker.institutions.models import Institution, InstitutionAlias


def path_of(two):
    return f"{two.older.path}/merge/{two.newer.id}"


def sound(two, **more):
    """A form that holds: the name of the older record, everything else as suggested."""
    chosen = {"keep_name": two.older.id, "keep_acronym": two.older.id, "keep_city": two.newer.id, "is_same": "y"}
    return {"versions": f"{two.older.version}-{two.newer.version}", **chosen, **more}


def test_the_page_of_an_institution_leads_a_coordinator_to_its_doubles(two, signed_in):
    link = f'href="{two.older.path}/merge"'
    assert link in signed_in(two.coordinator).get(two.older.path).text
    assert link not in signed_in(two.first).get(two.older.path).text
    page = signed_in(two.coordinator).get(f"{two.older.path}/merge").text
    assert f'href="{path_of(two)}"' in page and f'href="{two.older.path}/merge/{two.older.id}"' not in page


def test_a_record_that_looks_different_is_found_by_its_words(two, signed_in):
    other = make_institution("Bengal Delta House", member_of=two.network)
    browser = signed_in(two.coordinator)
    assert f"/merge/{other.id}" not in browser.get(f"{two.older.path}/merge").text
    assert f"/merge/{other.id}" in browser.get(f"{two.older.path}/merge?q=bengal").text
    assert "No other institution has these words" in browser.get(f"{two.older.path}/merge?q=nowhere").text


def test_the_suggestion_is_what_is_said_and_else_what_was_checked_later(two, signed_in):
    two.older.website = "https://delta.example.org"
    two.older.country = "NP"
    two.newer.checked_at = clock.now()
    page = signed_in(two.coordinator).get(path_of(two)).text
    checked = [line for line in page.split("<input") if " checked" in line.split(">")[0]]
    by_field = {line.split('name="keep_')[1].split('"')[0]: line.split('value="')[1].split('"')[0] for line in checked}
    older, newer = str(two.older.id), str(two.newer.id)
    assert by_field == {
        "name": newer,
        "acronym": older,
        "city": newer,
        "website": older,
        "country": newer,
    }


def test_the_page_says_what_comes_together(two, signed_in):
    page = signed_in(two.coordinator).get(path_of(two)).text
    assert "This cannot be undone" in page
    for words in ("Memberships of networks", "Contacts, former ones too", "Bangla and English", "People who work"):
        assert words.split(" and ")[0] in page


def test_a_coordinator_makes_one_record_and_old_addresses_lead_on(two, signed_in, client):
    old, new = two.older.path, two.newer.path
    browser = signed_in(two.coordinator)
    answer = browser.submit(path_of(two), **sound(two))
    assert answer.status_code == 303 and answer.location == new
    page = browser.get(new).text
    assert "<h1><bdi>Delta Institute</bdi></h1>" in page and "The Delta Institute" in page and "Dhaka" in page
    for way in ("", "/edit", "/contacts", "/merge"):
        led = client.get(f"{old}{way}?lang=en-XA")
        assert (led.status_code, led.location) == (308, f"{new}{way}?lang=en-XA")
    assert client.head(old).status_code == 308
    assert browser.submit(f"{old}/confirm").status_code == 409
    assert client.get("/institutions/999999").status_code == 404


def test_the_page_of_a_merged_pair_leads_on_or_says_so(two, signed_in):
    third = make_institution("Third", member_of=two.network)
    browser, path, new, new_id = signed_in(two.coordinator), path_of(two), two.newer.path, two.newer.id
    form = sound(two)
    browser.submit(path, **form)
    old_id = db.session.scalars(sa.select(InstitutionAlias.old_id)).one()
    led = browser.get(f"{third.path}/merge/{old_id}")
    assert (led.status_code, led.location) == (308, f"{third.path}/merge/{new_id}")
    again = browser.submit(path, **form)
    assert again.status_code == 409
    ring = browser.submit(f"{new}/merge/{old_id}", **form)
    assert ring.status_code == 409 and "one already" in ring.text
    itself = browser.get(f"{new}/merge/{new_id}")
    assert itself.status_code == 409 and "one and the same record" in itself.text


@pytest.mark.parametrize("lacking", ["is_same", "keep_name"])
def test_without_a_tick_or_a_choice_nothing_happens(two, signed_in, lacking):
    form = sound(two)
    del form[lacking]
    answer = signed_in(two.coordinator).submit(path_of(two), **form)
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(Institution.id))) == 2


@pytest.mark.parametrize("value", ["0", "999999", "x", "", "99999999999999999999"])
def test_a_choice_of_neither_record_is_none(two, signed_in, value):
    answer = signed_in(two.coordinator).submit(path_of(two), **sound(two, keep_name=value))
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(Institution.id))) == 2


def test_two_ror_ids_are_chosen_by_hand(two, signed_in):
    two.older.ror, two.newer.ror = "05dxps055", "02mhbdp94"
    browser = signed_in(two.coordinator)
    page = browser.get(path_of(two)).text
    assert "Two ROR ids usually mean two institutions" in page
    assert browser.submit(path_of(two), **sound(two)).status_code == 422
    assert browser.submit(path_of(two), **sound(two, keep_ror=two.older.id)).status_code == 303
    assert db.session.scalars(sa.select(Institution.ror)).all() == ["05dxps055"]


@pytest.mark.parametrize("which", ["older", "newer"])
def test_a_record_saved_meanwhile_is_shown_again_and_nothing_changes(two, signed_in, which):
    form = sound(two)
    getattr(two, which).version += 1
    browser = signed_in(two.coordinator)
    answer = browser.submit(path_of(two), **form)
    assert answer.status_code == 409 and "Somebody saved one of the two records" in answer.text
    assert f'value="{two.older.version}-{two.newer.version}"' in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Institution.id))) == 2
    assert browser.submit(path_of(two), **sound(two)).status_code == 303


def test_both_must_be_in_the_coordinator_s_care(two, signed_in):
    elsewhere = make_network()
    make_person(coordinates=elsewhere)
    foreign = make_institution("Delta Institute", member_of=elsewhere)
    browser = signed_in(two.coordinator)
    page = browser.get(f"{two.older.path}/merge").text
    assert "only who coordinates both" in page and f"/merge/{foreign.id}" not in page
    for one, other in ((two.older, foreign), (foreign, two.older)):
        assert browser.get(f"{one.path}/merge/{other.id}").status_code == 403
        assert browser.submit(f"{one.path}/merge/{other.id}", is_same="y").status_code == 403
    assert signed_in(two.first).get(path_of(two)).status_code == 403
    for number in (999_999, 2**31, 10**30):
        assert browser.get(f"{two.older.path}/merge/{number}").status_code == 404


def test_the_pages_ask_as_much_of_the_database_however_much_there_is(two, signed_in, queries):
    browser = signed_in(two.coordinator)

    def asked():
        counts = []
        for path in (f"{two.older.path}/merge", f"{two.older.path}/merge?q=delta", path_of(two)):
            with queries() as log:
                assert browser.get(path).status_code == 200
            counts.append(len(log))
        return counts

    make_institution("Delta Institute", member_of=two.network)
    before = asked()
    for _number in range(4):
        make_institution("Delta Institute", member_of=two.network)
        make_person(institution=two.older)
        make_person(institution=two.newer)
    assert all(after <= earlier for after, earlier in zip(asked(), before, strict=True))


def test_texts_that_begin_alike_still_differ(two, signed_in):
    two.older.description, two.newer.description = "word " * 400 + "one", "word " * 400 + "**two**"
    browser = signed_in(two.coordinator)
    assert 'name="keep_description"' in browser.get(path_of(two)).text
    browser.submit(path_of(two), **sound(two, keep_description=two.older.id))
    assert db.session.scalars(sa.select(Institution.description)).one().endswith("one")
