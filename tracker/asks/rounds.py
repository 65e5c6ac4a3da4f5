"""What the worker does for asks: close what nobody answered in time, remind as the plans of their kinds say, and mail
what waits to whoever lost it.
"""

import logging
from datetime import datetime, timedelta

from tracker import clock, hours
from tracker.asks import actions, addressees, post, queries
from tracker.asks.kinds import KINDS
from tracker.asks.models import Ask
from tracker.database import db
from tracker.worker import round_of_work

BATCH = 25
AFTER_A_FAILURE = timedelta(hours=1)
HELD_BACK = timedelta(days=7)  # at a time

log = logging.getLogger(__name__)


@round_of_work("Asks that ran out")
def expire(limit: int) -> int:
    """Close up to `limit` asks, each in a transaction of its own; return how many were closed.

    One that fails is logged, undone and put off, and the others go on.
    """
    due = [ask.id for ask in queries.due_to_expire(limit)]
    db.session.rollback()
    closed = 0
    for ask_id in due:
        try:
            actions.expire(db.session.get_one(Ask, ask_id))
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("ask %s could not be closed", ask_id)
            _put_off_closing(ask_id)
        else:
            closed += 1
    return closed


def _put_off_closing(ask_id: int) -> None:
    """Nobody loses by it: until then the question can still be answered."""
    ask = db.session.get(Ask, ask_id, with_for_update={"of": Ask}, populate_existing=True)
    if ask is not None and ask.is_open:
        ask.expires_at = clock.now() + AFTER_A_FAILURE
    db.session.commit()


@round_of_work("Reminders of asks")
def remind(limit: int) -> int:
    """Owe reminders of up to `limit` asks, each for a decent hour where its reader is; return how many were owed.

    In small transactions: whoever answers waits for one of them. One ask that fails is logged, undone and put off,
    and the others go on.
    """
    due, reminded = queries.due_to_remind(limit), 0
    db.session.rollback()
    if due:
        hours.get_ready()
    for first in range(0, len(due), BATCH):
        now = clock.now()
        for ask in queries.still_to_remind(due[first : first + BATCH]):
            try:
                with db.session.begin_nested():
                    is_owed = _remind(ask, now)
            except Exception:
                log.exception("ask %s could not be reminded of", ask.id)
                ask.remind_at = now + AFTER_A_FAILURE
            else:
                reminded += is_owed
        db.session.commit()
    return reminded


def _remind(ask: Ask, now: datetime) -> bool:
    """Whether its readers are reminded; else it is held back, while there is no use in an answer."""
    kind = KINDS[ask.kind]
    if kind.is_reminded is not None:
        subject = kind.load(ask.subject_id, lock=False)
        if subject is not None and not kind.is_reminded(subject):
            ask.remind_at = now + HELD_BACK
            return False
    for person in addressees.mailed(ask):
        post.hold_reminder(ask, person, hours.decent(now, person.time_zone))
    ask.reminders += 1
    ask.remind_at = actions.next_reminder(ask, now)
    return True


@round_of_work("Mails asked for again")
def mail_again(limit: int) -> int:
    """Mail what waits to up to `limit` addresses that asked for it, each in a transaction of its own; return how often
    they did.

    One that fails is logged and undone, and forgotten: whoever it is can ask once more.
    """
    due, done = queries.lost_addresses(limit), 0
    db.session.commit()
    for address in due:
        asked = queries.lost_mails(address)  # none where another worker sees to it
        try:
            with db.session.begin_nested():
                if asked:
                    post.mail_what_waits(address)
        except Exception:
            log.exception("what waits could not be mailed again")
        for row in asked:
            db.session.delete(row)
        db.session.commit()
        done += len(asked)
    return done
