"""What the tests of bad input share: the doors, and requests that leave no trace in the test itself."""

from contextvars import Context
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.bad_input.doors import Door, doors
from tests.conftest import Client
from tests.factories import make_institution, make_network, make_person, make_project
from tests.remembered import once
from tests.soundness import check_page
from tests.test_access import make_people
from tracker import csrf
from tracker.accounts import actions as accounts
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.asks import links as ask_links
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.database import db
from tracker.institutions.models import Person
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reviewing.models import Review
from tracker.security import limiter


class Quiet(Client):
    """The bench's client, but whether a page is sound is asked only where a test wants to know: parsing takes long."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.flush()
        return Context().run(FlaskClient.open, self, *args, **kwargs)


class Attempts:
    """Sends requests, each from the same beginning, and notes what a bad one must never do."""

    def __init__(self, app: Any, client_of: Any) -> None:
        self.app, self.client_of = app, client_of
        self.faults: dict[str, str] = {}
        self.statuses: dict[int, int] = {}
        self.commits = 0

    def send(self, label: str, who: str, path: str, *, sound: bool = False, method: str = "POST", **sent: Any) -> Any:
        """One request, undone afterwards. A refused one has changed nothing, and no answer is a 500."""
        limiter.reset()
        client = self.client_of(who)
        connection = db.engines[None]
        self.commits = 0
        savepoint = connection.begin_nested()
        try:
            answer = client.open(path, method=method, **sent)
        except Exception as error:
            self.faults.setdefault(f"{who} {path}: {type(error).__name__} {str(error)[:150]}", label)
            return None
        else:
            self.judge(label, who, path, answer, sound)
            return answer
        finally:
            savepoint.rollback()
            db.session.expire_all()

    def judge(self, label: str, who: str, path: str, answer: Any, sound: bool) -> None:
        status = answer.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status >= 500:
            self.faults[f"{who} {path}: {status}"] = label
        if status >= 400 and self.commits:
            self.faults[f"{who} {path}: {status}, and something was committed"] = label
        if sound and answer.mimetype == "text/html" and not answer.location:
            try:
                check_page(answer.text, path)
            except AssertionError as error:
                self.faults[f"{who} {path}: {error}"] = label

    def form(self, label: str, door: Door, values: dict[str, Any], **more: Any) -> Any:
        """A POST of these fields with a sound token."""
        return self.send(label, door.who, door.path, data={**values, "csrf_token": self.token()}, **more)

    def token(self, secret: str = "bad-input") -> str:
        return str(csrf._serializer().dumps(["salt", secret]))

    def found_nothing(self) -> None:
        lines = [f"{what}\n    after {label}" for what, label in self.faults.items()]
        assert not lines, "\n".join([f"{len(lines)} fault(s)", *lines])


@pytest.fixture
def beginning(app) -> tuple[Any, dict[str, str], list[Door]]:
    """The world of the access tests, addresses with a token in it, and every door of both."""

    def build() -> tuple[Any, dict[str, str], list[Door]]:
        world = make_people()
        links = make_links(app, world)
        return world, links, doors(app, world, links, clients(app, world))

    return once("doors", build)


@pytest.fixture
def world(beginning) -> Any:
    return beginning[0]


@pytest.fixture
def links(beginning) -> dict[str, str]:
    return beginning[1]


@pytest.fixture
def every_door(beginning) -> list[Door]:
    return beginning[2]


def clients(app: Any, world: Any) -> Any:
    """clients(app, world)("lead") is a client of that reader."""
    keys = {who: person.session_key if person else None for who, person in world.people.items()}

    def client_of(who: str) -> Any:
        client = Quiet(app, app.response_class)
        with client.session_transaction() as session:
            session["csrf"] = "bad-input"
            if keys[who]:
                session["_user_id"], session["_fresh"] = keys[who], True
        return client

    return client_of


@pytest.fixture
def attempts(app, world):
    made = Attempts(app, clients(app, world))

    def committed(session: Any) -> None:
        made.commits += not session.in_nested_transaction()

    sa.event.listen(db.session.session_factory, "before_commit", committed)
    yield made
    sa.event.remove(db.session.session_factory, "before_commit", committed)


def make_links(app: Any, world: Any) -> dict[str, str]:
    """Addresses with a token, and those that the access tests leave to others."""
    stranger = world.people["stranger"]
    newcomer = accounts.invite(name="New Comer", email="new@example.org", actor=None)
    made = {
        purpose: tokens.link_token(tokens.issue(purpose, person, value))
        for purpose, person, value in (
            (Purpose.SIGN_IN, stranger, ""),
            (Purpose.RESET_PASSWORD, stranger, ""),
            (Purpose.CHANGE_EMAIL, stranger, "moved@example.org"),
        )
    }
    other_network = make_network()
    lead = world.people["lead"]
    invited = make_institution(country="KE")
    director = make_person(contact_of=invited)
    call = make_project(ProjectState.RECRUITING, lead=lead, title="A fourth study")
    asked = latest("recruiting.invitation", recruiting.invite(call, invited, actor=lead))
    token = ask_links.token(ask_links.issue(asked, director))
    reviewing = latest("reviewing.read", db.session.get(Review, world.ids["review"]))
    reader = ask_links.token(ask_links.issue(reviewing, world.people["partner"]))
    declaring = db.session.get(Ask, world.ids["declare"])
    declared = ask_links.token(ask_links.issue(declaring, db.session.get(Person, declaring.addressee_id)))
    review = make_project(ProjectState.REVIEW, lead=world.people["lead"], title="A third study")
    db.session.flush()
    return {
        f"/projects/{review.id}/steps/publish": "lead",
        f"/projects/{review.id}/steps/reopen": "lead",
        f"/sign-in/{made[Purpose.SIGN_IN]}": "visitor",
        f"/password/reset/{made[Purpose.RESET_PASSWORD]}": "visitor",
        f"/join/{accounts.invitation_link(newcomer).rpartition('/')[2]}": "visitor",
        f"/account/email/{made[Purpose.CHANGE_EMAIL]}": "stranger",
        "/import/confirm": "coordinator",
        f"/networks/{other_network.id}/join": "partner",
        f"/a/{token}": "visitor",
        urlsplit(app.extensions["tracker.unsubscribe"](stranger.id)).path: "visitor",
        f"/a/{token}/pass-on": "visitor",
        f"/a/{token}/again": "visitor",
        f"/a/{declared}/contribution": "visitor",
        **{f"/a/{reader}/review{rest}": "visitor" for rest in ("", "/finish", "/file", "/send")},
    }
