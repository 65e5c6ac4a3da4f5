from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.activity.states import Sort
from tracker.database import Base

UNSENT = "sent_at IS NULL AND withdrawn_at IS NULL"


def _unsent(name: str, columns: tuple[str, ...], *more: str) -> sa.Index:
    """An index over the mails that are still to be sent: few among very many."""
    where = sa.text(" AND ".join((UNSENT, *more)))
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Activity(Base):
    """One thing that happened. Written in the same transaction as the change itself, never edited.

    The actor's name is kept as it was then; so is the subject's title in `details["title"]`.
    """

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(200), default="")
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="activity")

    __table_args__ = (sa.Index(None, "subject_type", "subject_id", "id"),)


class Delivery(Base):
    """The outbox: one e-mail owed to one address, as a row before it is a letter.

    A held row is not sent by itself: from `not_before` on it is gathered, with what else is held for its person,
    into one mail, whose row `digest_id` names. Its `sent_at` is then the moment it was gathered; whether that mail
    went out is told by the mail's own row.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id"))
    recipient_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    template: Mapped[str] = mapped_column(sa.String(80))  # <feature>/mail/<kind>.txt
    details: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, default=dict
    )  # never a secret: links are made when sending
    sort: Mapped[Sort] = mapped_column(default=Sort.NEWS)
    thread: Mapped[str] = mapped_column(sa.String(60), default="")  # "ask-12": mails with the same one belong together
    reply_to: Mapped[str] = mapped_column(sa.String(254), default="")  # empty: as the settings say
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    is_held: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime | None]
    digest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delivery.id"))  # the mail that held it
    withdrawn_at: Mapped[datetime | None]  # what it says is over: it is not sent any more
    refused_at: Mapped[datetime | None]  # the address refused it for good
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")

    activity: Mapped[Activity | None] = relationship(back_populates="deliveries")

    __table_args__ = (
        sa.UniqueConstraint("activity_id", "recipient_id"),
        _unsent("ix_delivery_owed", ("id",), "is_held = false"),
        _unsent("ix_delivery_held", ("not_before",), "is_held = true"),
        _unsent("ix_delivery_held_for", ("recipient_id", "not_before"), "is_held = true"),
        _unsent("ix_delivery_failed", ("id",), "last_error != ''"),
        _unsent("ix_delivery_thread", ("thread",)),
        sa.Index(None, "recipient_id", "created_at"),
    )


# As the indexes say it, to the word: SQLite uses a partial index for nothing else ("is_held IS 0" reads every row).
UNSENT_ONE_BY_ONE = (
    Delivery.sent_at.is_(None),
    Delivery.withdrawn_at.is_(None),
    Delivery.is_held == sa.literal_column("false"),
)
UNSENT_AND_HELD = (*UNSENT_ONE_BY_ONE[:2], Delivery.is_held == sa.literal_column("true"))
