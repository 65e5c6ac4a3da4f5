"""Mails are rows first: none is owed for what did not happen, none is lost, none is sent twice."""

import itertools
import re
import smtplib
import socket
from datetime import timedelta
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from tests.activity.apart import at_once, database_apart
from tests.factories import make_institution, make_person, make_project
from tests.mails import text_of
from tests.world import make_world
from tracker import clock, mail
from tracker.accounts import actions as accounts
from tracker.activity import outbox
from tracker.activity.models import Activity, Delivery
from tracker.activity.outbox import CLAIM_LASTS, MOST_ATTEMPTS, send_owed
from tracker.activity.record import owe, record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def later(monkeypatch):
    """later(minutes): from now on it is so much later."""
    real, passed = clock.now, [timedelta()]

    def wait(minutes):
        passed[0] += timedelta(minutes=minutes)

    for module in (clock, outbox.clock):
        monkeypatch.setattr(module, "now", lambda: real() + passed[0])
    return wait


def one_owed():
    db.session.execute(sa.delete(Delivery))
    owe("accounts/mail/password_changed.txt", make_person("Amina", email="amina@example.org"))
    db.session.commit()
    return db.session.scalars(sa.select(Delivery)).one()


def refuse(_message):
    raise smtplib.SMTPRecipientsRefused({"amina@example.org": (550, b"no such user")})


def test_a_change_owes_a_mail_to_those_it_concerns_and_not_to_whoever_made_it():
    project = make_project(ProjectState.PROPOSED)
    db.session.execute(sa.delete(Delivery))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.flush()
    owed = db.session.scalars(sa.select(Delivery)).all()
    assert [delivery.recipient_id for delivery in owed] == [project.lead.id]
    assert owed[0].sent_at is None and owed[0].activity.kind == "projects.accept"


def test_nobody_without_an_address_and_nobody_twice():
    project = make_project()
    silent = make_person()
    silent.email = None
    heard = make_person()
    record("projects.change", project, actor=project.lead, tell=[heard, silent, heard, project.lead])
    db.session.flush()
    owed = db.session.scalars(sa.select(Delivery).join(Delivery.activity).where(Activity.kind == "projects.change"))
    assert [delivery.recipient_id for delivery in owed] == [heard.id]


def test_nothing_is_owed_for_what_was_rolled_back():
    project = make_project(ProjectState.PROPOSED)
    db.session.commit()
    before = db.session.scalar(sa.select(sa.func.count(Delivery.id)))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.rollback()
    with pytest.raises(RuleBroken):
        projects.take_step(project, "start", actor=project.coordinator)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id))) == before


def test_what_is_sent_is_marked_and_not_sent_again():
    delivery = one_owed()
    sent = []
    assert send_owed(send=sent.append) == 1
    assert send_owed(send=sent.append) == 0
    assert len(sent) == 1
    assert delivery.sent_at is not None and delivery.last_error == "" and delivery.attempts == 1


def test_a_refused_mail_is_tried_again_after_growing_pauses_until_enough(later):
    delivery, tried = one_owed(), []

    def refuse_and_count(message):
        tried.append(clock.now())
        refuse(message)

    for _ in range(4 * 24 * 9):
        send_owed(send=refuse_and_count)
        later(15)
    assert len(tried) == MOST_ATTEMPTS
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    hours = [round(pause / timedelta(hours=1)) for pause in pauses]
    assert hours == sorted(hours) and pauses[0] >= timedelta(minutes=2)
    assert timedelta(hours=6) <= pauses[-1] < timedelta(hours=7)
    assert tried[-1] - tried[0] > timedelta(days=5)
    assert delivery.sent_at is None and "no such user" in delivery.last_error


def test_runs_that_die_before_sending_use_up_no_attempt(later):
    delivery = one_owed()
    for _ in range(MOST_ATTEMPTS + 1):
        assert len(outbox.claim(10)) == 1  # and then the machine fails
        later(CLAIM_LASTS / timedelta(minutes=1) + 1)
    sent = []
    send_owed(send=sent.append)
    assert len(sent) == 1 and delivery.attempts == 1


def test_what_was_given_up_is_listed_and_can_be_tried_again(app):
    delivery = one_owed()
    send_owed(send=refuse)
    delivery.attempts = MOST_ATTEMPTS
    db.session.commit()
    listed = app.test_cli_runner().invoke(args=["outbox", "list"]).output
    assert delivery.address in listed and "given up" in listed and "no such user" in listed
    assert "1 e-mail(s) could not be sent" in listed
    assert send_owed(send=refuse) == 0
    assert "1 e-mail(s)" in app.test_cli_runner().invoke(args=["outbox", "retry"]).output
    sent = []
    assert send_owed(send=sent.append) == 1 and len(sent) == 1
    assert "\n0 e-mail(s)" in "\n" + app.test_cli_runner().invoke(args=["outbox", "list"]).output


def test_one_refused_mail_does_not_hold_up_the_others():
    one_owed()
    owe("accounts/mail/password_changed.txt", make_person(email="bela@example.org"))
    db.session.commit()
    sent = []

    def send(message):
        if "amina" in message["To"]:
            refuse(message)
        sent.append(message["To"].addresses[0].addr_spec)

    send_owed(send=send)
    assert sent == ["bela@example.org"]


def test_a_crash_between_claim_and_sending_loses_nothing(later):
    one_owed()
    assert len(outbox.claim(10)) == 1  # and then the machine fails
    sent = []
    assert send_owed(send=sent.append) == 0  # another run: somebody may be sending it just now
    later(CLAIM_LASTS / timedelta(minutes=1) + 1)
    assert send_owed(send=sent.append) == 1
    assert len(sent) == 1


def test_a_slow_server_does_not_make_a_second_run_send_what_the_first_still_holds(later):
    one_owed()
    owe("accounts/mail/password_changed.txt", make_person(email="bela@example.org"))
    db.session.commit()
    sent = []

    def slowly(message):
        sent.append(message["To"].addresses[0].addr_spec)
        if len(sent) == 1:
            later(15)
            send_owed(send=lambda other: sent.append(other["To"].addresses[0].addr_spec))

    send_owed(send=slowly)
    assert sent.count("bela@example.org") == 1


def test_a_mail_that_cannot_be_composed_stays_owed_and_says_why():
    delivery = one_owed()
    delivery.template = "accounts/mail/nowhere.txt"
    db.session.commit()
    send_owed(send=lambda message: None)
    assert delivery.sent_at is None and "nowhere" in delivery.last_error


def test_two_senders_at_once_send_each_mail_once(tmp_path):
    with database_apart(tmp_path) as app:
        with app.app_context():
            people = [make_person(email=f"someone{number}@example.org") for number in range(40)]
            for person in people:
                owe("accounts/mail/password_changed.txt", person)
            db.session.commit()
        sent = []

        def run():
            with app.app_context():
                while send_owed(limit=7, send=lambda message: sent.append(message["To"].addresses[0].addr_spec)):
                    pass

        assert at_once(run, run, run) == [None] * 3
        assert sorted(sent) == sorted(f"someone{number}@example.org" for number in range(40))
        with app.app_context():
            owed = sa.select(sa.func.count(Delivery.id)).where(Delivery.sent_at.is_(None))
            assert db.session.scalar(owed) == 0


# --- what a letter looks like when it arrives -----------------------------------------------------------------


class Inbox:
    def __init__(self):
        self.received, self.refusing = [], False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusing:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append((envelope, BytesParser(policy=policy.default).parsebytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def inbox(app, monkeypatch):
    """A real SMTP server that the application is told to use."""
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setitem(app.config, "MAIL_URL", f"smtp://127.0.0.1:{port}")
    yield kept
    controller.stop()


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


# --- every kind of letter -------------------------------------------------------------------------------------


def every_letter_owed():
    """Real actions until each template is owed to somebody."""
    make_world()
    project = make_project(ProjectState.RUNNING)
    place = project.partners[1].institution
    colleague = accounts.invite(
        name="New Comer", email="new@example.org", institution=place, position="Fellow", actor=project.lead
    )
    person = project.lead
    person.email, person.joined_at = "lead@example.org", clock.now()
    db.session.flush()
    accounts.mail_sign_in_link("lead@example.org")
    accounts.mail_reset_link("lead@example.org")
    accounts.ask_to_change_email(person, "moved@example.org")
    accounts.set_password(person, "seven quiet bicycles")
    call = make_project(ProjectState.RECRUITING, countries=("KE",))
    nobody_there = make_institution(country="PE", member_of=call.network)
    recruiting.invite(call, nobody_there, note="Come!", actor=call.lead)
    institutions.affiliate(make_person(), place, actor=None)
    assert colleague.joined_at is None
    db.session.commit()


@pytest.mark.parametrize("language", ["en", "en-XA", "ar-XB", "xx", ""])
def test_every_template_renders_with_what_its_action_gives(app, language):
    every_letter_owed()
    db.session.execute(sa.update(Delivery).values(language=language))
    db.session.commit()
    templates = {name for name in app.jinja_env.list_templates(extensions=["txt"]) if "/mail/" in name}
    owed = set(db.session.scalars(sa.select(Delivery.template)))
    assert owed >= templates - CLAIMS, templates - owed
    letters = outbox.claim(1000)
    for letter in letters:
        made = outbox.compose(letter)
        text = text_of(made)
        assert made["Subject"].strip(), letter.template
        assert "http" in text, letter.template
        assert not any(sign in text for sign in ("%(", "{{", "{%", "None", "Undefined", "<a ", "&amp;", "&#39;")), text
        if language == "en-XA" and "accounts" in letter.template:
            assert "⟦" in made["Subject"], letter.template


CLAIMS = {"institutions/mail/claim.txt"}


def test_no_mail_keeps_a_secret_in_its_row():
    every_letter_owed()
    for letter in outbox.claim(1000):
        text = mail_text = text_of(outbox.compose(letter))
        if "/sign-in/" in text or "/join/" in text or "/reset/" in text:
            secret = next(word for word in mail_text.split() if "://" in word and len(word) > 60).rpartition("/")[2]
            assert secret not in str(letter.values), letter.template
    assert mail.Message is not None
