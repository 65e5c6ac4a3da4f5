from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import make_person
from tracker import clock
from tracker.accounts import actions, passwords
from tracker.accounts.models import Purpose, Token
from tracker.activity.models import Delivery
from tracker.database import db

PASSWORD = "seven quiet bicycles"
LONG = "When the river rises in spring, nobody in the old town asks whose turn it is to carry sand."


@pytest.fixture
def amina():
    person = make_person("Amina Karim", email="amina@example.org")
    person.password_hash = passwords.hashed(PASSWORD)
    person.seen_at = clock.now()
    db.session.flush()
    return person


def is_in(client):
    return client.get("/account").status_code == 200


def test_the_right_password_signs_in_and_the_wrong_one_keeps_the_address(client, amina):
    wrong = client.submit("/sign-in", email="Amina@Example.org", password="seven quiet tricycles", way="password")
    assert wrong.status_code == 422
    assert 'value="amina@example.org"' in wrong.text
    assert "tricycles" not in wrong.text
    right = client.submit("/sign-in", email="Amina@Example.org ", password=PASSWORD, way="password")
    assert (right.status_code, right.location) == (303, "/me")
    assert is_in(client)


def test_the_table_keeps_only_a_hash(amina):
    assert PASSWORD not in amina.password_hash
    assert ":" in amina.password_hash
    actions.sign_in_link(amina, "")
    token = db.session.scalars(sa.select(Token)).one()
    link = actions.sign_in_link(amina, "").rsplit("/", 1)[1]
    assert link not in (token.nonce, token.hash)


def test_nobody_learns_whether_an_address_has_an_account(client, amina):
    def without_token(page):
        return page[: page.index("csrf_token")] + page[page.index("</form>") :]

    known = client.submit("/sign-in", email="amina@example.org", password="wrong wrong wrong", way="password")
    unknown = client.submit("/sign-in", email="other@example.org", password="wrong wrong wrong", way="password")
    assert known.status_code == unknown.status_code == 422
    assert without_token(known.text) == without_token(unknown.text)
    for path in ("/sign-in", "/password/reset"):
        known = client.submit(path, email="amina@example.org", way="link")
        unknown = client.submit(path, email="other@example.org", way="link")
        assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/sign-in/sent")


def test_an_unknown_address_costs_a_password_check_too(client, amina, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "check_password_hash", lambda kept, typed: checked.append(kept) or False)
    client.submit("/sign-in", email="other@example.org", password="wrong", way="password")
    client.submit("/sign-in", email="amina@example.org", password="wrong", way="password")
    assert len(checked) == 2
    assert checked[0].split("$")[0] == checked[1].split("$")[0]


def test_nothing_is_mailed_to_an_unknown_address_or_someone_who_was_never_asked_in(client, letters):
    make_person(email="known@example.org").joined_at = None
    for email in ("known@example.org", "other@example.org"):
        client.submit("/sign-in", email=email, way="link")
    assert letters() == []
    assert db.session.scalars(sa.select(Token)).all() == []


def test_a_mailed_link_signs_in_once_and_only_when_its_button_is_pressed(client, amina, letters):
    client.submit("/sign-in?next=/projects", email="amina@example.org", way="link")
    (letter,) = letters()
    assert letter["To"].addresses[0].addr_spec == "amina@example.org"
    for _twice in range(2):  # a mail scanner looks first
        page = client.get(letter.path)
        assert "Sign in as Amina Karim" in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert not is_in(client)
    answer = client.submit(letter.path)
    assert (answer.status_code, answer.location) == (303, "/projects")
    assert is_in(client)
    assert client.submit(letter.path).status_code == 404


def test_a_mail_owed_holds_no_link_in_the_table(client, amina, letters):
    client.submit("/sign-in", email="amina@example.org", way="link")
    details = str(db.session.scalars(sa.select(Delivery)).one().details)
    (letter,) = letters()
    assert letter.path.rsplit("/", 1)[1] not in details


def test_a_link_is_good_for_an_hour(client, amina):
    path = actions.sign_in_link(amina, "")
    with clock.frozen(clock.now() + timedelta(minutes=59)):
        assert client.get(path).status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert client.get(path).status_code == 404
        assert client.submit(path).status_code == 404


def test_a_newer_link_withdraws_the_older(client, amina, letters):
    for _twice in range(2):
        client.submit("/sign-in", email="amina@example.org", way="link")
    older, newer = letters()
    assert client.get(older.path).status_code == 404
    assert client.get(newer.path).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["x", "a" * 43, "%00" * 43, "é" * 43, "%ED%A0%80", "b" * 20_000, "..%2f..", "A" * 42 + "%0A"],
    ids=lambda text: ascii(text[:12]),
)
def test_a_made_up_link_is_a_dead_one(client, text):
    for path in ("/sign-in/", "/password/reset/", "/join/", "/set-up/", "/account/email/"):
        assert client.get(path + text).status_code == 404
        assert client.submit(path + text).status_code == 404


def test_a_link_serves_one_purpose(client, amina):
    token = actions.sign_in_link(amina, "").rsplit("/", 1)[1]
    assert client.get(f"/password/reset/{token}").status_code == 404


