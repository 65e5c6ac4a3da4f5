"""Who gets through which door: every route, six people, GET and POST."""

import io
import re
from contextlib import suppress
from types import SimpleNamespace

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import MethodNotAllowed

from tests.factories import (
    make_bibliography,
    make_draft,
    make_institution,
    make_person,
    make_project,
    make_report,
    make_seat,
    make_sheet,
)
from tests.publication.made import make_page
from tests.remembered import once
from tests.reviewing.made import make_review
from tests.tables.made_up import make_snapshot
from tracker import files
from tracker.asks.queries import latest
from tracker.attachments import actions as attachments
from tracker.calendars import actions as calendars
from tracker.calendars.states import Scope
from tracker.credit import actions as credit
from tracker.credit import contributions
from tracker.credit.versions import APPROVE, DECLARE
from tracker.database import db
from tracker.dates import PartialDate
from tracker.events import actions as events
from tracker.exports import actions as exports
from tracker.exports.projects import LIST
from tracker.ideas import actions as ideas
from tracker.ideas.states import UnionKind
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.milestones.states import NoteAudience
from tracker.oversight import actions as oversight
from tracker.plans import actions as plans
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reports import actions as reports
from tracker.reports import withdrawal
from tracker.reports.states import ReportState
from tracker.terms import actions as terms
from tracker.uses.models import Use
from tracker.uses.states import UseKind
from tracker.writing import actions as writing

PEOPLE = ("visitor", "stranger", "member", "partner", "lead", "coordinator")
EVERYONE = set(PEOPLE)
SIGNED_IN = EVERYONE - {"visitor"}
MEMBERS = SIGNED_IN - {"stranger"}
TEAM = {"partner", "lead", "coordinator"}
LEADS = {"lead", "coordinator"}
COORDINATOR = {"coordinator"}
NOBODY: set[str] = set()

