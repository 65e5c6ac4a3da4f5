from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.calendars.states import Scope
from tracker.database import Base
from tracker.institutions.models import Person


class CalendarFeed(Base):
    """A calendar that a person subscribes to. Its address is a secret made from the nonce; a new nonce renews it.

    It shows what its owner may read, at each moment.
    """

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    scope: Mapped[Scope]
    subject_id: Mapped[int]  # of the project, institution or network; the person's own
    nonce: Mapped[str] = mapped_column(sa.String(40))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    renewed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "scope", "subject_id"),)
