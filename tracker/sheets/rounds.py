"""What the worker does for workbooks: forget uploads after a week."""

import sqlalchemy as sa

from tracker.database import db
from tracker.sheets import queries
from tracker.sheets.models import Sheet
from tracker.worker import round_of_work


@round_of_work("Uploaded workbooks forgotten")
def forget(limit: int) -> int:
    """Delete up to `limit` uploads that are older than a week; return how many. What they changed stays."""
    ids = queries.forgotten(limit)
    if ids:
        db.session.execute(sa.delete(Sheet).where(Sheet.id.in_(ids)))
    db.session.commit()
    return len(ids)
