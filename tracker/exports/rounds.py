"""What the worker does for files: make what was asked for, remove what is a week old."""

from tracker.database import db
from tracker.exports import making, queries
from tracker.files import store
from tracker.worker import round_of_work


@round_of_work("Files made")
def make(_limit: int) -> int:
    """Make one file, so that mails never wait for more than one; return how many were made."""
    return int(making.make_next())


@round_of_work("Old files removed")
def remove(limit: int) -> int:
    """Remove up to `limit` files that were finished a week ago; return how many."""
    old = queries.outdated(limit)
    stored = [export.file for export in old if export.file]
    for export in old:
        db.session.delete(export)
    db.session.flush()
    for row in stored:
        db.session.delete(row)
    keys = [row.key for row in stored]
    db.session.commit()
    for key in keys:  # bytes that nothing names are never served: if we are stopped here nothing is wrong
        store().delete(key)
    return len(old)
