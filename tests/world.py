"""One world with something on every page, and the address of every kind of page in it."""

import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, text
from werkzeug.datastructures import FileStorage

from tests.factories import (
    WORDS,
    make_draft,
    make_institution,
    make_network,
    make_person,
    make_project,
    make_report,
    make_seat,
    make_sheet,
)
from tests.publication.made import make_page
from tests.remembered import once
from tests.reviewing.made import make_review
from tracker import clock, files
from tracker.accounts import actions as accounts
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.attachments import actions as attachments
from tracker.board.views import LISTS
from tracker.calendars import actions as calendars
from tracker.calendars.states import Scope
from tracker.calls import actions as calls
from tracker.calls.queries import ASK
from tracker.checkins import actions as checkins
from tracker.checkins.states import Going
from tracker.contacts import actions as contacts
from tracker.credit import actions as credit
from tracker.credit import contributions
from tracker.credit import queries as credit_queries
from tracker.credit.states import ContributionRole, Degree
from tracker.database import db
from tracker.dates import PartialDate
from tracker.drafts import actions as drafts
from tracker.drafts.models import Draft
from tracker.events import actions as events
from tracker.events.models import Event
from tracker.exports.models import Export
from tracker.exports.projects import LIST
from tracker.exports.states import ExportState
from tracker.files import StoredFile
from tracker.ideas import actions as ideas
from tracker.ideas.models import Union
from tracker.ideas.states import UnionKind
from tracker.ideas.together import unite
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.memberships import actions as memberships
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.milestones.states import DelayReason, NoteAudience
from tracker.newcomers import actions as newcomers
from tracker.notifications import links as unsubscribing
from tracker.oversight import actions as oversight
from tracker.oversight.states import Health
from tracker.plans import actions as plans
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reports import actions as reports
from tracker.reports import filing, related, texts, withdrawal
from tracker.reports.models import Report
from tracker.reports.queries import by_import_key, of_project
from tracker.reports.states import LinkKind, ReportState
from tracker.reviewing import actions as reviewing
from tracker.reviewing.queries import comments_of
from tracker.seats import actions as seats
from tracker.seats.states import Task
from tracker.tables import actions as tables
from tracker.tables.build import Scope as Figured
from tracker.tables.build import build_all
from tracker.tables.table import Period
from tracker.terms import actions as terms
from tracker.terms.states import AuthorOrder
from tracker.uses import actions as uses
from tracker.uses import inquiries
from tracker.uses.models import Use
from tracker.uses.states import UseKind
from tracker.writing import actions as writing
from tracker.writing import pens

TITLE = "Восстановление швейной промышленности"  # in another script, so that plain English shows what escaped _()
TEXT = "Почему именно сейчас? Потому что **пора**."


CYRILLIC = {
    "network": "Союз",
    "theme": "Тема",
    "institution": "Институт",
    "person": "Имя",
    "terms": "Вместе.",
    "publisher": "Союз",
}


def make_world() -> SimpleNamespace:
    """A world in which every word that people wrote is Cyrillic."""
    with patch.dict(WORDS, CYRILLIC):
        return once(("world", TITLE, TEXT, tuple(WORDS.values()), _in_cyrillic), _make_world)


def _make_world() -> SimpleNamespace:
    """People, projects in several states, a published report; every word people wrote in them is Cyrillic."""
    written = {"title": TITLE, "question": TEXT, "why_now": TEXT, "summary": TEXT, "language": "ru"}
    running = make_project(ProjectState.RUNNING, **written)
    lead, coordinator = running.lead, running.coordinator
    call = make_project(ProjectState.RECRUITING, countries=("KE",), lead=lead, **written)
    invited = recruiting.invite(call, running.partners[1].institution, note=TEXT, actor=lead)
    offering = make_institution("Институт", country="GH", languages=["ar", "fr"], acronym="ИЭ", city="Аккра")
    offered = recruiting.offer(call, offering, note=TEXT, actor=make_person("Анна", contact_of=offering))
    _make_call(call, running.partner_people[0])
    draft = make_project(lead=lead, **(written | {"why_now": ""}))
    slipping = plan(running)[1]
    slipping.name = "Веха"
    milestones.move(slipping, due=PartialDate.parse("2027-05-01"), reason=DelayReason.DATA, words=TEXT, actor=lead)
    checkins.answer(running.partners[1], clock.today(), Going.SLOWER, words=TEXT, reason=DelayReason.DATA, actor=lead)
    milestones.write_note(
        running,
        text=TEXT,
        on=PartialDate.parse("2025-02"),
        language="ru",
        audience=NoteAudience.PUBLIC,
        actor=lead,
    )
    published = make_project(ProjectState.PUBLISHED, lead=lead, **written)
    review = make_project(ProjectState.REVIEW, lead=lead, **written)
    seat = make_seat(
        running, skills=TEXT[:300], description=TEXT, wanted=2, themes=running.themes, until=date(2199, 6, 1)
    )
    seats.give(seat, running.partners[1], actor=lead)
    seats.give(make_seat(running, place="005"), running.partners[1], actor=lead)
    make_seat(call, task=Task.TRANSLATION, place="")
    report = make_report(running, title=TITLE, abstract=TEXT, publisher="Союз", language="ru")
    _agree_anew(running)
    _in_cyrillic()
    db.session.flush()
    return SimpleNamespace(
        running=running,
        call=call,
        draft=draft,
        published=published,
        lead=lead,
        coordinator=coordinator,
        partner=running.partner_people[0],
        invited=invited,
        offered=offered,
        report=report,
        pages=_pages(running, call, draft, published, review, invited, offered, report, seat),
    )


def _record(report: Report, public: Report) -> list[str]:
    """The parts of a record with everything they may hold; and a published one, corrected."""
    upload = FileStorage(io.BytesIO(TEXT.encode()), filename="Приложение.csv")
    label = {"language": "ar", "label": "Приложение", "actor": None}
    texts.set_texts(report, [{"language": "kk", "title": TITLE, "abstract": TEXT}], actor=None)
    filing.add_file(report, files.keep(upload, uploaded_by=None), **label)
    related.link_report(report, LinkKind.BRIEF_OF, public, actor=None)
    related.link_output(report, LinkKind.PART_OF, title=TITLE, website="https://example.org/book", actor=None)
    first = {"name": report.authors[0].name, "person_id": report.authors[0].person_id, "affiliation": "Институт"}
    second = {"name": "Анна", "affiliation": "Институт", "more": ["Академия"], "contributed_equally": True}
    reports.set_authors(report, [first, second], None)
    reports.change_report(report, actor=None, abstract=f"{TEXT}\n\nДа.")
    reports.change_report(public, actor=None, because=TEXT, abstract=TEXT, pages=40)
    for edition in public.editions:
        edition.record = edition.record | {"title": TITLE}
    return [f"{report.path}/edit/{part}" for part in ("authors", "files", "subjects", "languages", "related", "more")]


def _signed(report: Report, project: Project) -> tuple[list[str], list[str], list[str]]:
    """A report that its authors were asked about three times, who said what they did, and who is named beside them:
    the pages for the lead, the partner and the coordinator.
    """
    lead, partner, place = project.lead, project.partner_people[0], project.partners[1].institution  # type: ignore[attr-defined]
    first = report.authors[0]
    row = {"name": first.name, "person_id": lead.id, "affiliation": "Институт", "is_corresponding": True}
    second = {"name": "Анна", "affiliation": place.name, "contributed_equally": True}
    reports.set_authors(report, [row, second], None)
    credit.put_to_approval(report, actor=lead)
    credit.dissent(credit_queries.approvals_of(report)[0], words=TEXT, actor=lead)
    credit.cover(credit_queries.approvals_of(report)[1], because=TEXT, actor=project.coordinator)  # type: ignore[attr-defined]
    reports.change_report(report, actor=None, abstract=f"{TEXT} Да.", title="Вода")
    reports.set_authors(report, [second, row | {"affiliation": "Академия"}], None)
    row_of = {known.name: known for known in credit_queries.approvals_of(report)}
    said = {ContributionRole.ORIGINAL_DRAFT: Degree.LEAD, ContributionRole.TRANSLATOR: None}
    contributions.declare(contributions.contributor_for(report.authors[1]), said, actor=lead)
    helper = contributions.add_other(report, name="Вера", person=partner, roles=said, actor=lead)
    asked, told = latest("credit.approve", row_of[first.name]), latest("credit.declare", helper)
    confirming = latest("credit.institution", credit_queries.latest(report).confirmations[0])  # type: ignore[union-attr]
    assert asked is not None and told is not None and confirming is not None
    base = report.path
    own = [
        f"{base}/{page}"
        for page in ("approval", "approval/1", "approval/3?against=1", "credit", "credit/mine", "credit/add")
    ]
    own += [f"{base}/authors/{report.authors[0].id}/propose", f"/contributors/{helper.id}/propose"]
    own += [f"/contributors/{helper.id}/remove", asked.path, f"{asked.path}/version"]
    partners = [told.path, f"{told.path}/contribution", confirming.path, f"{base}/approval"]
    return own, partners, [f"/approvals/{row_of['Анна'].id}/cover"]


def _withdrawn(public: Report) -> Report:
    """A report that was published and taken back."""
    known = by_import_key("withdrawn")
    if known is not None:
        return known
    fields = {"import_key": "withdrawn", "title": TITLE, "language": "ru", "state": ReportState.PUBLISHED}
    report = reports.import_report(public.project, fields=fields, authors=[{"name": "Анна"}], actor=None)
    withdrawal.withdraw(report, reason=TEXT, actor=None)
    return report


def _read(public: Report, other: Report) -> list[str]:
    """A published report to read, and an earlier version of it."""
    draft = db.session.scalars(select(Draft).where(Draft.report_id == other.id)).first() or make_draft(other, TEXT)
    for edition in {1, public.edition}:
        make_page(public, draft, edition=edition)
    return [f"{public.path}/read", f"{public.path}/read/2", f"{public.path}/versions/1/read"]


def _text(report: Report, person: Person) -> list[str]:
    """A text with a section that was written twice, one that was removed, and the pen in a hand."""
    section, gone = (writing.add(report, name, actor=person) for name in ("Выводы", "Введение"))
    for version, words in enumerate((TEXT, f"{TEXT}\n\nДа."), start=1):
        writing.save(section, words, began=version, actor=person)
    writing.remove(gone, actor=person)
    pens.give(report, person, until=PartialDate.of(clock.today() + timedelta(days=9)), words=TEXT, actor=person)
    asked = db.session.scalars(select(Ask).where(Ask.kind == pens.ASK)).one()
    pages = ("", "/edit", "/heading", "/remove", "/history", "/history/3")
    paths = [f"{report.path}/text", f"{report.path}/text/together", f"{report.path}/pen", asked.path, gone.path]
    return [*paths, *(f"{section.path}{page}" for page in pages)]


def _drafts(report: Report, person: Person) -> list[str]:
    """Two drafts that differ, one that waits to be read, and one with everything that is noticed in a file."""
    first, second = (
        make_draft(report, f"# Реки\n\n{TEXT}\n\n{words}", note=TEXT, language="ru", actor=person)
        for words in ("Вода.", "Вода и города.")
    )
    waiting = drafts.add_written(report, TEXT, language="ru", actor=person)
    people = [["Анна", 2, 1, "2026-05-03"], ["", 1, 0, ""]]
    first.found = first.found | {
        "changes": {"added": 3, "removed": 1, "people": people},
        "comments": {"count": 2, "people": ["Анна"]},
        "macros": True,
        "elsewhere": {"count": 1, "addresses": ["https://example.org/a"]},
        "objects": 2,
        "left_out": 3,
        "counts": {"gaps": 4},
    }
    drafts.make_current(second, actor=person)
    make_page(report, second)
    paths = [f"{report.path}/publication", f"{report.path}/publication/read", f"{report.path}/publication/read/2"]
    paths += [f"{report.path}/drafts", first.path, second.path, waiting.path, f"{second.path}/compare"]
    return [*paths, f"{waiting.path}/compare", f"{first.path}/current"]


def _reviews(report: Report, person: Person) -> tuple[list[str], list[str], list[str]]:
    """The pages of a round for the lead, the reviewer and the coordinator; and of one without names."""
    project: Any = report.project
    reviewing.ask_questions(project.network, [TEXT], language="ru", actor=project.coordinator)
    draft = make_draft(report, f"# Реки\n\n{TEXT}", language="ru", actor=project.lead)
    review = make_review(report, draft, person, TEXT, names=[("Вера", "vera@example.net")])
    hidden = make_review(report, draft, person, TEXT, names=[("Вера", "vera@example.net")], hides_names=True)
    held, other = review.round, next(known for known in review.round.reviews if known is not review)
    reviewing.close_round(hidden.round, actor=project.lead)
    lead = [f"{report.path}/reviews", f"{report.path}/reviews/new", hidden.round.path, f"{held.path}?show=open"]
    lead += [f"{held.path}{rest}" for rest in ("", "/print", "/ask", "/remind", "/close")]
    lead += [f"{held.path}/comments/{comment.id}" for comment in comments_of(review)]
    lead += [f"/reviews/{other.id}/withdraw"]
    desk, block = f"/reviews/{review.id}/answer", 1
    own = [desk, f"{desk}?block={block}", f"{desk}?on=whole", f"{desk}/finish", f"{desk}/send"]
    return lead, [*own, f"/reviews/{hidden.id}/answer"], [hidden.round.path, f"{project.network.path}/review-questions"]


def _make_use(project: Project) -> Use:
    """A published report was cited."""
    report = of_project(project, None)[0]
    told = {"kind": UseKind.CITED, "on": PartialDate.parse("2025-02"), "words": TEXT, "language": "ru"}
    place, person = project.partners[0].institution, project.lead  # type: ignore[attr-defined]
    inquiries.answer_none(inquiries.inquire(report, project.partners[1].institution, 6), words=TEXT, actor=person)
    inquiries.inquire(report, project.partners[1].institution, 12)
    return uses.say(report, **told, link="https://example.org/plan", country="PE", institution=place, actor=person)


def _make_event(project: Project) -> Event:
    """A meeting with hours, a project, a report, guests and a website."""
    event = events.announce(
        project.network,
        title="Форум",
        text=TEXT,
        language="ru",
        on=PartialDate.parse("2025-02-03"),
        starts_at=datetime(2025, 2, 3, 6, tzinfo=UTC),
        ends_at=datetime(2025, 2, 3, 9, tzinfo=UTC),
        time_zone="Africa/Nairobi",
        place="Найроби",
        country="KE",
        is_online=True,
        website="https://example.org/forum",
        participants=40,
        projects=[project],
        themes=project.themes,
        actor=project.lead,  # type: ignore[attr-defined]
    )
    events.add_guest(event, institution=project.partners[1].institution, people=3, actor=None)
    events.add_guest(event, listed_as="Министерство", listed_country="KE", people=2, actor=None)
    return event


def _agree_anew(project: Project) -> None:
    """A second version of the terms with every part, which waits for a partner; and a template."""
    parts: dict[str, Any] = dict.fromkeys(("translations", "publisher", "funding", "data", "leaving"), TEXT)
    parts |= {"author_order": AuthorOrder.OTHER, "author_order_words": TEXT, "working_language": "ru", "text": TEXT}
    tasks = {partner.id: TEXT for partner in project.partners[:1]}
    terms.write(project, tasks=tasks, **parts, actor=project.lead)  # type: ignore[attr-defined]
    terms.keep_template(project.network, "ru", **parts, actor=project.coordinator)  # type: ignore[attr-defined]


