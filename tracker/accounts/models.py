from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Institution, Network, Person


class Purpose(StrEnum):
    """What a link is good for. A link serves one purpose only."""

    SET_UP = "set-up"  # the first coordinator of an empty database
    SIGN_IN = "sign-in"
    RESET_PASSWORD = "reset-password"
    CHANGE_EMAIL = "change-email"


class Token(Base):
    """A link's right to do one thing once. The link itself is never stored.

    The link carries HMAC-SHA256(secret key, purpose and nonce); the row keeps the nonce and the hash of the
    link's token, so that a mail can be composed when it is sent and a stolen table opens nothing.
    """

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    nonce: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    value: Mapped[str] = mapped_column(sa.String(254), default="")  # what it sets, such as a new address
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class Invitation(Base):
    """Somebody is asked to make an account: for an institution, for a network, or on their own.

    It stands until they come, say no, or it is taken back; the ask that waits for them may run out before and be
    raised again.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(sa.ForeignKey("network.id"))  # that they are to coordinate
    has_affiliated: Mapped[bool] = mapped_column(default=False)  # what it gave goes with a no
    has_seated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    institution: Mapped[Institution | None] = relationship()
    network: Mapped[Network | None] = relationship()

    @property
    def place(self) -> Institution | Network | Person:
        """Where they are asked to; themselves where it is nowhere in particular."""
        return self.institution or self.network or self.person
