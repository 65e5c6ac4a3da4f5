"""Making what is asked for: in the worker, one format after the other, nothing locked while it takes its seconds.

A worker holds a rendition by the moment it claimed it. One that falls silent loses it to the next; what it still
makes counts for nothing.
"""

import hashlib
import io
import json
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker import clock
from tracker.database import db
from tracker.documents import Kind
from tracker.drafts.models import Draft
from tracker.files import ACCEPTED, StoredFile, store
from tracker.folding import fold
from tracker.i18n import _
from tracker.pandoc import ConversionFailed
from tracker.publication import actions, binding, body, printing, queries, reading
from tracker.publication.front import Front
from tracker.publication.models import Rendition
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.models import Report

MOST_TRIES = 3
NAME_LENGTH = 60  # characters of the title in the name of a file
BYTES = "application/octet-stream"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    data: bytes
    pages: int | None = None
    html: str = ""


def make_next() -> bool:
    """Make what has waited longest; False where nothing waits. Commits, several times.

    What cannot be made says so at once; where something else goes wrong it is tried MOST_TRIES times.
    """
    row = queries.claimable()
    if row is None:
        db.session.commit()
        return False
    rendition_id = row.id
    if row.attempts >= MOST_TRIES:  # whoever tried last came to an end without a word
        since = row.claimed_at
        db.session.commit()
        _fail(rendition_id, since, "")
    else:
        row.attempts, row.claimed_at = row.attempts + 1, clock.now()
        since = row.claimed_at
        db.session.commit()
        try:
            _make(rendition_id, since)
        except ConversionFailed as error:
            db.session.rollback()
            if error.__cause__:
                log.warning("rendition %s: %s", rendition_id, error.__cause__)
            _fail(rendition_id, since, str(error))
        except Exception:
            db.session.rollback()
            log.exception("rendition %s could not be made", rendition_id)
            _try_again(rendition_id, since)
    return True


def _make(rendition_id: int, since: datetime) -> None:
    row = queries.held(rendition_id, since)
    if row is None:
        db.session.commit()
        return
    report = queries.report_for_work(row.report_id)
    assert report is not None
    draft, kind, edition = row.draft, row.kind, row.edition
    front = actions.front_now(report, edition)
    digest, name = actions.digest_of(front, draft), file_name(report, draft, edition, kind)
    source, data = _source(draft)
    db.session.commit()  # nothing is held meanwhile
    made = _made(kind, source, data, front)
    stored = _stored(made.data, name, BYTES if kind is RenditionKind.HTML else ACCEPTED[kind]) if made.data else None
    try:
        _keep(rendition_id, since, made, stored, digest)
    except BaseException:
        if stored is not None:
            store().delete(stored.key)
        raise


def _made(kind: RenditionKind, source: Kind, data: bytes, front: Front) -> Made:
    document = body.read(source, data, front.language, others=front.other_languages, title=front.title)
    if kind is RenditionKind.HTML:
        page = reading.page(document)
        return Made(page.blob, html=json.dumps(page.kept(), ensure_ascii=False))
    abstracts = body.read_html([(abstract.html, abstract.language) for abstract in front.abstracts])
    if kind is RenditionKind.PDF:
        printed = printing.pdf(front, document, abstracts)
        return Made(printed.data, printed.pages)
    bind = binding.docx if kind is RenditionKind.DOCX else binding.epub
    return Made(bind(front, document, abstracts))


def _keep(rendition_id: int, since: datetime, made: Made, stored: StoredFile | None, digest: str) -> None:
    row = _held(rendition_id, since)
    if row is None:
        raise LookupError(f"rendition {rendition_id} is somebody else's now")
    old = row.file if row.edition == 0 else None
    if stored is not None:
        db.session.add(stored)
    row.file, row.html, row.pages, row.digest = stored, made.html, made.pages, digest
    row.state, row.error, row.made_at = RenditionState.READY, "", clock.now()
    db.session.flush()
    if old is not None:
        db.session.delete(old)
    _put_on_page(row)
    db.session.commit()
    if old is not None:
        store().delete(old.key)


def _held(rendition_id: int, since: datetime | None) -> Rendition | None:
    """A rendition that is still ours, with its project, its report and itself locked, in the order of everybody."""
    report_id = queries.report_of(rendition_id)
    if report_id is not None:
        queries.report_for_work(report_id, lock=True)
    return queries.held(rendition_id, since)


def _put_on_page(row: Rendition) -> None:
    """In the transaction that ends the making: a worker that dies leaves nothing made that nobody is offered."""
    if row.edition:
        db.session.flush()
        report = queries.report_for_work(row.report_id)
        assert report is not None
        actions.put_on_page(report, row.edition)


def _fail(rendition_id: int, since: datetime | None, sentence: str) -> None:
    row = _held(rendition_id, since)
    if row is not None:
        row.error = sentence or _("Something went wrong on our side while it was made. It is not your fault.")
        row.state = RenditionState.FAILED
        _put_on_page(row)
    db.session.commit()


def _try_again(rendition_id: int, since: datetime) -> None:
    row = queries.held(rendition_id, since)
    if row is not None and row.attempts < MOST_TRIES:
        row.claimed_at = None
    is_over = row is not None and row.attempts >= MOST_TRIES
    db.session.commit()
    if is_over:
        _fail(rendition_id, since, "")


def _source(draft: Draft) -> tuple[Kind, bytes]:
    if draft.file is None:
        return Kind.MARKDOWN, draft.markdown.encode()
    return Kind(draft.file.name.rpartition(".")[2].lower()), b"".join(store().read(draft.file.key))


def file_name(report: Report, draft: Draft, edition: int, kind: RenditionKind) -> str:
    """What a file is called who downloads it: "water-and-cities-2026.pdf"."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(report.title)).strip("-")
    if len(words) > NAME_LENGTH:  # no word is cut in two, where there are several
        words = words[:NAME_LENGTH].rpartition("-")[0] or words[:NAME_LENGTH]
    words = words or f"report-{report.id}"
    year = f"-{report.published_on.year}" if report.published_on else ""
    which = f"-draft-{draft.number}" if edition == 0 else f"-version-{edition}" if edition > 1 else ""
    return f"{words}{year}{which}.{kind}"


def _stored(data: bytes, name: str, media_type: str) -> StoredFile:
    """The bytes in the store, and the row that names them, not added yet; in no project's quota."""
    row = StoredFile(
        key=secrets.token_hex(20),
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_at=clock.now(),
    )
    store().write(row.key, io.BytesIO(data))
    return row


def page_of(row: Rendition) -> dict[str, Any]:
    """What publication.reading kept of a page."""
    kept: dict[str, Any] = json.loads(row.html)
    return kept
