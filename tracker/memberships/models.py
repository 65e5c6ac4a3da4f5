import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.database import Base
from tracker.institutions.models import Institution, Network


class Candidacy(Base):
    """An institution and a network of which it may become a member: what one asks the other is about this row."""

    __tablename__ = "candidacy"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"))
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"), index=True)

    institution: Mapped[Institution] = relationship()
    network: Mapped[Network] = relationship()

    __table_args__ = (sa.UniqueConstraint("institution_id", "network_id"),)
