import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.database import Base
from tracker.institutions.models import Network


class Wish(Base):
    """What a network wishes of the partners of a project. Each wish may be missing; none ever blocks."""

    __tablename__ = "wish"

    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id", ondelete="CASCADE"), primary_key=True)
    institutions: Mapped[int | None]  # at least
    countries: Mapped[int | None]
    regions: Mapped[int | None]  # of UN M49
    languages: Mapped[int | None]  # that partners work in
    newcomers: Mapped[int | None]  # institutions in their first project here
    largest_share: Mapped[int | None]  # at most this percentage of the partners from one country
    words: Mapped[str] = mapped_column(sa.Text, default="")  # what else, plain text
    version: Mapped[int] = mapped_column(default=1)

    network: Mapped[Network] = relationship()