def test_a_row_written_into_the_table_opens_nothing(client, amina):
    import hashlib

    text = "A" * 43
    forged = Token(
        purpose=Purpose.SIGN_IN,
        person=amina,
        nonce="n",
        hash=hashlib.sha256(text.encode()).hexdigest(),
        expires_at=clock.now() + timedelta(hours=1),
    )
    db.session.add(forged)
    assert client.submit(f"/sign-in/{text}").status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/%5cevil\n",
        "/\tevil",
        "/ok\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil",
        "/sign-out",
        "/é\u202e",
        "/" + "a" * 3000,
        "",
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(client, amina, elsewhere, letters):
    from urllib.parse import quote

    path = f"/sign-in?next={quote(elsewhere)}"
    if elsewhere != "/%5cevil\n":
        client.submit(path, email="amina@example.org", way="link")
        (letter,) = letters()
        assert client.submit(letter.path).location == "/me"
        client.submit("/sign-out")
    assert client.submit(path, email="amina@example.org", password=PASSWORD, way="password").location == "/me"


def test_the_page_one_wanted_comes_after_signing_in(client, amina):
    door = client.get("/account/affiliations/find?q=x")
    assert door.status_code == 303
    page = client.get(door.location)
    assert page.status_code == 200
    answer = client.submit(door.location, email="amina@example.org", password=PASSWORD, way="password")
    assert answer.location == "/account/affiliations/find?q=x"


def test_signing_in_keeps_nothing_of_the_session_before(client, amina):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        before["csrf"] = "known to somebody else"
    client.submit("/sign-in", email="amina@example.org", password=PASSWORD, way="password")
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf") != "known to somebody else"
        assert after.permanent


def test_reading_sets_no_cookie_for_a_visitor(client):
    assert "Set-Cookie" not in client.get("/sign-in/sent").headers
    assert "Set-Cookie" not in client.get("/join/unknown").headers


def test_signing_out_everywhere_ends_every_session(app, client, amina):
    phone = app.test_client()
    for browser in (client, phone):
        browser.submit("/sign-in", email="amina@example.org", password=PASSWORD, way="password")
    waiting = actions.sign_in_link(amina, "")
    assert client.submit("/sign-out-everywhere").status_code == 303
    assert not is_in(client)
    assert not is_in(phone)
    assert phone.get(waiting).status_code == 404


def test_signing_out_needs_a_form_and_a_token(signed_in, amina):
    client = signed_in(amina)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert is_in(client)
    assert client.submit("/sign-out").location == "/"
    assert not is_in(client)


def test_a_new_password_by_mail_ends_the_other_sessions(app, client, amina, letters):
    phone = app.test_client()
    phone.submit("/sign-in", email="amina@example.org", password=PASSWORD, way="password")
    client.submit("/password/reset", email="amina@example.org")
    (letter,) = letters()
    assert "Amina" in client.get(letter.path).text
    weak = client.submit(letter.path, password="password12")
    assert weak.status_code == 422
    assert "easy to guess" in weak.text
    assert client.submit(letter.path, password="nine loud umbrellas").location == "/me"
    assert is_in(client)
    assert not is_in(phone)
    assert client.submit(letter.path, password="ten other umbrellas").status_code == 404
    assert [told["Subject"] for told in letters()] == ["Your password was changed"]


@pytest.mark.parametrize(
    "weak", ["short", "password12", "aaaaaaaaaaaa", "amina@example.org", "Amina Karim", "1234567890"]
)
def test_a_password_that_is_easy_to_guess_is_refused(weak):
    assert passwords.weakness(weak, "Amina Karim", "amina@example.org")


@pytest.mark.parametrize("good", ["seven quiet bicycles", "летописный дождь", "我爱北京天安门广场啊啊", LONG])
def test_a_long_password_of_any_script_is_fine(good):
    assert passwords.weakness(good, "Amina Karim") is None
    person = make_person()
    person.password_hash = passwords.hashed(good)
    assert passwords.is_right(person, good)


def test_guessing_is_slowed_down(client, amina):
    answers = [client.submit("/sign-in", email="amina@example.org", password="x", way="password") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "Too many tries" in answers[-1].text


def test_guessing_from_many_machines_is_slowed_down_too(client, amina):
    def guess(number):
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{number}"
        return client.submit("/sign-in", email="amina@example.org", password="x")

    assert [guess(number).status_code for number in range(21)] == [422] * 20 + [429]


def test_an_address_written_otherwise_is_no_other_address(client, amina):
    def guess(number):
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{number}"
        domain = ("example.org", "Ｅxample.org", "example。org")[number % 3]
        return client.submit("/sign-in", email="\x01" * number + f"amina@{domain}", password="x")

    assert [guess(number).status_code for number in range(21)] == [422] * 20 + [429]


def test_being_here_is_noted_once_a_day_and_never_by_looking(signed_in, amina):
    client = signed_in(amina)
    with clock.frozen(clock.now() + timedelta(days=2)):
        client.get("/account")
        assert clock.now() - amina.seen_at > timedelta(days=1)
        client.submit("/account/email", email="new@example.org")
        assert clock.now() == amina.seen_at
