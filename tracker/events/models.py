from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.events.states import EVENT_LABELS, EventKind
from tracker.institutions.models import Institution, Network, Person
from tracker.projects.models import Project
from tracker.reports.models import Report
from tracker.themes.models import Theme


def _link(name: str, other: str) -> sa.Table:
    return sa.Table(
        name,
        Base.metadata,
        sa.Column("event_id", sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(f"{other}_id", sa.ForeignKey(f"{other}.id", ondelete="CASCADE"), primary_key=True, index=True),
    )


event_project = _link("event_project", "project")
event_report = _link("event_report", "report")
event_theme = _link("event_theme", "theme")


class Event(Base):
    """A meeting. `on` is its first day, perhaps partial; where the hours are known they stand beside it in UTC."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_key: Mapped[str | None] = mapped_column(sa.String(700), unique=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    kind: Mapped[EventKind] = mapped_column(default=EventKind.OTHER)
    title: Mapped[str] = mapped_column(sa.String(300))
    language: Mapped[str] = mapped_column(sa.String(20), default="en")  # of the title and the text
    text: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    on: Mapped[PartialDate] = mapped_column("on_day", PartialDateType)
    until: Mapped[PartialDate | None] = mapped_column(PartialDateType)  # its last day, if another
    day: Mapped[date]  # the last day of `until` or `on`: it orders
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")  # of the place
    place: Mapped[str] = mapped_column(sa.String(200), default="")  # city, house
    country: Mapped[str] = mapped_column(sa.String(2), default="")  # alpha-2; empty: online, or not known
    is_online: Mapped[bool] = mapped_column(default=False)
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    participants: Mapped[int | None]  # how many people came, as far as known
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # the SEQUENCE of its calendar entry
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    network: Mapped[Network] = relationship()
    created_by: Mapped[Person | None] = relationship()
    projects: Mapped[list[Project]] = relationship(secondary=event_project, order_by=Project.id)
    reports: Mapped[list[Report]] = relationship(secondary=event_report, order_by=Report.id)
    themes: Mapped[list[Theme]] = relationship(secondary=event_theme, order_by=Theme.name)
    guests: Mapped[list["EventGuest"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="EventGuest.id"
    )

    __table_args__ = (sa.Index(None, "network_id", "day", "id"), sa.Index(None, "day", "id"))

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text

    @validates("on", "until")
    def _remember(self, key: str, value: PartialDate | None) -> PartialDate | None:
        on, until = (value, self.until) if key == "on" else (self.on, value)
        if last := until or on:
            self.day = last.last_day
        return value

    @property
    def label(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        return str(EVENT_LABELS[self.kind])

    @property
    def path(self) -> str:
        return f"/events/{self.id}"


class EventGuest(Base):
    """An institution, on record or only named, that took part, and with how many people."""

    __tablename__ = "event_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    listed_as: Mapped[str] = mapped_column(sa.String(250), default="")
    listed_country: Mapped[str] = mapped_column(sa.String(2), default="")
    people: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(back_populates="guests")
    institution: Mapped[Institution | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("event_id", "institution_id"),)

    @property
    def name(self) -> str:
        return self.institution.name if self.institution else self.listed_as

    @property
    def country(self) -> str:
        """Alpha-2, or empty where it is not known."""
        return self.institution.country if self.institution else self.listed_country
