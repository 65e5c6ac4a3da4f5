from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project
from tracker.reports.states import KIND_LABELS, ReportKind, ReportState


class Report(Base):
    """A published (or to-be-published) output with its bibliographic record."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_key: Mapped[str | None] = mapped_column(sa.String(700), unique=True)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    kind: Mapped[ReportKind] = mapped_column(default=ReportKind.REPORT)
    kind_as_printed: Mapped[str] = mapped_column(sa.String(120), default="")
    title: Mapped[str] = mapped_column(sa.String(400), default="")
    sort_title: Mapped[str] = mapped_column(sa.String(400), default="")
    abstract: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    abstract_html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    other_languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # it also appeared in
    published_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    publisher: Mapped[str] = mapped_column(sa.String(300), default="")
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    editors: Mapped[str] = mapped_column(sa.String(500), default="")  # as printed
    series: Mapped[str] = mapped_column(sa.String(200), default="")
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    isbn: Mapped[str] = mapped_column(sa.String(20), default="")
    issn: Mapped[str] = mapped_column(sa.String(9), default="")  # print
    issn_online: Mapped[str] = mapped_column(sa.String(9), default="")
    doi: Mapped[str] = mapped_column(sa.String(250), default="")
    website: Mapped[str] = mapped_column(sa.String(500), default="")  # where it appeared
    pages: Mapped[int | None]
    licence: Mapped[str] = mapped_column(sa.String(40), default="")
    suggested_citation: Mapped[str] = mapped_column(sa.Text, default="")  # as printed; empty: made from the record
    notes: Mapped[str] = mapped_column(sa.Text, default="")  # for those who take part
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]  # when it became public here

    project: Mapped[Project | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    authors: Mapped[list["ReportAuthor"]] = relationship(
        back_populates="report",
        cascade="all, delete-orphan",
        order_by="ReportAuthor.position, ReportAuthor.id",
    )

    __table_args__ = (
        sa.Index(None, "state", "published_on", "id"),
        sa.Index(None, "state", "language"),
    )

    @validates("abstract")
    def _render(self, _key: str, text: str) -> str:
        self.abstract_html = markdown.render(text)
        return text

    @property
    def label(self) -> str:
        return self.title or _("Untitled report")

    @property
    def path(self) -> str:
        return f"/reports/{self.id}"

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def file_kind(self) -> str:
        """What the file is, as its name ends: "PDF"."""
        return self.file.name.rpartition(".")[2].upper() if self.file else ""


class ReportAuthor(Base):
    """An author in order. Name and affiliation are as printed; the records they point to stand beside."""

    __tablename__ = "report_author"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    sort_name: Mapped[str] = mapped_column(sa.String(200), default="")  # "Family, Given"; empty: as the name
    affiliation: Mapped[str] = mapped_column(sa.String(300), default="")
    has_no_affiliation: Mapped[bool] = mapped_column(default=False)  # said so, not forgotten
    orcid: Mapped[str] = mapped_column(sa.String(19), default="")
    is_corresponding: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)

    report: Mapped[Report] = relationship(back_populates="authors")
    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
