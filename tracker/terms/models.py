from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.institutions.models import Network, Person
from tracker.projects.models import Partner, Project
from tracker.projects.states import Role
from tracker.terms.states import AuthorOrder


class TermsParts:
    """What terms say beside who does what. Plain text unless said otherwise; each may be empty."""

    author_order: Mapped[AuthorOrder] = mapped_column(default=AuthorOrder.UNSAID)
    author_order_words: Mapped[str] = mapped_column(sa.Text, default="")
    working_language: Mapped[str] = mapped_column(sa.String(20), default="")  # BCP 47
    translations: Mapped[str] = mapped_column(sa.Text, default="")
    publisher: Mapped[str] = mapped_column(sa.Text, default="")  # and series
    funding: Mapped[str] = mapped_column(sa.Text, default="")
    data: Mapped[str] = mapped_column(sa.Text, default="")
    leaving: Mapped[str] = mapped_column(sa.Text, default="")


class TermsTemplate(TermsParts, Base):
    """What the terms of a network's projects start from, in one language."""

    __tablename__ = "terms_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown: what else
    version: Mapped[int] = mapped_column(default=1)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    network: Mapped[Network] = relationship()
    changed_by: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("network_id", "language"),)


class TermsTask(Base):
    """What one partner does, as one version of the terms says it."""

    __tablename__ = "terms_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    terms_id: Mapped[int] = mapped_column(sa.ForeignKey("terms.id", ondelete="CASCADE"), index=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partner.id", ondelete="SET NULL"), index=True)
    partner_name: Mapped[str] = mapped_column(sa.String(250), default="")  # as it was called then
    role: Mapped[Role] = mapped_column(default=Role.PARTNER)
    tasks: Mapped[str] = mapped_column(sa.Text, default="")  # plain text
    position: Mapped[int] = mapped_column(default=0)

    terms: Mapped["Terms"] = relationship(back_populates="tasks")
    partner: Mapped[Partner | None] = relationship()


class Terms(TermsParts, Base):
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
    tasks: Mapped[list[TermsTask]] = relationship(
        back_populates="terms", cascade="all, delete-orphan", order_by=(TermsTask.position, TermsTask.id)
    )
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
