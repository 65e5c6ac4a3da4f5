"""From a draft to the files that readers have."""

import io
import zipfile
from datetime import timedelta

import pypdfium2
import pytest

from tests.drafts.made import written
from tests.factories import make_draft, make_project, make_report, publish
from tracker import clock
from tracker.activity.models import Activity
from tracker.credit import queries as credit
from tracker.database import db
from tracker.drafts import actions as drafts
from tracker.errors import RuleBroken
from tracker.files import StoredFile, store
from tracker.pandoc import ConversionFailed
from tracker.projects.states import ProjectState
from tracker.publication import actions, making, printing, queries
from tracker.publication.models import Rendition
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports import actions as reports
from tracker.reports.states import ReportState
from tracker.reports.withdrawal import restore, withdraw

ALL = set(RenditionKind)


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project, website="")


@pytest.fixture
def quick(monkeypatch):
    """What is made here says what it was asked for; the real formats have tests of their own."""

    def made(kind, source, data, front):
        if b"refuse" in data or (b"no print" in data and kind is RenditionKind.PDF):
            raise ConversionFailed("It is refused.")
        if b"break" in data:
            raise RuntimeError
        html = '{"parts": ["<p>Read</p>"], "contents": [], "pictures": []}' if kind is RenditionKind.HTML else ""
        return making.Made(b"" if html else f"{kind} of {front.title}".encode(), 3, html)

    monkeypatch.setattr(making, "_made", made)


def work():
    while making.make_next():
        pass


def made_here(report):
    return [held for held in report.more_files if held.is_made_here]


def bytes_of(file):
    return b"".join(store().read(file.key))


def published(project, report, text="# What we found\n\nCities share water."):
    make_draft(report, text)
    project.state = ProjectState.REVIEW
    publish(project)
    work()


def test_a_draft_is_made_to_look_at_and_nothing_of_it_is_public(report, quick):
    draft = make_draft(report)
    actions.ask_for_try(report, ALL)
    work()
    rows = queries.renditions(report, 0, draft)
    assert {kind for kind, row in rows.items() if row.state is RenditionState.READY} == ALL
    assert rows[RenditionKind.PDF].file.name.endswith("-2026-draft-1.pdf")
    assert made_here(report) == []


def test_what_is_made_again_takes_the_place_of_the_first(report, quick):
    draft = make_draft(report)
    actions.ask_for_try(report, {RenditionKind.PDF})
    work()
    first = queries.renditions(report, 0, draft)[RenditionKind.PDF].file.key
    actions.ask_for_try(report, {RenditionKind.PDF})
    assert not queries.claimable(), "what is as it was is not made again"
    reports.change_report(report, title="Another title", actor=report.project.lead)
    actions.ask_for_try(report, {RenditionKind.PDF})
    work()
    assert bytes_of(queries.renditions(report, 0, draft)[RenditionKind.PDF].file) == b"pdf of Another title"
    assert not store().exists(first)


def test_nothing_is_made_without_a_draft_or_beside_a_finished_file(report, quick):
    with pytest.raises(RuleBroken, match="Bring a draft"):
        actions.ask_for_try(report, ALL)
    make_draft(report)
    finished = StoredFile(key="f", name="finished.pdf", media_type="application/pdf", size=1, sha256="0" * 64)
    reports.attach_file(report, finished, actor=report.project.lead)
    with pytest.raises(RuleBroken, match="finished file"):
        actions.ask_for_try(report, ALL)


def test_a_draft_stands_for_the_file_a_report_needs_to_be_published(report):
    assert any("file" in item.sentence for item in reports.missing_in(report))
    make_draft(report)
    assert not any("file" in item.sentence for item in reports.missing_in(report))


def test_a_published_draft_stands_on_the_page_as_files(report, project, quick):
    published(project, report)
    assert report.state is ReportState.PUBLISHED
    held = made_here(report)
    assert [each.file.name.rpartition(".")[2] for each in held] == ["pdf", "docx", "epub"]
    assert held[0].pages == 3
    assert queries.is_readable(report)
    assert db.session.query(Activity).filter_by(kind="publication.made").count() == 1


def test_what_is_made_changes_no_version_and_asks_no_author_again(report, project, quick):
    published(project, report)
    assert report.edition == 1
    assert credit.standing(report).is_approved


def test_a_correction_has_everything_made_anew_and_the_first_stays_with_its_version(report, project, quick):
    published(project, report)
    first = [held.file for held in made_here(report)]
    reports.change_report(report, title="Corrected", because="A slip.", actor=project.coordinator)
    assert [held.file for held in made_here(report)] == first, "until the new ones are there"
    work()
    names = [held.file.name for held in made_here(report)]
    assert names == ["corrected-2026-version-2.pdf", "corrected-2026-version-2.docx", "corrected-2026-version-2.epub"]
    assert [words for words, _address, _size in actions.made_of(report, 1)][1:] == [file.name for file in first]
    assert all(store().exists(file.key) for file in first)


