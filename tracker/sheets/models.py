from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Person
from tracker.sheets.states import SheetKind


class Sheet(Base):
    """What a workbook that somebody uploaded says, until they confirm it or let it be. Only they see it."""

    __tablename__ = "sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SheetKind]
    subject_id: Mapped[int]  # of the project, network, person or institution
    name: Mapped[str] = mapped_column(sa.String(255))  # of the file, as given
    language: Mapped[str] = mapped_column(sa.String(20), default="en")  # of the words in it
    lines: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # as read
    preview: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # what it would change, as last shown
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    applied_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    @property
    def path(self) -> str:
        return f"/sheets/{self.id}"
