"""Requests no browser of ours makes: other methods, broken bodies, forged tokens, hostile addresses."""

import gc
import io
import re
from itertools import cycle, islice

import pytest
from itsdangerous import URLSafeSerializer

from tests.bad_input.doors import ORDER, TRIED_ELSEWHERE
from tests.bad_input.strings import BIG_LIST, HOSTILE, LONG, Deck, as_sent
from tests.soundness import check_page
from tests.test_access import BUTTONS, DOORS
from tracker.database import db, is_sqlite
from tracker.markdown import clean_text
from tracker.search import index

ARGUMENTS = (
    *("q", "page", "lang", "next", "theme", "country", "region", "language", "network", "institution", "goal"),
    *("state", "mine", "type", "year", "parent", "milestone", "from"),
)
NUMBERS = ("0", "-1", "2147483647", str(2**31), str(2**63), "9" * 30, "9" * 5000, "x", "1.5", "%00", "1%2F..")
PAGES = ("0", "-1", "5001", str(2**31), str(2**63), "9" * 40, "9" * 5000, "x", "²", "１", "1e9", "")


@pytest.fixture
def every_page(app, world, links, attempts):
    """(who, path) of every page that a GET shows, for somebody who may see it."""
    adapter = app.url_map.bind("localhost")
    found = []
    for pattern, people in (DOORS | BUTTONS).items():
        if pattern in TRIED_ELSEWHERE:
            continue
        who = next((person for person in ORDER if person in people), "lead")
        found.append((who, pattern.format(**world.ids)))
    found += [(who, path) for path, who in links.items()]
    return [(who, path) for who, path in found if "GET" in adapter.allowed_methods(path)]


def test_hostile_arguments_of_addresses(attempts, every_page):
    deal = Deck((*HOSTILE, *BIG_LIST))
    for who, path in every_page:
        asked = {name: as_sent(deal()) for name in ARGUMENTS}
        attempts.send(str(asked)[:3000], who, path, method="GET", query_string=asked)
    attempts.found_nothing()
    assert set(attempts.statuses) <= {200, 303, 302, 403, 404}, attempts.statuses  # some are somebody else's


def test_pages_of_lists_that_are_not_there(attempts, world):
    ids = world.ids
    lists = [
        "/projects",
        "/institutions",
        "/reports",
        "/board/late",
        "/projects/{running}/history",
        "/networks/{network}/members",
    ]
    for path in lists:
        for page in PAGES:
            address = path.format(**ids)
            attempts.send(f"page={page[:50]}", "coordinator", address, method="GET", query_string={"page": page})
    attempts.found_nothing()
    assert set(attempts.statuses) == {200}, attempts.statuses


def test_every_naughty_string_is_a_question_to_the_search(app):
    for text in (*HOSTILE, *BIG_LIST):
        words = clean_text(text)
        index.put("person", 1, words)
        assert len(index.everywhere(words)) <= 1
        assert db.session.scalars(index.matching("person", words)).all() in ([], [1])


def test_hostile_questions_on_the_page_of_the_search(attempts):
    for text in HOSTILE:
        attempts.send(repr(text[:60]), "visitor", "/search", method="GET", query_string={"q": as_sent(text)})
    attempts.found_nothing()
    assert set(attempts.statuses) == {200}


@pytest.mark.alike
def test_a_page_repeats_hostile_arguments_harmlessly(attempts, every_page):
    marker = "<b id=x onmouseover=1>'\""
    for who, path in every_page:
        asked = dict.fromkeys((*ARGUMENTS, marker), marker)
        answer = attempts.send(marker, who, path, method="GET", query_string=asked, sound=True)
        assert not answer.mimetype.startswith("text/") or "<b id=x" not in answer.text, path
    attempts.found_nothing()


def test_numbers_in_paths_that_no_row_has(app, attempts):
    """Every route with a number in its path answers 404 for the first number that the database can't hold, and others.

    A visitor may be sent to sign in before anybody looks.
    """
    deal = Deck(NUMBERS)
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule:
            continue
        too_large = str(2**63 if is_sqlite() else 2**31)
        for who, number in (("coordinator", too_large), ("coordinator", deal()), ("visitor", deal())):
            path = re.sub(r"<any\(.*?\)", "<x", rule.rule)
            path = re.sub(r"<int:\w+>", number, path).replace("<name>", "start").replace("<x:ending>", "bib")
            for method in rule.methods & {"GET", "POST"}:
                sent = {"data": {"csrf_token": attempts.token()}} if method == "POST" else {}
                attempts.send(number[:40], who, path, method=method, **sent)
    attempts.found_nothing()
    assert set(attempts.statuses) <= {303, 400, 401, 404, 405}, attempts.statuses


