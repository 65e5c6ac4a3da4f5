from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.drafts.models import Draft
from tracker.files import StoredFile
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.models import Report


class Rendition(Base):
    """One format of one draft of a report, with the record as it was. A try before publication is one too."""

    __tablename__ = "rendition"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RenditionKind]
    edition: Mapped[int] = mapped_column(default=0)  # of the report; 0: a try
    digest: Mapped[str] = mapped_column(sa.String(64), default="")  # of all it was made from
    state: Mapped[RenditionState] = mapped_column(default=RenditionState.WAITING)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    wanted_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]  # by the worker
    made_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    html: Mapped[str] = mapped_column(sa.Text, default="")  # of the page to read: publication.reading, as JSON
    pages: Mapped[int | None]

    report: Mapped[Report] = relationship()
    draft: Mapped[Draft] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("report_id", "draft_id", "kind", "edition"),
        sa.Index(None, "state", "id"),
    )
