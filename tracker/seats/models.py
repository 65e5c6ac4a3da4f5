from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.dates import earth_day
from tracker.projects.models import Partner, Project
from tracker.seats.states import SeatState, Task
from tracker.themes.models import Theme

seat_theme = sa.Table(
    "seat_theme",
    Base.metadata,
    sa.Column("seat_id", sa.ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Seat(Base):
    """What a project still looks for: a task, in a country or region, in a language, for one or more partners.

    `taken` counts the partners that fill it now; the database refuses more than are wanted.
    """

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    task: Mapped[Task] = mapped_column(default=Task.COUNTRY_STUDY)
    place: Mapped[str] = mapped_column(sa.String(3), default="")  # alpha-2, or an M49 region; empty: anywhere
    language: Mapped[str] = mapped_column(sa.String(20), default="")  # BCP 47; empty: any
    skills: Mapped[str] = mapped_column(sa.String(300), default="")  # in words
    description: Mapped[str] = mapped_column(sa.Text, default="")  # plain text, in the project's language
    wanted: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    until: Mapped[date | None]  # offers are welcome until the end of this day, anywhere on Earth
    state: Mapped[SeatState] = mapped_column(default=SeatState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    filled_at: Mapped[datetime | None]  # when it was first filled
    told_at: Mapped[datetime | None]  # when the institutions that fit were told of it

    project: Mapped[Project] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=seat_theme, order_by=Theme.name)
    fillings: Mapped[list["Filling"]] = relationship(
        back_populates="seat", cascade="all, delete-orphan", order_by="Filling.id"
    )

    __table_args__ = (
        sa.CheckConstraint("taken >= 0 and taken <= wanted", name="taken"),
        # Wide enough to rank those that seek somebody within the index.
        sa.Index(None, "state", "until", "project_id", "place", "language", "id"),
        sa.Index(None, "place", "state"),
        sa.Index(
            "ix_seat_untold",
            "id",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        ),
    )

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and self.until < earth_day()

    @property
    def free(self) -> int:
        """How many partners it still looks for."""
        return max(0, self.wanted - self.taken) if self.state is SeatState.OPEN else 0

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}/seats/{self.id}"


class Filling(Base):
    """A partner and a seat: asked or offered for it, fills it since, and until when. Past ones are kept."""

    __tablename__ = "filling"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(sa.ForeignKey("seat.id", ondelete="CASCADE"))
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_at: Mapped[datetime | None]  # None: the partner does not fill it (yet)
    ended_at: Mapped[datetime | None]  # it left, or the lead gave the seat to somebody else

    seat: Mapped[Seat] = relationship(back_populates="fillings")
    partner: Mapped[Partner] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_filling_current",
            "seat_id",
            "partner_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    @property
    def is_taken(self) -> bool:
        return self.taken_at is not None and self.ended_at is None

    @property
    def is_asked(self) -> bool:
        return self.taken_at is None and self.ended_at is None
