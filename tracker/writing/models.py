from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.institutions.models import Person
from tracker.projects.models import Partner
from tracker.reports.models import Report
from tracker.writing.states import SectionState


class Pen(Base):
    """Who holds the pen of a report, until when. A report without a row: nobody does."""

    __tablename__ = "pen"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    holder_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    until: Mapped[date]  # the end of this day, anywhere on Earth
    since: Mapped[datetime] = mapped_column(default=clock.now)
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    report: Mapped[Report] = relationship()
    holder: Mapped[Person] = relationship(foreign_keys=holder_id)
    given_by: Mapped[Person | None] = relationship(foreign_keys=given_by_id)


class Section(Base):
    """A part of the text that is written here, with the partner that answers for it."""

    __tablename__ = "section"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(sa.String(200), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partner.id", ondelete="SET NULL"), index=True)
    state: Mapped[SectionState] = mapped_column(default=SectionState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]  # its text is kept, and can be brought back

    report: Mapped[Report] = relationship()
    partner: Mapped[Partner | None] = relationship()
    changed_by: Mapped[Person | None] = relationship()

    @property
    def path(self) -> str:
        return f"/sections/{self.id}"

    @property
    def label(self) -> str:
        return self.heading

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text


class SectionRevision(Base):
    """What a section said at one version: what two people's edits are merged from, and its history."""

    __tablename__ = "section_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("section.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.UniqueConstraint("section_id", "version"),)
