from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.dates import earth_day
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project

LENGTH = 2000  # characters of a question
FIRST_ZONE = timedelta(hours=14)  # UTC+14, where a day begins first


class Call(Base):
    """The dates of a project's call for partners: it opens when that day begins somewhere on Earth, and its last days
    last until they end everywhere. None is needed."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), unique=True)
    opens_on: Mapped[date | None]
    questions_until: Mapped[date | None]
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]  # when the worker noted the end

    project: Mapped[Project] = relationship()

    __table_args__ = (
        sa.Index(
            "ix_call_closing",
            "closes_on",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    @property
    def is_closed(self) -> bool:
        """Whether its last day has passed."""
        return self.closes_on is not None and self.closes_on < earth_day()

    @property
    def is_coming(self) -> bool:
        """Whether its first day is still to come everywhere."""
        return self.opens_on is not None and self.opens_on > (clock.now() + FIRST_ZONE).date()

    @property
    def takes_questions(self) -> bool:
        """Whether questions are welcome by its dates."""
        is_late = self.questions_until is not None and self.questions_until < earth_day()
        return not (is_late or self.is_closed or self.is_coming)


class CallQuestion(Base):
    """A question about a call, and its answer: whoever may read the project reads both."""

    __tablename__ = "call_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    text: Mapped[str] = mapped_column(sa.Text)  # plain
    language: Mapped[str] = mapped_column(sa.String(20), default="")
    answer: Mapped[str] = mapped_column(sa.Text, default="")  # plain
    is_unsaid: Mapped[bool] = mapped_column(default=False)  # the lead cannot say yet; `answer` may hold why
    answer_language: Mapped[str] = mapped_column(sa.String(20), default="")
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
    institution: Mapped[Institution | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)

    __table_args__ = (
        sa.Index(
            "ix_call_question_unanswered",
            "id",
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and self.withdrawn_at is None


class SavedCall(Base):
    """A call that somebody keeps in mind for their institution."""

    __tablename__ = "saved_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_at: Mapped[datetime | None]  # when whoever saved it was told that it closes soon

    project: Mapped[Project] = relationship()
    institution: Mapped[Institution] = relationship()
    saved_by: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("project_id", "institution_id"),)

    @property
    def label(self) -> str:
        return self.project.label

    @property
    def path(self) -> str:
        return f"{self.project.path}/call"
