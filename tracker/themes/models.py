from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base


class ThemeGoal(Base):
    """A theme serves a Sustainable Development Goal (1 to 17)."""

    __tablename__ = "theme_goal"

    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True)
    goal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Theme(Base):
    """A subject of the research agenda."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(sa.Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]  # no longer offered; what was filed under it stays
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    parent: Mapped["Theme | None"] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[list["Theme"]] = relationship(back_populates="parent", order_by="Theme.position, Theme.name")
    goal_links: Mapped[list[ThemeGoal]] = relationship(cascade="all, delete-orphan", order_by=ThemeGoal.goal)

    @validates("description")
    def _render(self, _key: str, text: str) -> str:
        self.description_html = markdown.render(text)
        return text

    @property
    def goals(self) -> list[int]:
        return [link.goal for link in self.goal_links]

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/themes/{self.id}"
