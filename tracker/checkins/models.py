from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.checkins.states import GOING_LABELS, Going
from tracker.database import Base
from tracker.dates import PartialDate
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.states import REASON_LABELS, DelayReason
from tracker.projects.models import Partner, Project


class CheckIn(Base):
    """What a partner said about one month, once; the words are a progress note, the new date the milestone's own.

    The row is there from when it was asked, or from when the partner said it unasked.
    """

    __tablename__ = "check_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partner.id", ondelete="CASCADE"))
    month: Mapped[date]  # its first day
    asked_at: Mapped[datetime | None]
    going: Mapped[Going | None]  # None: not answered
    reason: Mapped[DelayReason | None]
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestone.id", ondelete="SET NULL"))
    note_id: Mapped[int | None] = mapped_column(sa.ForeignKey("progress_note.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    partner: Mapped[Partner] = relationship()
    milestone: Mapped[Milestone | None] = relationship()  # which has a new date
    note: Mapped[ProgressNote | None] = relationship()
    answered_by: Mapped[Person | None] = relationship()

    own_milestones: Sequence[Milestone] = ()  # of the partner, whatever their state; `queries` puts them here

    __table_args__ = (
        sa.UniqueConstraint("partner_id", "month"),
        sa.Index(None, "project_id", "month"),
        sa.Index(None, "month", "going"),
    )

    @property
    def going_label(self) -> str:
        return str(GOING_LABELS[self.going]) if self.going else ""

    @property
    def reason_label(self) -> str:
        return str(REASON_LABELS[self.reason]) if self.reason else ""

    @property
    def words(self) -> str:
        """What was said in words, as it was typed; empty once that was withdrawn."""
        return self.note.text if self.note is not None and self.note.withdrawn_at is None else ""

    @property
    def of(self) -> PartialDate:
        """The month, to be shown."""
        return PartialDate(f"{self.month:%Y-%m}")

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}#progress"