def _make_call(call: Project, partner: Person) -> None:
    """Days, a question with its answer, one without, and somebody who keeps it in mind."""
    today, place = clock.today(), partner.affiliations[0].institution
    calls.set_dates(
        call,
        opens_on=today,
        questions_until=today + timedelta(days=10),
        closes_on=today + timedelta(days=20),
        actor=call.lead,  # type: ignore[attr-defined]
    )
    answered = calls.ask(call, place, text="Сколько стран?", language="ru", actor=partner)
    calls.answer(answered, text="Четыре.", actor=call.lead)  # type: ignore[attr-defined]
    calls.ask(call, place, text="Кто ведёт?", language="ru", actor=partner)
    calls.keep(call, place, actor=partner)


def _figures(running: Project) -> list[str]:
    """The tables, figures that were kept, files that are made, ready and failed."""
    coordinator: Person = running.coordinator  # type: ignore[attr-defined]
    tables.write_text(running.network, text=TEXT, language="ru", actor=coordinator)
    period, networks = Period(None, clock.today()), [running.network]
    figures = build_all(period, Figured(frozenset({running.network_id})))
    kept, later = (
        tables.keep(TITLE, figures, period=period, networks=networks, actor=coordinator) for _time in range(2)
    )
    states = (ExportState.WAITING, ExportState.RUNNING, ExportState.DONE, ExportState.FAILED)
    files = [Export(person_id=coordinator.id, kind=LIST, state=state, done=3, total=9) for state in states]
    files[2].file = StoredFile(key="x", name="Список", media_type="text/plain", size=1234, sha256="x")
    files[2].finished_at = files[3].finished_at = clock.now()
    db.session.add_all(files)
    db.session.flush()
    about = f"network={running.network_id}&period=all"
    return [
        "/board/tables",
        *(f"/board/tables/{key}?{about}" for key in ("projects", "leads", "milestones")),  # all stand on the print
        f"/board/tables/projects/list?{about}&column=projects",
        f"/board/tables/print?{about}",
        f"/board/tables/text/{running.network_id}",
        f"/board/tables/keep?{about}",
        "/board/tables/kept",
        *(f"{kept.path}{rest}" for rest in ("", "/projects", "/compare", "/compare/projects", "/withdraw")),
        f"{kept.path}/compare?with={later.id}",
        f"{kept.path}/compare/projects?with={later.id}",
        "/exports",
        *(export.path for export in files),
    ]


def _asks_to_be_added(network: Network) -> Ask:
    """An institution that is on no record asks, and looks like one that is."""
    asking = newcomers.apply(
        network,
        name="Институт",
        country="PE",
        person_name="Нина",
        person_email="nina@example.org",
        words=TEXT,
        actor=None,
    )
    asked = latest("newcomers.application", asking)
    assert asked is not None
    return asked


def _asked_about_contacts(institution: Institution, contact: Person) -> tuple[Ask, Ask]:
    """Somebody is asked to become its second contact, somebody says that they work there, and mail is refused."""
    contact.mail_trouble, contact.mail_trouble_at = "550 5.1.1", clock.now()
    seat = contacts.name(institution, make_person("Вера", institution=institution), 2, actor=contact)
    outsider = make_person("Олег")
    claim = latest("contacts.claim", institutions.affiliate(outsider, institution, position="Учёный", actor=outsider))
    assert seat is not None and claim is not None
    return seat, claim


def _files(project: Project, person: Person) -> list[str]:
    """Files on a milestone, one of them deleted: the pages about them."""
    milestone = plan(project)[0]
    kept = [files.keep(_sheet(name), uploaded_by=person, project_id=project.id) for name in ("Реки.csv", "Города.csv")]
    attachments.add(milestone, kept, actor=person)
    attachments.delete(kept[1], project, actor=person)
    files_page = f"{project.path}/files"
    return [files_page, f"{files_page}/{kept[0].id}/delete", f"/milestones/{milestone.id}/files"]


