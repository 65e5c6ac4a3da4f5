"""Nobody becomes a contact without a yes, and whoever holds the place keeps it until then."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.accounts import actions as accounts
from tracker.asks import actions as asks
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.contacts import actions
from tracker.contacts.queries import open_offers
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


def contacts(institution):
    db.session.flush()
    db.session.expire(institution, ["contacts"])
    return {contact.place: contact.person.name for contact in institution.contacts}


def the_offer(institution):
    [(ask, offer)] = open_offers(institution)
    return ask, offer


def told(person):
    return "\n".join(text_of(letter) for letter in owed(person))


def test_naming_somebody_else_needs_their_yes(institution, leaver, colleague, signed_in):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    assert contacts(institution) == {1: "Rosa Quispe"} and asked.is_open
    mail = text_of(owed(colleague)[-1])
    assert "Will you become the second contact of Andean Institute?" in mail and "Rosa Quispe" in mail
    page = signed_in(colleague).get(asked.path).text
    assert "Second contact" in page and "Yes, I will" in page
    assert signed_in(colleague).submit(asked.path, answer="accept").status_code == 303
    assert contacts(institution) == {1: "Rosa Quispe", 2: "Bela Kovács"}
    assert "is now a contact" in told(leaver)


def test_a_place_that_somebody_holds_is_theirs_until_the_other_says_yes(institution, leaver, colleague, coordinator):
    asked = actions.name(institution, colleague, 1, actor=coordinator)
    assert contacts(institution) == {1: "Rosa Quispe"}
    asks.answer(asked, "accept", {}, actor=colleague)
    assert contacts(institution) == {1: "Bela Kovács"}
    assert "Bela Kovács is now a contact" in told(leaver) and "Bela Kovács is now a contact" in told(coordinator)


def test_who_names_themselves_is_not_asked(institution, coordinator):
    institutions.affiliate(coordinator, institution, actor=None)
    assert actions.name(institution, coordinator, 1, actor=coordinator) is None
    assert contacts(institution) == {1: "Coordinator"}


def test_an_empty_place_goes_to_somebody_without_an_account_at_once(institution, coordinator):
    director = make_person("Director", institution=institution)
    director.joined_at = director.session_key = None
    assert actions.name(institution, director, 1, actor=coordinator) is None
    assert contacts(institution) == {1: "Director"}


def test_somebody_without_an_account_is_asked_in_before_they_replace_anybody(institution, leaver, coordinator):
    director = make_person("Director", institution=institution)
    director.joined_at = director.session_key = None
    asked = actions.name(institution, director, 1, actor=coordinator)
    assert contacts(institution) == {1: "Rosa Quispe"} and asked.is_open
    assert len(owed(director)) == 1, "one mail for one thing"
    accounts.sign_in(director)
    asks.answer(asked, "accept", {}, actor=director)
    assert contacts(institution) == {1: "Director"}


def test_whom_no_mail_reaches_cannot_be_asked(institution, leaver, coordinator):
    nameless = make_person("Known by name", institution=institution)
    nameless.email = nameless.joined_at = None
    with pytest.raises(RuleBroken, match="No e-mail address"):
        actions.name(institution, nameless, 1, actor=coordinator)


def test_nobody_is_asked_twice_at_once(institution, leaver, colleague, coordinator):
    actions.name(institution, colleague, 2, actor=leaver)
    with pytest.raises(RuleBroken, match="asked already"):
        actions.name(institution, colleague, 1, actor=coordinator)
    with pytest.raises(RuleBroken, match="contact of this institution already"):
        actions.name(institution, leaver, 2, actor=coordinator)


def test_a_no_changes_nothing_and_becomes_a_yes_while_nobody_else_took_the_place(institution, leaver, colleague):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    asks.answer(asked, "decline", {"note": "No time"}, actor=colleague)
    assert contacts(institution) == {1: "Rosa Quispe"}
    assert "prefers not to" in told(leaver) and "No time" in told(leaver)
    asks.answer(asked, "accept", {}, actor=colleague)
    assert contacts(institution) == {1: "Rosa Quispe", 2: "Bela Kovács"}


def test_a_no_stays_a_no_once_somebody_else_has_the_place(institution, leaver, colleague):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    asks.answer(asked, "decline", {}, actor=colleague)
    make_person("Third", contact_of=institution)
    stands, _offer = asks.answer(asked, "accept", {}, actor=colleague)
    assert not stands and contacts(institution) == {1: "Rosa Quispe", 2: "Third"}


def test_of_two_who_are_asked_the_first_yes_counts_and_the_other_is_told_so(
    institution, leaver, colleague, coordinator, signed_in
):
    other = make_person("Chen Li", institution=institution)
    first = actions.name(institution, colleague, 2, actor=leaver)
    second = actions.name(institution, other, 2, actor=coordinator)
    assert signed_in(other).submit(second.path, answer="accept").status_code == 303
    assert asks.answer(first, "accept", {}, actor=colleague)[0] is False
    assert contacts(institution) == {1: "Rosa Quispe", 2: "Chen Li"}
    assert first.state is AskState.WITHDRAWN
    assert "taken back" in signed_in(colleague).get(first.path).text


def test_a_yes_to_a_place_that_was_filled_behind_its_back_is_refused(institution, leaver, colleague, coordinator):
    """Two answers in two processes: whatever the ask says, the place decides."""
    asked = actions.name(institution, colleague, 2, actor=leaver)
    _ask, offer = the_offer(institution)
    make_person("Third", contact_of=institution)
    with pytest.raises(RuleBroken, match="Somebody else took the place"):
        actions.take(offer, actor=colleague)
    assert not asked.is_open


def test_the_link_in_the_mail_does_not_make_its_reader_a_contact(institution, leaver, colleague, client):
    actions.name(institution, colleague, 2, actor=leaver)
    path = link_to(colleague)
    assert "Sign in and answer" in client.get(path).text
    assert client.post(path, data={"answer": "accept"}).status_code == 403
    assert contacts(institution) == {1: "Rosa Quispe"}


def test_who_leaves_the_institution_is_asked_no_longer(institution, leaver, colleague):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    institutions.end_affiliation(colleague.affiliations[0], actor=colleague)
    assert asked.state is AskState.WITHDRAWN
    asked.state, asked.choice = AskState.ANSWERED, "decline"  # as one who said no before leaving
    assert asks.answer(asked, "accept", {}, actor=colleague)[0] is False


# --- open questions follow the seat -------------------------------------------------------------------------


def test_a_new_contact_gets_what_is_open_and_answers_it(invited, institution, leaver, colleague, client):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    asks.answer(asked, "accept", {}, actor=colleague)
    assert client.post(link_to(colleague), data={"answer": "accept"}).status_code == 303
    assert invited.commitment is Commitment.AGREED and invited.answered_by_id == colleague.id


def test_the_second_contact_answers_while_the_first_is_away(institution, client):
    make_person("Rosa", contact_of=institution)
    second = make_person("Bela", contact_of=institution)
    call = make_project(ProjectState.RECRUITING)
    partner = recruiting.invite(call, institution, actor=call.lead)
    client.post(link_to(second), data={"answer": "accept"})
    assert partner.commitment is Commitment.AGREED and partner.answered_by_id == second.id


def test_an_invitation_pushes_no_contact_out_and_gives_an_empty_place(invited, institution, leaver, coordinator):
    new = {"name": "New", "email": "new@example.org", "institution": institution, "actor": coordinator}
    with pytest.raises(RuleBroken, match="holds this place"):
        accounts.invite(as_contact=1, **new)
    newcomer = accounts.invite(as_contact=2, **new)
    assert contacts(institution) == {1: leaver.name, 2: "New"}
    assert any(letter.details.get("asked_kind") == "recruiting.invitation" for letter in owed(newcomer))


def test_a_no_to_a_place_needs_no_signing_in_and_a_yes_does(institution, leaver, colleague, client):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    path = link_to(colleague)
    page = client.get(path).text
    assert "Sign in and answer" in page and "No, thank you" in page and "Yes, I will" not in page
    assert client.post(path, data={"answer": "accept", "seen": "0"}).status_code == 403
    assert client.post(path, data={"answer": "decline", "seen": "0"}).status_code == 303
    assert asked.state is AskState.ANSWERED and asked.choice == "decline"


# --- handing over -------------------------------------------------------------------------------------------


def hand_over(browser, institution, successor, **more):
    """Both steps of the page: the choice, then the yes to what follows."""
    path = f"{institution.path}/contacts/leave"
    fields = {"successor": str(successor), "leaves": "no"} | more
    first = browser.submit(path, **fields)
    assert first.status_code == 200, first.text
    return first.text, browser.submit(path, **fields, confirmed="yes")


def test_a_hand_over_from_the_leaver_to_the_successors_first_answer(
    invited, institution, leaver, colleague, signed_in, client
):
    old_link = link_to(leaver)
    second = make_person("Second", contact_of=institution)
    browser = signed_in(leaver)
    assert "I am leaving" in browser.get(f"{institution.path}/contacts").text
    assert "I am leaving" in browser.get("/account/affiliations").text
    said, done = hand_over(
        browser, institution, colleague.id, leaves="yes", leaves_on="2099-06-30", words="You know it all"
    )
    assert "Until Bela Kovács says yes you stay a contact" in said and "June 2099" in said
    assert done.status_code == 303 and contacts(institution) == {1: "Rosa Quispe", 2: "Second"}
    asked, _offer = the_offer(institution)
    mail = text_of(owed(colleague)[-1])
    assert "Rosa Quispe is leaving as contact" in mail and "You know it all" in mail
    assert client.get(old_link).status_code == 200, "the leaver answers until then"

    assert signed_in(colleague).submit(asked.path, answer="accept").status_code == 303
    assert contacts(institution) == {1: "Bela Kovács", 2: "Second"}
    assert leaver.affiliations[0].ends_on == PartialDate("2099-06-30")
    assert "Bela Kovács is now a contact" in told(leaver) and "Bela Kovács is now a contact" in told(second)
    gone = client.get(old_link)
    assert gone.status_code == 410 and "Water and cities" not in gone.text
    assert client.post(old_link, data={"answer": "accept"}).status_code == 410
    assert client.post(link_to(colleague), data={"answer": "accept"}).status_code == 303
    assert invited.commitment is Commitment.AGREED and invited.answered_by_id == colleague.id


def test_the_page_does_nothing_before_the_second_yes(institution, leaver, colleague, signed_in):
    browser = signed_in(leaver)
    browser.submit(f"{institution.path}/contacts/leave", successor=str(colleague.id), leaves="no", at_once="y")
    assert contacts(institution) == {1: "Rosa Quispe"} and open_offers(institution) == []


def test_handing_over_to_a_new_colleague_asks_them_in(institution, leaver, signed_in):
    _said, done = hand_over(
        signed_in(leaver), institution, "new", name="Dana Novak", email="dana@example.org", leaves="no"
    )
    assert done.status_code == 303
    asked, offer = the_offer(institution)
    dana = offer.person
    assert dana.email == "dana@example.org" and institution.id in dana.institution_ids
    assert [letter.details["asked_kind"] for letter in owed(dana)] == ["accounts.join"], "one mail for one thing"
    accounts.sign_in(dana)
    browser = signed_in(dana)
    assert asked.path in browser.get("/me").text
    browser.submit(asked.path, answer="accept")
    assert contacts(institution) == {1: "Dana Novak"}


@pytest.mark.parametrize(
    "fields",
    [
        {"successor": "new", "name": "", "email": ""},
        {"successor": "new", "name": "Dana", "email": "nonsense"},
        {"successor": "nobody"},
        {"successor": "0"},
        {"successor": ""},
        {"leaves": "perhaps"},
        {"leaves": "yes", "leaves_on": "yesterday"},
    ],
)
def test_what_is_missing_is_said(fields, institution, leaver, colleague, signed_in):
    sent = {"successor": str(colleague.id), "leaves": "no", "confirmed": "yes"} | fields
    answer = signed_in(leaver).submit(f"{institution.path}/contacts/leave", **sent)
    assert answer.status_code == 422 and open_offers(institution) == []


def test_leaving_from_today_frees_the_place_and_tells_the_coordinators(
    institution, leaver, colleague, coordinator, signed_in
):
    said, done = hand_over(signed_in(leaver), institution, colleague.id, leaves="yes", at_once="y")
    assert "From now on you answer for Andean Institute no longer" in said
    assert done.status_code == 303 and done.location == institution.path
    assert contacts(institution) == {} and leaver.contact_ids == set()
    assert leaver.affiliations[0].ends_on == PartialDate.of(clock.today())
    assert "Rosa Quispe is no longer a contact" in told(coordinator)
    asked, _offer = the_offer(institution)
    asks.answer(asked, "accept", {}, actor=colleague)
    assert contacts(institution) == {1: "Bela Kovács"}


def test_with_nobody_to_take_it_the_place_stays_empty(institution, leaver, coordinator, signed_in):
    _said, done = hand_over(signed_in(leaver), institution, "nobody", at_once="y")
    assert done.status_code == 303 and contacts(institution) == {} and open_offers(institution) == []
    assert "no longer a contact" in told(coordinator)


def test_a_no_to_a_hand_over_is_told_to_the_leaver_and_the_coordinators(institution, leaver, colleague, coordinator):
    asked = actions.leave(institution, actor=leaver, successor=colleague, leaves_on=PartialDate("2099-06-30"))
    asks.answer(asked, "decline", {}, actor=colleague)
    assert contacts(institution) == {1: "Rosa Quispe"} and leaver.affiliations[0].ends_on is None
    assert "prefers not to" in told(leaver) and "prefers not to" in told(coordinator)


def test_a_hand_over_that_nobody_answers_runs_out_and_is_told(institution, leaver, colleague, coordinator):
    asked = actions.leave(institution, actor=leaver, successor=colleague)
    with clock.frozen(clock.now() + timedelta(days=31)):
        asks.expire(asked)
        assert asked.state is AskState.EXPIRED and contacts(institution) == {1: "Rosa Quispe"}
        assert "ran out" in told(leaver) and "did not answer" in told(coordinator)
        assert "did not answer" not in told(leaver), "one mail for one event"


def test_choosing_again_replaces_the_first_choice(institution, leaver, colleague):
    other = make_person("Chen Li", institution=institution)
    first = actions.leave(institution, actor=leaver, successor=colleague)
    second = actions.leave(institution, actor=leaver, successor=other)
    assert first.state is AskState.WITHDRAWN and second.is_open
    third = actions.leave(institution, actor=leaver, successor=colleague)
    assert third.is_open and third.id != first.id


def test_only_a_contact_hands_over_and_only_their_own_place(institution, leaver, colleague, coordinator, signed_in):
    path = f"{institution.path}/contacts/leave"
    for person in (colleague, coordinator, make_person(contact_of=make_institution())):
        assert signed_in(person).get(path).status_code == 403
    with pytest.raises(RuleBroken, match="not a contact"):
        actions.leave(institution, actor=coordinator, successor=colleague)


def test_who_gave_up_the_say_keeps_what_they_answered(invited, institution, leaver, colleague, coordinator):
    recruiting.answer_invitation(invited, agrees=True, actor=leaver)
    asked = actions.leave(institution, actor=leaver, successor=colleague, leaves_on=PartialDate("2020"))
    asks.answer(asked, "accept", {}, actor=colleague)
    db.session.expire_all()
    assert invited.answered_by_id == leaver.id and leaver.contact_ids == leaver.institution_ids == set()
    assert any(member.person_id == leaver.id and member.left_at is None for member in invited.project.members)
    assert db.session.scalars(sa.select(Ask).where(Ask.subject_id == invited.id)).first().answer.person_id == leaver.id


def test_the_contacts_page_shows_who_is_asked_and_where_mail_fails(
    institution, leaver, colleague, coordinator, signed_in
):
    asked = actions.name(institution, colleague, 2, actor=leaver)
    leaver.mail_trouble, leaver.mail_trouble_at = "550 5.1.1 no such user", clock.now()
    page = signed_in(coordinator).get(f"{institution.path}/contacts").text
    assert asked.path in page and "Bela Kovács is asked to take this place" in page
    assert "Mail does not reach Rosa Quispe" in page and "550 5.1.1 no such user" in page
