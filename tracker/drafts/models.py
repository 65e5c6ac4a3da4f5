from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.drafts.states import DraftSource, ReadingState, SectionState
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.projects.models import Partner
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

    report: Mapped[Report] = relationship()
    partner: Mapped[Partner | None] = relationship()
    changed_by: Mapped[Person | None] = relationship()

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