def _sheet(name: str) -> FileStorage:
    return FileStorage(io.BytesIO(b"1,2\n"), filename=name)


def _merged(lead: Person) -> Union:
    """A project of this lead that another one was merged with, and that asks to join a third."""
    written = {"question": TEXT, "why_now": TEXT, "language": "ru"}
    into = make_project(ProjectState.RECRUITING, title="Реки", countries=("KE",), lead=lead, **written)
    idea = make_project(ProjectState.RECRUITING, title="Города", countries=("PE",), **written)
    union = ideas.propose(idea, into, UnionKind.MERGE, words=TEXT, actor=idea.lead)
    unite(union, note=TEXT, actor=lead)
    third = make_project(ProjectState.RECRUITING, title="Горы", countries=("NP",), **written)
    ideas.propose(into, third, UnionKind.JOIN, words=TEXT, actor=lead)
    return union


def _secretariat(running: Project, institution: Institution) -> list[str]:
    """What coordinators keep among themselves, and the board under filters."""
    coordinator = running.coordinator  # type: ignore[attr-defined]
    oversight.set_health(running, Health.ATTENTION, words=TEXT, actor=coordinator)
    oversight.set_health(running, Health.DIFFICULTY, words=TEXT, actor=coordinator)
    note = oversight.write_note(running, text=TEXT, actor=coordinator)
    oversight.write_note(institution, text=TEXT, actor=coordinator)
    query = f"theme={running.themes[0].id}&place=034&state=running&coordinator={coordinator.id}&health=difficulty"
    view = oversight.keep_view(coordinator, "board", "Вид", query)
    return [
        view.path,
        f"/board/projects?{query}",
        "/board/late?theme=2147483647",
        "/board/views",
        f"/board/views/keep?page=board&query={query.replace('&', '%26').replace('=', '%3D')}",
        f"/board/views/{view.id}/rename",
        f"/board/views/{view.id}/remove",
        f"{running.path}/secretariat?back=/board/silent",
        f"{institution.path}/secretariat",
        f"/secretariat-notes/{note.id}/withdraw",
        running.path,
        institution.path,
    ]


def _in_cyrillic() -> None:
    """What the product itself names in English at first becomes text in another script."""
    db.session.execute(text("UPDATE milestone SET name = 'Веха ' || id"))
    db.session.execute(text("UPDATE report SET title = 'Отчёт ' || id"))
    db.session.expire_all()


