from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.institutions.models import Person
from tracker.projects.models import Partner, Project


class Terms(Base):
    """One numbered version of a project's terms. Never edited: a change makes the next number."""

    __tablename__ = "terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)  # Markdown
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    # The project's `changed_at` when the worker last went through its partners. By nobody but the worker, which does
    # so in the order of these moments and looks no further back than the newest.
    asked_as_of: Mapped[datetime | None] = mapped_column(index=True)

    project: Mapped[Project] = relationship()
    written_by: Mapped[Person | None] = relationship()
    replies: Mapped[list["Confirmation"]] = relationship(
        back_populates="terms", cascade="all, delete-orphan", order_by="Confirmation.at, Confirmation.id"
    )

    __table_args__ = (sa.UniqueConstraint("project_id", "number"),)

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text

    @property
    def confirmations(self) -> list["Confirmation"]:
        """What was confirmed, earliest first."""
        return [reply for reply in self.replies if reply.at is not None]


class Confirmation(Base):
    """What one partner says to one version: confirmed by a person, at a moment; or asked, and not confirmed yet."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    terms_id: Mapped[int] = mapped_column(sa.ForeignKey("terms.id", ondelete="CASCADE"))
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime | None]  # None: it has not confirmed yet

    terms: Mapped[Terms] = relationship(back_populates="replies")
    partner: Mapped[Partner] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("terms_id", "partner_id"),)
