"""What the worker does for terms: ask each partner that joined, or is back, since they were written.

Who takes part changes in features that know nothing of terms; each such change is a sign of life of the project.
"""

import logging

from tracker.asks.queries import asks_of
from tracker.database import db, is_collision
from tracker.terms import actions, queries
from tracker.worker import round_of_work

BATCH = 25

log = logging.getLogger(__name__)


@round_of_work("Projects whose partners were asked to confirm the terms")
def ask(limit: int) -> int:
    """Go through the partners of up to `limit` projects that changed, in small transactions; return of how many.

    A project that fails is logged and undone, and gone through again when it next changes; the others go on.
    """
    done = 0
    while done < limit:
        size = min(BATCH, limit - done)
        found = queries.to_go_through(size)
        asks = asks_of(actions.ASK, [reply for terms in found for reply in terms.replies])
        for terms in found:
            try:
                with db.session.begin_nested():
                    actions.ask_partners(terms, asks)
            except Exception as error:
                if is_collision(error):  # nothing is wrong with it: the next turn tries all of them again
                    raise
                log.exception("the partners of project %s could not be asked about its terms", terms.project_id)
            terms.asked_as_of = terms.project.changed_at
        db.session.commit()
        done += len(found)
        if len(found) < size:
            break
    return done
