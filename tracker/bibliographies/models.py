from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.bibliographies.states import ReadingState
from tracker.database import Base
from tracker.files import StoredFile
from tracker.institutions.models import Person
from tracker.reports.models import Report


class Bibliography(Base):
    """A file of records that somebody brought: to fill in one report, or to add many."""

    __tablename__ = "bibliography"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)  # who alone sees it
    report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    state: Mapped[ReadingState] = mapped_column(default=ReadingState.WAITING)
    error: Mapped[str] = mapped_column(sa.Text, default="")  # why it could not be read: a sentence
    problems: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # what could not be read in it: sentences
    total: Mapped[int] = mapped_column(default=0)  # records in it
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]  # by the worker
    attempts: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person] = relationship()
    report: Mapped[Report | None] = relationship()
    file: Mapped[StoredFile] = relationship()

    __table_args__ = (sa.Index(None, "state", "id"),)


class BibliographyRecord(Base):
    """One record of the file, as fields of a report."""

    __tablename__ = "bibliography_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    bibliography_id: Mapped[int] = mapped_column(sa.ForeignKey("bibliography.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(400), default="")  # authors, year, title: to choose it by
    fields: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # as reports.actions.change_report takes them
    authors: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # as set_authors takes them
    problems: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # what was left out and why: sentences
    used_report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report.id", ondelete="SET NULL"), index=True)

    bibliography: Mapped[Bibliography] = relationship()

    __table_args__ = (sa.UniqueConstraint("bibliography_id", "position"),)
