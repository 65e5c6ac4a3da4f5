"""What the worker does with large files of records: read them, and add their reports some at a time."""

from tracker import clock
from tracker.bibliographies import queries
from tracker.bibliographies.actions import LEASE, add_some, try_to_read
from tracker.bibliographies.models import Bibliography
from tracker.bibliographies.states import ReadingState
from tracker.database import db
from tracker.i18n import _
from tracker.worker import round_of_work

BATCH = 25  # records in one transaction
MOST_ATTEMPTS = 2  # after which whoever read it is taken to have died of it


@round_of_work("Files of records read")
def read_next(_limit: int) -> int:
    """Read one file; return how many were."""
    claimed = _claim(ReadingState.WAITING)
    if claimed is None:
        return 0
    bibliography = db.session.get(Bibliography, claimed)
    assert bibliography is not None
    try_to_read(bibliography)
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
        bibliography.claimed_at, bibliography.attempts = clock.now(), bibliography.attempts + 1
    claimed = bibliography.id if bibliography else None
    if bibliography is not None and state is ReadingState.WAITING and bibliography.attempts > MOST_ATTEMPTS:
        bibliography.state, bibliography.error = ReadingState.FAILED, _("This file could not be read.")
        claimed = None
    db.session.commit()
    return claimed
