from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.ideas.states import UnionKind
from tracker.institutions.models import Person
from tracker.projects.models import Project
from tracker.projects.states import ProjectState


class Union(Base):
    """The wish that one project goes on as part of another, and what its leads answered. Both texts are kept."""

    __tablename__ = "union_of_projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))  # which would end
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)  # which goes on
    kind: Mapped[UnionKind]
    words: Mapped[str] = mapped_column(sa.Text, default="")  # plain text
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]  # answered, taken back or run out
    is_done: Mapped[bool] = mapped_column(default=False)  # the answer was yes: the two are one

    project: Mapped[Project] = relationship(foreign_keys=project_id)
    into: Mapped[Project] = relationship(foreign_keys=into_id)
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def stands(self) -> bool:
        """Whether the project went on as part of the other, and was not resumed since."""
        if not self.is_done or self.ended_at is None or self.project.state is not ProjectState.STOPPED:
            return False
        return all(transition.at <= self.ended_at for transition in self.project.transitions)

    @property
    def label(self) -> str:
        return self.project.label

    @property
    def path(self) -> str:
        """Where those who read the other project read the text of this one."""
        return f"/projects/{self.into_id}/ideas/{self.id}"

    __table_args__ = (
        sa.Index(
            "uq_union_open",
            "project_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(
            "ix_union_open",
            "id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )
