"""Pages to read for tests of other things: made without a converter."""

import io
import json
import secrets
from html import escape

from tests.factories import WORDS
from tracker import clock
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.files import StoredFile, store
from tracker.publication import actions, queries
from tracker.publication.models import Rendition
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.models import Report

PICTURE = b"RIFF0000WEBP"


def make_page(report: Report, draft: Draft, *, edition: int = 0, parts: int = 2) -> Rendition:
    """A page to read, ready, with a picture; `edition` 0 is a try."""
    words = WORDS["theme"]
    said, shown = escape(words), escape(WORDS["institution"])
    html = [
        f'<h2 id="s{number}">{said}</h2><p>{said} <img src="/-/1" alt="{shown}" width="3" height="2"></p>'
        for number in range(1, parts + 1)
    ]
    contents = [[1, f"{words} {number}", f"s{number}", number - 1] for number in range(1, parts + 1)]
    kept = {"parts": html, "contents": contents, "pictures": [[2, len(PICTURE)]]}
    file = StoredFile(key=secrets.token_hex(20), name="p.html", media_type="x/x", size=14, sha256="0" * 64)
    store().write(file.key, io.BytesIO(b"xx" + PICTURE))
    known = queries.renditions(report, edition).get(RenditionKind.HTML)
    row = known or Rendition(report_id=report.id, draft_id=draft.id, kind=RenditionKind.HTML, edition=edition)
    row.state, row.made_at, row.file, row.html = RenditionState.READY, clock.now(), file, json.dumps(kept)
    row.digest = actions.digest_of(actions.front_now(report, edition), draft)
    db.session.add(row)
    db.session.flush()
    return row
