"""An institution asks to be added: the page, what the coordinators see, and what becomes of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_in, link_to, owed, text_of
from tests.factories import make_institution, make_network, make_person, the_network
from tracker import clock
from tracker.activity.models import Delivery
from tracker.activity.states import Sort
from tracker.asks.models import Ask
from tracker.asks.rounds import expire
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import answering_contacts, person_by_email
from tracker.newcomers import actions
from tracker.newcomers.models import Application

FORM = {
    "name": "Centre for Delta Policy",
    "acronym": "CDP",
    "native_name": "ডেল্টা",
    "country": "BD",
    "city": "Khulna",
    "website": "www.delta.example.org",
    "ror": "https://ror.org/05dxps055",
    "person_name": "Amina Rahman",
    "email": " Amina@Delta.example.ORG ",
    "position": "Director",
    "words": "We study rivers.",
}


@pytest.fixture
def coordinator():
    return make_person("Carla", coordinates=the_network())


def sent(browser, **changed):
    return browser.submit("/institutions/ask", **(FORM | {"network": str(the_network().id)} | changed))


def application() -> Application:
    return db.session.scalars(sa.select(Application).order_by(Application.id.desc())).first()


def ask_about(row) -> Ask:
    of_it = (Ask.subject_type == "application", Ask.subject_id == row.id)
    return db.session.scalars(sa.select(Ask).where(*of_it)).one()


def mails_to(address: str) -> list[Delivery]:
    return list(db.session.scalars(sa.select(Delivery).where(Delivery.address == address)))


def is_known(name: str) -> bool:
    return db.session.scalar(sa.select(Institution.id).where(Institution.name == name)) is not None


# --- sending ------------------------------------------------------------------------------------------------


def test_a_visitor_asks_and_only_the_coordinators_are_mailed(client, coordinator):
    answer = sent(client)
    assert answer.status_code == 303 and answer.location == "/institutions/ask/sent"
    assert "coordinators" in client.get(answer.location).text
    made = application()
    assert made.name == FORM["name"] and made.person_email == "amina@delta.example.org"
    assert made.ror == "05dxps055" and made.website == "http://www.delta.example.org" and made.language == "en"
    assert mails_to("amina@delta.example.org") == [] and not is_known(FORM["name"])
    text = text_of(owed(coordinator)[-1])
    assert "Centre for Delta Policy" in text and "Amina Rahman" in text and "We study rivers." in text


def test_without_script_everything_typed_is_kept_beside_what_is_wrong(client, coordinator):
    answer = sent(client, name="", email="nobody", website="ftp://x", ror="12")
    assert answer.status_code == 422 and answer.text.count("field__error") == 4
    assert 'value="nobody"' in answer.text and "We study rivers." in answer.text
    assert application() is None


@pytest.mark.parametrize("network", ["", "0", "999999", "x", "٣"])
def test_a_network_that_does_not_exist_is_refused(client, coordinator, network):
    assert sent(client, network=network).status_code == 422
    assert application() is None


def test_without_any_network_the_page_says_so(client):
    assert "No network yet" in client.get("/institutions/ask").text
    assert client.submit("/institutions/ask", **FORM).status_code == 422


def test_the_network_whose_page_led_here_is_chosen_else_the_largest(client, coordinator):
    small, large = make_network("A small one"), make_network("Z large one")
    make_institution(member_of=large)
    chosen = f'selected value="{small.id}"'
    assert chosen in client.get(f"/institutions/ask?network={small.id}").text
    for path in ("/institutions/ask", "/institutions/ask?network=x"):
        assert f'selected value="{large.id}"' in client.get(path).text
    assert f'/institutions/ask?network={small.id}"' in client.get(small.path).text


def test_lists_and_pages_lead_here(client, signed_in, coordinator):
    assert "/institutions/ask" in client.get("/institutions").text
    make_institution("Somewhere")
    assert "/institutions/ask?name=delta" in client.get("/institutions?q=delta").text
    assert "/institutions/ask?name=delta" in signed_in().get("/account/affiliations/find?q=delta").text
    assert 'value="delta"' in client.get("/institutions/ask?name=delta").text
    assert "/institutions/ask" not in signed_in(coordinator).get("/institutions?q=delta").text


def test_whoever_is_signed_in_finds_name_and_address_filled_in(signed_in, coordinator):
    asker = make_person("Amina Rahman", email="amina@delta.example.org")
    page = signed_in(asker).get("/institutions/ask").text
    assert 'value="Amina Rahman"' in page and 'value="amina@delta.example.org"' in page


# --- look-alikes --------------------------------------------------------------------------------------------


def test_look_alikes_are_shown_first_and_none_of_them_sends_it(client, coordinator):
    known = make_institution("Delta Policy Institute", "BD", city="Dhaka")
    first = sent(client)
    assert first.status_code == 409 and known.path in first.text and "Dhaka" in first.text
    assert "We study rivers." in first.text and application() is None
    assert sent(client, is_new="y").status_code == 409  # nobody says "none of these" of what they have not seen
    assert sent(client, is_new="y", shown=str(known.id)).status_code == 303
    assert application() is not None


def test_what_looks_alike_only_after_a_change_is_shown_too(client, coordinator):
    known = make_institution("Delta Policy Institute", "BD")
    other = make_institution("Water House", "BD")
    answer = sent(client, is_new="y", shown=str(known.id), native_name="Water House")
    assert answer.status_code == 409 and other.path in answer.text
    assert "checked" not in answer.text.partition('name="is_new"')[2][:40]


def test_a_tick_given_before_is_not_asked_for_again_beside_another_mistake(client, coordinator):
    known = make_institution("Delta Policy Institute", "BD")
    answer = sent(client, is_new="y", shown=str(known.id), email="")
    assert answer.status_code == 422
    assert 'type="hidden" name="is_new" value="y"' in answer.text and f'value="{known.id}"' in answer.text


def test_one_who_works_at_a_look_alike_is_led_to_say_so(client, signed_in, coordinator):
    known = make_institution("Delta Policy Institute", "BD")
    path = f"/account/affiliations/add/{known.id}"
    assert f'href="{path}"' in sent(signed_in()).text
    visitor = sent(client).text
    assert f"/sign-in?next={path}" in visitor and "Ask one of its contacts" in visitor


# --- limits -------------------------------------------------------------------------------------------------


def test_the_same_address_asks_once_and_is_told_the_same_each_time(client, coordinator):
    answers = [sent(client), sent(client, email="AMINA@delta.example.org"), sent(client, name="Another House")]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/institutions/ask/sent")}
    assert db.session.scalar(sa.select(sa.func.count(Application.id))) == 1
    assert len([mail for mail in owed(coordinator) if mail.sort is Sort.ASK]) == 1


def test_known_and_unknown_addresses_get_the_same_answer(client, coordinator):
    make_person(email="known@example.org")
    known, unknown = sent(client, email="known@example.org"), sent(client, email="unknown@example.org", name="Other X")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert mails_to("known@example.org") == []


def test_a_network_with_very_many_open_ones_says_so_to_everybody(client, coordinator, monkeypatch):
    monkeypatch.setattr(actions, "MOST_OPEN", 2)
    assert sent(client, email="one@example.org").status_code == 303
    assert sent(client, email="two@example.org", name="Second House").status_code == 303
    for address in ("three@example.org", "one@example.org"):
        refused = sent(client, email=address, name="Third House")
        assert refused.status_code == 409 and "Very many institutions wait" in refused.text
    assert db.session.scalar(sa.select(sa.func.count(Application.id))) == 2


def test_a_mailbox_that_is_typed_all_the_time_is_left_alone(client, coordinator):
    for number in range(21):
        answer = client.submit(
            "/institutions/ask", **(FORM | {"name": ""}), headers={"X-Forwarded-For": f"10.0.0.{number}"}
        )
        if answer.status_code == 429:
            break
    assert answer.status_code == 429


# --- what the coordinators answer ---------------------------------------------------------------------------


def test_a_coordinator_sees_the_facts_and_what_looks_alike_as_of_now(client, signed_in, coordinator):
    sent(client)
    asked = ask_about(application())
    later = make_institution("Delta Policy Institute", "BD", city="Dhaka")
    page = signed_in(coordinator).get(asked.path).text
    for words in ("ডেল্টা", "Khulna", "https://ror.org/05dxps055", "(not checked)", "Director", later.path, "Dhaka"):
        assert words in page
    board = signed_in(coordinator).get("/board").text
    assert "wish to be added" in board or "Centre for Delta Policy" in board
    members = signed_in(coordinator).get(f"/networks/{the_network().id}/members").text
    assert asked.path in members and "Centre for Delta Policy" in members


def test_a_yes_by_link_makes_a_member_and_mails_one_invitation(client, coordinator):
    sent(client)
    path = link_to(coordinator)
    assert client.post(path, data={"answer": "add", "note": "Welcome!"}).status_code == 303
    made = application().institution
    assert made.name == FORM["name"] and made.acronym == "CDP" and made.ror == "05dxps055"
    assert made.network_ids == {the_network().id} and application().ended_at is not None
    person = person_by_email("amina@delta.example.org")
    assert person.joined_at is None and answering_contacts(made.id) == [person]
    assert person.affiliations[0].position == "Director" and person.time_zone == "Asia/Dhaka"
    letters = owed(person)
    assert len(letters) == 1 and "Welcome!" in text_of(letters[0])
    assert "was added" in client.get(path).text
    page = client.get(link_in(text_of(letters[0])))
    assert page.status_code == 200 and "Make my account" in page.text


def test_the_mail_is_in_the_language_in_which_was_asked(client, coordinator):
    assert client.submit("/institutions/ask?lang=ar-XB", **FORM, network=str(the_network().id)).status_code == 303
    client.post(link_to(coordinator), data={"answer": "add"})
    assert owed(person_by_email("amina@delta.example.org"))[0].language == "ar-XB"


def test_one_with_an_account_who_asked_signed_in_becomes_the_contact_and_gets_one_mail(signed_in, coordinator):
    asker = make_person("Amina Rahman", email="amina@delta.example.org")
    assert sent(signed_in(asker)).status_code == 303
    signed_in(coordinator).submit(ask_about(application()).path, answer="add", note="Welcome!")
    assert answering_contacts(application().institution_id) == [asker]
    assert len(owed(asker)) == 1 and "Welcome!" in text_of(owed(asker)[0])


def test_an_address_of_an_account_that_somebody_else_typed_gives_no_place(client, coordinator):
    owner = make_person("Amina Rahman", email="amina@delta.example.org")
    sent(client)
    client.post(link_to(coordinator), data={"answer": "add"})
    made = application().institution
    assert answering_contacts(made.id) == [] and made.id not in owner.institution_ids
    assert len(owed(owner)) == 1 and "become a contact" in text_of(owed(owner)[0])
    assert client.get(link_to(owner)).status_code == 200


def test_who_asked_for_a_colleague_is_told_and_the_colleague_invited(signed_in, coordinator):
    asker = make_person("Secretary")
    sent(signed_in(asker))
    signed_in(coordinator).submit(ask_about(application()).path, answer="add")
    director = person_by_email("amina@delta.example.org")
    assert len(owed(director)) == 1 and len(owed(asker)) == 1
    assert "Carla added Centre for Delta Policy" in text_of(owed(asker)[0])


def test_not_now_mails_nobody_who_only_typed_an_address(client, signed_in, coordinator):
    sent(client)
    client.post(link_to(coordinator), data={"answer": "not_now", "note": "Too early"})
    assert mails_to("amina@delta.example.org") == [] and not is_known(FORM["name"])
    assert application().ended_at is not None
    asker = make_person("Bilal", email="bilal@example.org")
    sent(signed_in(asker), email="bilal@example.org")
    client.post(link_to(coordinator), data={"answer": "not_now", "note": "Too early"})
    assert len(owed(asker)) == 1 and "Too early" in text_of(owed(asker)[0])


def test_a_not_now_can_become_a_yes(client, coordinator):
    sent(client)
    path = link_to(coordinator)
    client.post(path, data={"answer": "not_now"})
    assert client.post(path, data={"answer": "add", "seen": "1"}).status_code == 303
    assert is_known(FORM["name"]) and len(owed(person_by_email("amina@delta.example.org"))) == 1
    assert client.post(path, data={"answer": "not_now", "seen": "2"}).status_code == 409


def test_after_the_answer_the_address_may_ask_again(client, coordinator):
    sent(client)
    client.post(link_to(coordinator), data={"answer": "not_now"})
    assert sent(client).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Application.id))) == 2


@pytest.mark.parametrize("way", ["chosen", "page", "number", "name", "acronym"])
def test_it_is_known_already_and_the_person_is_told_how_to_come_in(client, coordinator, way):
    known = make_institution("Delta Policy Institute", "BD", acronym="DPI")
    sent(client, is_new="y", shown=str(known.id))
    words = {
        "chosen": {"known-institution": str(known.id)},
        "page": {"known-other": f"http://localhost{known.path}"},
        "number": {"known-other": str(known.id)},
        "name": {"known-other": "the DELTA policy institute"},
        "acronym": {"known-other": "dpi"},
    }[way]
    sent_words = {"known-institution": "another", "known-note": "Good to hear of you"} | words
    answer = client.post(link_to(coordinator), data={"answer": "known"} | sent_words)
    assert answer.status_code == 303
    assert application().institution_id == known.id and application().ended_at is not None
    (mail,) = mails_to("amina@delta.example.org")
    text = text_of(mail)
    assert "Delta Policy Institute" in text and known.path in text and "Good to hear of you" in text
    assert person_by_email("amina@delta.example.org") is None and not is_known(FORM["name"])


@pytest.mark.parametrize("other", ["", "Nowhere at all", "999999", "http://localhost/institutions/x", "Twin House"])
def test_a_known_one_that_is_none_or_several_is_asked_for_beside_the_field(client, coordinator, other):
    make_institution("Twin House", "BD"), make_institution("Twin House", "PE")
    sent(client)
    form = {"answer": "known", "known-institution": "another", "known-other": other}
    answer = client.post(link_to(coordinator), data=form)
    assert answer.status_code == 422 and "Copy the address of its page here" in answer.text
    assert application().ended_at is None and mails_to("amina@delta.example.org") == []


def test_a_ror_id_that_is_taken_meanwhile_changes_nothing(client, coordinator):
    sent(client)
    make_institution("Delta", "BD", ror="05dxps055")
    answer = client.post(link_to(coordinator), data={"answer": "add"})
    assert answer.status_code == 409 and "ROR id" in answer.text
    assert application().ended_at is None and mails_to("amina@delta.example.org") == []


def test_two_coordinators_who_answer_at_once_make_one_record(client, coordinator):
    second = make_person(coordinates=the_network())
    sent(client)
    first_path, second_path = link_to(coordinator), link_to(second)
    assert client.post(first_path, data={"answer": "add"}).status_code == 303
    assert client.post(second_path, data={"answer": "not_now", "seen": "0"}).status_code == 409
    assert client.post(second_path, data={"answer": "add", "seen": "0"}).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).where(Institution.name == FORM["name"])) == 1


def test_after_half_a_year_it_runs_out_and_the_address_may_ask_again(client, coordinator):
    sent(client)
    db.session.commit()
    with clock.frozen(clock.now() + timedelta(days=181)):
        assert expire(10) == 1
        assert ask_about(application()).state is AskState.EXPIRED and application().ended_at is not None
        assert mails_to("amina@delta.example.org") == []
        assert sent(client).status_code == 303 and application().ended_at is None


def test_whoever_was_signed_in_takes_it_back_themselves(signed_in, coordinator):
    asker = make_person()
    browser = signed_in(asker)
    sent(browser)
    asked = ask_about(application())
    assert browser.submit(f"{asked.path}/withdraw", words="A mistake").status_code == 303
    assert application().ended_at is not None
    assert signed_in().get(asked.path).status_code == 404


@pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])
def test_every_page_speaks_the_reader_s_language(client, signed_in, coordinator, tag):
    make_institution("Delta Policy Institute", "BD")
    for path in ("/institutions/ask", "/institutions/ask/sent"):
        page = client.get(f"{path}?lang={tag}")
        assert page.status_code == 200 and ('dir="rtl"' in page.text) == (tag == "ar-XB")
    alike = client.submit(f"/institutions/ask?lang={tag}", **FORM, network=str(the_network().id))
    assert alike.status_code == 409 and "Is it one of these?" not in alike.text


def test_the_questions_a_page_asks_do_not_grow(client, coordinator, queries):
    counts = []
    for more in (1, 6):
        for _each in range(more):
            make_network()
            make_institution("Delta Policy Institute", "BD")
        with queries() as log:
            assert sent(client).status_code == 409
        counts.append(len(log))
    assert counts[0] == counts[1]


def test_nobody_becomes_a_person_by_asking(client, coordinator):
    before = db.session.scalar(sa.select(sa.func.count(Person.id)))
    sent(client)
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == before
