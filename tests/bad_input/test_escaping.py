"""Whatever people wrote, no page obeys it: markup in every text of the domain, then every kind of page."""

import json
import re
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from tests import world as worlds
from tests.mails import html_of
from tests.soundness import parsed
from tracker.activity.outbox import send_owed
from tracker.database import Base, db
from tracker.dates import PartialDate
from tracker.events import actions as events
from tracker.events.models import Event
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.projects import actions as projects
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports import texts as texts_of
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.themes import actions as themes
from tracker.themes.models import Theme
from tracker.uses.models import Use

MARK = "<b id=x onmouseover=1>'\""
MARKDOWN = "\n\n".join(
    (
        MARK,
        "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)><style>*{color:red}</style>",
        "[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](data:text/html;base64,PHNj) [d](vbscript:x)",
        "![e](javascript:alert(1)) ![f](https://evil.example/pixel.png) <javascript:alert(1)>",
        '[g](https://example.org" onclick="alert(1)) [h](<https://example.org/"onclick="x>)',
        "[i]: javascript:alert(1)\n\n[i]",
        "`<b id=x>` ``` </code></pre><b id=x onmouseover=1>\n",
        "| <b id=x> | b |\n|---|---|\n| <iframe src=//evil.example> | <form action=//evil.example> |",
        "# <b id=x onmouseover=1>\n\n> <base href=//evil.example><meta http-equiv=refresh content=0>",
        "&lt;b id=x&gt; &#60;script&#62; <!-- --><![CDATA[<b id=x>]]></textarea></title></script></p></main>",
    )
)
ALLOWED_ON = {"https", "webcal", "http", "mailto"}
NEVER = {"iframe", "object", "embed", "base", "applet", "frame", "math", "b", "font", "marquee", "style"}


def faults_of(page: str) -> list[str]:
    """What in the page can only have come from what somebody wrote."""
    found = []
    for element in parsed(page)[0].iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2]
        if tag in NEVER or element.get("id") == "x" or "onload" in element.attrib:
            found.append(f"<{tag} {dict(element.attrib)}>")
        found += [f"{name}={value}" for name, value in element.attrib.items() if str(name).startswith("on")]
        for name in ("href", "src", "action", "formaction"):
            value = (element.get(name) or "").strip().lower()
            scheme = value.partition(":")[0]
            if (
                ":" in value
                and "/" not in scheme
                and "#" not in scheme
                and "?" not in scheme
                and scheme not in ALLOWED_ON
            ):
                found.append(f"{name}={value}")
            if name != "href" and "evil.example" in value:
                found.append(f"{name}={value}")
        own_refresh = element.get("http-equiv") == "refresh" and (element.get("content") or "").isdigit()  # of itself
        if tag == "meta" and element.get("http-equiv") and not own_refresh:
            found.append("meta http-equiv")
        if tag == "script" and element.get("type") == "application/ld+json":
            json.loads(element.text)
        elif tag == "script" and not (element.get("src") or "").startswith("/static/"):
            found.append(f"script {element.text}")
    return found


def test_the_check_itself_sees_what_it_is_for():
    page = '<p><b id=x onmouseover=1></b><a href="javascript:x">a</a><script>x</script><img src="data:x">'
    assert len(faults_of(page)) == 5


@pytest.fixture
def hostile_world():
    """tests/world with markup in every word that people wrote; saved by the actions, as forms would."""
    words = dict.fromkeys(worlds.CYRILLIC, MARK)
    numbered = worlds.CYRILLIC | {name: MARK for name in words if name not in ("network", "theme")}
    names = {"network": f"{MARK} network", "theme": f"{MARK} theme"}
    with (
        patch.object(worlds, "CYRILLIC", numbered | names),
        patch.object(worlds, "TITLE", MARK),
        patch.object(worlds, "TEXT", MARKDOWN),
        patch.object(worlds, "_in_cyrillic", _in_markup),
    ):
        return worlds.make_world()


