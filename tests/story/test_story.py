"""A project's story: everything that happened, in order, as its reader may know it, on a page that loads quickly."""

import gzip
import random
from datetime import UTC, date, datetime

import pytest

from tests.factories import make_person, make_project
from tracker import clock
from tracker.checkins import actions as checkins
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import PartialDate
from tracker.events.models import Event
from tracker.events.states import EventKind
from tracker.files import StoredFile
from tracker.milestones import actions as milestones
from tracker.milestones.models import ProgressNote
from tracker.milestones.queries import plan
from tracker.milestones.states import DelayReason, NoteAudience
from tracker.projects.states import ProjectState
from tracker.reports.queries import of_project
from tracker.story import telling
from tracker.uses.models import Use
from tracker.uses.states import UseKind


def at(day):
    return clock.frozen(datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC))


@pytest.fixture
def project():
    """From January to May: a slip, an answer in Arabic, a note for everyone, a report, a meeting and a use."""
    with at("2026-01-12"):
        project = make_project(ProjectState.RUNNING)
        first, second = plan(project)[:2]
        first.name, second.name = "Survey", "Paper"
    with at("2026-02-03"):
        milestones.move(
            first, due=PartialDate("2026-04"), reason=DelayReason.TRAVEL, words="No visa", actor=project.lead
        )
        checkins.answer(
            project.partners[1], date(2026, 2, 1), Going.SLOWER, words="تأخرنا", language="ar",
            reason=DelayReason.DATA, actor=project.partner_people[0],
        )  # fmt: skip
        for audience, text in ((NoteAudience.TEAM, "Between us"), (NoteAudience.PUBLIC, "Le terrain commence")):
            on, said = PartialDate("2026"), {"language": "fr", "audience": audience}
            milestones.write_note(project, text=text, on=on, actor=project.lead, **said)
    with at("2026-04-10"):
        milestones.mark_done(first, on=PartialDate("2026-04-09"), actor=project.lead)
    db.session.add(
        Event(network_id=project.network_id, kind=EventKind.SEMINAR, title="Séminaire", language="fr",
              on=PartialDate("2026-04-20"), projects=[project])
    )  # fmt: skip
    db.session.flush()
    return project


def told(browser, path):
    page = browser.get(path)
    assert page.status_code == 200
    return page.text.partition("<main")[2].partition("</main")[0]


def test_a_visitor_reads_what_is_public_and_those_who_take_part_read_why(project, client, signed_in):
    with at("2026-05-01"):
        path = f"{project.path}/story"
        public, team = told(client, path), told(signed_in(project.partner_people[0]), path)
        member = told(signed_in(make_person(institution=None)), path)
    for page in (public, team, member):
        assert "agreed to take part" in page and "The project started" in page
        assert "“Survey” moved from 31 January 2026 to April 2026" in page and "First date: 31 January 2026" in page
        assert "“Survey” was done" in page and '<a href="/events/' in page and 'lang="fr" dir="auto">Séminaire' in page
        assert "Le terrain commence" in page
    for inner in ("visa or travel", "No visa", "تأخرنا", "Between us", "terms was written", "slower"):
        assert inner in team and inner not in public and inner not in member, inner
    assert team.count("تأخرنا") == 1 and 'lang="ar" dir="auto"' in team


def test_a_deleted_file_is_named_and_leads_nowhere(project, signed_in):
    note = db.session.query(ProgressNote).filter_by(text="Between us").one()
    file = StoredFile(key="k", name="plan.pdf", media_type="application/pdf", size=9, sha256="", project_id=project.id)
    note.files.append(file)
    db.session.flush()
    browser, address = signed_in(project.lead), f"/notes/{note.id}/files/{file.id}"
    assert f'href="{address}"' in told(browser, f"{project.path}/story")
    file.deleted_at = clock.now()
    page = told(browser, f"{project.path}/story")
    assert "plan.pdf" in page and address not in page


def test_it_is_told_in_order_from_either_end(project, client):
    with at("2026-05-01"):
        marks = ["Le terrain", "proposed", "moved from", "was done", "Séminaire"]
        for order, expected in (("", marks), ("?order=newest", marks[::-1])):
            page = told(client, f"{project.path}/story{order}")
            places = [page.index(mark) for mark in expected]
            assert places == sorted(places), order


def test_the_report_and_its_use_end_the_story(client):
    with at("2026-03-02"):
        project = make_project(ProjectState.PUBLISHED)
        (report,) = of_project(project, None)
        report.title, report.language = "التقرير", "ar"
        for number, withdrawn in enumerate((None, clock.now())):
            db.session.add(
                Use(report=report, kind=UseKind.CITED, on=PartialDate("2026-02"), words=f"Cited {number}",
                    withdrawn_at=withdrawn)
            )  # fmt: skip
        db.session.flush()
        page = told(client, f"{project.path}/story")
    assert 'lang="ar" dir="auto">التقرير</a>' in page and "Cited 0" in page and "Cited 1" not in page
    assert "published with its report" in page and "had done its part" not in page


def test_a_draft_has_a_story_for_its_team_only(signed_in, client):
    project = make_project(title="Idea")
    assert client.get(f"{project.path}/story").status_code in (303, 404)
    assert "The idea was written down" in told(signed_in(project.lead), f"{project.path}/story")


def many(project, number, length=0):
    """Notes over many years, in words that no two share."""
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvz", k=rng.randint(2, 11))) for _ in range(3000)]
    for each in range(number):
        text = " ".join(rng.choices(words, k=length)) if length else f"Note {each}"
        on = PartialDate(f"{1990 + each // 40}-{each % 12 + 1:02}-11")
        db.session.add(
            ProgressNote(project_id=project.id, on=on, at=clock.now(), text=text, language="en", audience="public")
        )
    db.session.flush()


def test_a_long_story_comes_in_parts_that_are_small_and_leave_nothing_out(project, client):
    many(project, 350)
    many(project, 80, length=60)
    entries = telling.tell(project, None)
    first = telling.part_of(entries, 1, newest_first=False)
    parts = [telling.part_of(entries, page, newest_first=False) for page in range(1, len(first.years) + 1)]
    assert len(parts) > 2 and sum(len(part.entries) for part in parts) == len(entries)
    assert all(0 < len(part.entries) <= telling.MOST_ENTRIES for part in parts)
    assert telling.part_of(entries, 999, newest_first=False).page == 1
    for page in (1, 2):
        answer = client.get(f"{project.path}/story?page={page}")
        assert len(gzip.compress(answer.data, 6)) <= 14 * 1024, (page, len(gzip.compress(answer.data, 6)))


def test_a_longer_story_asks_the_database_no_more(project, signed_in, queries):
    browser, path = signed_in(project.lead), f"{project.path}/story"

    def count():
        db.session.flush()
        with queries() as log:
            assert browser.get(path).status_code == 200
        return len(log)

    before = count()
    many(project, 40)
    for month in (3, 4, 5):
        with at(f"2026-0{month}-02"):
            checkins.answer(project.partners[0], date(2026, month, 1), Going.HELP, words="Who?", actor=project.lead)
    assert count() == before
