"""What other servers send back about our mails, and what nobody else can make us believe."""

import pytest
import sqlalchemy as sa

from tests.factories import make_person
from tracker.activity import outbox
from tracker.activity.models import Delivery
from tracker.activity.outbox import send_owed
from tracker.activity.record import owe
from tracker.database import db
from tracker.institutions.models import Person

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@relay.example.net (Mail Delivery System)
To: tracker@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ12.1732226400/relay.example.net"
Content-Transfer-Encoding: 8bit
Message-Id: <20261121220000.4XyZ13@relay.example.net>

This is a MIME-encapsulated message.

--4XyZ12.1732226400/relay.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--4XyZ12.1732226400/relay.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.net
X-Postfix-Queue-ID: 4XyZ12
X-Postfix-Sender: rfc822; tracker@localhost
Arrival-Date: Sat, 21 Nov 2026 21:59:58 +0000 (UTC)

Final-Recipient: rfc822; amina@example.org
Original-Recipient: rfc822;amina@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 {status} <amina@example.org>: Recipient address
    rejected: User unknown in virtual mailbox table

--4XyZ12.1732226400/relay.example.net
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <tracker@localhost>
Received: from tracker.example.org (tracker.example.org [192.0.2.7])
\tby relay.example.net (Postfix) with ESMTP id 4XyZ12
\tfor <amina@example.org>; Sat, 21 Nov 2026 21:59:58 +0000 (UTC)
Subject: Your password was changed
From: Research tracker <tracker@localhost>
To: Amina <amina@example.org>
Message-ID: {message_id}
Auto-Submitted: auto-generated

--4XyZ12.1732226400/relay.example.net--
"""

EXCHANGE = """\
From: <postmaster@institute.example.org>
To: <tracker@localhost>
Date: Sat, 21 Nov 2026 22:00:03 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="1d8c2d3e-5f6a-4b7c-8d9e-0f1a2b3c4d5e"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <1d8c2d3e-5f6a-4b7c@EXCH01.institute.example.org>
In-Reply-To: {message_id}
References: {message_id}
Thread-Topic: Your password was changed
Subject: Undeliverable: Your password was changed
Auto-Submitted: auto-replied
MIME-Version: 1.0

--1d8c2d3e-5f6a-4b7c-8d9e-0f1a2b3c4d5e
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="b3b2b1b0"

--b3b2b1b0
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

Amina (amina@example.org)<mailto:amina@example.org>
The email address you entered couldn't be found.

--b3b2b1b0
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed</p></body></html>

--b3b2b1b0--

--1d8c2d3e-5f6a-4b7c-8d9e-0f1a2b3c4d5e
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.institute.example.org
Received-From-MTA: dns;relay.example.net
Arrival-Date: Sat, 21 Nov 2026 22:00:02 +0000

Original-Recipient: rfc822;amina@example.org
Final-Recipient: rfc822;amina@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp;550 {status} RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Amina

--1d8c2d3e-5f6a-4b7c-8d9e-0f1a2b3c4d5e
Content-Type: message/rfc822

Received: from relay.example.net (192.0.2.9) by EXCH01.institute.example.org
From: Research tracker <tracker@localhost>
To: Amina <amina@example.org>
Subject: Your password was changed
Message-ID: {message_id}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset="utf-8"

Dear Amina,

--x--

--1d8c2d3e-5f6a-4b7c-8d9e-0f1a2b3c4d5e--
"""
STYLES = {"postfix": (POSTFIX, "5.1.1"), "exchange": (EXCHANGE, "5.1.10")}


@pytest.fixture
def sent(inbox):
    """A mail that was sent, and its Message-ID as its receiver's server has it."""
    db.session.execute(sa.delete(Delivery))
    delivery = owe("accounts/mail/password_changed.txt", make_person("Amina", email="amina@example.org"))
    db.session.commit()
    send_owed()
    return delivery, inbox.received[0][1]["Message-ID"]


@pytest.fixture
def bounce(app):
    """bounce(text): what the command says when that mail comes in. It never fails: a mail server would try again."""

    def run(text):
        result = app.test_cli_runner().invoke(args=["outbox", "bounce"], input=text)
        assert result.exit_code == 0, result.output
        db.session.expire_all()
        return result.output

    return run


def trouble_of(delivery):
    return db.session.get(Person, delivery.recipient_id).mail_trouble


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_mail_that_came_back_marks_its_person_once(sent, bounce, style, ends):
    (delivery, message_id), (text, status) = sent, STYLES[style]
    mail = text.format(message_id=message_id, action="failed", status=status).replace("\n", ends)
    assert f"550 {status}" in bounce(mail)
    assert delivery.refused_at and delivery.sent_at and status in delivery.last_error
    assert trouble_of(delivery).startswith(f"550 {status}")
    assert "Known already" in bounce(mail)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")])
def test_a_report_of_anything_else_changes_nothing(sent, bounce, style, action, status):
    delivery, message_id = sent
    bounce(STYLES[style][0].format(message_id=message_id, action=action, status=status))
    assert delivery.refused_at is None and trouble_of(delivery) == ""


@pytest.mark.parametrize("style", STYLES)
def test_nobody_makes_trouble_for_others(sent, bounce, style):
    delivery, message_id = sent
    host = message_id.rpartition("@")[2]
    other = owe("accounts/mail/password_changed.txt", make_person(email="bela@example.org"))
    db.session.commit()
    own = message_id.partition(".")[2].partition("@")[0]
    for forged in (
        f"<delivery-{delivery.id}.{'0' * 24}@{host}",
        f"<delivery-{delivery.id}.@{host}",
        f"<delivery-{other.id}.{own}@{host}",
        f"<delivery-999999999999999999999.{own}@{host}",
        f"<delivery-0{delivery.id}.{own}@{host}",
        "<someone@example.org>",
    ):
        text, status = STYLES[style]
        assert "nothing changed" in bounce(text.format(message_id=forged, action="failed", status=status))
    assert delivery.refused_at is None and other.refused_at is None
    assert trouble_of(delivery) == trouble_of(other) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\xff garbage",
        "Subject: Out of office\nIn-Reply-To: {message_id}\n\nI am away until 5.1.1\nAction: failed\nStatus: 5.1.1\n",
        "Content-Type: multipart/report; boundary=x\nIn-Reply-To: {message_id}\n\n--x\n\nno status\n--x--\n",
        "Content-Type: message/delivery-status\nIn-Reply-To: {message_id}\n\nnonsense\n\nAction failed\n",
    ],
)
def test_any_other_mail_changes_nothing(sent, bounce, text):
    delivery, message_id = sent
    assert "nothing changed" in bounce(text.replace("{message_id}", message_id))
    assert delivery.refused_at is None and trouble_of(delivery) == ""


def test_an_address_that_bounces_stays_marked_though_the_next_server_takes_mails(sent, bounce, inbox, later):
    delivery, message_id = sent
    bounce(POSTFIX.format(message_id=message_id, action="failed", status="5.1.1"))
    person = db.session.get(Person, delivery.recipient_id)
    for days, marked in ((1, True), (3, False)):
        later(days * 24 * 60)
        owe("accounts/mail/password_changed.txt", person)
        db.session.commit()
        assert send_owed() == 1
        db.session.expire_all()
        assert bool(trouble_of(delivery)) == marked
    assert outbox.retry() == 0
