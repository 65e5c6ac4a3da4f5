from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.activity.models import UNSENT_AND_HELD, Delivery
from tracker.asks.addressees import waiting_for
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions.models import Person

LOST = "asks/lost"  # no mail: marks the rows of addresses that asked for their mails again
MOST_SHOWN = 100  # asks of one person or one page
ON_A_PAGE = (joinedload(Ask.asked_by), joinedload(Ask.delegated_to), selectinload(Ask.answers))
_OPEN = Ask.state == AskState.OPEN


def open_of(kind: str, subject: Any, to: Any) -> Ask | None:
    """The open ask of a kind about a subject to one addressee: there is at most one."""
    return next(iter(open_about_subject(kind, subject, to)), None)


def open_about_subject(kind: str, subject: Any, to: Any = None) -> list[Ask]:
    """The open asks of a kind about a subject, perhaps only those to one addressee."""
    query = sa.select(Ask).where(
        Ask.subject_type == subject.__tablename__, Ask.subject_id == subject.id, Ask.kind == kind, _OPEN
    )
    if to is not None:
        query = query.where(Ask.addressee_type == to.__tablename__, Ask.addressee_id == to.id)
    return list(db.session.scalars(query.order_by(Ask.id)))


def lock(ask: Ask) -> None:
    """Read an ask again, and hold it until the transaction ends: after its subject, and several by their ids."""
    db.session.refresh(ask, with_for_update={"of": Ask})


def open_about_page(about_type: str, about_id: int, limit: int | None = MOST_SHOWN) -> list[Ask]:
    """The open asks that a page shows, longest waited for first."""
    query = sa.select(Ask).where(Ask.about_type == about_type, Ask.about_id == about_id, _OPEN)
    return list(db.session.scalars(query.order_by(Ask.asked_at, Ask.id).limit(limit)))


def locked_open_to(addressee_type: str, addressee_id: int) -> list[Ask]:
    """The open asks of one addressee, oldest first, locked: nobody answers them meanwhile."""
    query = sa.select(Ask).where(Ask.addressee_type == addressee_type, Ask.addressee_id == addressee_id, _OPEN)
    locked = query.order_by(Ask.id).with_for_update(of=Ask).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def waiting(person: Person) -> list[Ask]:
    """The open asks that this person can answer, the most urgent first."""
    query = sa.select(Ask).where(Ask.id.in_(waiting_for(person)))
    return list(db.session.scalars(query.order_by(Ask.due_on, Ask.asked_at, Ask.id).limit(MOST_SHOWN)))


def latest(kind: str, subject: Any) -> Ask | None:
    """The newest ask of a kind about a subject, whatever became of it, with its answers."""
    return db.session.scalars(
        sa.select(Ask)
        .where(Ask.subject_type == subject.__tablename__, Ask.subject_id == subject.id, Ask.kind == kind)
        .options(*ON_A_PAGE)
        .order_by(Ask.id.desc())
        .limit(1)
    ).first()


def is_asked_anew(ask: Ask) -> bool:
    """Whether the same addressee was asked the same again since, or something else was asked about the subject."""
    again = (Ask.addressee_type == ask.addressee_type) & (Ask.addressee_id == ask.addressee_id)
    newer = sa.select(Ask.id).where(
        Ask.subject_type == ask.subject_type,
        Ask.subject_id == ask.subject_id,
        Ask.id > ask.id,
        again | (Ask.kind != ask.kind),
    )
    return db.session.scalar(newer.limit(1)) is not None


def asks_of(kind: str, subjects: Iterable[Any]) -> dict[int, list[Ask]]:
    """Every ask of a kind about each of these rows of one table, by the row's id, the newest last."""
    rows, found = list(subjects), defaultdict[int, list[Ask]](list)
    if rows:
        about_them = (Ask.subject_type == rows[0].__tablename__, Ask.subject_id.in_([row.id for row in rows]))
        query = sa.select(Ask).where(*about_them, Ask.kind == kind).options(*ON_A_PAGE).order_by(Ask.id)
        for ask in db.session.scalars(query):
            found[ask.subject_id].append(ask)
    return found


def of_networks(network_ids: Iterable[int], *kinds: str) -> sa.Select[Ask]:
    """The open asks that coordinators look after, most overdue first."""
    query = sa.select(Ask).where(Ask.network_id.in_(list(network_ids)), _OPEN)
    if kinds:
        query = query.where(Ask.kind.in_(kinds))
    return query.order_by(Ask.due_on, Ask.id)


def due_to_expire(limit: int) -> list[Ask]:
    """Open asks whose time is over."""
    query = sa.select(Ask).where(_OPEN, Ask.expires_at <= clock.now()).order_by(Ask.expires_at).limit(limit)
    return list(db.session.scalars(query))


def lost_addresses(limit: int) -> list[str]:
    """Addresses that somebody says lost their mails, who waits longest first."""
    query = sa.select(Delivery.address).where(*_lost()).group_by(Delivery.address)
    return list(db.session.scalars(query.order_by(sa.func.min(Delivery.not_before)).limit(limit)))


def lost_mails(address: str) -> list[Delivery]:
    """The rows of one of them; locked, and none that another worker holds."""
    query = sa.select(Delivery).where(*_lost(), Delivery.address == address).order_by(Delivery.id)
    return list(db.session.scalars(query.with_for_update(of=Delivery, skip_locked=True)))


def _lost() -> tuple[sa.ColumnElement[bool], ...]:
    return (*UNSENT_AND_HELD, Delivery.template == LOST, Delivery.not_before <= clock.now())


def due_to_remind(limit: int) -> list[int]:
    """The ids of open asks that the plan of their kind reminds of now."""
    query = sa.select(Ask.id).where(_OPEN, Ask.remind_at <= clock.now())
    return list(db.session.scalars(query.order_by(Ask.remind_at).limit(limit)))


def still_to_remind(ids: Iterable[int]) -> list[Ask]:
    """Those of some asks that are still to be reminded of; locked, and none that another worker holds."""
    return list(
        db.session.scalars(
            sa.select(Ask)
            .where(Ask.id.in_(ids), _OPEN, Ask.remind_at <= clock.now())
            .options(joinedload(Ask.asked_by), joinedload(Ask.delegated_to))
            .order_by(Ask.remind_at)
            .with_for_update(of=Ask, skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )
