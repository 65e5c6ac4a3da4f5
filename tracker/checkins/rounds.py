"""What the worker does for check-ins: ask each partner once a month, and take back what has become pointless.

The questions of a month are raised in its first days; each mail waits for a working hour of its reader and comes with
whatever else is held for them. A question that nobody answered gives way to the next month's.
"""

import logging
from typing import Any

from tracker import clock
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, supersede, take_back
from tracker.checkins import queries
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK
from tracker.database import db, is_collision
from tracker.institutions.queries import answering_contacts, answering_coordinators
from tracker.projects.actions import leads
from tracker.projects.models import Partner
from tracker.projects.states import LEADING
from tracker.worker import round_of_work

BATCH = 25

log = logging.getLogger(__name__)


@round_of_work("Partners asked how it is going")
def ask_how_it_goes(limit: int) -> int:
    """Look after up to `limit` partners and questions, in small transactions; return how many.

    One that fails is logged, undone and left out this month, and the others go on.
    """
    done = 0
    while done < limit:
        size = min(BATCH, limit - done)
        to_ask, pointless = queries.to_look_after(size)
        handled = 0
        for check_in in queries.check_ins_held(pointless):
            take_back(check_in, ASK)
            handled += 1
        for partner in queries.partners_held(to_ask):
            try:
                with db.session.begin_nested():
                    _ask(partner)
            except Exception as error:
                if is_collision(error):  # nothing is wrong with it: the next turn tries again
                    raise
                log.exception("partner %s could not be asked", partner.id)
                _begin(partner)
            handled += 1
        db.session.commit()
        done += handled
        if handled < size:
            break
    return done


def _ask(partner: Partner) -> None:
    """Ask one partner, unless somebody spoke for it meanwhile."""
    month, project = queries.this_month(), partner.project
    if queries.of_partner(partner, month) is not None:
        return
    check_in = _begin(partner)
    for older in queries.unanswered(partner, month):
        supersede(older, ASK)
    to = _whom(partner)
    if to is None:
        return
    check_in.asked_at = clock.now()
    raise_ask(
        ASK,
        check_in,
        to=to,
        to_name=partner.name,
        about=project,
        network_id=project.network_id,
        actor=None,
        because=record("checkins.ask", project, actor=None, partner=partner.name, partner_id=partner.id),
        language=project.language,
    )


def _begin(partner: Partner) -> CheckIn:
    """The row of this month: nobody is asked about it twice."""
    check_in = CheckIn(
        project=partner.project, partner=partner, month=queries.this_month(), created_at=clock.now(), version=0
    )
    db.session.add(check_in)
    db.session.flush()
    return check_in


def _whom(partner: Partner) -> Any:
    """Who answers for a partner: its institution or network; where nobody does, the leads for one that leads.

    None where there is nobody to ask: a coordinator gets no mail about it every month.
    """
    if partner.institution is not None and answering_contacts(partner.institution.id):
        return partner.institution
    if partner.network is not None and answering_coordinators(partner.network.id):
        return partner.network
    return partner.project if partner.role in LEADING and leads(partner.project) else None
