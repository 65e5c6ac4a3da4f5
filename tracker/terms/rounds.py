"""What the worker does for terms: ask each partner that joined, or is back, since they were written.

Who takes part changes in features that know nothing of terms; each such change is a sign of life of the project.
"""

from tracker.asks.queries import asks_of
from tracker.database import db
from tracker.terms import actions, queries
from tracker.worker import round_of_work

BATCH = 25


@round_of_work("Projects whose partners were asked to confirm the terms")
def ask(limit: int) -> int:
    """Go through the partners of up to `limit` projects that changed, in small transactions; return of how many."""
    done = 0
    while done < limit:
        size = min(BATCH, limit - done)
        found = queries.to_go_through(size)
        asks = asks_of(actions.ASK, [reply for terms in found for reply in terms.replies])
        for terms in found:
            actions.ask_partners(terms, asks)
            terms.asked_as_of = terms.project.changed_at
        db.session.commit()
        done += len(found)
        if len(found) < size:
            break
    return done
