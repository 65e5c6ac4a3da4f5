"""Every address that takes a POST, who may send it, and the fields of its form, as its page shows them."""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from tests.test_access import BUTTONS, DOORS
from tracker import clock

ORDER = ("lead", "coordinator", "partner", "member", "stranger", "visitor")
NOBODY_BY_EMPTY_FORM = {"/projects/{running}/terms/confirm": "partner"}
SAMPLES = {  # what holds in a field of this name
    "email": "someone.new@example.org",
    "password": "seven quiet bicycles",
    "website": "https://example.org/a",
    "countries": "Peru, Kenya",
    "orcid": "",
    "ror": "",
    "doi": "",
    "isbn": "",
    "issn": "",
    "issn_online": "",
    "pages": "12",
    "position": "3",
    "founded": "1990",
    "joined_on": "2024-05-06",
    "starts_on": "2024",
    "ends_on": "2027",
    "published_on": "2026-05",
    "on": "2025-02-03",
    "due": "2027-06-01",
    "start": "2026-01-15",
    "q": "Institute",
    "wanted": "2",
    "until": "2199-06-01",
    "begins": "09:00",
    "ends": "10:00",
    "more_projects": "",
    "more_reports": "",
    "people": "2",
    "participants": "12",
    "link": "https://example.org/a",
    "due_on": f"{clock.today() + timedelta(days=7)}",
    **{f"email_{number}": f"reader{number}@example.org" for number in range(1, 5)},
}
TRIED_ELSEWHERE = {"/networks/{network}/join"}  # open to nobody in this world; see `links`
BUTTON_FIELDS = {  # forms without a page of their own
    "role": {"role": "partner"},
    "keep": {"institution": "1"},
    "let-go": {"institution": "1"},
    "confirm": {"terms": "1", "partner": "1"},
    "1": {"place-1-person": "1"},
    "give": {"partner": "1"},
    "take-back": {"partner": "1"},
    "add": {"institution": "1", "people": "2"},
    "done": {"comment": "1/"},
    "move": {"down": "1"},
    "state": {"state": "open"},
}
SHOWN_AT = {  # forms that stand on another page
    "/preview": "/edit",
    "/answer": "/answer?on=whole",
    "/review": "/review?on=whole",
    "/answer/file": "/answer/finish",
    "/review/file": "/review/finish",
}
TEXT = ("text", "email", "password", "search", "url", "number", "date", "time", "")


@dataclass
class Door:
    """One form of one person."""

    path: str
    who: str
    values: dict[str, str] = field(default_factory=dict)  # the form as it would be sent untouched but filled
    texts: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)  # of control, of the fields in `texts`

    def __str__(self) -> str:
        return f"{self.who} {self.path}"


def doors(app: Any, world: Any, links: dict[str, str], browser_of: Any) -> list[Door]:
    """One door for each address that takes a POST. `links` are addresses that hold a token."""
    adapter = app.url_map.bind("localhost")
    found = []
    for pattern, people in (DOORS | BUTTONS).items():
        path = pattern.format(**world.ids)
        if "POST" not in adapter.allowed_methods(path) or pattern in TRIED_ELSEWHERE:
            continue
        who = NOBODY_BY_EMPTY_FORM.get(pattern) or next((person for person in ORDER if person in people), "lead")
        found.append(_door(path, who, adapter, browser_of(who)))
    for path, who in links.items():
        found.append(_door(path, who, adapter, browser_of(who)))
    return found


def _door(path: str, who: str, adapter: Any, browser: Any) -> Door:
    door = Door(path, who)
    shown_at = next((path.replace(end, there) for end, there in SHOWN_AT.items() if path.endswith(end)), None)
    if shown_at:
        _read(door, browser.get(shown_at).text)
    elif "GET" in adapter.allowed_methods(path):
        answer = browser.get(path)
        assert answer.status_code in (200, 303), f"{door}: {answer.status_code}"
        if answer.status_code == 200:
            _read(door, answer.text)
    else:
        door.values = dict(BUTTON_FIELDS.get(path.rpartition("/")[2], {}))
        door.choices = list(door.values)
    return door


def _read(door: Door, page: str) -> None:
    reader = _Reader(door)
    reader.feed(page)
    for name, options in reader.selects.items():
        filled = [value for value in options if value] or options or [""]
        door.values[name] = reader.selected.get(name, filled[0])


class _Reader(HTMLParser):
    """The controls of the forms of a page that are posted. The standard parser, as html5lib takes ten times as long."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door, self.is_posted = door, False
        self.select = self.textarea = ""
        self.selects: dict[str, list[str]] = {}
        self.selected: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.is_posted = given.get("method", "").lower() == "post"
        elif tag == "option" and self.select:
            self.selects[self.select].append(given.get("value", ""))
            if "selected" in given:
                self.selected[self.select] = given.get("value", "")
        name = given.get("name", "")
        if not self.is_posted or not name or name == "csrf_token":
            return
        if tag == "select":
            self.select = name
            self.selects[name] = []
            self.door.choices.append(name)
        elif tag == "textarea":
            self.textarea = name
            self.door.texts.append(name)
            self.door.kinds[name] = "textarea"
            self.door.values[name] = SAMPLES.get(name, "Some words")
        elif tag in ("input", "button"):
            self._note(given.get("type", "submit" if tag == "button" else ""), name, given)

    def handle_data(self, data: str) -> None:
        if self.textarea and data.strip():
            self.door.values[self.textarea] = data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea", "form"):
            self.select = self.textarea = ""
            self.is_posted = self.is_posted and tag != "form"

    def _note(self, kind: str, name: str, given: dict[str, str]) -> None:
        door, value = self.door, given.get("value", "")
        if kind == "file":
            door.files.append(name)
        elif kind in TEXT:
            door.texts.append(name)
            door.kinds[name] = kind or "text"
            door.values[name] = value or SAMPLES.get(name.rpartition("-")[2], "Some words")
        elif kind == "submit":
            if name == "answer":  # which of two buttons was pressed is the answer itself
                door.values.setdefault(name, value)
                door.choices.append(name)
        elif name not in door.choices:
            door.choices.append(name)
            door.values[name] = value
        elif "checked" in given:
            door.values[name] = value
