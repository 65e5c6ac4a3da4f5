"""Making a file that somebody asked for: in the worker, in small transactions, or at once where it is small.

A worker holds a file by the time of its last step. One that falls silent loses it to the next; what it still writes
counts for nothing.
"""

import hashlib
import logging
import secrets
import tempfile
from datetime import datetime, timedelta
from typing import IO

import sqlalchemy as sa

from tracker import clock
from tracker.database import db
from tracker.exports import queries
from tracker.exports.kinds import KINDS, Kind, Parameters
from tracker.exports.models import Export
from tracker.exports.states import ExportState
from tracker.files import CHUNK, StoredFile, safe_name, store
from tracker.i18n import _, speaking
from tracker.institutions.models import Person

MOST_TRIES = 2
PROGRESS_EVERY = timedelta(seconds=0.5)

log = logging.getLogger(__name__)


class LostError(Exception):
    """Another worker has taken the file over, or it is gone."""


class RefusedError(Exception):
    """Who asked may no longer read what it holds."""


def make_next() -> bool:
    """Make the file that has waited longest; False where none waits. Commits, several times.

    A file whose making failed waits for a second try; after that its owner reads that it failed.
    """
    export = queries.claimable()
    if export is None:
        db.session.commit()
        return False
    if export.attempts >= MOST_TRIES:  # whoever tried last came to an end without a word
        _fail(export)
        return True
    export.state, export.claimed_at = ExportState.RUNNING, clock.now()
    export.attempts, export.done, export.total = export.attempts + 1, 0, 0
    hold = _Hold(export.id, export.claimed_at)
    db.session.commit()
    try:
        _make(hold)
    except LostError:
        db.session.rollback()
        log.info("file %s is somebody else's now", hold.export_id)
    except Exception as error:
        db.session.rollback()
        if not isinstance(error, RefusedError):
            log.exception("file %s could not be made", hold.export_id)
        _note_failure(hold, is_final=isinstance(error, RefusedError))
    return True


def write(kind: Kind, person: Person, parameters: Parameters, target: IO[bytes]) -> None:
    """Make a file here and now. RefusedError where this person may not read it."""
    if not kind.may(person, parameters):
        raise RefusedError
    kind.make(person, parameters, target, lambda _done, _total: None)
    target.seek(0)


class _Hold:
    """A worker's hold on a file: each step renews it, and fails where it is lost."""

    def __init__(self, export_id: int, since: datetime) -> None:
        self.export_id, self.since, self.said = export_id, since, since

    def step(self, done: int, total: int) -> None:
        """End the transaction, and from time to time say how far it is."""
        now = clock.now()
        if now - self.said >= PROGRESS_EVERY or done == total:
            self.renew(now, done=done, total=total)
        db.session.commit()

    def renew(self, now: datetime, **values: object) -> None:
        """Change the row as long as it is ours. LostError where it is not."""
        mine = (Export.id == self.export_id, Export.claimed_at == self.since, Export.state == ExportState.RUNNING)
        changed = db.session.execute(
            sa.update(Export).where(*mine).values(claimed_at=now, **values).execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise LostError
        self.since = self.said = now


def _make(hold: _Hold) -> None:
    export = queries.loaded(hold.export_id)
    if export is None or export.kind not in KINDS:
        raise LostError
    kind, person, parameters = KINDS[export.kind], export.person, dict(export.parameters)
    if not kind.may(person, parameters):
        raise RefusedError
    with speaking(export.language), tempfile.TemporaryFile() as target:
        kind.make(person, parameters, target, hold.step)
        name = kind.file_name(person, parameters)
        db.session.commit()
        row = _stored(target, name, kind.media_type, hold)
    try:
        db.session.add(row)
        db.session.flush()
        hold.renew(clock.now(), state=ExportState.DONE, file_id=row.id, finished_at=clock.now(), done=Export.total)
        db.session.commit()
    except BaseException:
        store().delete(row.key)
        raise


def _stored(target: IO[bytes], name: str, media_type: str, hold: _Hold) -> StoredFile:
    """The bytes in the store, and the row that names them; nobody's upload, in no project's quota."""
    digest, size = hashlib.sha256(), 0
    target.seek(0)
    while chunk := target.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    target.seek(0)
    row = StoredFile(
        key=secrets.token_hex(20),
        name=safe_name(name),
        media_type=media_type,
        size=size,
        sha256=digest.hexdigest(),
        uploaded_at=clock.now(),
    )
    store().write(row.key, target)
    return row


def _note_failure(hold: _Hold, *, is_final: bool) -> None:
    export = queries.loaded(hold.export_id)
    if export is None or export.claimed_at != hold.since or export.state is not ExportState.RUNNING:
        db.session.commit()
    elif is_final:
        _fail(export, refused=True)
    elif export.attempts >= MOST_TRIES:
        _fail(export)
    else:
        export.state = ExportState.WAITING
        db.session.commit()


def _fail(export: Export, *, refused: bool = False) -> None:
    with speaking(export.language):
        export.error = (
            _("You may no longer read what this file would hold.")
            if refused
            else _("Something went wrong on our side while the file was made, twice. It is not your fault.")
        )
    export.state, export.finished_at = ExportState.FAILED, clock.now()
    db.session.commit()
