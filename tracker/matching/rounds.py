"""What the worker does for matching: tell institutions of new seats that they fit."""

import logging

import sqlalchemy as sa

from tracker import clock
from tracker.database import db, is_collision
from tracker.matching import queries
from tracker.matching.actions import tell_of_seats
from tracker.projects.queries import for_ask
from tracker.seats.models import Seat
from tracker.worker import round_of_work

MOST_AT_ONCE = 20  # projects: each compares its seats with all institutions

log = logging.getLogger(__name__)


@round_of_work("Projects whose new seats were told of")
def tell(limit: int) -> int:
    """Tell of the new seats of some projects, at most `limit`, each in a transaction of its own; return how many.

    One that fails is logged and not tried again: that nobody hears of its seats is better than twice.
    """
    due, done = queries.untold_projects(min(limit, MOST_AT_ONCE)), 0
    db.session.commit()
    for project_id in due:
        try:
            with db.session.begin_nested():
                project = for_ask(project_id, lock=True)
                seats = queries.untold_seats(project_id)  # as they are now that nobody else can change them
                if project is not None and seats:
                    tell_of_seats(project, seats)
        except Exception as error:
            if is_collision(error):  # nothing is wrong with it: the next turn tries again
                raise
            log.exception("nobody could be told of the seats of project %s", project_id)
            untold = sa.update(Seat).where(Seat.project_id == project_id, Seat.told_at.is_(None))
            db.session.execute(untold.values(told_at=clock.now()))
        else:
            done += 1
        db.session.commit()
    return done
