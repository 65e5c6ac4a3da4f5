"""What a mailed link opens, and what it never does."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed
from tests.bad_input.strings import HOSTILE, LONG, as_sent
from tests.factories import make_institution, make_person, make_project
from tracker import clock, signing
from tracker.activity.models import Activity, Delivery
from tracker.asks import actions, links, post, rounds
from tracker.asks.models import Ask, AskLink
from tracker.asks.states import AskState
from tracker.database import Base, db
from tracker.institutions import actions as institutions
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def director():
    return make_person("Rosa Quispe", contact_of=make_institution("Andean Institute", country="PE"))


@pytest.fixture
def invited(call, director):
    return recruiting.invite(call, director.contact_places[0].institution, note="On ports", actor=call.lead)


@pytest.fixture
def path(invited, director):
    return link_to(director)


def ask_of(partner):
    return db.session.scalars(sa.select(Ask).where(Ask.subject_id == partner.id).order_by(Ask.id.desc())).first()


def pages_of(path):
    return (path, f"{path}/pass-on", f"{path}/again")


def have_been_sent():
    """Every mail went out yesterday."""
    gone = {"sent_at": clock.now(), "created_at": clock.now() - timedelta(days=1)}
    db.session.execute(sa.update(Delivery).where(Delivery.sent_at.is_(None)).values(**gone))


# --- the secret ---------------------------------------------------------------------------------------------


def test_the_link_lies_nowhere_in_the_database(invited, path):
    secret = path.rpartition("/")[2]
    db.session.flush()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            assert secret not in repr(tuple(row)), f"{table.name} holds a link"


def test_a_changed_letter_opens_nothing(client, invited, path):
    secret = path.rpartition("/")[2]
    for number in (0, 20, 42):
        other = "A" if secret[number] != "A" else "B"
        forged = f"/a/{secret[:number]}{other}{secret[number + 1 :]}"
        for address in pages_of(forged):
            assert client.post(address, data={"answer": "accept"}).status_code == 404
    assert invited.commitment is Commitment.INVITED


def test_a_link_of_another_key_opens_nothing(client, app, invited, path):
    app.config["SECRET_KEY"], key = "another", app.config["SECRET_KEY"]
    try:
        assert client.post(path, data={"answer": "accept"}).status_code == 404
    finally:
        app.config["SECRET_KEY"] = key
    assert invited.commitment is Commitment.INVITED


def test_a_row_that_somebody_wrote_into_the_table_opens_nothing(client, invited, director):
    mine = "A" * 43
    until = clock.now() + timedelta(days=9)
    forged = {"nonce": "x", "hash": signing.hashed(mine), "expires_at": until}
    db.session.add(AskLink(ask_id=ask_of(invited).id, person_id=director.id, **forged))
    assert client.post(f"/a/{mine}", data={"answer": "accept"}).status_code == 404


@pytest.mark.parametrize("column", ["ask_id", "person_id"])
def test_a_row_that_was_turned_to_another_ask_or_person_opens_nothing(client, call, invited, director, path, column):
    other = recruiting.invite(call, make_institution(country="KE"), actor=call.lead)
    values = {"ask_id": ask_of(other).id, "person_id": make_person().id}
    db.session.execute(sa.update(AskLink).where(AskLink.person_id == director.id).values({column: values[column]}))
    assert client.post(path, data={"answer": "accept"}).status_code == 404


def test_the_link_opens_nothing_else(client, call, invited, director, path):
    other = recruiting.invite(call, make_institution("Delta Institute", country="KE"), actor=call.lead)
    secret = path.rpartition("/")[2]
    client.post(path, data={"answer": "accept"})
    assert other.commitment is Commitment.INVITED
    for door in (f"/join/{secret}", f"/sign-in/{secret}", f"/password/reset/{secret}", f"/mail/stop/{secret}"):
        answer = client.get(door)
        assert answer.status_code >= 400 or "Andean" not in answer.text
    assert client.get("/me").status_code == 303, "a link to answer signed somebody in"
    assert client.get(f"/asks/{ask_of(invited).id}").status_code == 303


def test_a_link_is_too_old_after_its_time(client, invited, director, path):
    link = db.session.scalars(sa.select(AskLink).where(AskLink.person_id == director.id)).one()
    link.expires_at = clock.now() - timedelta(seconds=1)
    answer = client.post(path, data={"answer": "accept"})
    assert answer.status_code == 410 and "too old" in answer.text and "Andean" not in answer.text
    assert invited.commitment is Commitment.INVITED


def test_a_withdrawn_link_says_whom_to_turn_to_and_no_more(client, invited, director, path):
    links.withdraw(ask_of(invited), director)
    answer = client.post(path, data={"answer": "accept"})
    assert answer.status_code == 410 and "Andean" not in answer.text and "Water and cities" not in answer.text


def test_what_was_taken_back_is_no_longer_shown(client, call, invited, director, path):
    assert "How do cities share water?" in client.get(path).text
    recruiting.withdraw(invited, actor=call.lead)
    projects.change(call, actor=call.lead, question="What nobody outside should read")
    page = client.get(path)
    assert "taken back" in page.text
    assert "What nobody outside should read" not in page.text and "How do cities share" not in page.text


# --- a fresh one --------------------------------------------------------------------------------------------


def test_a_fresh_link_goes_to_the_mailbox_of_the_old_one_only(client, invited, director, path):
    second = make_person(contact_of=invited.institution)
    have_been_sent()
    client.post(f"{path}/again", data={"email": "thief@example.net", "address": "thief@example.net"})
    assert len(owed(director)) == 1 and owed(director)[0].address == director.email
    assert not owed(second)
    addresses = db.session.scalars(sa.select(Delivery.address)).all()
    assert "thief@example.net" not in addresses


def test_asking_again_and_again_sends_one_mail(client, invited, director, path):
    have_been_sent()
    for _time in range(3):
        assert client.post(f"{path}/again").status_code == 303
    assert len(owed(director)) == 1


def test_nothing_is_mailed_again_once_it_is_answered_or_not_theirs(client, invited, director, path):
    have_been_sent()
    client.post(path, data={"answer": "accept"})
    have_been_sent()
    client.post(f"{path}/again")
    assert not owed(director)


@pytest.mark.parametrize("is_known", [True, False])
def test_who_lost_a_mail_gets_it_again_and_nobody_learns_who_is_known(client, queries, invited, director, is_known):
    have_been_sent()
    address = director.email if is_known else "nobody@example.net"
    with queries() as log:
        answer = client.submit("/a/lost", email=address)
    written = [statement.split()[0:3] for statement in log if not statement.startswith(("SELECT", "BEGIN"))]
    assert (answer.status_code, answer.location) == (303, "/a/sent")
    assert written == [["INSERT", "INTO", "delivery"]]
    assert not any("person" in statement for statement in log), "the page asks who it is"
    assert rounds.mail_again(10) == 1
    assert len(owed(director)) == (1 if is_known else 0)
    assert not db.session.scalars(sa.select(Delivery).where(Delivery.address == "nobody@example.net")).all()
    assert rounds.mail_again(10) == 0


def test_many_who_ask_for_one_address_cause_one_mail(invited, director):
    have_been_sent()
    for _time in range(5):
        post.note_lost(director.email)
    assert rounds.mail_again(10) == 5
    assert len(owed(director)) == 1


def test_how_often_mail_can_be_asked_for_is_limited(client, path):
    assert {client.post(f"{path}/again").status_code for _time in range(20)} == {303}
    refused = client.post(f"{path}/again")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert client.submit("/a/lost", email="a@example.org").status_code in (303, 429)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("page", ["/a/lost", "pass-on"])
def test_the_other_forms_are_limited_too(client, path, page):
    address = page if page.startswith("/") else f"{path}/{page}"
    assert [client.submit(address, email="no address").status_code for _time in range(21)][-1] == 429


# --- requests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_only_looks_writes_nothing(client, queries, invited, path, method):
    db.session.flush()
    for address in pages_of(path):
        with queries() as log:
            client.open(address, method=method)
        assert not [statement for statement in log if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://mail.example.net"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_mail_program_can_post_without_a_cookie_and_from_anywhere(app, invited, path, headers):
    answer = app.test_client(use_cookies=False).post(path, data={"answer": "accept"}, headers=headers)
    assert answer.status_code == 303
    assert invited.commitment is Commitment.AGREED


def test_a_foreign_page_without_the_secret_gets_nowhere(signed_in, invited, director):
    browser = signed_in(director)
    answer = browser.post(
        f"/asks/{ask_of(invited).id}", data={"answer": "accept"}, headers={"Origin": "https://x.example"}
    )
    assert answer.status_code == 400
    assert invited.commitment is Commitment.INVITED


def test_pages_of_a_link_set_no_cookie_are_kept_nowhere_and_name_their_address_to_nobody(client, invited, path):
    answers = [
        *(client.get(address) for address in pages_of(path)[:2]),
        client.get("/a/" + "x" * 43),
        client.post(path, data={"answer": "nonsense"}),
        client.post(path, data={"answer": "accept", "note": "x" * 5000}),
        client.post(f"{path}/pass-on", data={"email": "nonsense"}),
        client.post(f"{path}/again"),
        client.post(path, data={"answer": "accept"}),
        client.get(path),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 400, 422, 422, 303, 303, 200]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"] and "public" not in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_nonsense_in_a_body_is_refused_in_words(client, invited, path):
    before = db.session.scalar(sa.select(sa.func.count(Activity.id)))
    for text in (*HOSTILE, LONG):
        sent = as_sent(text)
        assert client.post(path, data={"answer": sent}).status_code in (400, 413, 422), repr(text[:40])
        passed = client.post(f"{path}/pass-on", data={"person": sent, "name": sent, "email": sent})
        assert passed.status_code in (400, 413, 422, 429), repr(text[:40])
    for body, kind in ((b"\xff\xfe", "text/plain"), (b'{"answer":"accept"}', "application/json"), (b"", "")):
        assert client.post(path, data=body, content_type=kind).status_code == 400
    broken = client.post(path, data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in (400, 413)
    assert invited.commitment is Commitment.INVITED
    assert db.session.scalar(sa.select(sa.func.count(Activity.id))) == before


@pytest.mark.parametrize(
    "text", ["\0", "\ud800x", "a\r\nBcc: b@example.org", "<b id=x onmouseover=1>'\"", "%s {{7*7}}"]
)
def test_nonsense_in_words_is_kept_harmlessly(client, invited, path, text):
    assert client.post(path, data={"answer": "decline", "note": as_sent(text)}).status_code in (303, 422)
    assert "<b id=x" not in client.get(path).text


# --- whose answer it is -------------------------------------------------------------------------------------


def test_a_lead_cannot_turn_the_institutions_no_into_a_yes(call, director, invited):
    """An offer was turned down, then the institution itself declined an invitation: the old question is over."""
    recruiting.withdraw(invited, actor=call.lead)
    offered = recruiting.offer(call, director.contact_places[0].institution, actor=director)
    offer = ask_of(offered)
    recruiting.answer_offer(offered, accepts=False, actor=call.lead)
    asked = recruiting.invite(call, offered.institution, actor=call.lead)
    recruiting.answer_invitation(asked, agrees=False, actor=director)
    assert actions.answer(offer, "accept", {"note": ""}, actor=call.lead)[0] is False
    assert asked.commitment is Commitment.DECLINED


def test_a_question_that_was_taken_back_is_answered_no_more_though_what_it_was_about_is_there(
    client, call, invited, director
):
    recruiting.answer_invitation(invited, agrees=False, actor=director)
    again = recruiting.invite(call, invited.institution, actor=call.lead)
    path, ask = link_to(director), ask_of(again)
    recruiting.withdraw(again, actor=call.lead)
    for choice in ("decline", "accept"):
        assert client.post(path, data={"answer": choice}).status_code == 409
    assert ask.state is AskState.WITHDRAWN and not ask.answers


def test_who_left_and_was_asked_again_answers_the_new_question(client, call, invited, director, path):
    client.post(path, data={"answer": "accept"})
    recruiting.leave(invited, actor=director)
    assert "Answer differently" not in client.get(path).text, "what was left by another door is no longer to be changed"
    recruiting.invite(call, invited.institution, actor=call.lead)
    assert client.post(path, data={"answer": "decline"}).status_code == 409
    assert invited.commitment is Commitment.INVITED


def test_an_ask_that_was_handed_to_a_leaver_comes_back_to_the_seat(client, invited, director):
    second = make_person("Ana Paz", contact_of=invited.institution)
    ask = ask_of(invited)
    actions.delegate(ask, second, actor=director)
    path = link_to(second)
    have_been_sent()
    institutions.dismiss_contact(invited.institution, second, actor=None)
    assert client.post(path, data={"answer": "accept"}).status_code == 410
    assert ask.delegated_to_id is None and ask.state is AskState.OPEN
    assert [letter.thread for letter in owed(director)].count(ask.thread) == 1


def test_somebody_from_elsewhere_learns_no_names_of_colleagues(client, invited, director):
    make_person("Quiet Colleague", institution=invited.institution)
    stranger = make_person("Lucía Paz")
    assert "Quiet Colleague" in client.get(link_to(director) + "/pass-on").text
    actions.delegate(ask_of(invited), stranger, actor=director)
    assert "Quiet Colleague" not in client.get(link_to(stranger) + "/pass-on").text


def test_an_answer_after_the_time_closes_the_question(signed_in, invited, director):
    ask = ask_of(invited)
    ask.expires_at = clock.now() - timedelta(minutes=1)
    refused = signed_in(director).submit(ask.path, answer="accept")
    assert refused.status_code == 409 and "time to answer is over" in refused.text
    assert ask.state is AskState.EXPIRED


def test_one_ask_that_fails_stops_no_other(call, invited, director, caplog):
    first, second = ask_of(invited), ask_of(recruiting.invite(call, make_institution(country="KE"), actor=call.lead))
    for ask in (first, second):
        ask.expires_at = ask.remind_at = clock.now() - timedelta(days=1)
    first.kind = "of.a.later.version"
    db.session.commit()
    assert rounds.remind(10) == 1 and second.reminders == 1 and first.reminders == 0
    assert rounds.expire(10) == 1
    assert (first.state, second.state) == (AskState.OPEN, AskState.EXPIRED)
    assert "could not be closed" in caplog.text and "could not be reminded" in caplog.text


def test_nobody_gets_two_mails_for_one_event():
    """A coordinator on the team hears of a resumed proposal by being asked, and not by news as well."""
    project = make_project(ProjectState.PROPOSED)
    projects.add_member(project, project.coordinator, actor=project.lead)
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    have_been_sent()
    projects.take_step(project, "resume", actor=project.lead, reason="They are over")
    assert len(owed(project.coordinator)) == 1


def test_who_invited_gets_one_mail_when_nobody_answered(call, invited):
    have_been_sent()
    ask_of(invited).expires_at = clock.now() - timedelta(days=1)
    db.session.commit()
    rounds.expire(10)
    assert len(owed(call.lead)) == 1
