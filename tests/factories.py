"""Objects for tests. States are reached by taking real steps, so no test starts from an impossible row."""

import io
import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

import openpyxl
from werkzeug.datastructures import FileStorage

from tests.remembered import numbers, once
from tracker import clock, files
from tracker.activity.states import Rhythm
from tracker.bibliographies.actions import bring
from tracker.bibliographies.models import Bibliography
from tracker.credit import actions as credit
from tracker.credit import queries as credit_queries
from tracker.database import db
from tracker.dates import PartialDate
from tracker.documents import Kind
from tracker.drafts import actions as drafts
from tracker.drafts.models import Draft
from tracker.drafts.reading import read
from tracker.drafts.states import ReadingState
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.institutions.queries import answering_coordinators
from tracker.milestones import actions as milestones
from tracker.projects import actions
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reports import actions as reports
from tracker.reports.models import Report
from tracker.reports.queries import drafts as reports_of
from tracker.seats import actions as seats
from tracker.seats.models import Seat
from tracker.seats.states import Task
from tracker.sheets import plan as plan_sheets
from tracker.sheets.actions import upload as upload_workbook
from tracker.sheets.book import write as write_workbook
from tracker.sheets.models import Sheet
from tracker.terms import actions as terms
from tracker.themes import actions as themes
from tracker.themes.models import Theme

WORDS = {  # what the factories write where a test does not say; tests/world.py changes the script
    "network": "Network",
    "theme": "Theme",
    "institution": "Institute",
    "person": "Person",
    "terms": "We share the work.",
    "publisher": "South Research Alliance",
}
ORDER = (
    ProjectState.DRAFT,
    ProjectState.PROPOSED,
    ProjectState.RECRUITING,
    ProjectState.RUNNING,
    ProjectState.REVIEW,
    ProjectState.PUBLISHED,
)


def make_network(name: str = "", **fields: Any) -> Network:
    return institutions.found_network(name=name or f"{WORDS['network']} {next(numbers)}", actor=None, **fields)


def the_network() -> Network:
    """The first network there is, or a new one."""
    return db.session.query(Network).order_by(Network.id).first() or make_network()


def make_theme(name: str = "") -> Theme:
    return themes.add(name=name or f"{WORDS['theme']} {next(numbers)}", goals=(1,), actor=None)


def make_institution(
    name: str = "", country: str = "BD", *, member_of: Network | bool | None = True, **fields: Any
) -> Institution:
    """An institution, by default a member of the first network."""
    n = next(numbers)
    institution = institutions.add_institution(
        name=name or f"{WORDS['institution']} {n}", country=country, actor=None, **fields
    )
    network = the_network() if member_of is True else member_of
    if network:
        institutions.join_network(institution, network, actor=None)
    return institution


def make_person(
    name: str = "",
    *,
    institution: Institution | None = None,
    contact_of: Institution | None = None,
    coordinates: Network | None = None,
    email: str | None = None,
    rhythm: Rhythm = Rhythm.AT_ONCE,
    **fields: Any,
) -> Person:
    """A person who has signed in before, at an institution, answering for one, or coordinating a network.

    Their mail comes at once, unless a test says otherwise.
    """
    n = next(numbers)
    person = institutions.add_person(
        name=name or f"{WORDS['person']} {n}", email=email or f"person{n}@example.org", actor=None, **fields
    )
    person.rhythm = rhythm
    person.session_key = secrets.token_urlsafe(16)
    person.joined_at = person.joined_at or clock.now()
    if institution:
        institutions.affiliate(person, institution, actor=None)
    if contact_of:
        place = 2 if any(contact.place == 1 for contact in _contacts(contact_of)) else 1
        institutions.name_contact(contact_of, person, place, actor=None)
    if coordinates:
        institutions.name_coordinator(coordinates, person, actor=None)
    db.session.flush()
    db.session.expire(person)
    return person


def make_project(state: ProjectState = ProjectState.DRAFT, **described: Any) -> Project:
    """A project that has really walked to `state`; see `walk`."""
    key = ("project", state, repr(sorted(described.items())), tuple(WORDS.values()))
    return once(key, lambda: walk(state, **described))


def walk(
    state: ProjectState,
    *,
    title: str = "Water and cities",
    lead: Person | None = None,
    countries: Iterable[str] = ("BD", "PE"),
    themes: Iterable[Theme] = (),
    network: Network | None = None,
    **fields: Any,
) -> Project:
    """A project that has really walked to `state`: its first country's institution leads, the others agreed.

    `project.lead` and `project.coordinator` are the people who led it there; `project.partner_people` the
    contacts of the other institutions, in order.
    """
    network = network or the_network()
    first, *others = countries
    home = make_institution(country=first, member_of=network)
    lead = lead or make_person(institution=home)
    if home.id not in lead.institution_ids:
        institutions.affiliate(lead, home, actor=None)
        db.session.expire(lead)
    coordinator = make_person(coordinates=network)
    described = {"question": "How do cities share water?", "why_now": "A drought is coming."} | fields
    project = actions.create(
        network=network,
        lead=home,
        actor=lead,
        title=title,
        themes=list(themes) or [make_theme()],
        countries=list(countries),
        **described,
    )
    project.lead, project.coordinator, project.partner_people = lead, coordinator, []  # type: ignore[attr-defined]
    wanted = ORDER.index(ProjectState.RECRUITING if state is ProjectState.STOPPED else state)
    if wanted >= 1:
        actions.take_step(project, "propose", actor=lead)
    if wanted >= 2:
        if project.state is ProjectState.PROPOSED:
            actions.take_step(project, "accept", actor=coordinator)
        add_partners(project, others)
    if wanted >= 3:
        agree_terms(project)
        milestones.plan_from_template(project, "policy-brief", date(clock.today().year, 1, 31), actor=lead)
        actions.take_step(project, "start", actor=lead)
    if wanted >= 4:
        make_report(project)
        actions.take_step(project, "submit", actor=lead)
    if wanted >= 5:
        publish(project)
    if state is ProjectState.STOPPED:
        actions.take_step(project, "stop", actor=lead, reason="Elections")
    db.session.flush()
    return project


