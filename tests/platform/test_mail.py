"""Handing letters to a server: by name and password only over a line that nobody reads."""

import smtplib
import ssl
from email.errors import MessageError

import pytest

from tests.mails import text_of
from tracker import mail


class Server:
    """Notes what is asked of it, in place of smtplib's connection."""

    def __init__(self, said, host, port, timeout, **options):
        self.said = said
        said.append(("connect", host, port, timeout, sorted(options)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __getattr__(self, name):
        return lambda *arguments, **named: self.said.append((name, *arguments, *named.values()))


@pytest.fixture
def said(monkeypatch):
    heard = []
    for name in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, name, lambda *arguments, **named: Server(heard, *arguments, **named))
    return heard


def letter(name="Amina", address="amina@example.org"):
    return mail.compose("accounts/mail/password_changed.txt", address, name, {"recipient_name": name})


def test_a_password_is_only_said_after_starttls(app, said, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://user:p%40ss%2Fword@mail.example.org:2525")
    mail.send(letter())
    assert said[0][:4] == ("connect", "mail.example.org", 2525, mail.TIMEOUT)
    assert [step[0] for step in said[1:]] == ["starttls", "login", "send_message"]
    assert isinstance(said[1][1], ssl.SSLContext) and said[1][1].verify_mode is ssl.CERT_REQUIRED
    assert said[2][1:] == ("user", "p@ss/word")


def test_smtps_is_encrypted_from_the_start(app, said, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtps://user:word@mail.example.org")
    mail.send(letter())
    assert said[0] == ("connect", "mail.example.org", 465, mail.TIMEOUT, ["context"])
    assert [step[0] for step in said[1:]] == ["login", "send_message"]


def test_a_letter_names_the_site_and_says_that_a_machine_wrote_it(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://tracker.example.org")
    made = letter()
    assert made["Message-ID"].endswith("@tracker.example.org>")
    assert made["Auto-Submitted"] == "auto-generated"
    assert "https://tracker.example.org/password/reset" in text_of(made)
    assert made.get_body().get_content_charset() == "utf-8"


@pytest.mark.parametrize("address", ["", "no address", "a@b\r\nBcc: c@example.org", "a@b, c@example.org", "<a@b>"])
def test_a_letter_to_no_address_is_an_error_and_not_a_letter_to_another(address):
    with pytest.raises((ValueError, LookupError, MessageError)):
        letter(address=address)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "\r\n",
        "Anna\r\nBcc: x@example.org",
        "=?utf-8?q?A=0d=0aBcc:_x@example.org?=",
        "a" * 200,
        "é" * 200,
        '"',
        "\\",
    ],
)
def test_no_name_adds_a_header(name):
    head = letter(name).as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert len(names) == len(set(names))
    assert b"Bcc" not in names
    assert b"amina@example.org" in head
