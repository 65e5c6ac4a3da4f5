from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Person


class Purpose(StrEnum):
    """What a link is good for. A link serves one purpose only."""

    SET_UP = "set-up"  # the first coordinator of an empty database
    SIGN_IN = "sign-in"
    RESET_PASSWORD = "reset-password"
    JOIN = "join"  # an invited person makes their account
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
