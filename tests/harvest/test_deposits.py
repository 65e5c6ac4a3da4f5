"""Registering DOIs: with a registry of our own making, that listens on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.factories import make_person, the_network
from tests.harvest.conftest import shelf
from tracker.database import db
from tracker.harvest import deposits
from tracker.harvest.queries import deposit_of
from tracker.harvest.states import Registry
from tracker.reports.editions import stamp
from tracker.reports.states import ReportKind


@pytest.fixture
def registry():
    """Where DOIs are registered: `seen` holds what came, `status` is what it says to a PUT or POST."""
    seen: list[tuple[str, str, str, bytes]] = []

    class Registrar(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.command, self.path, self.headers.get("Authorization", ""), body))
            self.send_response(server.status)  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(b'{"data": {}}')

        do_PUT = do_POST = answer

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Registrar)
    server.status, server.seen = 201, seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def accounts(app, registry):
    address = f"http://me:se%20cret@127.0.0.1:{registry.server_port}/"
    settings = app.config | {"DOI_PREFIX": "10.1234", "DATACITE_URL": address, "CROSSREF_URL": address}
    return deposits.Accounts.of(settings)


def test_nothing_is_sent_without_an_account(app):
    assert deposits.Accounts.of(app.config).registries == []


def test_our_own_dois_are_registered_once_for_each_edition(accounts, registry):
    ours, theirs, alike = shelf(3)
    ours.doi, theirs.doi, alike.doi = "10.1234/ours", "10.9999/theirs", "10.12345/alike"
    while deposits.send_next(accounts, Registry.DATACITE):
        pass
    ((method, path, account, body),) = registry.seen
    assert (method, path) == ("PUT", "/dois/10.1234/ours") and account.startswith("Basic ")
    sent = json.loads(body)["data"]["attributes"]
    assert sent["event"] == "publish" and sent["url"].endswith(ours.path)
    ours.edition = 2
    stamp(ours)
    assert deposits.send_next(accounts, Registry.DATACITE) and len(registry.seen) == 2
    assert not deposits.send_next(accounts, Registry.DATACITE)


def test_a_registry_that_refuses_is_asked_again_later_and_its_words_are_kept(accounts, registry):
    (ours,) = shelf(1)
    ours.doi = "10.1234/ours"
    registry.status = 422
    assert deposits.send_next(accounts, Registry.DATACITE)
    kept = deposit_of(ours.id, Registry.DATACITE)
    assert kept.error and "se cret" not in kept.error and kept.edition == 0
    assert not deposits.send_next(accounts, Registry.DATACITE)  # not at once
    registry.status = 200
    stamp(ours)  # a correction
    db.session.flush()
    assert deposits.send_next(accounts, Registry.DATACITE)
    assert (kept.error, kept.edition) == ("", 1)


def test_crossref_gets_a_file_and_no_kind_that_others_register(accounts, registry):
    ours, chapter = shelf(2)
    ours.doi, chapter.doi, chapter.kind = "10.1234/ours", "10.1234/chapter", ReportKind.CHAPTER
    while deposits.send_next(accounts, Registry.CROSSREF):
        pass
    ((method, path, _account, body),) = registry.seen
    assert (method, path) == ("POST", "/servlet/deposit") and b"<doi>10.1234/ours</doi>" in body
    assert b'name="login_passwd"\r\n\r\nse cret' in body
    assert deposit_of(chapter.id, Registry.CROSSREF).error


def test_the_secretariat_sees_what_is_registered(signed_in, client, accounts):
    (ours,) = shelf(1)
    coordinator = make_person(coordinates=the_network())
    assert "No DOI yet" in signed_in(coordinator).get(f"{ours.path}/doi").text
    ours.doi = "10.1234/ours"
    page = signed_in(coordinator).get(f"{ours.path}/doi")
    assert "no account with a registry" in page.text
    file = signed_in(coordinator).get(f"{ours.path}/crossref.xml")
    assert file.status_code == 200 and "attachment" in file.headers["Content-Disposition"]
    assert client.get(f"{ours.path}/doi").status_code == 303