def _pages(*things: Any) -> dict[str, list[str]]:
    running, call, draft, published, review, invited, offered, report, seat_of_running = things
    person, institution = running.lead, running.partners[1].institution
    milestone = plan(running)[1]
    to_partner, to_lead = latest("recruiting.invitation", invited), latest("recruiting.offer", offered)
    assert to_partner is not None and to_lead is not None
    to_partner.mailed_at = clock.now() - timedelta(days=2)
    newcomer = accounts.invite(name="Новый человек", email="new@example.org", institution=institution, actor=person)
    link = {purpose: tokens.link_token(tokens.issue(purpose, person)) for purpose in Purpose}
    seat, claim = _asked_about_contacts(institution, running.partner_people[0])
    invitation = accounts.invitation_link(newcomer).rpartition("/")[2]
    outside = make_institution("Институт", country="PE", member_of=None)
    make_person("Анна", contact_of=outside)
    asked = memberships.add(outside, running.network, note=TEXT, actor=running.coordinator)
    second = make_network("Второй союз", description=TEXT)
    make_person("Ольга", coordinates=second)
    wish = memberships.request(institution, second, note=TEXT, actor=running.partner_people[0])
    merged = _merged(person)
    event = _make_event(running)
    use = _make_use(published)
    calendar = calendars.subscribe(person, Scope.PROJECT, running)
    reviews = _reviews(report, running.partner_people[0])
    everyone = [
        "/",
        "/projects",
        "/projects?q=none&state=running",
        running.path,
        published.path,
        f"{running.path}/seats",
        seat_of_running.path,
        "/institutions",
        "/institutions/ask",
        "/institutions/ask/sent",
        institution.path,
        "/networks",
        running.network.path,
        f"{running.path}/map",
        f"{running.path}/balance",
        f"{running.path}/story",
        f"{published.path}/story",
        f"{running.network.path}/map",
        f"{running.network.path}/map?list=pairs",
        person.path,
        "/themes",
        running.themes[0].path,
        "/reports",
        f"/reports/{report.id + 0}" if report.state == "published" else "/reports?q=none",
        "/search",
        "/search?q=Имя",
        use.report.path,
        f"{use.report.path}/versions/1",
        *_read(use.report, report),
        _withdrawn(use.report).path,
        f"{use.report.path}/uses",
        "/events",
        "/events?year=1990",
        event.path,
        "/sign-in",
        "/sign-in/sent",
        "/password/reset",
        f"/sign-in/{link[Purpose.SIGN_IN]}",
        f"/password/reset/{link[Purpose.RESET_PASSWORD]}",
        f"/a/{invitation}",
        f"/join/{invitation}",
        f"/mail/stop/{unsubscribing.address(person.id).rpartition('/')[2]}",
        "/nowhere",
    ]
    lead = [
        "/me",
        f"{use.report.path}/uses/new",
        f"/uses/{use.id}/withdraw",
        db.session.scalars(select(Ask).where(Ask.kind == inquiries.ASK).order_by(Ask.id.desc())).first().path,
        "/me/calendars",
        f"/me/calendars/{calendar.id}/renew",
        f"/me/calendars/{calendar.id}/end",
        "/account",
        "/account/email",
        "/account/password",
        "/account/affiliations",
        "/account/affiliations/find?q=Имя",
        "/projects/new",
        running.path,
        f"/events/new?project={running.id}",
        event.path,
        f"{event.path}/edit",
        f"{event.path}/cancel",
        f"{event.path}/guests?q=Институт",
        f"{running.path}/edit",
        f"{running.path}/history",
        f"{running.path}/story?order=newest",
        f"{running.path}/partners/{running.partners[1].id}/month",
        f"{running.path}/ledger",
        f"{running.path}/timeline",
        f"{running.path}/seats",
        f"{running.path}/seats/new",
        seat_of_running.path,
        f"{seat_of_running.path}/edit",
        f"{seat_of_running.path}/candidates",
        f"{seat_of_running.path}/compare",
        f"{seat_of_running.path}/compare?institution={institution.id}&institution={offered.institution_id}",
        f"{call.path}/candidates",
        f"{call.path}/candidates/compare?institution={institution.id}",
        "/seats",
        f"{seat_of_running.path}/remove",
        f"{draft.path}/seats",
        f"{call.path}/seats",
        f"{running.path}/team",
        f"{running.path}/plan",
        f"{call.path}/plan",
        f"{call.path}/plan?rows=1",
        f"{running.path}/plan/shift",
        f"{running.path}/plan/sheet",
        make_sheet(running, person).path,
        "/me/projects/sheet",
        f"{running.path}/milestones/new",
        f"{running.path}/notes",
        f"{running.path}/notes/new",
        f"{running.path}/partners/{running.partners[0].id}/month",
        *_files(running, person),
        f"{running.path}/terms",
        f"{running.path}/terms/write",
        f"{call.path}/terms",
        f"{call.path}/terms/write",
        f"{running.path}/terms/history",
        f"{running.path}/terms/1",
        f"{running.path}/terms/2/changes",
        f"{running.path}/partners/invite",
        f"{running.path}/partners/invite-new",
        f"{running.path}/partners/roles",
        f"{running.path}/partners/lead",
        f"{running.path}/partners/{running.partners[1].id}/done",
        f"{running.path}/steps/submit",
        f"{running.path}/steps/stop",
        f"{review.path}/steps/publish",
        call.path,
        f"{call.path}/map",
        f"{call.path}/balance",
        f"{call.path}/call",
        f"{call.path}/call/dates",
        db.session.scalars(select(Ask).where(Ask.kind == ASK).order_by(Ask.id.desc())).first().path,
        f"{call.path}/steps/start",
        to_lead.path,
        f"{call.path}/partners/{invited.id}/withdraw",
        draft.path,
        f"{draft.path}/alike",
        f"{draft.path}/join/{call.id}",
        f"{draft.path}/merge/{call.id}",
        merged.path,
        merged.into.path,
        f"{merged.into.path}/join/{call.id}",
        f"/milestones/{milestone.id}/edit",
        f"/milestones/{milestone.id}/done",
        f"/milestones/{milestone.id}/late",
        f"/milestones/{milestone.id}/drop",
        report.path,
        f"{report.path}/edit",
        *_record(report, use.report),
        *_drafts(report, person),
        *_text(report, person),
        *reviews[0],
    ]
    partner = [
        *reviews[1],
        f"{institution.path}/month/sheet",
        f"{running.path}/partners/{running.partners[1].id}/month",
        "/seats",
        "/me",
        call.path,
        f"{call.path}/seats",
        f"{running.path}/ledger",
        f"{call.path}/call",
        f"{call.path}/call/ask",
        to_partner.path,
        f"{to_partner.path}/pass-on",
        f"{institution.path}/invite",
        f"{second.path}/join",
        wish.path,
    ]
    partner += [f"{institution.path}/contacts", f"{institution.path}/contacts/leave", seat.path, claim.path]
    template = plans.make_template(
        running,
        name="Короткий",
        items=[plans.Item("Идея", 0, 3), plans.Item("Черновик", 2, 0)],
        actor=running.coordinator,
    )
    old_template = plans.make_template(
        running, name="Старый", items=[plans.Item("Идея", 0, 0)], actor=running.coordinator
    )
    plans.retire(old_template, actor=running.coordinator)
    coordinator = [
        *reviews[2],
        f"{running.path}/plan/template",
        f"{running.network.path}/plan-templates",
        *(f"{use.report.path}/{rest}" for rest in ("edit/files", "edit/related", "withdraw")),
        f"{_withdrawn(use.report).path}/restore",
        f"/plan-templates/{template.id}/edit",
        f"/plan-templates/{template.id}/retire",
        "/board",
        *(f"/board/{name}" for name in LISTS),
        "/board/timelines",
        "/board/on-time",
        f"/board/on-time?month={clock.today():%Y}-01",
        f"/board/remind?list=unanswered&ask={to_partner.id}&ask={to_lead.id}",
        *_secretariat(running, institution),
        *_figures(running),
        to_partner.path,
        f"{to_partner.path}/remind",
        f"{to_partner.path}/pass-on",
        f"{to_partner.path}/withdraw",
        f"{running.network.path}/projects/sheet",
        "/import",
        "/institutions/new",
        f"{institution.path}/edit",
        f"{institution.path}/merge",
        f"{institution.path}/merge?q=Институт",
        f"{institution.path}/merge/{offered.institution_id}",
        f"{institution.path}/contacts",
        f"{institution.path}/contacts/1/dismiss",
        f"{running.network.path}/edit",
        f"{running.network.path}/wishes",
        f"{running.network.path}/members",
        f"{running.network.path}/terms",
        f"{running.network.path}/terms/ru",
        f"{running.network.path}/terms/fr",
        f"{running.network.path}/terms/ru/remove",
        asked.path,
        _asks_to_be_added(running.network).path,
        f"{running.network.path}/members/{institution.id}/leave",
        f"{running.network.path}/coordinators",
        f"{running.network.path}/coordinators/{running.coordinator.id}/dismiss",
        "/networks/new",
        "/themes/new",
        f"{running.themes[0].path}/edit",
    ]
    signed = _signed(report, running)
    lead, partner, coordinator = lead + signed[0], partner + signed[1], coordinator + signed[2]
    return {"visitor": everyone, "lead": lead, "partner": partner, "coordinator": coordinator}
