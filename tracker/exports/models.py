from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.exports.states import ExportState
from tracker.files import StoredFile
from tracker.institutions.models import Person


class Export(Base):
    """A file that somebody asked for. Who asked fetches it; after some days it is gone."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))  # as a feature registers it: "tables.xlsx"
    parameters: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    language: Mapped[str] = mapped_column(sa.String(20), default="en")  # of the words in it
    state: Mapped[ExportState] = mapped_column(default=ExportState.WAITING)
    done: Mapped[int] = mapped_column(default=0)  # rows written so far
    total: Mapped[int] = mapped_column(default=0)  # of about so many
    error: Mapped[str] = mapped_column(sa.String(300), default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]  # a worker was at it then; one that fell silent since loses it
    finished_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        sa.Index(
            "ix_export_unfinished",
            "id",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
        sa.Index(None, "finished_at"),
    )

    @property
    def path(self) -> str:
        return f"/exports/{self.id}"
