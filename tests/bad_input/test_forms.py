"""Nonsense in every field of every form: a clear answer, never a 500, and what is refused changes nothing."""

import io
from itertools import cycle, islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input.strings import BIG_LIST, HOSTILE, LONG, NO_ID, as_sent, dealer
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.database import db
from tracker.institutions.models import Network

WORST = (
    "\0",
    "\ud800x",
    LONG,
    "a\r\nBcc: b@example.org",
    "2024-02-30",
    "<b id=x onmouseover=1>'\"",
)
HANDS = 1  # forms filled from each list at each door


@pytest.mark.alike
def test_every_route_that_takes_a_form_is_tried(app, every_door):
    adapter = app.url_map.bind("localhost")
    tried = {adapter.match(door.path, method="POST")[0] for door in every_door}
    wanted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert wanted - tried == {"accounts.set_up"}  # only an empty database has one: see test_set_up below
    assert sum(len(door.texts) for door in every_door) > 60
    assert sum(len(door.choices) for door in every_door) > 60


def test_the_forms_as_their_pages_show_them_mostly_hold(attempts, every_door):
    """Otherwise the tests below would only ever meet the first refusal."""
    for door in every_door:
        attempts.form("filled", door, door.values)
    attempts.found_nothing()
    assert attempts.statuses[303] > 40, attempts.statuses


@pytest.mark.alike
def test_an_empty_form(attempts, every_door):
    for door in every_door:
        attempts.form("empty", door, {}, sound=True)
        attempts.form("blank", door, dict.fromkeys(door.values, ""))
    attempts.found_nothing()


def test_naughty_text(attempts, every_door):
    hostile, big = dealer(HOSTILE), dealer(BIG_LIST)
    for door in every_door:
        if not door.texts:
            continue
        for text in WORST:
            attempts.form(repr(text[:40]), door, door.values | {name: as_sent(text) for name in door.texts})
        for deal in (hostile, big):
            for _ in range(HANDS):
                hand = {name: deal() for name in door.texts}
                attempts.form(str(hand)[:2000], door, door.values | {name: as_sent(t) for name, t in hand.items()})
        attempts.form("all of it", door, door.values | {name: "\n".join(BIG_LIST) for name in door.texts}, sound=True)
    attempts.found_nothing()


def test_one_field_at_a_time(attempts, every_door):
    """With all else in order the text gets as far as the database."""
    hostile = dealer(HOSTILE)
    for door in every_door:
        for name in door.texts:
            for text in (LONG, hostile()):
                attempts.form(f"{name} = {text[:60]!r}", door, door.values | {name: as_sent(text)})
    attempts.found_nothing()


def test_ids_and_choices_that_do_not_exist(attempts, every_door):
    others = cycle(NO_ID)
    for door in every_door:
        for value in islice(others, 3):
            attempts.form(f"all {value[:20]!r}", door, door.values | dict.fromkeys(door.choices, value))
        for name in door.choices:
            for value in islice(others, 1):
                attempts.form(f"{name} = {value[:20]!r}", door, door.values | {name: value})
            attempts.form(f"no {name}", door, {key: value for key, value in door.values.items() if key != name})
    attempts.found_nothing()


@pytest.mark.alike
def test_fields_sent_twice_as_lists_and_under_odd_names(attempts, every_door):
    for door in every_door:
        twice = {name: [value, "x"] for name, value in door.values.items()}
        attempts.form("twice", door, twice)
        attempts.form("lists", door, {f"{name}[]": value for name, value in door.values.items()})
        odd = ("²", "9" * 5000, "-1", "x", "0-0-0", "\0", "٣")
        attempts.form(
            "odd names",
            door,
            door.values | {f"{name}-{end}-name": "x" for name in ("authors", "files", "place") for end in odd},
        )
        attempts.form(
            "our own names",
            door,
            door.values | dict.fromkeys(("state", "version", "id", "is_coordinator"), "published"),
        )
    attempts.found_nothing()


def test_files_where_text_belongs_and_text_where_files_do(attempts, every_door):
    def file():
        return (io.BytesIO(b"%PDF-1.4 text"), "text.pdf")

    for door in every_door:
        attempts.form("all files", door, {name: file() for name in door.values})
        for name in [*door.texts[:3], *door.choices[:2], "csrf_token"]:
            attempts.form(f"{name} is a file", door, {**door.values, name: file()})
        if door.files:
            attempts.form("text", door, door.values | dict.fromkeys(door.files, "text.pdf"), sound=True)
            attempts.form("no name", door, door.values | {name: (io.BytesIO(b"x"), "") for name in door.files})
            for text in HOSTILE:
                named = {
                    name: (io.BytesIO(as_sent(text)), text.encode("utf-8", "replace").decode() + ".txt")
                    for name in door.files
                }
                attempts.form(f"file {text[:40]!r}", door, door.values | named)
    attempts.found_nothing()


def test_any_dictionary_of_a_forms_fields(attempts, every_door):
    """Property: whatever text stands in whichever fields, the answer is a page."""
    anything = st.text(max_size=80) | st.sampled_from(HOSTILE) | st.integers().map(str) | st.dates().map(str)
    filled = [door for door in every_door if door.values]

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data):
        door = data.draw(st.sampled_from(filled))
        chosen = data.draw(st.dictionaries(st.sampled_from(sorted(door.values)), anything, min_size=1))
        attempts.form(str(chosen)[:2000], door, door.values | {name: as_sent(text) for name, text in chosen.items()})
        attempts.found_nothing()

    holds()


@pytest.mark.parametrize("text", WORST)
def test_set_up(client, text):
    path = f"/set-up/{tokens.link_token(tokens.issue(Purpose.SET_UP))}"
    db.session.flush()
    names = ("name", "email", "password", "network", "moderates")
    assert client.submit(path).status_code == 422
    assert client.submit(path, **dict.fromkeys(names, as_sent(text))).status_code == 422
    assert client.get(path).status_code == 200


def test_a_line_break_in_a_field_of_one_line_becomes_a_space(signed_in, world):
    """A name is also the subject of a mail."""
    network = db.session.get(Network, world.ids["network"])
    form = {"name": "Water\r\nBcc: all@example.org", "description": "One\r\nline", "version": str(network.version)}
    assert signed_in(world.people["coordinator"]).submit(f"{network.path}/edit", **form).status_code == 303
    assert network.name == "Water Bcc: all@example.org"
    assert network.description == "One\nline"
