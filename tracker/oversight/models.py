from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Institution, Person
from tracker.oversight.states import HEALTH_LABELS, PAGES, Health
from tracker.projects.models import Project


class HealthLine(Base):
    """How a coordinator saw a project from then on, in words; the newest is current. Never edited."""

    __tablename__ = "health_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    health: Mapped[Health]
    words: Mapped[str] = mapped_column(sa.String(500), default="")  # plain text
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(sa.String(200), default="")
    replaced_at: Mapped[datetime | None]  # when the next one came

    project: Mapped[Project] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.Index(None, "project_id", "id"),
        sa.Index(
            "uq_health_line_current",
            "project_id",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
    )

    @property
    def health_label(self) -> str:
        return str(HEALTH_LABELS[self.health])

    @property
    def label(self) -> str:
        return self.project.label

    @property
    def path(self) -> str:
        return f"{self.project.path}/secretariat"


class SecretariatNote(Base):
    """A note on a project or an institution that only coordinators of its network read. Plain text."""

    __tablename__ = "secretariat_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    author_name: Mapped[str] = mapped_column(sa.String(200), default="")
    withdrawn_at: Mapped[datetime | None]

    project: Mapped[Project | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    author: Mapped[Person | None] = relationship()

    __table_args__ = (sa.CheckConstraint("project_id IS NULL OR institution_id IS NULL", name="about_one"),)

    @property
    def about(self) -> Project | Institution | None:
        """What it is on."""
        return self.project or self.institution

    @property
    def label(self) -> str:
        return self.about.label if self.about is not None else ""

    @property
    def path(self) -> str:
        return f"{self.about.path}/secretariat" if self.about is not None else ""


class SavedView(Base):
    """Filters of a list that a person keeps under a name."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(sa.String(40))  # "board", "tables"
    name: Mapped[str] = mapped_column(sa.String(80))
    query: Mapped[str] = mapped_column(sa.String(1000), default="")  # "theme=3&state=running"
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.UniqueConstraint("person_id", "page", "name"),)

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The page with these filters."""
        return f"{PAGES[self.page]}?{self.query}" if self.query else PAGES[self.page]
