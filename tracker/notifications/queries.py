from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.activity.models import UNSENT_AND_HELD, Delivery
from tracker.activity.states import Sort
from tracker.database import db
from tracker.institutions.models import Person

ROWS_OF_ONE = 20  # held for one person: more than is usual


def people_due(now: datetime, limit: int) -> list[int]:
    """The ids of at most `limit` people for whom something held is due, those who wait longest first.

    Looks at a bounded number of rows, in the order of their index: SQLite would group by reading all mails ever.
    """
    due = (
        sa.select(Delivery.recipient_id.label("id"), Delivery.not_before)
        .where(*UNSENT_AND_HELD, Delivery.not_before <= now)
        .order_by(Delivery.not_before)
        .limit(limit * ROWS_OF_ONE)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(due.c.id)
        .where(due.c.id.is_not(None))
        .group_by(due.c.id)
        .order_by(sa.func.min(due.c.not_before), due.c.id)
        .limit(limit)
    )
    return [row.id for row in rows]


def claimed_person(person_id: int) -> Person | None:
    """The person with what tells their projects, locked for this transaction; None while another one holds them.

    Two workers never gather for one person at once, so one mail holds everything.
    """
    return db.session.scalars(
        sa.select(Person)
        .where(Person.id == person_id)
        .options(selectinload(Person.affiliations), selectinload(Person.contact_places))
        .with_for_update(of=Person, skip_locked=True, key_share=True)
    ).first()


def held_for(person: Person, until: datetime) -> Sequence[Delivery]:
    """What is held for a person and due until then, oldest first, locked; what an answer just withdraws is left out."""
    return db.session.scalars(
        sa.select(Delivery)
        .where(*UNSENT_AND_HELD, Delivery.recipient_id == person.id, Delivery.not_before <= until)
        .options(joinedload(Delivery.activity))
        .order_by(Delivery.id)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()


def reminded_at(person: Person, since: datetime) -> list[datetime]:
    """When mails with reminders were made for a person since then, oldest first."""
    rows = db.session.execute(
        sa.select(Delivery.created_at, Delivery.sort, Delivery.details)
        .where(
            Delivery.recipient_id == person.id,
            Delivery.created_at > since,
            Delivery.sort.in_((Sort.REMINDER, Sort.DIGEST)),
            Delivery.is_held.is_(False),
            sa.or_(Delivery.withdrawn_at.is_(None), Delivery.sent_at.is_not(None)),
        )
        .order_by(Delivery.created_at)
    )
    return [row.created_at for row in rows if row.sort is Sort.REMINDER or _reminds(row.details)]


def _reminds(details: dict[str, Any]) -> bool:
    """Whether a gathered mail holds a reminder, and not first questions only."""
    return any(question.get("is_reminder") for question in details.get("questions", ()))
