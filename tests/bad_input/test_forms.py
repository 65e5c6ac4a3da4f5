"""Nonsense in every field of every form: a clear answer, never a 500, and what is refused changes nothing."""

import io
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input.strings import BIG_LIST, HOSTILE, LONG, NO_ID, Deck, as_sent
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.database import db, is_sqlite
from tracker.institutions.models import Network

WORST = (
    "\0",
    "\ud800x",
    LONG,
    "a\r\nBcc: b@example.org",
    "2024-02-30",
    "<b id=x onmouseover=1>'\"",
)
WORST_AT_ONCE = "\0\ud800x\r\nBcc: b@example.org<b id=x onmouseover=1>'\"{{ 7*7 }}%s"  # short enough for most fields


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
def test_a_blank_form(attempts, every_door):
    """An empty one is sent by everybody in tests/test_access.py."""
    for door in every_door:
        attempts.form("blank", door, dict.fromkeys(door.values, ""), sound=True)
    attempts.found_nothing()


def test_naughty_text(attempts, every_door):
    """Each door gets the worst, a hand in which every field holds something else, and the whole list at once.

    Those of few fields are dealt on, until every hostile text has been in every kind of field.
    """
    deal, doors_of = {}, {}
    for door in every_door:
        if not door.texts:
            continue
        attempts.form("worst", door, door.values | dict.fromkeys(door.texts, as_sent(WORST_AT_ONCE)))
        for name in door.texts:
            deal.setdefault(door.kinds[name], Deck((*HOSTILE, *BIG_LIST)))
            doors_of.setdefault(door.kinds[name], []).append(door)
        _hand(attempts, door, deal)
        attempts.form("all of it", door, door.values | dict.fromkeys(door.texts, "\n".join(BIG_LIST)), sound=True)
    assert len(doors_of) > 3, set(doors_of)
    for kind, doors in doors_of.items():
        turns = cycle(sorted(doors, key=lambda door: -len(set(door.kinds.values()))))
        while deal[kind].dealt < len(HOSTILE):
            _hand(attempts, next(turns), deal)
    attempts.found_nothing()


def _hand(attempts, door, deal):
    """One form in which every field holds the next text of its kind."""
    hand = {name: deal[door.kinds[name]]() for name in door.texts}
    attempts.form(str(hand)[:2000], door, door.values | {name: as_sent(text) for name, text in hand.items()})


def test_one_field_at_a_time(attempts, every_door):
    """With all else in order the text gets as far as the database, of which only PostgreSQL minds its length."""
    hostile = Deck(HOSTILE)
    for door in every_door:
        for name in door.texts:
            text = hostile() if is_sqlite() else LONG
            attempts.form(f"{name} = {text[:60]!r}", door, door.values | {name: as_sent(text)})
    attempts.found_nothing()


def test_ids_and_choices_that_do_not_exist(attempts, every_door):
    """Each choice in turn is something else, or nothing at all; then all of a form at once."""
    deal, left_out = Deck((*NO_ID, None)), set()
    for door in every_door:
        if not door.choices:
            continue
        value = deal() or "x"
        attempts.form(f"all {value[:20]!r}", door, door.values | dict.fromkeys(door.choices, value))
        for name in door.choices:
            value = deal() if name in left_out else None
            if value is None:
                left_out.add(name)
                attempts.form(f"no {name}", door, {key: kept for key, kept in door.values.items() if key != name})
            else:
                attempts.form(f"{name} = {value[:20]!r}", door, door.values | {name: value})
    attempts.found_nothing()


@pytest.mark.alike
def test_fields_sent_twice_as_lists_and_under_odd_names(attempts, every_door):
    odd = ("²", "9" * 5000, "-1", "x", "0-0-0", "\0", "٣")
    more = {f"{name}-{end}-name": "x" for name in ("authors", "files", "place") for end in odd}
    ours = dict.fromkeys(("state", "version", "id", "is_coordinator"), "published")
    for door in every_door:
        lists = {f"{name}[]": value for name, value in door.values.items()}
        twice = {name: [value, "x"] for name, value in door.values.items()}
        attempts.form("twice, lists, odd names and our own", door, lists | more | ours | twice)
    attempts.found_nothing()


@pytest.mark.alike
def test_files_where_text_belongs_and_text_where_files_do(attempts, every_door):
    def file():
        return (io.BytesIO(b"%PDF-1.4 text"), "text.pdf")

    tried = set()
    for door in every_door:
        if new := {*door.values, "csrf_token"} - tried:
            tried |= new
            attempts.form("all files", door, {name: file() for name in door.values})
            attempts.form(f"{min(new)} is a file", door, {**door.values, min(new): file()})
        if door.files:
            attempts.form("text", door, door.values | dict.fromkeys(door.files, "text.pdf"), sound=True)
            attempts.form("no name", door, door.values | {name: (io.BytesIO(b"x"), "") for name in door.files})
    attempts.found_nothing()


def test_files_of_hostile_content_and_name(attempts, every_door):
    """Every text as a file, at doors that take turns."""
    turns = cycle(door for door in every_door if door.files)
    for text in HOSTILE * 2:
        door = next(turns)
        title = text.encode("utf-8", "replace").decode() + ".txt"
        named = {name: (io.BytesIO(as_sent(text)), title) for name in door.files}
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
