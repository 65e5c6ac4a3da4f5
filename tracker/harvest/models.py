from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.database import Base
from tracker.harvest.states import Registry
from tracker.reports.models import Report


class Deposit(Base):
    """What was sent of a report to a registry of DOIs, last."""

    __tablename__ = "deposit"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    agency: Mapped[Registry]
    edition: Mapped[int] = mapped_column(default=0)  # of the report, as accepted; 0: never
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(sa.Text, default="")

    report: Mapped[Report] = relationship()

    __table_args__ = (sa.UniqueConstraint("report_id", "agency"),)
