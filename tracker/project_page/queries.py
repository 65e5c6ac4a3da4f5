from typing import Any

import sqlalchemy as sa

from tracker.asks.addressees import waiting_for
from tracker.asks.models import Ask
from tracker.asks.queries import MOST_SHOWN
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions.models import Person
from tracker.projects.models import LedgerEntry, Partner


def open_asks(about: Any, person: Person | None) -> list[tuple[Ask, bool]]:
    """The open asks that a page shows, each with whether it waits for `person`; the longest overdue first, then
    those asked longest ago. One query, however many there are."""
    mine = Ask.id.in_(waiting_for(person)) if person is not None else sa.false()
    rows = db.session.execute(
        sa.select(Ask, mine)
        .where(Ask.about_type == about.__tablename__, Ask.about_id == about.id, Ask.state == AskState.OPEN)
        .order_by(Ask.asked_at, Ask.id)
        .limit(MOST_SHOWN)
    )
    found = [(ask, bool(is_mine)) for ask, is_mine in rows]
    late = sorted((row for row in found if row[0].is_overdue), key=lambda row: row[0].due_on)
    return late + [row for row in found if not row[0].is_overdue]


def ledger_of(project_id: int) -> dict[int, list[LedgerEntry]]:
    """The ledger of a project: by partner what it stood for, the first entry first."""
    rows = sa.select(LedgerEntry).join(LedgerEntry.partner).where(Partner.project_id == project_id)
    by_partner: dict[int, list[LedgerEntry]] = {}
    for entry in db.session.scalars(rows.order_by(LedgerEntry.id)):
        by_partner.setdefault(entry.partner_id, []).append(entry)
    return by_partner
