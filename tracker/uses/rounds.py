"""What the worker does for uses: ask the partners some months after publication, and add up the downloads."""

import logging

from sqlalchemy.exc import IntegrityError

from tracker.database import db, is_collision
from tracker.uses import downloads, queries
from tracker.uses.inquiries import MONTHS, inquire
from tracker.worker import round_of_work

log = logging.getLogger(__name__)


@round_of_work("Partners asked about uses")
def ask(limit: int) -> int:
    """Ask up to `limit` partners whether they know of a use; return how many. One that fails stops no other."""
    done = 0
    for months in MONTHS:
        for report, institution in queries.to_ask(months, limit - done):
            try:
                with db.session.begin_nested():
                    inquire(report, institution, months)
            except IntegrityError:  # another worker asks it at this moment
                continue
            except Exception as error:
                if is_collision(error):
                    raise
                log.exception("institution %s could not be asked about report %s", institution.id, report.id)
                continue
            done += 1
        db.session.commit()
    return done


@round_of_work("Files of downloads counted")
def count(limit: int) -> int:
    """Add up what was put aside in the turn before, then put aside what was written since."""
    done = downloads.fold(limit)
    downloads.close()
    return done
