"""What the worker does for drafts: read what was brought, so that it can be read in the browser.

A worker holds a draft by the moment it claimed it. One that falls silent loses it to the next; what it still writes
counts for nothing.
"""

import logging
from datetime import datetime

import sqlalchemy as sa

from tracker import clock
from tracker.database import db
from tracker.documents import Kind, Unreadable
from tracker.drafts import queries
from tracker.drafts.models import Draft, DraftPicture
from tracker.drafts.pictures import stored
from tracker.drafts.reading import Reading, read
from tracker.drafts.states import ReadingState
from tracker.files import store
from tracker.i18n import _, speaking
from tracker.pandoc import ConversionFailed
from tracker.worker import round_of_work

MOST_TRIES = 3

log = logging.getLogger(__name__)


@round_of_work("Drafts read")
def read_waiting(_limit: int) -> int:
    """Read one draft, so that mails never wait for more than one; return how many were read."""
    return int(read_next())


def read_next() -> bool:
    """Read the draft that has waited longest; False where none waits. Commits, several times.

    One that cannot be read says so at once; where something else goes wrong it is tried MOST_TRIES times.
    """
    draft = queries.claimable()
    if draft is None:
        db.session.commit()
        return False
    if draft.attempts >= MOST_TRIES:  # whoever tried last came to an end without a word
        _fail(draft.id, draft.claimed_at, "")
        return True
    draft.attempts, draft.claimed_at = draft.attempts + 1, clock.now()
    draft_id, since = draft.id, draft.claimed_at
    db.session.commit()
    try:
        _keep(draft_id, since, _reading(draft_id))
    except (Unreadable, ConversionFailed) as error:
        db.session.rollback()
        _fail(draft_id, since, str(error))
    except Exception:
        db.session.rollback()
        log.exception("draft %s could not be read", draft_id)
        _try_again(draft_id, since)
    return True


def _reading(draft_id: int) -> Reading:
    """The long part, with no transaction open."""
    draft = queries.waiting(draft_id)
    assert draft is not None
    if draft.file is None:
        kind, data = Kind.MARKDOWN, draft.markdown.encode()
    else:
        kind = Kind(draft.file.name.rpartition(".")[2].lower())
        data = b"".join(store().read(draft.file.key))
    address, language, spoken = f"{draft.path}/pictures", draft.language, _language_of(draft)
    db.session.commit()
    with speaking(spoken):
        return read(kind, data, address=address, language=language)


def _keep(draft_id: int, since: datetime, reading: Reading) -> None:
    rows = [stored(picture, f"{number}.webp") for number, picture in enumerate(reading.pictures, 1)]
    try:
        draft = _held(draft_id, since)
        if draft is None:
            raise LookupError(f"draft {draft_id} is somebody else's now")
        draft.html, draft.blocks, draft.found = reading.html, reading.blocks, reading.found
        draft.reading, draft.error = ReadingState.READABLE, ""
        draft.pictures = [
            DraftPicture(number=number, file=row, width=picture.width, height=picture.height)
            for number, (row, picture) in enumerate(zip(rows, reading.pictures, strict=True), 1)
        ]
        db.session.commit()
    except BaseException:
        for row in rows:
            store().delete(row.key)
        raise


def _held(draft_id: int, since: datetime | None) -> Draft | None:
    """The draft, locked, as long as it is ours."""
    mine = (Draft.id == draft_id, Draft.claimed_at == since, Draft.reading == ReadingState.WAITING)
    return db.session.scalars(sa.select(Draft).where(*mine).with_for_update(of=Draft)).first()


def _fail(draft_id: int, since: datetime | None, sentence: str) -> None:
    draft = _held(draft_id, since)
    if draft is not None:
        with speaking(_language_of(draft)):
            draft.error = sentence or _("Something went wrong on our side while it was read. It is not your fault.")
        draft.reading = ReadingState.FAILED
    db.session.commit()


def _try_again(draft_id: int, since: datetime) -> None:
    draft = _held(draft_id, since)
    if draft is not None and draft.attempts < MOST_TRIES:
        draft.claimed_at = None
    db.session.commit()
    if draft is not None and draft.attempts >= MOST_TRIES:
        _fail(draft_id, since, "")


def _language_of(draft: Draft) -> str:
    return (draft.made_by.interface_language if draft.made_by else "") or "en"
