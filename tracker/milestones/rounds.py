"""What the worker does for milestones: ask whoever is responsible how one stands that is due soon or late."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, take_back
from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.asks.states import AskState
from tracker.database import db, is_collision
from tracker.dates import earth_day
from tracker.i18n import list_and
from tracker.milestones import queries
from tracker.milestones.actions import ASK
from tracker.milestones.models import Milestone
from tracker.milestones.queries import ASKED_BEFORE
from tracker.milestones.states import MilestoneState
from tracker.worker import round_of_work

BATCH = 25
MAILED_IF_LATE_BY = timedelta(days=60)  # older ones, as imports bring them, are shown and not mailed

log = logging.getLogger(__name__)


@round_of_work("Milestones looked after")
def look_after(limit: int) -> int:
    """Look after up to `limit` milestones, in small transactions; return how many.

    One that fails is logged, undone and put off, and the others go on.
    """
    done = 0
    while done < limit:
        size = min(BATCH, limit - done)
        found = queries.to_look_after(size)
        asks = asks_of(ASK, found)
        for milestone in found:
            try:
                with db.session.begin_nested():
                    _ask(milestone, asks[milestone.id])
            except Exception as error:
                if is_collision(error):  # nothing is wrong with it: the next turn tries all of them again
                    raise
                log.exception("milestone %s could not be looked after", milestone.id)
                _put_off(milestone)
        db.session.commit()
        done += len(found)
        if len(found) < size:
            break
    return done


def _ask(milestone: Milestone, asks: Sequence[Ask]) -> None:
    """Ask about a milestone unless that was done; `asks` are those there were.

    What was answered for this date, or taken back by hand, is not asked again. Whoever has just given the date is
    not mailed about it at once.
    """
    project, last_day = milestone.project, milestone.last_day
    milestone.seen_as_of = project.changed_at
    if last_day is None or last_day > earth_day() + ASKED_BEFORE:
        return
    milestone.unseen_day = None
    if project.state not in queries.STARTED or milestone.state is not MilestoneState.PLANNED:
        return
    to = responsible(milestone)
    for ask in asks:
        if ask.is_open and (ask.addressee_type, ask.addressee_id) != (to.__tablename__, to.id):
            take_back(milestone, ASK)  # who was asked has left
        elif ask.due_on == last_day and (ask.state is not AskState.WITHDRAWN or ask.withdrawn_by_id is not None):
            return
    just_moved = any(change.at > clock.now() - ASKED_BEFORE for change in milestone.changes)
    noted = record("milestones.ask", project, actor=None, milestone=milestone.name, milestone_id=milestone.id)
    raise_ask(
        ASK,
        milestone,
        to=to,
        to_name=list_and([partner.name for partner in project.lead_partners]) if to is project else "",
        about=project,
        network_id=project.network_id,
        actor=None,
        because=noted,
        due_on=last_day,
        is_mailed=last_day >= earth_day() - MAILED_IF_LATE_BY and not just_moved,
        milestone=milestone.name,
    )


def _put_off(milestone: Milestone) -> None:
    """It is looked at again tomorrow, or when its project changes."""
    milestone.seen_as_of = milestone.project.changed_at
    if milestone.last_day is not None:
        milestone.unseen_day = max(milestone.last_day, earth_day() + ASKED_BEFORE + timedelta(days=1))


def responsible(milestone: Milestone) -> Any:
    """Who answers for a milestone: its person while on the team, its partner while it takes part, else the leads
    (the Project)."""
    project = milestone.project
    on_team = {member.person_id for member in project.members if member.left_at is None}
    if milestone.person is not None and milestone.person_id in on_team:
        return milestone.person
    if milestone.partner is not None and milestone.partner.takes_part and milestone.partner.organisation:
        return milestone.partner.organisation
    return project
