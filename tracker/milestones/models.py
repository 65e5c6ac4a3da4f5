from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType, earth_day
from tracker.files import StoredFile
from tracker.institutions.models import Person
from tracker.milestones.states import (
    AUDIENCE_LABELS,
    REASON_LABELS,
    STATE_LABELS,
    DelayReason,
    MilestoneState,
    NoteAudience,
)
from tracker.projects.models import Partner, Project

note_file = sa.Table(
    "progress_note_file",
    Base.metadata,
    sa.Column("progress_note_id", sa.ForeignKey("progress_note.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("stored_file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)

milestone_file = sa.Table(
    "milestone_file",
    Base.metadata,
    sa.Column("milestone_id", sa.ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("stored_file_id", sa.ForeignKey("stored_file.id"), primary_key=True),
)
milestone_helper = sa.Table(  # institutions that work on it beside the responsible one
    "milestone_helper",
    Base.metadata,
    sa.Column("milestone_id", sa.ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("partner_id", sa.ForeignKey("partner.id", ondelete="CASCADE"), primary_key=True, index=True),
)
milestone_order = sa.Table(  # `before_id` must be reached before `milestone_id` can be
    "milestone_order",
    Base.metadata,
    sa.Column("milestone_id", sa.ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("before_id", sa.ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True, index=True),
)


def _planned(name: str, *columns: str) -> sa.Index:
    """An index over what is planned: few among all there ever were."""
    where = sa.text("state = 'planned'")
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Milestone(Base):
    """Something due. The first date stays as it was first promised; the current one may move, with a reason.

    A date may be partial ("2018"). `last_day` is the last day of the current date: it orders and decides what
    is late, which it is once that day has ended everywhere on Earth. `first_last_day` and `done_day` are the last
    days of the first date and of the day it was reached, so that a database can compare them.
    """

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(200))
    first_due: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    due: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    last_day: Mapped[date | None]
    first_last_day: Mapped[date | None]
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partner.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED)
    done_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    done_day: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # For the worker, which sees to it that somebody is asked: `last_day` until it has (a later day where it failed),
    # and the project's `changed_at` when it last did.
    unseen_day: Mapped[date | None]
    seen_as_of: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
    partner: Mapped[Partner | None] = relationship()
    person: Mapped[Person | None] = relationship()
    changes: Mapped[list["DateChange"]] = relationship(
        back_populates="milestone", cascade="all, delete-orphan", order_by="DateChange.id"
    )
    helpers: Mapped[list[Partner]] = relationship(secondary=milestone_helper, order_by=Partner.id)
    must_follow: Mapped[list["Milestone"]] = relationship(
        secondary=milestone_order,
        primaryjoin=lambda: Milestone.id == milestone_order.c.milestone_id,
        secondaryjoin=lambda: Milestone.id == milestone_order.c.before_id,
        order_by=lambda: (Milestone.last_day, Milestone.id),
    )  # what must be reached before it
    files: Mapped[list[StoredFile]] = relationship(secondary=milestone_file, order_by=StoredFile.id)

    dropped_because = ""  # what was said when it was dropped; `queries.plan` reads it from the history

    __table_args__ = (
        _planned("ix_milestone_person", "state", "person_id", "last_day"),
        _planned("ix_milestone_partner", "state", "partner_id", "last_day"),
        _planned("ix_milestone_project", "state", "project_id", "last_day"),
        sa.Index(None, "project_id", "last_day"),
        sa.Index(None, "state", "last_day"),
        # Whether what was promised came on time is answered by it alone, however many milestones there are.
        sa.Index("ix_milestone_promised", "first_last_day", "project_id", "state", "done_day", "last_day"),
        sa.Index(  # what the worker has not seen yet
            "ix_milestone_unseen",
            "unseen_day",
            sqlite_where=sa.text("unseen_day IS NOT NULL"),
            postgresql_where=sa.text("unseen_day IS NOT NULL"),
        ),
        sa.Index(  # what the worker looks at again when its project changes: few among all that is planned
            "ix_milestone_seen",
            "state",
            "project_id",
            "seen_as_of",
            sqlite_where=sa.text("state = 'planned' AND seen_as_of IS NOT NULL"),
            postgresql_where=sa.text("state = 'planned' AND seen_as_of IS NOT NULL"),
        ),
    )

    @validates("due")
    def _remember(self, _key: str, due: PartialDate | None) -> PartialDate | None:
        self.last_day = self.unseen_day = due.last_day if due else None
        return due

    @validates("first_due")
    def _remember_first(self, _key: str, first_due: PartialDate | None) -> PartialDate | None:
        self.first_last_day = first_due.last_day if first_due else None
        return first_due

    @validates("done_on")
    def _remember_done(self, _key: str, done_on: PartialDate | None) -> PartialDate | None:
        self.done_day = done_on.last_day if done_on else None
        return done_on

    @property
    def is_late(self) -> bool:
        return self.state is MilestoneState.PLANNED and self.last_day is not None and self.last_day < earth_day()

    @property
    def has_slipped(self) -> bool:
        return self.first_due is not None and self.due != self.first_due

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS[self.state])

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}#plan"


# As the indexes say it, to the word: SQLite uses a partial index for nothing else.
IS_PLANNED = Milestone.state == sa.literal_column("'planned'")


class DateChange(Base):
    """A milestone's date moved: from, to, why. Never edited."""

    __tablename__ = "date_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestone.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    before: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    after: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    reason: Mapped[DelayReason]
    words: Mapped[str] = mapped_column(sa.Text, default="")

    milestone: Mapped[Milestone] = relationship(back_populates="changes")
    person: Mapped[Person | None] = relationship()

    @property
    def reason_label(self) -> str:
        return str(REASON_LABELS[self.reason])


class ProgressNote(Base):
    """A dated entry in words, on a project or one of its milestones."""

    __tablename__ = "progress_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestone.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    on: Mapped[PartialDate] = mapped_column("on_day", PartialDateType)  # what day it tells of
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    text: Mapped[str] = mapped_column(sa.Text)  # Markdown
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    audience: Mapped[NoteAudience] = mapped_column(default=NoteAudience.TEAM)
    withdrawn_at: Mapped[datetime | None]  # from then on only its author reads it

    project: Mapped[Project] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
    author: Mapped[Person | None] = relationship()
    files: Mapped[list[StoredFile]] = relationship(secondary=note_file, order_by=StoredFile.id)

    __table_args__ = (sa.Index(None, "project_id", "on_day"),)

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text

    @property
    def audience_label(self) -> str:
        return str(AUDIENCE_LABELS[self.audience])

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}#progress"
