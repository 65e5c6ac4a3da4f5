from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.database import Base
from tracker.reports.models import Report


class FullText(Base):
    """The words of the files of a published report, to be found and quoted by."""

    __tablename__ = "full_text"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.String(64), default="")  # digest of what it was read from
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]  # by the worker

    report: Mapped[Report] = relationship()

    __table_args__ = (sa.Index(None, "read_at", "attempts"),)  # what waits to be read


class StyledCitation(Base):
    """The citation of a published report in one style, made when its record last changed; of style "": to be made."""

    __tablename__ = "styled_citation"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    style: Mapped[str] = mapped_column(sa.String(60))  # "apa"
    text: Mapped[str] = mapped_column(sa.Text)  # plain
    html: Mapped[str] = mapped_column(sa.Text)  # safe
    version: Mapped[int]  # of the report, when it was made

    __table_args__ = (
        sa.UniqueConstraint("report_id", "style"),
        sa.Index(
            "ix_styled_citation_to_be_made",
            "id",
            sqlite_where=sa.text("style = ''"),
            postgresql_where=sa.text("style = ''"),
        ),
    )