def test_words_in_paths_that_nothing_is_called(attempts):
    paths = cycle(("/", "/static/css/", "/style-", "/board/", "/projects/1/steps/", "/join/", "/sign-in/"))
    for text in HOSTILE:
        word = "".join(f"%{byte:02X}" for byte in as_sent(text)[:3000])
        for path in islice(paths, 2):
            attempts.send(repr(text[:60]), "coordinator", f"{path}{word}", method="GET")
    attempts.found_nothing()


@pytest.mark.alike
def test_other_methods(attempts, every_page, every_door):
    """HEAD, OPTIONS and the rest change nothing anywhere; a button's address has nothing to show."""
    paths = {(door.who, door.path) for door in every_door} | set(every_page)
    deal = Deck(("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"))
    for who, path in sorted(paths):
        for method in (deal(), deal()):
            answer = attempts.send(method, who, path, method=method)
            if attempts.commits:
                attempts.faults[f"{who} {path}: {method} changes something"] = method
            if method == "HEAD" and answer is not None and answer.data:
                attempts.faults[f"{who} {path}: HEAD has a body"] = ""
    for door in every_door:
        if (door.who, door.path) not in set(every_page) and "/import/" not in door.path:
            answer = attempts.send("GET", door.who, door.path, method="GET")
            assert answer.status_code == 405, door
            assert "POST" in answer.headers["Allow"], door
    attempts.found_nothing()


@pytest.mark.alike
def test_forged_foreign_and_missing_tokens(app, attempts, every_door):
    sound = attempts.token()
    other_key = URLSafeSerializer("other", salt="csrf").dumps(["salt", "bad-input"])
    forged = {
        "missing": None,
        "empty": "",
        "of another session": attempts.token("somebody else's"),
        "signed with another key": other_key,
        "cut short": sound[:-3],
        "with a null byte": sound + "\0",
        "half a surrogate pair": b"\xed\xa0\x80",
        "bare secret": "bad-input",
        "of another kind": URLSafeSerializer(app.config["SECRET_KEY"], salt="csrf").dumps({"a": 1}),
        "of numbers": URLSafeSerializer(app.config["SECRET_KEY"], salt="csrf").dumps([1, 2]),
    }
    adapter = app.url_map.bind("localhost")
    for number, door in enumerate(every_door):
        view = app.view_functions[adapter.match(door.path, method="POST")[0]]
        if getattr(view, "holds_secret", False) or getattr(view, "only_asks", False):
            continue  # its address is the permission: see tests/asks/test_links.py; or it changes nothing
        for what, token in (forged if number % 6 == 0 else {"missing": None}).items():
            data = door.values | ({} if token is None else {"csrf_token": token})
            answer = attempts.send(what, door.who, door.path, data=data, sound=what == "missing")
            assert answer is None or answer.status_code == 400, f"{door}: {what} gave {answer.status_code}"
    attempts.found_nothing()


@pytest.mark.alike
def test_a_token_sent_elsewhere_than_in_the_form_does_not_count(attempts, every_door):
    door = every_door[0]
    token = attempts.token()
    for label, sent in {
        "in the address": {"query_string": {"csrf_token": token}},
        "in a header": {"headers": {"X-CSRF-Token": token}},
        "as JSON": {"json": {**door.values, "csrf_token": token}},
        "as plain text": {"data": f"csrf_token={token}", "content_type": "text/plain"},
    }.items():
        assert attempts.send(label, door.who, door.path, **sent).status_code == 400, label
    attempts.found_nothing()


@pytest.mark.alike
def test_broken_bodies(attempts, every_door):
    token = attempts.token().encode()
    part = b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token
    bodies = {
        "no boundary": ("multipart/form-data", part),
        "never closed": ("multipart/form-data; boundary=x", part),
        "no header": ("multipart/form-data; boundary=x", b"--x\r\n\r\nrest\r\n--x--"),
        "no name": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nrest\r\n--x--"),
        "odd charset": (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n'
            b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGE-\r\n--x--",
        ),
        "binary": ("application/x-www-form-urlencoded", bytes(range(256)) * 20),
        "percent signs": ("application/x-www-form-urlencoded", b"%&%%=%zz&=&&&a=%"),
        "another type": ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        "no type": ("", b"csrf_token=" + token),
        "JSON": ("application/json", b'{"csrf_token": [[[['),
        "bad charset": ("application/x-www-form-urlencoded; charset=x-nothing", b"csrf_token=" + token),
    }
    for door in every_door[::15]:  # whoever asks for the token first meets the body, before any view
        for label, (kind, body) in bodies.items():
            attempts.send(label, door.who, door.path, data=body, content_type=kind)
    attempts.found_nothing()
    assert attempts.statuses[400] > 0.8 * sum(attempts.statuses.values()), attempts.statuses


