"""What the worker does for notifications: make one mail of what is due for each person."""

import logging
from datetime import timedelta

from tracker import clock
from tracker.database import db
from tracker.notifications import actions, queries
from tracker.worker import round_of_work

AFTER_A_FAILURE = timedelta(hours=1)

log = logging.getLogger(__name__)


@round_of_work("People told of what was held for them")
def gather(limit: int) -> int:
    """Gather for up to `limit` people, each in a transaction of their own; return for how many.

    Who cannot be helped, for whatever reason, waits an hour and holds up nobody.
    """
    done = 0
    due = queries.people_due(clock.now(), limit)
    db.session.commit()  # looking may take a moment: nobody waits for it
    for person_id in due:
        try:
            done += actions.gather(person_id)
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("nothing could be gathered for person %s", person_id)
            actions.put_off_all(person_id, clock.now() + AFTER_A_FAILURE)
            db.session.commit()
    return done
