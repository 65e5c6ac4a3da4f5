"""A real server and a real browser. Every test has the site to itself: a fresh copy of an empty database.

Run on SQLite only: what a browser sees does not depend on the database.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from re import search
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from waitress.server import create_server

from tests.mails import text_of
from tests.world import make_world
from tracker import create_app, migrations
from tracker.accounts.actions import set_up_link
from tracker.activity.outbox import send_owed
from tracker.database import db
from tracker.security import limiter

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # milliseconds until a missing button is a failure; a busy machine takes seconds


class Site:
    """The running site, seen from its machine room: its mails, its set-up link, and what tests arrange in it."""

    def __init__(self, app: Any, address: str, folder: Path) -> None:
        self.app, self.address, self.folder = app, address, folder

    def begin_with(self, database: Path) -> None:
        """Let the site stand on a copy of `database` and remember nothing from before."""
        with self.app.app_context():
            db.engine.dispose()
        used = self.folder / "site.db"
        for file in (used, used.with_name("site.db-wal"), used.with_name("site.db-shm")):
            file.unlink(missing_ok=True)  # a request still under way keeps the old file, and harms nobody
        shutil.copyfile(database, used)
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        self.app.extensions["tracker.pages"].clear()
        limiter.reset()

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """Within, factories write into the site's database. Take ids and addresses out, never rows: a row
        would reload after the commit, and hold the write lock the server waits for."""
        with self.app.app_context():
            yield
            db.session.commit()
            db.session.remove()

    def set_up_link(self) -> str:
        with self.app.app_context():
            return set_up_link(self.address) or ""

    def mails_to(self, email: str) -> list[EmailMessage]:
        """What the person has in their mailbox, oldest first, after everything owed has been sent."""
        with self.app.app_context():
            send_owed()
        return [self.read(file) for file in sorted((self.folder / "mail").glob(f"*-{email}.eml"))]

    def read(self, file: Path) -> EmailMessage:
        """A mail as it lies in a mailbox."""
        return message_from_bytes(file.read_bytes(), policy=policy.default)

    def link_in_mail_to(self, email: str, about: str = "") -> str:
        """The first link of this site in the person's newest mail whose subject holds `about`."""
        mails = [mail for mail in self.mails_to(email) if about in mail["Subject"]]
        assert mails, f"no mail to {email} about “{about}”: {[m['Subject'] for m in self.mails_to(email)]}"
        text = text_of(mails[-1])
        found = search(rf"{self.address}\S+", text)
        assert found, text
        return found[0]


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def app(site_folder: Path) -> Iterator[Any]:
    """An application of its own: real transactions, as many connections as there are threads."""
    app = create_app(
        {
            "INSTANCE": str(site_folder),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{site_folder}/site.db",
            "SECRET_KEY": "test",
            "PASSWORD_METHOD": "scrypt:256:8:1",  # cheap on purpose
            "LANGUAGES_OFFERED": ["en-XA", "ar-XB"],
        }
    )
    with app.app_context():
        migrations.upgrade(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def running_site(app: Any, site_folder: Path) -> Iterator[Site]:
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    address = f"http://127.0.0.1:{server.effective_port}"  # type: ignore[union-attr]
    app.config["BASE_URL"] = address
    serving = threading.Thread(target=server.run, name="site", daemon=True)
    serving.start()
    yield Site(app, address, site_folder)
    server.close()


@pytest.fixture(scope="session")
def empty_database(app: Any, site_folder: Path) -> Path:
    return _kept(app, site_folder, "empty.db")


@pytest.fixture(scope="session")
def world_database(app: Any, running_site: Site, empty_database: Path, site_folder: Path) -> tuple[Path, Any]:
    """The world of tests/world.py in a file, and the addresses in it."""
    running_site.begin_with(empty_database)
    with running_site.arranging():
        world = make_world()
        people = {who: getattr(world, who).email for who in world.pages if who != "visitor"}
        pages = {who: list(addresses) for who, addresses in world.pages.items()}
    return _kept(app, site_folder, "world.db"), (people, pages)


def _kept(app: Any, folder: Path, name: str) -> Path:
    """A copy of the database as it is now, whole in one file."""
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    return Path(shutil.copyfile(folder / "site.db", folder / name))


@pytest.fixture(autouse=True)
def database() -> None:
    """Nothing is rolled back here: the server must see what a test writes. See `site`."""


@pytest.fixture(autouse=True)
def pages_only_read() -> None:
    """The pages are rendered by the server's threads; the tests of the features watch them."""


@pytest.fixture
def site(running_site: Site, empty_database: Path) -> Site:
    """The running site with an empty database."""
    running_site.begin_with(empty_database)
    return running_site


@pytest.fixture
def world(running_site: Site, world_database: tuple[Path, Any]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The running site with something on every page: the e-mail address of each kind of reader, their pages."""
    running_site.begin_with(world_database[0])
    return world_database[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("TRACKER_CHROMIUM") or None, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(browser: Browser, running_site: Site) -> Iterator[Any]:
    """open_browser(width=…, javascript=…) is a page in a browser of its own, with its own cookies.

    At the end of the test nothing may have gone wrong unseen: no script error, no missing file, no server
    error, no request to another host.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(*, width: int = 1280, javascript: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            base_url=running_site.address,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale="en",
            reduced_motion="reduce",  # so that colours are measured when they have arrived
            **more,
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: _watch_request(request, running_site.address, faults))
        context.on("response", lambda response: _watch_response(response, faults))
        context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
        context.on("console", lambda message: _watch_console(message, faults))
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_browser: Any) -> Page:
    """A wide page of a visitor, with scripts."""
    return open_browser()


def _watch_request(request: Request, address: str, faults: list[str]) -> None:
    if request.url.startswith(("http", "ws")) and urlsplit(request.url)[:2] != urlsplit(address)[:2]:
        faults.append(f"asked another host: {request.url}")


def _watch_response(response: Response, faults: list[str]) -> None:
    allowed = 499 if response.request.is_navigation_request() else 399  # a page may say no, a file may not miss
    if response.status > allowed:
        faults.append(f"{response.status} for {response.request.method} {response.url}")


def _watch_console(message: ConsoleMessage, faults: list[str]) -> None:
    of_an_answer = message.text.startswith("Failed to load resource")  # seen by _watch_response, which knows more
    if message.type == "error" and not of_an_answer:
        faults.append(f"console: {message.text}")