# A running, public project; a recruiting one ("call"); a draft. `{…}` are ids of the world below.
DOORS = {
    "/": EVERYONE,
    "/healthz": EVERYONE,
    "/projects": EVERYONE,
    "/projects/new": MEMBERS,
    "/projects/{running}": EVERYONE,
    "/projects/{call}": MEMBERS,
    "/projects/{draft}": {"lead"},
    "/projects/alike": MEMBERS,
    "/projects/{draft}/alike": {"lead"},
    "/projects/{draft}/join/{call}": {"lead"},
    "/projects/{draft}/merge/{call}": {"lead"},
    "/projects/{call}/ideas/{union}": LEADS,
    "/projects/{running}/timeline": EVERYONE,
    "/projects/{call}/timeline": MEMBERS,
    "/projects/{running}/map": EVERYONE,
    "/projects/{call}/map": MEMBERS,
    "/projects/{running}/balance": EVERYONE,
    "/projects/{draft}/balance": {"lead"},
    "/projects/{running}/edit": LEADS,
    "/projects/{draft}/edit": {"lead"},
    "/projects/{running}/history": TEAM,
    "/projects/{running}/story": EVERYONE,
    "/projects/{running}/partners/{agreed}/month": TEAM,
    "/projects/{running}/ledger": TEAM,
    "/projects/{running}/seats": EVERYONE,
    "/projects/{draft}/seats": {"lead"},
    "/projects/{running}/seats/new": LEADS,
    "/projects/{running}/seats/{seat}": EVERYONE,
    "/projects/{running}/seats/{seat}/edit": LEADS,
    "/projects/{running}/seats/{seat}/candidates": LEADS,
    "/projects/{running}/seats/{seat}/compare": LEADS,
    "/projects/{running}/candidates": LEADS,
    "/projects/{running}/candidates/compare": LEADS,
    "/seats": SIGNED_IN,
    "/projects/{running}/seats/{seat}/remove": LEADS,
    "/projects/{running}/team": LEADS,
    "/projects/{running}/steps/submit": {"lead"},
    "/projects/{call}/steps/start": {"lead"},
    "/projects/{running}/steps/publish": {"lead"},
    "/projects/{running}/plan": LEADS,
    "/projects/{running}/plan/shift": LEADS,
    "/projects/{running}/plan/template": COORDINATOR,
    "/networks/{network}/plan-templates": COORDINATOR,
    "/plan-templates/{plan_template}/edit": COORDINATOR,
    "/plan-templates/{plan_template}/retire": COORDINATOR,
    "/projects/{running}/plan/sheet": LEADS,
    "/projects/{running}/plan/sheet.xlsx": LEADS,
    "/networks/{network}/projects/sheet": COORDINATOR,
    "/networks/{network}/projects/sheet.xlsx": COORDINATOR,
    "/me/projects/sheet": SIGNED_IN,
    "/me/projects/sheet.xlsx": SIGNED_IN,
    "/institutions/{institution}/month/sheet": {"partner"},
    "/institutions/{institution}/month/sheet.xlsx": {"partner"},
    "/sheets/{sheet}": {"lead"},
    "/projects/{running}/milestones/new": LEADS,
    "/projects/{running}/notes": EVERYONE,
    "/projects/{running}/notes/new": TEAM,
    "/notes/{note}/withdraw": LEADS,
    "/projects/{running}/files": TEAM,
    "/projects/{draft}/files": {"lead"},
    "/milestones/{milestone}/files": TEAM,
    "/projects/{running}/files/{file}/delete": LEADS,
    "/projects/{running}/terms": TEAM,
    "/projects/{running}/terms/write": LEADS,
    "/projects/{running}/terms/history": TEAM,
    "/projects/{running}/terms/1": TEAM,
    "/projects/{running}/terms/1/changes": TEAM,
    "/projects/{running}/partners/invite": LEADS,
    "/projects/{running}/partners/invite-new": LEADS,
    "/projects/{running}/partners/roles": LEADS,
    "/projects/{call}/partners/offer": {"member", "lead"},  # this lead works at two institutions
    "/projects/{call}/call": MEMBERS,
    "/projects/{call}/call/ask": {"member", "partner"},
    "/projects/{call}/call/dates": LEADS,
    "/projects/{call}/partners/{invited}": MEMBERS,  # leads on to the question, or to the project's page
    "/projects/{call}/partners/{invited}/withdraw": LEADS,
    "/projects/{running}/partners/lead": {"lead"},
    "/projects/{running}/partners/{agreed}/done": {"lead", "partner", "coordinator"},
    "/milestones/{milestone}/edit": LEADS,
    "/milestones/{milestone}/done": TEAM,
    "/milestones/{milestone}/late": TEAM,
    "/milestones/{milestone}/drop": LEADS,
    "/reports": EVERYONE,
    "/feeds/reports.atom": EVERYONE,
    "/reports/{report}": TEAM,
    "/reports/{report}.bib": TEAM,
    "/reports/{report}/fill": LEADS,
    "/reports/add": COORDINATOR,
    "/bibliographies/{bibliography}": {"lead"},
    "/bibliographies/{bibliography}/records/1": {"lead"},
    "/reports/{report}/linkset.json": TEAM,
    "/reports/{report}/datacite.xml": TEAM,
    "/reports/{report}/doi": COORDINATOR,
    "/reports/{report}/crossref.xml": COORDINATOR,
    "/oai": EVERYONE,
    "/sitemap.xml": EVERYONE,
    "/sitemaps/reports-1.xml": EVERYONE,
    "/reports/{report}/uses": TEAM,
    "/reports/{report}/uses/new": TEAM,
    "/uses/{use}/withdraw": LEADS,
    "/reports/{report}/drafts": TEAM,
    "/drafts/{written}": TEAM,
    "/drafts/{written}/file": TEAM,
    "/drafts/{written}/compare": TEAM,
    "/drafts/{written}/current": TEAM,
    "/reports/{report}/text": TEAM,
    "/reports/{report}/text/together": TEAM,
    "/sections/{section}": TEAM,
    "/sections/{section}/edit": TEAM,
    "/sections/{section}/heading": TEAM,
    "/sections/{section}/remove": TEAM,
    "/sections/{section}/history": TEAM,
    "/sections/{section}/history/1": TEAM,
    "/reports/{report}/pen": TEAM,
    "/reports/{report}/approval": TEAM,
    "/reports/{report}/approval/1": TEAM,
    "/approvals/{approval}/cover": COORDINATOR,
    "/asks/{approve}/version": {"lead"},
    "/reports/{report}/credit": TEAM,
    "/reports/{report}/credit/mine": {"partner", "lead"},
    "/reports/{report}/credit/add": LEADS,
    "/reports/{report}/authors/{author}/propose": LEADS,
    "/contributors/{contributor}/propose": LEADS,
    "/contributors/{contributor}/remove": LEADS,
    "/asks/{declare}/contribution": {"partner"},
    "/reports/{report}/reviews": TEAM,
    "/reports/{report}/reviews/new": LEADS,
    "/reports/{report}/reviews/1": TEAM,
    "/reports/{report}/reviews/1/print": TEAM,
    "/reports/{report}/reviews/1.csv": TEAM,
    "/reports/{report}/reviews/1/comments/{comment}": TEAM,
    "/reports/{report}/reviews/1/ask": LEADS,
    "/reports/{report}/reviews/1/remind": LEADS,
    "/reports/{report}/reviews/1/close": LEADS,
    "/reviews/{review}/withdraw": LEADS,
    "/reviews/{review}/answer": {"partner"},
    "/reviews/{review}/answer/finish": {"partner"},
    "/reviews/{review}/answer/send": {"partner"},
    "/reviews/{review}/answer/draft": NOBODY,  # it has no file; see tests/reviewing
    "/reviews/{review}/answer/own-file": NOBODY,  # none was sent
    "/networks/{network}/review-questions": COORDINATOR,
    "/reports/{report}/edit": LEADS,
    "/reports/{report}/edit/authors": LEADS,
    "/reports/{report}/edit/files": LEADS,
    "/reports/{report}/edit/subjects": LEADS,
    "/reports/{report}/edit/languages": LEADS,
    "/reports/{report}/edit/related": LEADS,
    "/reports/{report}/edit/more": LEADS,
    "/reports/{public}/versions/1": EVERYONE,
    "/reports/{public}/read": EVERYONE,
    "/reports/{public}/versions/1/read": EVERYONE,
    "/reports/{report}/publication": TEAM,
    "/reports/{report}/publication/read": TEAM,
    "/reports/{public}/withdraw": COORDINATOR,
    "/reports/{withdrawn}/restore": COORDINATOR,
    "/reports/{report}/publish": {"lead"},
    "/reports/{report}/discard": LEADS,
    "/institutions": EVERYONE,
    "/institutions/{institution}": EVERYONE,
    "/institutions/new": COORDINATOR,
    "/institutions/ask": EVERYONE,
    "/institutions/ask/sent": EVERYONE,
    "/institutions/{institution}/edit": {"partner", "coordinator"},
    "/institutions/{institution}/merge": COORDINATOR,
    "/institutions/{institution}/merge/{twin}": COORDINATOR,
    "/institutions/{institution}/contacts": {"partner", "coordinator"},
    "/institutions/{institution}/contacts/1/dismiss": {"partner", "coordinator"},
    "/institutions/{institution}/contacts/leave": {"partner"},
    "/institutions/{institution}/invite": {"partner", "coordinator"},
    "/networks": EVERYONE,
    "/networks/{network}": EVERYONE,
    "/networks/{network}/map": EVERYONE,
    "/networks/{network}/wishes": COORDINATOR,
    "/networks/{network}/edit": COORDINATOR,
    "/networks/{network}/terms": COORDINATOR,
    "/networks/{network}/terms/en": COORDINATOR,
    "/networks/{network}/terms/fr/remove": COORDINATOR,
    "/networks/{network}/members": COORDINATOR,
    "/networks/{network}/join": NOBODY,  # all of them are members: see tests/memberships
    "/networks/{network}/coordinators": COORDINATOR,
    "/networks/{network}/coordinators/{person}/dismiss": COORDINATOR,
    "/networks/{network}/members/{institution}/leave": COORDINATOR,
    "/networks/new": COORDINATOR,
    "/people/{person}": EVERYONE,
    "/themes": EVERYONE,
    "/themes/{theme}": EVERYONE,
    "/themes/new": COORDINATOR,
    "/themes/{theme}/edit": COORDINATOR,
    "/search": EVERYONE,
    "/events": EVERYONE,
    "/events/new": LEADS,
    "/events/{event}": EVERYONE,
    "/events/{event}/edit": LEADS,
    "/events/{event}/cancel": LEADS,
    "/events/{event}/guests": LEADS,
    "/board": COORDINATOR,
    "/board/late": COORDINATOR,
    "/board/remind": COORDINATOR,
    "/board/timelines": COORDINATOR,
    "/board/on-time": COORDINATOR,
    "/board/tables": COORDINATOR,
    "/board/tables/projects": COORDINATOR,
    "/board/tables/projects.csv": COORDINATOR,
    "/board/tables/projects/list": COORDINATOR,
    "/board/tables/print": COORDINATOR,
    "/board/tables/kept": COORDINATOR,
    "/board/tables/keep": COORDINATOR,
    "/board/tables/text/{network}": COORDINATOR,
    "/board/tables/snapshots/{snapshot}": COORDINATOR,
    "/board/tables/snapshots/{snapshot}/projects": COORDINATOR,
    "/board/tables/snapshots/{snapshot}/compare": COORDINATOR,
    "/board/tables/snapshots/{snapshot}/compare/projects": COORDINATOR,
    "/board/tables/snapshots/{snapshot}/withdraw": COORDINATOR,
    "/exports": SIGNED_IN,
    "/exports/{export}": COORDINATOR,
    "/board/views": COORDINATOR,
    "/board/views/keep": COORDINATOR,
    "/board/views/{view}/rename": COORDINATOR,
    "/board/views/{view}/remove": COORDINATOR,
    "/projects/{running}/secretariat": COORDINATOR,
    "/institutions/{institution}/secretariat": COORDINATOR,
    "/secretariat-notes/{secretariat_note}/withdraw": COORDINATOR,
    "/asks/{ask}": TEAM,
    "/asks/{ask}/pass-on": {"partner", "coordinator"},
    "/asks/{ask}/remind": LEADS,
    "/asks/{ask}/withdraw": LEADS,
    "/asks/{ask}/review": NOBODY,  # it asks for something else; see tests/reviewing
    "/a/lost": EVERYONE,
    "/a/sent": EVERYONE,
    "/import": COORDINATOR,
    "/me": SIGNED_IN,
    "/me/calendars": SIGNED_IN,
    "/me/calendars/{calendar}/renew": {"lead"},
    "/me/calendars/{calendar}/end": {"lead"},
    "/account": SIGNED_IN,
    "/account/email": SIGNED_IN,
    "/account/password": SIGNED_IN,
    "/account/affiliations": SIGNED_IN,
    "/account/affiliations/find": SIGNED_IN,
    "/account/affiliations/{affiliation}": {"lead"},
    "/account/affiliations/{affiliation}/remove": {"lead"},
    "/account/affiliations/add/{institution}": SIGNED_IN,
    "/sign-in": EVERYONE,
    "/sign-in/sent": EVERYONE,
    "/password/reset": EVERYONE,
}
BUTTONS = {  # routes that only take a POST
    "/board/tables/files/all": COORDINATOR,
    "/exports/projects": COORDINATOR,
    "/exports/{export}/again": COORDINATOR,
    "/projects/{call}/call/keep": {"member", "partner", "lead"},
    "/projects/{call}/call/let-go": {"member", "partner", "lead"},
    "/projects/{running}/preview": LEADS,
    "/projects/{running}/seats/{seat}/close": LEADS,
    "/projects/{running}/seats/{seat}/reopen": LEADS,
    "/projects/{running}/seats/{seat}/give": LEADS,
    "/projects/{running}/seats/{seat}/take-back": LEADS,
    "/projects/{running}/reports/new": LEADS,
    "/reports/{report}/text/usual": TEAM,
    "/reports/{report}/text/move": TEAM,
    "/sections/{section}/state": TEAM,
    "/sections/{section}/restore": TEAM,
    "/reports/{report}/pen/done": TEAM,
    "/reports/{report}/pen/back": LEADS,
    "/projects/{running}/terms/confirm": NOBODY,  # 400 without a version; see tests/terms
    "/projects/{running}/partners/{agreed}/role": NOBODY,  # 400 without a role; see tests/recruiting
    "/projects/{running}/partners/{agreed}/link": LEADS,
    "/milestones/{milestone}/reopen": LEADS,
    "/plan-templates/{plan_template}/restore": COORDINATOR,
    "/institutions/{institution}/confirm": {"partner", "coordinator"},
    "/institutions/{institution}/contacts/1": {"partner", "coordinator"},
    "/institutions/{institution}/invitations/{person}/again": {"partner", "coordinator"},
    "/institutions/{institution}/invitations/{person}/withdraw": {"partner", "coordinator"},
    "/themes/{theme}/retire": COORDINATOR,
    "/themes/{theme}/restore": COORDINATOR,
    "/events/{event}/restore": LEADS,
    "/events/{event}/guests/add": LEADS,
    "/events/{event}/guests/{guest}/remove": LEADS,
    "/bibliographies/{bibliography}/add": NOBODY,  # it fills in a report; see tests/bibliographies
    "/reports/{report}/approval/ask": LEADS,
    "/reports/{report}/credit/ask": LEADS,
    "/reports/{report}/reviews/1/done": TEAM,
    "/reviews/{review}/answer/file": {"partner"},
    "/sign-out": EVERYONE,
    "/sign-out-everywhere": SIGNED_IN,
}
# Their own tests.
BY_LINK = {
    "/a/",
    "/join/",
    "/set-up/",
    "/sign-in/",
    "/password/reset/",
    "/account/email/",
    "/mail/stop/",
    "/calendars/",
}  # their own tests
ELSEWHERE = {"/static/<path:filename>", "/style-<digest>.css"}


@pytest.fixture
def world():
    return once("people who stand differently", make_people)


def make_people():
    """A running project, one that seeks partners, a draft, and six people who stand differently to them."""
    running = make_project(ProjectState.RUNNING)
    lead, coordinator, partner = running.lead, running.coordinator, running.partner_people[0]
    call = make_project(ProjectState.RECRUITING, countries=("KE",), lead=lead)
    invited = recruiting.invite(call, running.partners[1].institution, actor=lead)
    offering = make_institution(country="GH")
    recruiting.offer(call, offering, note="Data", actor=make_person(contact_of=offering))
    draft = make_project(lead=lead)
    idea = make_project(title="Rivers and towns")
    union = ideas.propose(idea, call, UnionKind.JOIN, actor=idea.lead)
    note = milestones.write_note(
        running,
        text="Fieldwork begins.",
        on=PartialDate.parse("2025-02"),
        language="en",
        audience=NoteAudience.PUBLIC,
        actor=lead,
    )
    report = make_report(running)
    public, withdrawn = (
        reports.import_report(None, fields={"import_key": key, "state": ReportState.PUBLISHED}, authors=[], actor=None)
        for key in ("public", "withdrawn")
    )
    reports.change_report(public, because="Its title.", title="Public", actor=None)
    withdrawal.withdraw(withdrawn, reason="Wrong.", actor=None)
    written = make_draft(report, actor=lead)
    make_page(report, written)
    for edition in (1, 2):
        make_page(public, written, edition=edition)
    review = make_review(report, written, partner)
    proof = credit.put_to_approval(report, actor=lead)
    helper = contributions.add_other(report, name=partner.name, person=partner, actor=lead)
    event = events.announce(
        running.network, title="River forum", on=PartialDate.parse("2025-02"), projects=[running], actor=lead
    )
    events.add_guest(event, listed_as="Ministry", people=2, actor=lead)
    use = Use(report=report, kind=UseKind.CITED, on=PartialDate.parse("2025-02"), said_by=lead)
    db.session.add(use)
    db.session.flush()
    terms.keep_template(running.network, "fr", funding="Chacun sa part.", actor=coordinator)
    people = {
        "visitor": None,
        "stranger": make_person(),
        "member": make_person(institution=make_institution(country="SN")),
        "partner": partner,
        "lead": lead,
        "coordinator": coordinator,
    }
    ids = {
        "running": running.id,
        "call": call.id,
        "draft": draft.id,
        "union": union.id,
        "invited": invited.id,
        "ask": latest("recruiting.invitation", invited).id,
        "agreed": running.partners[1].id,
        "seat": make_seat(running).id,
        "milestone": plan(running)[0].id,
        "plan_template": plans.make_template(
            running, name="Short", items=[plans.Item("Concept", 0, 0)], actor=coordinator
        ).id,
        "note": note.id,
        "report": report.id,
        "public": public.id,
        "withdrawn": withdrawn.id,
        "bibliography": make_bibliography(report, lead).id,
        "written": written.id,
        "section": writing.add(report, "Findings", actor=lead).id,
        "review": review.id,
        "author": report.authors[0].id,
        "approval": proof.approvals[0].id,
        "approve": latest(APPROVE, proof.approvals[0]).id,
        "contributor": helper.id,
        "declare": latest(DECLARE, helper).id,
        "comment": review.comments[0].id,
        "institution": running.partners[1].institution_id,
        "twin": offering.id,
        "network": running.network_id,
        "person": lead.id,
        "theme": running.themes[0].id,
        "affiliation": lead.affiliations[0].id,
        "snapshot": make_snapshot(running.network, coordinator).id,
        "export": exports.request(LIST, {}, coordinator).id,
        "use": use.id,
        "event": event.id,
        "calendar": calendars.subscribe(lead, Scope.PROJECT, running).id,
        "guest": event.guests[0].id,
        "sheet": make_sheet(running, lead).id,
        "file": _file_on(plan(running)[0], lead),
        "view": oversight.keep_view(coordinator, "board", "Running", "state=running").id,
        "secretariat_note": oversight.write_note(running, text="Call them.", actor=coordinator).id,
    }
    return SimpleNamespace(people=people, ids=ids)


