"""Time that passes, and a real SMTP server with a mind of its own."""

import asyncio
import socket
from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller

from tracker import clock


@pytest.fixture
def later(monkeypatch):
    """later(minutes): from now on it is so much later."""
    real, passed = clock.now, [timedelta()]

    def wait(minutes):
        passed[0] += timedelta(minutes=minutes)

    monkeypatch.setattr(clock, "now", lambda: real() + passed[0])
    return wait


class Inbox:
    """What has arrived, and what the server answers: `says["a@example.org"] = ["451 later", "550 no such user"]`."""

    def __init__(self):
        self.received, self.says, self.says_to_text = [], {}, []
        self.tried, self.connections, self.hangs_up_after = Counter(), 0, 0
        self.before_text = None

    def of(self, address):
        return [letter for envelope, letter in self.received if envelope.rcpt_tos == [address]]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tried[address] += 1
        if answers := self.says.get(address):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.before_text:
            self.before_text()
        if self.says_to_text:
            return self.says_to_text.pop(0)
        self.received.append((envelope, BytesParser(policy=policy.default).parsebytes(envelope.content)))
        if self.hangs_up_after and len(self.received) % self.hangs_up_after == 0:
            asyncio.get_running_loop().call_soon(server.transport.close)  # after the answer
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
