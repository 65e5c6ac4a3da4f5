import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.actions import leads
from tracker.publication import queries
from tracker.publication.front import Front, front_of
from tracker.publication.models import Rendition
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.editions import beside_an_edition, stamp
from tracker.reports.followers import follows_publicity, gives_text
from tracker.reports.models import Report, ReportFile
from tracker.signing import base_url

FILES = (RenditionKind.PDF, RenditionKind.DOCX, RenditionKind.EPUB)  # in the order in which they are offered

declare(
    {
        "publication.made": _l("“%(report)s” can be read as a page and as %(formats)s."),
        "publication.failed": _l("“%(report)s” could not be made as %(formats)s: %(reason)s"),
    }
)


def ask_for_try(report: Report, kinds: Iterable[RenditionKind]) -> None:
    """Have the current draft made to look at, in these formats. Raises RuleBroken where there is nothing to make."""
    if report.file is not None:
        raise RuleBroken(_("This report has a finished file. It is published as it is, and nothing is made."))
    draft = queries.text_here(report)
    if draft is None:
        raise RuleBroken(_("Bring a draft first: a Word, ODT or Markdown file, or a text written here."))
    _want(report, draft, kinds, edition=0)


@follows_publicity
def renew(report: Report, actor: Person | None) -> None:
    """Have what is public made anew: at publication and after each correction. A finished file takes its place."""
    draft = queries.text_here(report) if report.is_public else None
    for row in queries.unfinished(report, (report.edition or 1) if draft else -1):
        db.session.delete(row)  # of an edition that is past: nobody would read it
    if draft is not None:
        _want(report, draft, RenditionKind, edition=report.edition or 1)
    elif report.is_public:
        _take_away(report)


@gives_text
def text_of(report: Report) -> str:
    """The draft that its publication is made from."""
    draft = queries.text_here(report)
    if draft is None:
        return ""
    return draft.file.sha256 if draft.file is not None else hashlib.sha256(draft.markdown.encode()).hexdigest()


@beside_an_edition
def made_of(report: Report, number: int) -> list[tuple[str, str, int]]:
    """The page and the files that were made of an edition."""
    rows = queries.renditions(report, number)
    made = [(kind, rows[kind]) for kind in RenditionKind if kind in rows and rows[kind].state is RenditionState.READY]
    address = f"{report.path}/versions/{number}"
    return [
        (_("Read this version"), f"{address}/read", 0)
        if kind is RenditionKind.HTML or row.file is None
        else (row.file.name, f"{address}/files/{row.file.name}", row.file.size)
        for kind, row in made
    ]


def put_on_page(report: Report, edition: int) -> None:
    """Put what was made of an edition on the page of its report, once all of it is made or has failed.

    It makes no new edition and asks nobody anew: it holds what they approved. The report is locked by the caller.
    """
    rows = queries.renditions(report, edition)
    is_past = not report.is_public or report.file is not None or edition != (report.edition or 1)
    if is_past or any(row.state is RenditionState.WAITING for row in rows.values()):
        return
    made = [rows[kind] for kind in FILES if kind in rows and rows[kind].state is RenditionState.READY]
    _take_away(report)
    for row in made:
        report.more_files.append(
            ReportFile(file=row.file, language=report.language, pages=row.pages, position=0, is_made_here=True)
        )
    stamp(report)
    if made:
        _note("publication.made", report, formats=_named(row.kind for row in made))
    failed = [row for row in rows.values() if row.state is RenditionState.FAILED]
    if failed:
        _note("publication.failed", report, formats=_named(row.kind for row in failed), reason=failed[0].error)


def digest_of(front: Front, draft: Draft) -> str:
    """Of all that a rendition is made from."""
    own = draft.file.sha256 if draft.file is not None else hashlib.sha256(draft.markdown.encode()).hexdigest()
    return hashlib.sha256(json.dumps([asdict(front), own], sort_keys=True).encode()).hexdigest()


def front_now(report: Report, edition: int) -> Front:
    """What stands before and after the text, by the record as it is."""
    return front_of(report, address=f"{base_url()}{report.path}", edition=edition)


def _want(report: Report, draft: Draft, kinds: Iterable[RenditionKind], *, edition: int) -> None:
    db.session.flush()
    known = queries.renditions(report, edition, draft)
    digest = digest_of(front_now(report, edition), draft)
    for kind in kinds:
        row = known.get(kind)
        if row is None:
            row = Rendition(report_id=report.id, draft_id=draft.id, kind=kind, edition=edition)
            db.session.add(row)
        elif row.state is RenditionState.READY and row.digest == digest:
            continue
        row.state, row.error, row.digest = RenditionState.WAITING, "", digest
        row.attempts, row.claimed_at, row.wanted_at = 0, None, clock.now()
    db.session.flush()


def _take_away(report: Report) -> None:
    for held in [held for held in report.more_files if held.is_made_here]:
        report.more_files.remove(held)


def _named(kinds: Iterable[RenditionKind]) -> str:
    names = {
        RenditionKind.HTML: "HTML",
        RenditionKind.PDF: "PDF",
        RenditionKind.DOCX: "Word",
        RenditionKind.EPUB: "EPUB",
    }
    return ", ".join(names[kind] for kind in kinds)


def _note(kind: str, report: Report, **details: Any) -> None:
    db.session.flush()
    told = leads(report.project) if kind == "publication.failed" and report.project else []
    details = {"report": report.label, "report_id": report.id, "path": report.path, **details}
    record(kind, report.project or report, actor=None, tell=told, **details)