def _in_markup() -> None:
    for institution in db.session.scalars(sa.select(Institution)).all():
        texts = dict.fromkeys(("name", "native_name", "acronym", "other_names", "city", "native_language"), MARK)
        texts["native_language"] = "bn"
        institutions.change_institution(institution, actor=None, description=MARKDOWN, **texts)
    for network in db.session.scalars(sa.select(Network)).all():
        institutions.change_network(network, actor=None, name=f"{MARK} {network.id}", description=MARKDOWN)
    for theme in db.session.scalars(sa.select(Theme)).all():
        name = f"{MARK} {theme.id}"
        themes.change(theme, name=name, parent=theme.parent, description=MARKDOWN, goals=theme.goals, actor=None)
    for person in db.session.scalars(sa.select(Person)).all():
        institutions.change_person(person, name=MARK, sort_name=MARK, about=MARKDOWN, actor=None)
    for project in db.session.scalars(sa.select(Project).where(Project.state != ProjectState.PUBLISHED)).all():
        texts = dict.fromkeys(("question", "why_now", "summary", "method", "funding", "notes"), MARKDOWN)
        projects.change(project, actor=None, title=MARK, **texts)
    for milestone in db.session.scalars(sa.select(Milestone)).all():
        if milestone.project.state is not ProjectState.STOPPED:
            milestones.change_milestone(milestone, name=MARK, partner=None, person=None, actor=None)
    one_line = ("title", "publisher", "place", "editors", "series", "kind_as_printed", "number", "suggested_citation")
    for report in db.session.scalars(sa.select(Report)).all():
        more = {"abstract": MARKDOWN, "notes": MARKDOWN, "published_on": PartialDate.parse("2026")}
        reports.change_report(report, actor=None, because=MARK, **dict.fromkeys(one_line, MARK), **more)
        author = {"name": MARK, "sort_name": MARK, "affiliation": MARK, "orcid": "", "more": [MARK]}
        reports.set_authors(report, [author, author], actor=None, because=MARK)
        text = {"language": "fr", "title": MARK, "abstract": MARKDOWN}
        texts_of.set_texts(report, [text], actor=None, because=MARK)
    for event in db.session.scalars(sa.select(Event)).all():
        events.change(event, actor=None, title=MARK, place=MARK, text=MARKDOWN)
        for guest in event.guests:
            guest.listed_as = MARK
    for use in db.session.scalars(sa.select(Use)).all():
        use.words = use.said_by_name = MARK
    db.session.flush()
    db.session.expire_all()


def test_no_page_obeys_what_people_wrote(hostile_world, signed_in, client):
    world, faults, seen = hostile_world, {}, 0
    published = db.session.scalars(sa.select(Report).where(Report.state == ReportState.PUBLISHED)).first()
    pages = {who: list(paths) for who, paths in world.pages.items()}
    pages["visitor"] += [published.path, f"/search?q={MARK}", f"/projects?q={MARK}", f"/{MARK}", "/institutions?q=x"]
    people = {who: getattr(world, who, None) for who in pages}
    for who, paths in pages.items():
        browser = signed_in(people[who]) if people[who] is not None else client
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code in (200, 404, 410), path
            seen += "&lt;b id=x" in answer.text
            if found := faults_of(answer.text):
                faults[f"{who} {path}"] = found
    assert faults == {}
    assert seen > 50  # the words are there, as words


def test_every_text_of_the_domain_was_tried(hostile_world):
    """No table keeps a text that people write and this world leaves out."""
    tried = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.Text | sa.String) and column.type.python_type is str:
                found = db.session.scalar(sa.select(sa.func.count()).where(column.contains("id=x", autoescape=True)))
                if found:
                    tried.add(f"{table.name}.{column.name}")
    for wanted in (
        *("institution.name", "institution.acronym", "institution.description", "network.name", "network.description"),
        *("person.name", "person.about", "theme.name", "theme.description", "project.title", "project.question"),
        *("project.why_now", "project.summary", "project.method", "project.funding", "project.notes"),
        *("milestone.name", "progress_note.text", "terms.text", "partner.note", "report.title", "report.abstract"),
        *("terms.funding", "terms_task.tasks"),
        *("report.publisher", "report_author.name", "report_author.affiliation", "date_change.words"),
    ):
        assert wanted in tried, (wanted, sorted(tried))


def test_messages_conflicts_and_errors_repeat_markup_as_words(hostile_world, signed_in):
    world = hostile_world
    coordinator = signed_in(world.coordinator)
    institution = world.running.partners[1].institution
    form = {"name": MARK, "country": "BD", "description": MARKDOWN, "website": MARK}
    pages = [
        coordinator.submit(f"{institution.path}/edit", version="0", **form),
        coordinator.submit(f"{institution.path}/edit", version="0", **(form | {"website": ""})),
        coordinator.submit("/themes/new", name=f"{MARK} {world.running.themes[0].id}", parent="", position="0"),
        coordinator.submit(f"{world.running.network.path}/coordinators", email=MARK),
        signed_in(world.lead).submit(f"{world.running.path}/preview", title=MARK, question=MARKDOWN),
        coordinator.submit("/sign-in", email=MARK, way="password"),
        coordinator.post("/themes/new", data={"name": MARK, "description": MARKDOWN}),
    ]
    saved = signed_in(world.coordinator)
    assert saved.submit("/networks/new", name=f"{MARK} new", description=MARKDOWN).status_code == 303
    pages.append(saved.get("/networks"))
    for page in pages:
        assert faults_of(page.text) == [], page.request.path
    assert [page.status_code for page in pages] == [422, 409, 409, 422, 200, 422, 400, 200]


def test_no_mail_obeys_what_people_wrote(hostile_world):
    sent, seen = [], 0
    send_owed(limit=500, send=sent.append)
    assert len(sent) > 20
    for letter in sent:
        page = html_of(letter).replace('<style data-css-inline="keep">', "<!--style-->")  # ours
        assert faults_of(page) == [], letter["Subject"]
        assert "evil.example" not in "".join(re.findall(r"<a [^>]*>", page))
        seen += "&lt;b id=x" in page
        assert "\n" not in letter["Subject"]
    assert seen > 5
