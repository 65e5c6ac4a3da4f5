"""Two partners of one project that turn out to be one institution. Part of the actions.

The stronger word stands: who agreed as one record and was asked as the other has agreed.
"""

from typing import Any

from tracker import clock
from tracker.asks.actions import take_back
from tracker.asks.endings import close
from tracker.asks.states import AskState
from tracker.checkins.states import ASK as MONTHLY
from tracker.database import db
from tracker.i18n import _
from tracker.institutions.models import Institution
from tracker.merging import queries
from tracker.merging.references import become_one, rule
from tracker.merging.rules import doubles, earliest
from tracker.projects.actions import touch
from tracker.projects.models import LedgerEntry, Partner
from tracker.projects.states import Commitment, Role
from tracker.seats.states import SeatState
from tracker.terms.actions import ASK as CONFIRM

ANSWERED = (  # what an answer about a month is
    *("going", "reason", "milestone_id", "note_id"),
    *("answered_at", "answered_by_id", "answered_by_name"),
)
STRENGTH = (  # the weakest first: what waits for an answer can still become anything, a no is the end of one way only
    Commitment.DECLINED,
    Commitment.WITHDREW,
    Commitment.INVITED,
    Commitment.INTERESTED,
    Commitment.INTENDS,
    Commitment.AGREED,
    Commitment.DONE,
)
ROLES = (Role.ADVISER, Role.PARTNER, Role.CO_LEAD, Role.LEAD)
SAID = (  # what belongs to a commitment and goes with it
    *("commitment", "earlier_commitment", "earlier_role", "component", "note", "people", "answer_note"),
    *("asked_by_id", "asked_at", "answered_by_id", "answered_at"),
)


@rule("institution", "partner")
def partners(kept: Institution, gone: Institution) -> None:
    """Where both take part in one project, they become one partner."""
    for project in queries.shared_projects(kept.id, gone.id):
        goes, stays = queries.partners_of(project.id, (kept.id, gone.id))
        _join(stays, goes)
        touch(project)
        db.session.flush()


def _join(stays: Partner, goes: Partner) -> None:
    weak, strong = sorted((goes, stays), key=lambda partner: STRENGTH.index(partner.commitment))
    roles = [partner.role for partner in (weak, strong) if partner.takes_part] or [strong.role]
    if weak.commitment is not strong.commitment:
        _end_what_waits(weak)
    values: dict[str, Any] = {name: getattr(strong, name) for name in SAID}
    for name in ("listed_as", "listed_country", "people", "note"):
        values[name] = getattr(strong, name) or getattr(weak, name)
    values |= {"role": max(roles, key=ROLES.index), "position": min(stays.position, goes.position)}
    said_last = max((*stays.ledger, *goes.ledger), key=lambda entry: entry.id, default=None)
    for name, value in values.items():
        setattr(stays, name, value)
    become_one(stays, goes)
    if said_last is None or said_last.commitment is not stays.commitment:
        note = _("Two records of the institution became one.")
        stays.ledger.append(LedgerEntry(commitment=stays.commitment, at=clock.now(), note=note))


def _end_what_waits(partner: Partner) -> None:
    """Nobody need answer what the other record has answered, nor fill a seat on that account."""
    for ask in queries.open_asks("subject", "partner", [partner.id]):
        close(ask, AskState.WITHDRAWN)
    for filling in queries.fillings(partner.id):
        if filling.is_asked:
            filling.ended_at = clock.now()
    db.session.flush()


@rule("partner", "filling")
def fillings(stays: Partner, goes: Partner) -> None:
    """A seat that both fill is filled once, and perhaps free again."""
    for filling, before in doubles(queries.fillings(stays.id, goes.id), "seat_id"):
        seat, both = filling.seat, filling.is_taken and before.is_taken
        filling.asked_at = min(filling.asked_at, before.asked_at)
        filling.taken_at = earliest(filling.taken_at, before.taken_at)
        become_one(filling, before)
        if both:
            seat.taken -= 1
            if seat.state is SeatState.FILLED and seat.taken < seat.wanted:
                seat.state = SeatState.OPEN


@rule("partner", "milestone_helper")
def helpers(stays: Partner, goes: Partner) -> None:
    """Whom a milestone names twice it names once."""
    db.session.flush()
    db.session.execute(queries.union("milestone_helper", stays.id, goes.id, of="partner"))


@rule("partner", "check_in")
def check_ins(stays: Partner, goes: Partner) -> None:
    """What either said about a month was said; of two answers the later one stands, the words of both stay."""
    for check_in, before in doubles(queries.check_ins(stays.id, goes.id), "month"):
        if before.answered_at is not None and (
            check_in.answered_at is None or check_in.answered_at < before.answered_at
        ):
            for name in ANSWERED:
                setattr(check_in, name, getattr(before, name))
        check_in.asked_at = earliest(check_in.asked_at, before.asked_at)
        become_one(check_in, before)
        if check_in.going is not None:
            take_back(check_in, MONTHLY)


@rule("partner", "confirmation")
def confirmations(stays: Partner, goes: Partner) -> None:
    """A version of the terms that one of the two confirmed is confirmed, by who did so first."""
    for reply, before in doubles(queries.replies(stays.id, goes.id), "terms_id"):
        if before.at is not None and (reply.at is None or before.at < reply.at):
            reply.at, reply.person_id = before.at, before.person_id
        become_one(reply, before)
        if reply.at is not None:
            take_back(reply, CONFIRM)
