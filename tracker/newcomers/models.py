from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Institution, Network, Person


class Application(Base):
    """An institution that is not on record asks a network to be added: what somebody wrote of it, and the answer."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(250))
    native_name: Mapped[str] = mapped_column(sa.String(250), default="")
    acronym: Mapped[str] = mapped_column(sa.String(40), default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    ror: Mapped[str] = mapped_column(sa.String(9), default="")
    person_name: Mapped[str] = mapped_column(sa.String(200))
    person_email: Mapped[str] = mapped_column(sa.String(254), index=True)  # lower case; mailed only after a yes
    position: Mapped[str] = mapped_column(sa.String(120), default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="")  # the interface's when it was sent
    words: Mapped[str] = mapped_column(sa.Text, default="")  # plain text
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # who was signed in when it was sent
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)  # what became of it
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    network: Mapped[Network] = relationship()
    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution | None] = relationship()

    alike = tuple[Institution, ...]()  # no column: what looked like it when `queries.application_for_ask` read it

    @property
    def label(self) -> str:
        return self.name
