"""The example network: whole, believable, and silent."""

from collections import Counter
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests.remembered import once
from tracker import clock, files
from tracker.activity.models import Activity, Delivery
from tracker.asks.queries import waiting
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.credit.queries import approvals_of
from tracker.credit.states import ApprovalState
from tracker.database import db
from tracker.demo import actions
from tracker.demo.people import CONTACT, COORDINATOR, RESEARCHER
from tracker.demo.title_page import title_page
from tracker.drafts.models import Draft
from tracker.drafts.states import ReadingState
from tracker.events.models import Event
from tracker.home.queries import COMING
from tracker.institutions.models import Contact, Coordinator, Institution, Person
from tracker.milestones.models import Milestone
from tracker.milestones.queries import coming, due_within, late
from tracker.oversight.models import HealthLine, SecretariatNote
from tracker.oversight.states import Health
from tracker.plans.models import PlanTemplate
from tracker.projects.models import Project, Transition
from tracker.projects.states import ProjectState
from tracker.publication.queries import renditions
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.actions import missing_in
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.reviewing.models import Review, ReviewComment
from tracker.tables.models import Snapshot
from tracker.uses.models import DownloadCount, Use, UseInquiry
from tracker.writing.models import Pen, Section


@pytest.fixture
def demo(database: Any) -> None:
    once("demo", actions.build)


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


def _person(key: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.email == f"{key}@example.org")).one()


def test_the_example_network_is_whole_and_owes_no_mail(demo: None) -> None:
    states = Counter(db.session.scalars(sa.select(Project.state)))
    assert sum(states.values()) == 30
    assert set(states) == set(ProjectState)
    assert (_count(Institution), _count(Person), _count(Coordinator)) == (40, 61, 2), "one reviews from outside"
    assert len(set(db.session.scalars(sa.select(Institution.country)))) == 25
    assert len(set(db.session.scalars(sa.select(Contact.institution_id)))) == 40
    assert _count(Institution, Institution.ror.is_not(None)) == 0
    assert (_count(Event), _count(Use)) == (2, 1)
    assert _count(Delivery) == 0

    actions.build()
    assert _count(Person) == 61, "building twice changes nothing"

    moments = list(db.session.scalars(sa.select(Activity.at).order_by(Activity.id)))
    assert all(before <= after for before, after in pairwise(moments))
    assert moments[-1] <= clock.now()
    for transition in db.session.scalars(sa.select(Transition)):
        assert transition.actor_name


def test_something_waits_for_each_of_the_example_people(demo: None) -> None:
    researcher, contact, coordinator = (_person(key) for key in (RESEARCHER, CONTACT, COORDINATOR))
    assert "recruiting.offer" in {ask.kind for ask in waiting(researcher)}
    assert any(milestone.is_late for milestone in coming(researcher, COMING))
    assert {"recruiting.invitation", "terms.confirm"} <= {ask.kind for ask in waiting(contact)}
    assert coming(contact, COMING)
    networks = coordinator.coordinated_ids
    assert db.session.scalars(late(networks)).first()
    assert db.session.scalars(due_within(networks, 14)).first()
    assert [ask.kind for ask in waiting(coordinator)].count("projects.proposal") > 2
    slipped = [m for m in db.session.scalars(sa.select(Milestone)) if m.has_slipped]
    assert slipped
    assert all(milestone.changes for milestone in slipped)


def test_its_partners_speak_every_month_and_its_coordinators_keep_what_a_board_asks(demo: None) -> None:
    said = db.session.scalars(sa.select(CheckIn)).all()
    assert {check_in.going for check_in in said} == set(Going)
    assert len({check_in.month for check_in in said}) >= 2
    assert len({check_in.note.language for check_in in said if check_in.note}) >= 9
    assert [check_in for check_in in said if check_in.milestone and check_in.milestone.has_slipped]
    lines = db.session.scalars(sa.select(HealthLine).where(HealthLine.replaced_at.is_(None))).all()
    assert {line.health for line in lines} == set(Health)
    assert _count(SecretariatNote) == 2
    assert (_count(PlanTemplate), _count(Snapshot)) == (1, 1)
    assert len([milestone for milestone in db.session.scalars(sa.select(Milestone)) if milestone.files]) == 1


