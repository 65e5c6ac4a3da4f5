"""What the worker does for recruiting: take back what no partner can be asked any more.

Projects go on by steps of a feature that knows nothing of recruiting.
"""

import logging

from tracker import clock
from tracker.database import db
from tracker.projects.queries import for_ask
from tracker.recruiting import actions, queries
from tracker.worker import round_of_work

log = logging.getLogger(__name__)


@round_of_work("Projects that went on without an answer")
def close(limit: int) -> int:
    """Take back what is open in up to `limit` projects, each in a transaction of its own; return in how many it was.

    One that fails is logged and undone; its questions run out instead, soon, each by itself.
    """
    due, done = queries.went_on_unanswered(limit), 0
    db.session.commit()
    for project_id in due:
        try:
            with db.session.begin_nested():
                project = for_ask(project_id, lock=True)
                if project is not None and project.state in queries.WENT_ON:
                    actions.go_on_without(project)
        except Exception:
            log.exception("what is open in project %s could not be taken back", project_id)
            for ask in queries.unanswered(project_id):
                ask.expires_at = clock.now() + queries.SOON_OVER
        else:
            done += 1
        db.session.commit()
    return done
