from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base


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
    """The outbox: one e-mail owed to one address, as a row before it is a letter."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id"))
    recipient_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    template: Mapped[str] = mapped_column(sa.String(80))  # <feature>/mail/<kind>.txt
    details: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, default=dict
    )  # never a secret: links are made when sending
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")

    activity: Mapped[Activity | None] = relationship(back_populates="deliveries")

    __table_args__ = (
        sa.UniqueConstraint("activity_id", "recipient_id"),
        sa.Index(
            "ix_delivery_owed",
            "id",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )
