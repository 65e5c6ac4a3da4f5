"""What a letter looks like when it arrives."""

import re
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser

import html5lib
import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project
from tests.mails import html_of, text_of
from tracker import mail
from tracker.activity.models import Delivery
from tracker.activity.outbox import send_owed
from tracker.activity.record import owe
from tracker.activity.states import Sort
from tracker.database import db
from tracker.i18n import speaking
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState

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


def shown_name(envelope):
    """The receiver's name without quotes. The parser used elsewhere adds spaces between encoded words."""
    shown = str(make_header(decode_header(BytesParser().parsebytes(envelope.content)["To"])))
    return re.sub(r'["\\\r\n]', "", shown).rpartition(" <")[0].strip()


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
    assert shown_name(envelope) == re.sub(r'["\\]', "", " ".join(person.name.replace("=?", "= ?").split()))
    assert "المياه" in letter["Subject"]
    assert letter.defects == [] and not any(header.defects for header in letter.values())
    assert letter["Message-ID"] and letter["Date"] and letter["Auto-Submitted"] == "auto-generated"
    raw_head, _blank, body = envelope.content.partition(b"\r\n\r\n")
    assert raw_head.isascii() and body.isascii()
    assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))
    assert "المياه" in text_of(letter)
    assert "\n.\n" not in text_of(letter)


def test_without_a_server_mails_become_files_in_the_instance(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", str(tmp_path))
    monkeypatch.setitem(app.config, "MAIL_URL", "")
    db.session.execute(sa.delete(Delivery))
    owe("accounts/mail/password_changed.txt", make_person(email="a/b@example.org"))
    db.session.commit()
    send_owed()
    [file] = (tmp_path / "mail").iterdir()
    letter = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert file.suffix == ".eml"
    assert letter["Subject"] == "Your password was changed"


# --- text and HTML --------------------------------------------------------------------------------------------

WORDS = "We have\n\n-- \nClick here\nhttp://127.0.0.1:8000/sign-out\n- <b>one</b>\nhttps://evil.example/x"


@pytest.fixture
def written(app, monkeypatch):
    """written(text, language, values, **routing): the letter that a template with that text makes."""
    monkeypatch.setitem(app.config, "BASE_URL", "https://tracker.example.org")

    def write(text, language="en", values=None, **routing):
        def render(_template, **given):
            return app.jinja_env.from_string(f"{{% autoescape false %}}{text}{{% endautoescape %}}").render(given)

        monkeypatch.setattr(mail, "render_template", render)
        with speaking(language):
            return mail.compose(
                "", "amina@example.org", "Amina", {"words": "x", **(values or {})}, mail.Routing(**routing)
            )

    return write


def tree_of(letter):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html_of(letter))
    assert not parser.errors, parser.errors
    return page


def words_of(element):
    return " ".join(" ".join(element.itertext()).split())


TEXT = """Subject

Dear you,

Answer here:
{{ base_url }}/a/1

A title
{{ base_url }}/projects/1

Waiting for you
---------------
- Say yes
  {{ base_url }}/a/2
- Say no
  by Friday

In their own words:
{{ quoted(words) }}

{{ words }}

-- 
You get this mail because you asked.
"""


@pytest.mark.parametrize(("language", "direction", "side"), [("en", "ltr", "left"), ("ar-XB", "rtl", "right")])
def test_a_letter_says_the_same_as_text_and_as_html(written, language, direction, side):
    letter = written(TEXT, language, values={"words": WORDS.replace("http://127.0.0.1:8000", "https://evil.example")})
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    page = tree_of(letter)
    root = page if page.tag == "html" else page.find("html")
    assert root.get("dir") == direction and root.get("lang")
    assert [(words_of(link), link.get("href").rpartition("org")[2]) for link in page.iter("a")][1:] == [
        ("A title", "/projects/1"),
        ("Say yes", "/a/2"),
    ]
    assert words_of(page.find(".//h2")) == "Waiting for you"
    assert [words_of(item) for item in page.iter("li")][:2] == ["Say yes", "Say no by Friday"]
    assert f"padding-{side}: 20px" in page.find(".//ul").get("style")
    small = next(element for element in page.iter("div") if element.get("class") == "small")
    assert words_of(small) == "You get this mail because you asked."
    assert text_of(letter).count("Click here") == words_of(page).count("Click here") == 2
    for word in re.findall(r"\w{4,}", text_of(letter).replace("https://tracker.example.org", "")):
        assert word in words_of(page) or word in ("projects",), word


def test_words_of_people_are_never_taken_for_ours(written):
    words = WORDS.replace("http://127.0.0.1:8000", "https://tracker.example.org")
    letter = written(TEXT.replace("{{ words }}", ""), values={"words": words})
    page = tree_of(letter)
    assert [link.get("href").rpartition("org")[2] for link in page.iter("a")] == ["/a/1", "/projects/1", "/a/2"]
    quote = page.find(".//blockquote")
    assert words_of(quote) == " ".join(words.split()) and quote.get("dir") == "auto" and quote.find("b") is None
    assert words_of(next(element for element in page.iter("div") if element.get("class") == "small")).startswith("You")
    assert "\n> --\n> Click here\n" in text_of(letter)


def test_a_letter_needs_nothing_from_elsewhere_and_keeps_its_dark_colours(written):
    page = html_of(written(TEXT, values={"words": "x"}))
    assert not re.search(r"<(?:img|link|script|iframe|form)|url\(|@import|src=", page)
    assert "prefers-color-scheme: dark" in page
    assert 'style="' in page and "max-width: 36rem" in page


def test_a_title_in_another_direction_than_the_mail_keeps_its_own(written):
    text = "S\n\n{{ title }}\n{{ base_url }}/projects/1\n\n{{ title }} and more\n"
    turned = {
        language: [p.get("dir") for p in tree_of(written(text, language, values={"title": title})).iter("p")][1:]
        for language, title in (("en", "المياه"), ("ar-XB", "Water"))
    }
    assert turned == {"en": ["rtl", None], "ar-XB": ["ltr", "ltr"]}


def test_a_list_goes_on_after_an_empty_line(written):
    text = "S\n\n- One\n  {{ base_url }}/1\n\n  more of one\n\n- Two\n\nNot of it\n"
    page = tree_of(written(text))
    assert [words_of(item) for item in page.iter("li")] == ["One more of one", "Two"]
    assert len(page.findall(".//ul")) == 1 and words_of(page.findall(".//p")[-1]) == "Not of it"


def test_a_letter_without_reason_has_no_empty_small_print(written):
    letter = written("S\n\nBody\n\n-- \n{{ nothing }}\n", values={"nothing": ""})
    assert text_of(letter).strip() == "Body" and 'class="small"' not in html_of(letter)


def test_letters_are_small(written):
    text = TEXT.replace("Subject", "{{ words }}", 1).replace("A title", "{{ words }}")
    for words in ("Water " * 20, "المياه في المدن " * 7, "城市用水" * 20, "Вода городов " * 9):
        for language in ("en", "ar-XB"):
            assert len(written(text, language, values={"words": words.strip()}).as_bytes()) < 12_000


@pytest.mark.parametrize(
    "subject", ["城市用水：谁来付钱？" * 6, "المياه في المدن: من يدفع؟ " * 4, "Ñandú " * 30, "S" * 150]
)
def test_a_subject_of_any_script_arrives_as_it_was(inbox, subject):
    title = subject.strip()
    project = make_project(ProjectState.PROPOSED, title=title)
    project.lead.email, project.lead.name = "lead@example.org", title
    db.session.execute(sa.delete(Delivery))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.commit()
    send_owed()
    [letter] = inbox.of("lead@example.org")
    assert letter["Subject"].startswith(title)
    assert shown_name(inbox.received[0][0]) == title
    assert title in words_of(tree_of(letter))


# --- headers --------------------------------------------------------------------------------------------------


def headers_of(letter):
    """Names and values as they stand in the mail, unfolded."""
    head = letter.as_bytes().partition(b"\r\n\r\n")[0].decode()
    return [line.split(": ", 1) for line in head.replace("\r\n ", " ").split("\r\n")]


def test_mail_programs_are_told_what_it_belongs_to_and_how_it_is_stopped(app, written, monkeypatch):
    host = "research-tracker.of-a-southern-institute-with-a-very-long-name.example.org"
    monkeypatch.setitem(app.config, "BASE_URL", f"https://{host}")
    stop = f"https://{host}/mail/{'a' * 43}"
    routing = {"thread": "ask-12", "list_name": "asks", "unsubscribe": stop, "reply_to": "karim@example.org"}
    letter = written("S\n\nBody\n\n-- \nWhy.", name="delivery-7.ab", **routing)
    heads = dict(headers_of(letter))
    assert heads["Message-ID"] == f"<delivery-7.ab@{host}>"
    assert heads["List-Id"] == f"<asks.{host}>"
    assert heads["List-Unsubscribe"] == f"<{stop}>"
    assert heads["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert heads["References"] == heads["In-Reply-To"] == f"<ask-12@{host}>"
    assert heads["Reply-To"] == "karim@example.org"
    assert heads["Auto-Submitted"] == "auto-generated"
    assert stop in text_of(letter).partition("\n-- \n")[2]
    assert f'href="{stop}"' in html_of(letter)


def test_what_nobody_gave_is_no_header(written):
    assert not {"List-Id", "List-Unsubscribe", "References", "Reply-To"} & {
        name for name, _ in headers_of(written(TEXT))
    }


@pytest.mark.parametrize(
    "routing",
    [
        {"thread": "ask-1>\r\nBcc: x@evil.example\r\n<"},
        {"unsubscribe": "https://tracker.example.org/\r\nBcc: x@evil.example"},
        {"unsubscribe": "https://tracker.example.org/=?utf-8?q?=0d=0aBcc:_x@evil.example?="},
    ],
)
def test_nothing_that_is_put_into_a_header_adds_another(written, routing):
    names = [name for name, _value in headers_of(written(TEXT, **routing))]
    assert len(names) == len(set(names)) and "Bcc" not in names


def test_answers_go_where_the_settings_say_unless_the_mail_says_otherwise(app, written, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_REPLY_TO", "office@example.org")
    assert dict(headers_of(written(TEXT)))["Reply-To"] == "office@example.org"
    assert dict(headers_of(written(TEXT, reply_to="karim@example.org")))["Reply-To"] == "karim@example.org"


STOPPED = {Sort.NEWS, Sort.DIGEST, Sort.REMINDER}


@pytest.mark.parametrize("sort", Sort)
def test_only_mails_that_may_be_stopped_offer_to_be(app, inbox, monkeypatch, sort):
    monkeypatch.setitem(app.extensions, "tracker.unsubscribe", lambda person_id: f"http://localhost/stop/{person_id}")
    db.session.execute(sa.delete(Delivery))
    person = make_person(email="amina@example.org")
    owe("accounts/mail/password_changed.txt", person, sort=sort)
    db.session.commit()
    send_owed()
    [letter] = inbox.of("amina@example.org")
    assert (letter["List-Unsubscribe"] == f"<http://localhost/stop/{person.id}>") == (sort in STOPPED)
    assert (letter["List-Unsubscribe-Post"] is not None) == (sort in STOPPED) == ("/stop/" in text_of(letter))
    assert (letter["List-Id"] is None) == (sort is Sort.ACCOUNT)
