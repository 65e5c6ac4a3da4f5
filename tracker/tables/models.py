from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.institutions.models import Network, Person


class BoardText(Base):
    """The short text of the coordinators that stands above the printed tables of a network. Markdown."""

    __tablename__ = "board_text"

    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    network: Mapped[Network] = relationship()

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text


class Snapshot(Base):
    """The tables as they stood on a day, with the text of that day. Never edited; `figures` holds plain values."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int | None] = mapped_column(sa.ForeignKey("network.id"))  # None: all networks of its maker
    name: Mapped[str] = mapped_column(sa.String(120))
    first_day: Mapped[date | None]  # of the period; None: from the beginning
    last_day: Mapped[date | None]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    text_html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    taken_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    withdrawn_at: Mapped[datetime | None]

    network: Mapped[Network | None] = relationship()
    taken_by: Mapped[Person | None] = relationship()

    __table_args__ = (sa.Index(None, "network_id", "taken_at"),)

    @validates("text")
    def _render(self, _key: str, text: str) -> str:
        self.text_html = markdown.render(text)
        return text

    @property
    def path(self) -> str:
        return f"/board/tables/snapshots/{self.id}"