def test_a_finished_file_takes_the_place_of_what_was_made(report, project, quick):
    published(project, report)
    finished = StoredFile(key="f", name="finished.pdf", media_type="application/pdf", size=1, sha256="0" * 64)
    reports.attach_file(report, finished, because="The printed one.", actor=project.coordinator)
    work()
    assert made_here(report) == []
    assert not queries.is_readable(report)


def test_a_withdrawn_report_is_not_made_and_a_restored_one_has_its_files(report, project, quick):
    published(project, report)
    withdraw(report, reason="Wrong data.", actor=project.coordinator)
    work()
    restore(report, reason="Right after all.", actor=project.coordinator)
    work()
    assert len(made_here(report)) == 3


def test_what_waits_for_a_version_that_is_past_is_never_made(report, project, quick):
    make_draft(report)
    project.state = ProjectState.REVIEW
    publish(project)
    reports.change_report(report, title="Corrected", because="A slip.", actor=project.coordinator)
    work()
    assert {row.edition for row in db.session.query(Rendition)} == {2}


def test_what_is_refused_says_so_at_once(report, quick):
    draft = make_draft(report, "refuse")
    actions.ask_for_try(report, {RenditionKind.PDF})
    work()
    row = queries.renditions(report, 0, draft)[RenditionKind.PDF]
    assert (row.state, row.error, row.attempts) == (RenditionState.FAILED, "It is refused.", 1)


def test_what_breaks_is_tried_three_times_and_is_never_half_published(report, project, quick):
    published(project, report, "break")
    rows = queries.renditions(report, 1)
    assert {(row.state, row.attempts) for row in rows.values()} == {(RenditionState.FAILED, 3)}
    assert made_here(report) == []
    assert "not your fault" in rows[RenditionKind.PDF].error
    assert db.session.query(Activity).filter_by(kind="publication.failed").count() == 1


def test_a_worker_that_dies_at_the_end_leaves_nothing_made_that_nobody_is_offered(report, project, quick, monkeypatch):
    make_draft(report)
    project.state = ProjectState.REVIEW
    publish(project)
    put_on_page, calls = actions.put_on_page, []

    def dies(*given):
        calls.append(given)
        if len(calls) == len(ALL):
            raise KeyboardInterrupt
        put_on_page(*given)

    monkeypatch.setattr(actions, "put_on_page", dies)
    with pytest.raises(KeyboardInterrupt):
        work()
    db.session.rollback()
    with clock.frozen(clock.now() + queries.LEASE + timedelta(minutes=1)):
        work()
    assert len(made_here(report)) == 3


def test_the_page_can_be_read_while_it_is_made_anew(report, project, quick):
    """As it is once an author says what they did after the publication."""
    published(project, report)
    report.funding = "A fund."
    actions.renew(report, None)
    rows = queries.renditions(report, 1)
    assert rows[RenditionKind.HTML].state is RenditionState.WAITING
    assert queries.is_readable(report)
    assert queries.shown(report) is rows[RenditionKind.HTML]


def test_a_worker_that_lost_its_hold_changes_nothing(report, quick, monkeypatch):
    draft = make_draft(report)
    actions.ask_for_try(report, {RenditionKind.PDF})
    row = queries.claimable()
    row.claimed_at = row.wanted_at
    db.session.commit()
    with pytest.raises(LookupError):
        making._keep(row.id, None, making.Made(b"late"), None, "")
    assert queries.renditions(report, 0, draft)[RenditionKind.PDF].state is RenditionState.WAITING


def test_a_word_draft_becomes_all_four_formats(report, project):
    file = StoredFile(key="word", name="draft.docx", media_type="application/zip", size=1, sha256="1" * 64)
    store().write(file.key, io.BytesIO(written()))
    db.session.add(file)
    draft = drafts.add_file(report, file, actor=project.lead)
    actions.ask_for_try(report, ALL)
    work()
    rows = queries.renditions(report, 0, draft)
    assert {kind: row.error for kind, row in rows.items() if row.state is not RenditionState.READY} == {}
    document = pypdfium2.PdfDocument(bytes_of(rows[RenditionKind.PDF].file))
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert report.title in text
    assert "Rivers of two cities" in text
    assert "A note on sharing." in text
    assert rows[RenditionKind.PDF].pages == len(document)
    for kind, part in ((RenditionKind.DOCX, "word/document.xml"), (RenditionKind.EPUB, "EPUB/nav.xhtml")):
        with zipfile.ZipFile(io.BytesIO(bytes_of(rows[kind].file))) as book:
            assert part in book.namelist()
            assert any("/media/" in name for name in book.namelist()), "its picture"
    page = making.page_of(queries.with_page(rows[RenditionKind.HTML].id, report))
    assert "<math" in page["parts"][0]
    assert page["pictures"][0][1] > 0


def test_a_format_that_cannot_be_made_costs_none_of_the_others(report, project, quick):
    published(project, report, "no print")
    assert [held.file.name.rpartition(".")[2] for held in made_here(report)] == ["docx", "epub"]
    assert queries.renditions(report, 1)[RenditionKind.PDF].error == "It is refused."
    assert queries.is_readable(report)


def test_the_press_is_stopped_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(printing, "SECONDS", 0.01)
    with pytest.raises(ConversionFailed, match="too long"):
        printing._press("{}", {})