def test_every_published_report_has_a_complete_record_and_a_file(demo: None) -> None:
    reports = db.session.scalars(sa.select(Report).where(Report.state == ReportState.PUBLISHED)).all()
    assert len(reports) >= 5
    for report in reports:
        assert missing_in(report) == []
        if report.file is None:
            made = renditions(report, 1)
            assert {row.state for row in made.values()} == {RenditionState.WAITING}, "the worker makes its files"
            assert set(made) == set(RenditionKind)
            continue
        assert b"".join(files.store().read(report.file.key)).startswith(b"%PDF-1.4")
    assert {report.language for report in reports} >= {"en", "es", "fr", "zh-Hans"}


def test_a_report_is_read_reviewed_and_put_to_its_authors_and_another_written(demo: None) -> None:
    report = db.session.scalars(sa.select(Report).where(Report.title.startswith("Half came back"))).one()
    drafts = db.session.scalars(sa.select(Draft).where(Draft.report == report).order_by(Draft.number)).all()
    assert [(draft.number, draft.reading, draft.is_current) for draft in drafts] == [
        (1, ReadingState.READABLE, False),
        (2, ReadingState.READABLE, True),
    ]
    assert drafts[0].blocks != drafts[1].blocks
    assert sorted(review.state for review in db.session.scalars(sa.select(Review))) == ["answered", "asked"]
    replies = [comment.reply for comment in db.session.scalars(sa.select(ReviewComment))]
    assert len(replies) == 2
    assert replies.count(None) == 1
    standing = [row.state for row in approvals_of(report)]
    assert sorted(standing) == [ApprovalState.APPROVED, ApprovalState.APPROVED, ApprovalState.ASKED]
    holder = db.session.scalars(sa.select(Pen)).one().holder
    asked = [(_person(RESEARCHER), "reviewing.read"), (holder, "writing.pen"), (_person(CONTACT), "credit.declare")]
    for person, kind in asked:
        assert kind in {ask.kind for ask in waiting(person)}
    sections = db.session.scalars(sa.select(Section).order_by(Section.position)).all()
    assert [section.state for section in sections] == ["reviewed", "drafted", "open"]
    assert all(section.partner for section in sections)


def test_a_published_report_has_a_translation_a_correction_and_readers(demo: None) -> None:
    report = db.session.scalars(sa.select(Report).where(Report.title.startswith("A goat"))).one()
    assert [(text.language, text.is_stale) for text in report.texts] == [("es", False)]
    assert [edition.because != "" for edition in report.editions] == [False, True]
    assert [author.name for author in report.authors if author.is_corresponding] == ["Nadia Rahman"]
    assert any(len(author.affiliations) == 2 for author in report.authors)
    assert len({count.day.strftime("%Y-%m") for count in db.session.scalars(sa.select(DownloadCount))}) >= 3
    answers = [inquiry.knows_none for inquiry in db.session.scalars(sa.select(UseInquiry)) if inquiry.answered_at]
    assert answers == [True]


def test_the_links_sign_each_of_them_in_and_their_pages_open(demo: None, client: Any, signed_in: Any) -> None:
    links = actions.sign_in_links("http://127.0.0.1:8000")
    assert [label for label, _link in links] == [
        "Researcher, Nadia Rahman (Dhaka)",
        "Contact, Rosario Quispe Mamani (La Paz)",
        "Coordinator, Lin Yueqing (Hangzhou)",
    ]
    for _label, link in links:
        assert client.get(urlsplit(link).path).status_code == 200
    reader = signed_in(_person(COORDINATOR))
    paths = ["/", "/me", "/board", "/projects", "/institutions", "/reports"]
    paths += [project.path for project in db.session.scalars(sa.select(Project)) if project.state != "draft"]
    paths += [report.path for report in db.session.scalars(sa.select(Report))]
    paths += ["/events", *(event.path for event in db.session.scalars(sa.select(Event))), "/me/calendars"]
    for path in paths:
        assert reader.get(path).status_code == 200, path


def test_a_title_page_escapes_what_pdf_would_read() -> None:
    page = title_page("气候 (1)", r"Climate \ (1)", ["Zoë"], "Lima")
    assert rb"(Climate \\ \(1\)) Tj" in page
    assert page.endswith(b"%%EOF\n")
    assert page[int(page.split()[-2]) :].startswith(b"xref")
