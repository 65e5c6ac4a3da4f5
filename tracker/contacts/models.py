from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.institutions.models import Contact, Institution, Person


class SeatOffer(Base):
    """Somebody was asked to take one of an institution's two places for contacts. Never edited.

    What became of it is told by the ask about it.
    """

    __tablename__ = "seat_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    place: Mapped[int]  # 1 the main contact's, 2 the second's
    instead_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"))  # who held it then; None: nobody
    offered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    is_hand_over: Mapped[bool] = mapped_column(default=False)  # by whoever leaves the place
    leaves_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)  # the day they leave the institution too
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    institution: Mapped[Institution] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    instead_of: Mapped[Contact | None] = relationship()
    offered_by: Mapped[Person | None] = relationship(foreign_keys=offered_by_id)

    __table_args__ = (sa.CheckConstraint("place in (1, 2)", name="place"),)
