"""What the worker does for ideas: take back a question that no answer could bring about any more.

Projects go on, and stop, by steps of a feature that knows nothing of ideas.
"""

import logging

import sqlalchemy as sa

from tracker import clock
from tracker.database import db, is_collision
from tracker.ideas import actions, queries
from tracker.ideas.models import Union
from tracker.ideas.states import is_possible
from tracker.worker import round_of_work

log = logging.getLogger(__name__)


@round_of_work("Projects that cannot become one any more")
def close(limit: int) -> int:
    """Take back up to `limit` questions, each in a transaction of its own; return how many.

    One that fails is logged and ends without a word, so that it holds up no other.
    """
    due, done = queries.pointless(limit), 0
    db.session.commit()
    for union_id in due:
        try:
            with db.session.begin_nested():
                union = queries.for_answer(union_id, lock=True)
                if union is not None and not is_possible(union.kind, union.project.state, union.into.state):
                    actions.go_on_without(union)
        except Exception as error:
            if is_collision(error):  # nothing is wrong with it: the next turn tries again
                raise
            log.exception("what union %s asks could not be taken back", union_id)
            db.session.execute(sa.update(Union).where(Union.id == union_id).values(ended_at=clock.now()))
        else:
            done += 1
        db.session.commit()
    return done
