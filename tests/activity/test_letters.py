"""What a letter looks like when it arrives."""

import re
import socket
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser

import html5lib
import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project
from tests.mails import html_of, text_of
from tracker import mail
from tracker.activity.models import Delivery
from tracker.activity.outbox import send_owed
from tracker.activity.record import owe
from tracker.activity.states import Sort
from tracker.database import db
from tracker.i18n import speaking
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState

NAMES = {
    "Arabic": "أمينة بنت عبد الرحمن",
    "Chinese": "深圳大学中国经济特区研究中心",
    "quotes": 'Anna "the bold" O\'Hara, PhD (Lagos) <x@evil.example>',
    "header": "Anna\r\nBcc: all@evil.example",
    "encoded header": "=?utf-8?q?Anna=0d=0aBcc:_all@evil.example?=",
    "long": "Ñandú " * 33,
    "comma": "Silva, João; Ōta: [x]@\\",
    "direction": "\u202eAnna\u2066",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_letter_arrives_well_formed_whatever_people_are_called(inbox, name):
    person = make_person("Amina", email="amina@example.org")
    person.name = name.strip()[:200]
    title = " ".join(f"ودراسة المياه في المدن {name}".split())[:200]  # on one line, as forms make it
    project = make_project(ProjectState.PROPOSED, title=title, lead=person)
    db.session.execute(sa.delete(Delivery))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.commit()
    assert send_owed() == 1
    [(envelope, letter)] = inbox.received
    assert envelope.rcpt_tos == ["amina@example.org"]
    assert envelope.mail_from == "tracker@localhost"
    assert letter["Bcc"] is None and letter["Cc"] is None
    assert [address.addr_spec for address in letter["To"].addresses] == ["amina@example.org"]
    shown = str(make_header(decode_header(BytesParser().parsebytes(envelope.content)["To"])))
    shown = re.sub(r'["\\\r\n]', "", shown).rpartition(" <")[0].strip()
    assert shown == re.sub(r'["\\]', "", " ".join(person.name.replace("=?", "= ?").split()))
    assert "المياه" in letter["Subject"]
    assert letter.defects == [] and not any(header.defects for header in letter.values())
    assert letter["Message-ID"] and letter["Date"] and letter["Auto-Submitted"] == "auto-generated"
    raw_head, _blank, body = envelope.content.partition(b"\r\n\r\n")
    assert raw_head.isascii() and body.isascii()
    assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))
    assert "المياه" in text_of(letter)
    assert "\n.\n" not in text_of(letter)


def test_a_server_that_refuses_leaves_the_mail_owed(inbox):
    inbox.refusing = True
    delivery = one_owed()
    send_owed()
    assert delivery.sent_at is None and "550" in delivery.last_error


def test_a_server_that_is_not_there_leaves_the_mail_owed(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    delivery = one_owed()
    send_owed()
    assert delivery.sent_at is None and delivery.last_error


def test_without_a_server_mails_become_files_in_the_instance(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", str(tmp_path))
    monkeypatch.setitem(app.config, "MAIL_URL", "")
    delivery = one_owed()
    delivery.address = "a/b@example.org"
    db.session.commit()
    send_owed()
    [file] = (tmp_path / "mail").iterdir()
    letter = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert file.suffix == ".eml"
    assert letter["Subject"] == "Your password was changed"