def _file_on(milestone, person):
    """The id of a file that this person hung on a milestone."""
    upload = FileStorage(io.BytesIO(b"1,2\n"), filename="data.csv")
    kept = files.keep(upload, uploaded_by=person, project_id=milestone.project_id)
    attachments.add(milestone, [kept], actor=person)
    return kept.id


def enters(answer) -> bool:
    """Whether the door opened, whatever the view then said."""
    assert answer.status_code < 500
    to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in?")
    to_sign_in = to_sign_in or (answer.status_code == 303 and answer.location == "/sign-in")
    return answer.status_code not in (401, 403, 404) and not to_sign_in


@pytest.mark.parametrize("who", PEOPLE)
def test_a_page_opens_for_those_it_is_meant_for(who, world, signed_in, client):
    person = world.people[who]
    browser = signed_in(person) if person else client
    opened = {path for path in DOORS if enters(browser.get(path.format(**world.ids)))}
    assert opened == {path for path in DOORS if who in DOORS[path]}


@pytest.mark.parametrize("path", [*DOORS, *BUTTONS])
def test_a_post_gets_through_the_same_door(path, request, signed_in, client, app):
    """An empty form: refused for what it lacks inside, never let in from outside."""
    if not _takes_a_post(app, path):
        return
    world = request.getfixturevalue("world")
    address = path.format(**world.ids)
    allowed = (DOORS | BUTTONS)[path]
    for who in [*sorted(EVERYONE - allowed), *sorted(allowed)]:
        person = world.people[who]
        answer = (signed_in(person) if person else client).submit(address)
        if who in allowed:
            assert answer.status_code not in (401, 500), f"{who} got {answer.status_code}"
        else:
            assert not enters(answer) or answer.status_code == 400, f"{who} got {answer.status_code}"


def _takes_a_post(app, path):
    """Found without the world, which takes its time."""
    try:
        app.url_map.bind("localhost").match(re.sub(r"{\w+}", "1", path), method="POST")
    except MethodNotAllowed:
        return False
    return True


def test_every_route_is_in_the_tables(app, world):
    adapter = app.url_map.bind("localhost")
    covered = set()
    for path, method in [*((path, "GET") for path in DOORS), *((path, "POST") for path in [*DOORS, *BUTTONS])]:
        with suppress(MethodNotAllowed):
            covered.add(adapter.match(path.format(**world.ids), method=method)[0])
    missing = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in covered
        and rule.rule not in ELSEWHERE
        and not any(rule.rule.startswith(start) and "token" in rule.rule for start in BY_LINK)
        and not re.search(r"/files/|/import/|/pictures/", rule.rule)  # tests/milestones, reports, imports, drafts
    }
    assert missing == set()
