"""What the worker does for asks: close what nobody answered in time, and remind as the plans of their kinds say."""

from tracker import clock, hours
from tracker.asks import actions, addressees, post, queries
from tracker.database import db
from tracker.worker import round_of_work


@round_of_work("Asks that ran out")
def expire(limit: int) -> int:
    """Close up to `limit` asks, each in a transaction of its own; return how many were due."""
    due = [ask.id for ask in queries.due_to_expire(limit)]
    db.session.rollback()
    for ask_id in due:
        ask = db.session.get(actions.Ask, ask_id)
        if ask is not None:
            actions.expire(ask)
        db.session.commit()
    return len(due)


@round_of_work("Reminders of asks")
def remind(limit: int) -> int:
    """Owe reminders of up to `limit` asks, each for a decent hour where its reader is; return how many were due."""
    now = clock.now()
    due = queries.due_to_remind(limit)
    for ask in due:
        for person in addressees.mailed(ask):
            post.hold_reminder(ask, person, hours.decent(now, person.time_zone))
        ask.reminders += 1
        ask.remind_at = actions.next_reminder(ask, now)
    db.session.commit()
    return len(due)
