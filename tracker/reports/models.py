import hashlib
import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project
from tracker.reports.states import KIND_LABELS, LINK_LABELS, LINKED_LABELS, LinkKind, ReportKind, ReportState
from tracker.themes.models import Theme

report_theme = sa.Table(
    "report_theme",
    Base.metadata,
    sa.Column("report_id", sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True),
    sa.Index(None, "theme_id", "report_id"),
)


class Report(Base):
    """A published (or to-be-published) output with its bibliographic record."""

    __tablename__ = "report"
    locked_after = ("project_id", Project)  # see access.load

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
    funding: Mapped[str] = mapped_column(sa.Text, default="")  # the funding statement, as printed
    disclaimer: Mapped[str] = mapped_column(sa.Text, default="")  # as printed
    reviewers: Mapped[str] = mapped_column(sa.String(500), default="")  # as printed
    handle: Mapped[str] = mapped_column(sa.String(250), default="")  # "10419/12345"
    notes: Mapped[str] = mapped_column(sa.Text, default="")  # for those who take part
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]  # when it became public here
    edition: Mapped[int] = mapped_column(default=0)  # of what is public: 1, then one more for each correction
    stamped_at: Mapped[datetime | None]  # when what is public of it last changed: for those who harvest
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(sa.Text, default="")

    project: Mapped[Project | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    authors: Mapped[list["ReportAuthor"]] = relationship(
        back_populates="report",
        cascade="all, delete-orphan",
        order_by="ReportAuthor.position, ReportAuthor.id",
    )
    texts: Mapped[list["ReportText"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportText.language"
    )
    more_files: Mapped[list["ReportFile"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportFile.position, ReportFile.id"
    )
    links: Mapped[list["ReportLink"]] = relationship(
        back_populates="report",
        cascade="all, delete-orphan",
        foreign_keys="ReportLink.report_id",
        order_by="ReportLink.id",
    )
    themes: Mapped[list[Theme]] = relationship(secondary=report_theme, order_by=(Theme.name, Theme.id))
    country_links: Mapped[list["ReportCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="ReportCountry.country"
    )
    goal_links: Mapped[list["ReportGoal"]] = relationship(cascade="all, delete-orphan", order_by="ReportGoal.goal")
    editions: Mapped[list["ReportEdition"]] = relationship(
        back_populates="report", cascade="all, delete-orphan", order_by="ReportEdition.number"
    )

    __table_args__ = (
        sa.Index(None, "state", "published_on", "id"),
        sa.Index(None, "state", "language"),
        sa.Index(None, "stamped_at", "id"),
        sa.Index(None, "published_at"),
    )

    @validates("abstract")
    def _render(self, _key: str, text: str) -> str:
        self.abstract_html = markdown.render(text)
        return text

    @property
    def label(self) -> str:
        return self.title or _("Untitled report")

    @property
    def countries(self) -> list[str]:
        """The countries it studies, alpha-2."""
        return [link.country for link in self.country_links]

    @property
    def goals(self) -> list[int]:
        """The sustainable development goals it is about: 1 to 17."""
        return [link.goal for link in self.goal_links]

    @property
    def publishers(self) -> list[tuple[str, str]]:
        """Who published it and where, in order: (publisher, place or ""). Both are kept as printed, parted by ";"."""
        names = [name.strip() for name in self.publisher.split(";")]
        places = [place.strip() for place in self.place.split(";")]
        places += [""] * (len(names) - len(places))
        return [(name, place) for name, place in zip(names, places, strict=False) if name]

    @property
    def languages(self) -> list[str]:
        """Every language it is to be had in, its own first."""
        return list(dict.fromkeys(filter(None, [self.language, *(self.other_languages or [])])))

    @property
    def brought_files(self) -> list["ReportFile"]:
        """The further files that somebody brought; the others were made here from its text."""
        return [each for each in self.more_files if not each.is_made_here]

    @property
    def words_digest(self) -> str:
        """Tells whether its title and abstract are still those that were translated."""
        words = json.dumps([self.title or "", self.abstract or ""], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def is_public(self) -> bool:
        return self.state is ReportState.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        return self.state is ReportState.WITHDRAWN

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
    contributed_equally: Mapped[bool] = mapped_column(default=False)  # as the others that say so
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)

    report: Mapped[Report] = relationship(back_populates="authors")
    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    more_affiliations: Mapped[list["AuthorAffiliation"]] = relationship(
        cascade="all, delete-orphan", order_by="AuthorAffiliation.position, AuthorAffiliation.id"
    )

    @property
    def affiliations(self) -> list[tuple[str, Institution | None]]:
        """Every affiliation in order: as printed, and the institution's record where there is one."""
        first = [(self.affiliation, self.institution)] if self.affiliation else []
        return first + [(more.printed, more.institution) for more in self.more_affiliations]


class AuthorAffiliation(Base):
    """An affiliation of an author beside the first, which stands with the author."""

    __tablename__ = "author_affiliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("report_author.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    printed: Mapped[str] = mapped_column(sa.String(300))
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)

    institution: Mapped[Institution | None] = relationship()


class ReportText(Base):
    """The title and abstract of a report in a further language; those in its own language stand with the report."""

    __tablename__ = "report_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(400), default="")
    abstract: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    abstract_html: Mapped[str] = mapped_column(sa.Text, default="")
    source_digest: Mapped[str] = mapped_column(sa.String(64), default="")  # of the text it was translated from

    report: Mapped[Report] = relationship(back_populates="texts")

    __table_args__ = (
        sa.UniqueConstraint("report_id", "language"),
        sa.Index(None, "language"),  # which languages there are
    )

    @property
    def is_stale(self) -> bool:
        """The title or the abstract it was translated from has changed since."""
        return self.source_digest != self.report.words_digest

    @validates("abstract")
    def _render(self, _key: str, text: str) -> str:
        self.abstract_html = markdown.render(text)
        return text


class ReportFile(Base):
    """A file of a report beside its main one: another language, another format, an annex."""

    __tablename__ = "report_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(sa.String(20), default="")
    label: Mapped[str] = mapped_column(sa.String(200), default="")  # "Annex: the questionnaire"
    pages: Mapped[int | None]
    is_made_here: Mapped[bool] = mapped_column(default=False)  # from the draft, by the product

    report: Mapped[Report] = relationship(back_populates="more_files")
    file: Mapped[StoredFile] = relationship()


class ReportLink(Base):
    """What a report is of another: its translation, its brief, a part. The other is a record here, or named."""

    __tablename__ = "report_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind]
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(sa.String(400), default="")  # of an output that has no record here
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    source_digest: Mapped[str] = mapped_column(sa.String(64), default="")  # of the text that was translated

    report: Mapped[Report] = relationship(back_populates="links", foreign_keys=report_id)
    other: Mapped[Report | None] = relationship(foreign_keys=other_id)

    __table_args__ = (sa.UniqueConstraint("report_id", "kind", "other_id"),)

    @property
    def is_for_readers(self) -> bool:
        """Whether readers may know of it: a draft has a title for those alone who write it."""
        return self.other is None or self.other.state is not ReportState.DRAFT

    @property
    def label(self) -> str:
        """ "Translation of": how the other output is named on this record."""
        return str(LINK_LABELS[self.kind])

    @property
    def label_of_other(self) -> str:
        """ "Translated as": how this record is named on the other one."""
        return str(LINKED_LABELS[self.kind])


class ReportCountry(Base):
    """A country that a report studies."""

    __tablename__ = "report_country"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True)

    __table_args__ = (sa.Index(None, "country", "report_id"),)


class ReportGoal(Base):
    """A sustainable development goal that a report is about."""

    __tablename__ = "report_goal"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    goal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (sa.Index(None, "goal", "report_id"),)


class ReportEdition(Base):
    """The record as it was published, and as each correction left it. Never edited."""

    __tablename__ = "report_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    because: Mapped[str] = mapped_column(sa.Text, default="")  # what was corrected; empty: as it was published
    record: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # see reports.editions

    report: Mapped[Report] = relationship(back_populates="editions")

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)