@pytest.mark.alike
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_flood_is_refused_in_words(attempts, every_door):
    """10 MB of text, thousands of fields, thousands of parts. (Werkzeug drops the parts it had read unclosed.)"""
    doors = [door for door in every_door if door.texts][::15]
    assert len(doors) > 3
    text = "a" * 10_000_000
    for door in doors:
        name = door.texts[0]
        for label, data in {
            "10 MB": {name: text},
            "10 MB in parts": {name: text, "file": (io.BytesIO(b"x"), "x.txt")},
            "1,000 parts": {f"f{n}": (io.BytesIO(b"x"), "x.txt") for n in range(1000)},
        }.items():
            answer = attempts.form(label, door, data)
            assert answer is None or answer.status_code == 413, f"{door}: {label} gave {answer.status_code}"
            assert answer is None or "larger" in answer.text
        attempts.form(
            "20,000 fields", door, {f"f{n}": "" for n in range(20_000)} | {f"authors-{n}-name": "" for n in range(2000)}
        )
        many = door.values | {name: ["1"] * 20_000 for name in (*door.choices, *door.texts)}
        attempts.form("one field 20,000 times", door, many)
        attempts.form("one field 4,000 times", door, door.values | {name: ["1"] * 4000})
    gc.collect()
    attempts.found_nothing()


@pytest.mark.alike
def test_a_body_larger_than_any_upload_is_not_read(app, attempts):
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            self.read_bytes += len(buffer)
            assert self.read_bytes < 2**20, "read on and on"
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    stream = Endless()
    answer = attempts.send(
        "1 GB",
        "visitor",
        "/sign-in",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(2**30)},
    )
    attempts.found_nothing()
    assert answer.status_code == 413


@pytest.mark.alike
def test_hostile_headers(attempts):
    headers = {
        "Accept-Language": (
            "en;q=x",
            "a" * 5000,
            ",".join(["zh-Hans;q=0.5"] * 3000),
            "*",
            "\x00",
            "../../etc",
            "en_US.UTF-8",
        ),
        "If-None-Match": ("*", '"', 'W/"x', "a" * 5000, '"a",' * 2000, "\x00"),
        "If-Modified-Since": ("x", "0", "Thu, 99 Xxx 9999 99:99:99 GMT"),
        "Range": ("bytes=0-", "bytes=9-1", "bytes=" + "0-1," * 1000, "x"),
        "Cookie": ("session=x", "lang=x", "lang=../../x; session=" + "a" * 5000, "=", "session=.eJx.x.x", "lang=\x00"),
        "Referer": ("x", "http://[", "javascript:alert(1)", "//evil"),
        "Accept-Encoding": ("gzip;q=x", "*;q=0", "br, gzip, x" * 500),
        "X-Forwarded-For": ("x", "1.2.3.4, ::1", "a" * 5000),
        "Host": ("evil.example", "a" * 500, "[", "localhost:99999", "a b", "<b id=x>"),
    }
    for name, values in headers.items():
        for value in values:
            for path in ("/projects?q=x", "/nowhere", "/sign-in"):
                attempts.send(f"{name}: {value[:60]!r}", "visitor", path, method="GET", headers={name: value})
    attempts.found_nothing()


@pytest.mark.alike
def test_an_address_of_another_host_is_never_written_into_a_page(client):
    for path in ("/", "/projects", "/sign-in", "/nowhere"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text, path
        assert "evil.example" not in (answer.location or "")


@pytest.mark.alike
def test_an_error_page_is_as_sound_as_any(attempts, client):
    for status, answer in {
        400: client.post("/sign-in"),
        404: client.get("/nowhere/<b id=x>"),
        405: client.get("/sign-out"),
        413: client.post("/sign-in", data={"email": LONG * 100}),
    }.items():
        assert answer.status_code == status
        check_page(answer.text, str(status))
