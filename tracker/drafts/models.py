from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.drafts.states import DraftSource, ReadingState
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.reports.models import Report


class Draft(Base):
    """One numbered version of the text of a report. Never edited: a change is the next number."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=False)
    source: Mapped[DraftSource]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))  # None: written here
    markdown: Mapped[str] = mapped_column(sa.Text, default="")  # of one written here
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    note: Mapped[str] = mapped_column(sa.Text, default="")  # what is new in it, in the words of who brought it
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    reading: Mapped[ReadingState] = mapped_column(default=ReadingState.WAITING)
    error: Mapped[str] = mapped_column(sa.Text, default="")  # why it cannot be read here: a sentence
    claimed_at: Mapped[datetime | None]  # by the worker
    attempts: Mapped[int] = mapped_column(default=0)
    html: Mapped[str] = mapped_column(sa.Text, default="")  # safe; each block has an id: "b1", "b2" …
    blocks: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # the plain text of each block, in order
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # in the file: see drafts.reading

    report: Mapped[Report] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    made_by: Mapped[Person | None] = relationship()
    pictures: Mapped[list["DraftPicture"]] = relationship(cascade="all, delete-orphan", order_by="DraftPicture.number")

    __table_args__ = (
        sa.UniqueConstraint("report_id", "number"),
        sa.Index(
            "uq_draft_current",
            "report_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
        sa.Index(
            "ix_draft_waiting",
            "id",
            sqlite_where=sa.text("reading = 'waiting'"),
            postgresql_where=sa.text("reading = 'waiting'"),
        ),
    )

    @property
    def label(self) -> str:
        return _("Draft %(number)s", number=self.number)

    @property
    def path(self) -> str:
        return f"/drafts/{self.id}"


class DraftPicture(Base):
    """A picture of a draft, made again from its dots so that nothing else is in it."""

    __tablename__ = "draft_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    width: Mapped[int]  # pixels
    height: Mapped[int]

    file: Mapped[StoredFile] = relationship()

    __table_args__ = (sa.UniqueConstraint("draft_id", "number"),)
