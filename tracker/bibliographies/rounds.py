"""What the worker does with large files of records: read them, and add their reports some at a time."""

import logging

from tracker import clock
from tracker.bibliographies import queries
from tracker.bibliographies.actions import LEASE, add_some, read_file
from tracker.bibliographies.models import Bibliography
from tracker.bibliographies.states import ReadingState
from tracker.database import db
from tracker.i18n import _
from tracker.worker import round_of_work

BATCH = 25  # records in one transaction

log = logging.getLogger(__name__)


@round_of_work("Files of records read")
def read_next(_limit: int) -> int:
    """Read one file; return how many were."""
    claimed = _claim(ReadingState.WAITING)
    if claimed is None:
        return 0
    bibliography = db.session.get(Bibliography, claimed)
    assert bibliography is not None
    try:
        read_file(bibliography)
        db.session.commit()
    except Exception:  # whatever a library stumbled over: it would again
        db.session.rollback()
        log.exception("a file of records could not be read: %s", claimed)
        bibliography = db.session.get(Bibliography, claimed)
        assert bibliography is not None
        bibliography.state, bibliography.error = ReadingState.FAILED, _("This file could not be read.")
        db.session.commit()
    return 1


@round_of_work("Records added to the library")
def add_next(limit: int) -> int:
    """Add up to `limit` records of one file; return how many were looked at."""
    claimed = _claim(ReadingState.ADDING)
    if claimed is None:
        return 0
    done = 0
    while done < limit:
        bibliography = db.session.get(Bibliography, claimed, with_for_update=True, populate_existing=True)
        assert bibliography is not None
        done += add_some(bibliography, BATCH)
        is_over = bibliography.state is not ReadingState.ADDING
        bibliography.claimed_at = clock.now()
        db.session.commit()
        if is_over:
            break
    bibliography = db.session.get(Bibliography, claimed)
    if bibliography is not None:
        bibliography.claimed_at = None
    db.session.commit()
    return done


def _claim(state: ReadingState) -> int | None:
    bibliography = queries.claimable(state, clock.now() - LEASE)
    if bibliography is not None:
        bibliography.claimed_at = clock.now()
    claimed = bibliography.id if bibliography else None
    db.session.commit()
    return claimed
