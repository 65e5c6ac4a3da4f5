from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.drafts.models import Draft
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Network, Person
from tracker.reports.models import Report
from tracker.reviewing.states import Recommendation, Reply, ReviewState


class ReviewQuestion(Base):
    """A question that a network asks of every review of its reports."""

    __tablename__ = "review_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(sa.String(500))
    language: Mapped[str] = mapped_column(sa.String(20), default="en")

    network: Mapped[Network] = relationship()


class ReviewRound(Base):
    """A draft is read by several people by a day."""

    __tablename__ = "review_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date]  # until the end of this day, anywhere on Earth
    note: Mapped[str] = mapped_column(sa.Text, default="")  # what the lead asks, in its own words; plain text
    questions: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # the network's, as they were then
    hides_names: Mapped[bool] = mapped_column(default=False)  # reviewers are named to nobody but the secretariat
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]

    report: Mapped[Report] = relationship()
    draft: Mapped[Draft] = relationship()
    opened_by: Mapped[Person | None] = relationship()
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="Review.id"
    )

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def label(self) -> str:
        return _("Round %(number)s", number=self.number)

    @property
    def path(self) -> str:
        return f"/reports/{self.report_id}/reviews/{self.number}"


class Review(Base):
    """What one person is asked, and says, in one round."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("review_round.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    recommendation: Mapped[Recommendation | None]
    answers: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # to the questions of the round, in order
    words: Mapped[str] = mapped_column(sa.Text, default="")  # plain text
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))  # the draft with comments in it
    version: Mapped[int] = mapped_column(default=1)

    round: Mapped[ReviewRound] = relationship(back_populates="reviews")
    person: Mapped[Person] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    comments: Mapped[list["ReviewComment"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", order_by="ReviewComment.block, ReviewComment.id"
    )

    __table_args__ = (sa.UniqueConstraint("round_id", "person_id"),)

    @property
    def is_awaited(self) -> bool:
        return self.state is ReviewState.ASKED

    @property
    def is_sent(self) -> bool:
        return self.state is ReviewState.ANSWERED

    @property
    def can_be_written(self) -> bool:
        """Whether it can still be changed: until the round closes, unless it is no longer waited for."""
        return self.round.is_open and self.state is not ReviewState.WITHDRAWN


class ReviewComment(Base):
    """A remark on a paragraph of the draft, and what became of it."""

    __tablename__ = "review_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    block: Mapped[int | None]  # the number of the paragraph in the draft, from 1; None: on the whole
    quoted: Mapped[str] = mapped_column(sa.Text, default="")  # the beginning of that paragraph
    text: Mapped[str] = mapped_column(sa.Text)  # plain text
    reply: Mapped[Reply | None]
    reply_words: Mapped[str] = mapped_column(sa.Text, default="")
    replied_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(back_populates="comments")
    replied_by: Mapped[Person | None] = relationship()