def add_partners(project: Project, countries: Iterable[str]) -> None:
    """Institutions of these countries, invited and agreed."""
    for country in countries:
        institution = make_institution(country=country, member_of=project.network)
        contact = make_person(contact_of=institution)
        partner = recruiting.invite(project, institution, actor=project.lead)  # type: ignore[attr-defined]
        recruiting.answer_invitation(partner, agrees=True, actor=contact)
        project.partner_people.append(contact)  # type: ignore[attr-defined]


def agree_terms(project: Project) -> None:
    """Terms written by the lead and confirmed by everybody."""
    lead = project.lead  # type: ignore[attr-defined]
    said = WORDS["terms"]
    tasks = {partner.id: said for partner in project.committed}
    written = terms.write(project, text=said, funding=said, tasks=tasks, actor=lead)
    for partner in terms.unconfirmed(project, written):
        terms.confirm(written, partner, actor=lead)


def make_report(project: Project, **fields: Any) -> Any:
    """A complete record of the project's report."""
    lead = project.lead  # type: ignore[attr-defined]
    report = reports.start_report(project, actor=lead)
    complete = {
        "title": f"{project.title}: the report",
        "abstract": "What we found.",
        "language": "en",
        "published_on": PartialDate.parse("2026-05"),
        "publisher": WORDS["publisher"],
        "licence": "CC-BY-4.0",
        "website": "https://example.org/report",
    }
    reports.change_report(report, actor=lead, **(complete | fields))
    authors = [{"name": lead.name, "sort_name": "", "affiliation": WORDS["institution"], "orcid": ""}]
    reports.set_authors(report, authors, actor=lead)
    return report


def approve_all(report: Any) -> None:
    """Every author approves the report as it is now; a coordinator answers for those who have no record here."""
    project = report.project
    credit.put_to_approval(report, actor=next(iter(actions.leads(project)), None))
    for approval in credit_queries.approvals_of(report):
        if approval.person is not None:
            credit.approve(approval, actor=approval.person)
        else:
            coordinator = answering_coordinators(project.network_id)[0]
            credit.cover(approval, because="No address is known.", actor=coordinator)


def publish(project: Project) -> list[Any]:
    """Publish a project with its reports, once their authors have approved those whose record is complete."""
    for report in reports_of(project):
        if not reports.missing_in(report) and not credit_queries.standing(report).is_approved:
            approve_all(report)
    return credit.publish(project, actor=actions.leads(project)[0])


def make_draft(report: Any, text: str = "# What we found\n\nCities share water.", **fields: Any) -> Draft:
    """A draft of a report, written in Markdown and read at once."""
    fields.setdefault("actor", getattr(report.project, "lead", None))
    draft = drafts.add_written(report, text, **fields)
    db.session.flush()
    made = read(Kind.MARKDOWN, text.encode(), address=f"{draft.path}/pictures", language=draft.language)
    draft.html, draft.blocks, draft.found = made.html, made.blocks, made.found
    draft.reading = ReadingState.READABLE
    db.session.flush()
    return draft


def make_seat(project: Project, **fields: Any) -> Seat:
    """A seat of a project: by default a country study in Bolivia, in Spanish, for one partner."""
    described = {"task": Task.COUNTRY_STUDY, "place": "BO", "language": "es"} | fields
    return seats.open_seat(project, actor=getattr(project, "lead", None), **described)


def make_sheet(project: Project, person: Person) -> Sheet:
    """A plan that somebody downloaded and sent back, with another name for its first milestone."""
    out, back = io.BytesIO(), io.BytesIO()
    write_workbook(plan_sheets.book(project, person), out)
    filled = openpyxl.load_workbook(out)
    filled.worksheets[0]["A2"] = WORDS["theme"]
    filled.save(back)
    return upload_workbook(lambda: plan_sheets.book(project, person), back, f"{WORDS['theme']}.xlsx", actor=person)


def make_bibliography(report: Report | None, person: Person) -> Bibliography:
    """A file with one record that somebody brought."""
    record = f"TY  - RPRT\nTI  - {WORDS['theme']}\nAU  - {WORDS['person']}\nSN  - 1\nER  - \n"
    upload = FileStorage(io.BytesIO(record.encode()), filename=f"{WORDS['theme']}.ris")
    kept = files.keep(upload, uploaded_by=person, kinds=files.RECORDS)
    return bring(kept, report=report, actor=person)


def _contacts(institution: Institution) -> list[Any]:
    db.session.expire(institution, ["contacts"])
    return list(institution.contacts)
