from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.files import StoredFile
from tracker.institutions.models import Institution, Person
from tracker.reports.models import Report
from tracker.uses.states import USE_LABELS, UseKind


class Use(Base):
    """One piece of evidence that a report was used."""

    __tablename__ = "report_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    kind: Mapped[UseKind]
    on: Mapped[PartialDate] = mapped_column("on_day", PartialDateType)
    day: Mapped[date] = mapped_column(index=True)  # the last day of `on`
    words: Mapped[str] = mapped_column(sa.Text, default="")  # plain text
    language: Mapped[str] = mapped_column(sa.String(20), default="en")  # of the words
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="")  # where, alpha-2
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)  # of who says so
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    said_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]  # from then on only those who look after the report read it

    report: Mapped[Report] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    said_by: Mapped[Person | None] = relationship()

    __table_args__ = (sa.Index(None, "report_id", "day", "id"),)

    @validates("on")
    def _remember(self, _key: str, on: PartialDate) -> PartialDate:
        self.day = on.last_day
        return on

    @property
    def kind_label(self) -> str:
        return str(USE_LABELS[self.kind])

    @property
    def path(self) -> str:
        return f"/reports/{self.report_id}#uses"


class UseInquiry(Base):
    """A partner is asked, some months after publication, whether it knows how a report was used."""

    __tablename__ = "use_inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    months: Mapped[int]  # after publication: 6 or 12
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    knows_none: Mapped[bool] = mapped_column(default=False)

    report: Mapped[Report] = relationship()
    institution: Mapped[Institution] = relationship()

    __table_args__ = (sa.UniqueConstraint("report_id", "institution_id", "months"),)


class DownloadCount(Base):
    """How often a file of a report was fetched on one day (UTC). Of who fetched it nothing is kept."""

    __tablename__ = "download_count"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), primary_key=True)
    day: Mapped[date] = mapped_column("on_day", primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
