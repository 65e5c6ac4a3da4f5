from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.database import Base
from tracker.institutions.models import Network, Person
from tracker.projects.models import Project


class PlanTemplate(Base):
    """A ready-dated plan of a network, made from a project that went well. Texts are in one language."""

    __tablename__ = "plan_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(20), default="en")
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]  # no longer offered

    network: Mapped[Network] = relationship()
    project: Mapped[Project | None] = relationship()
    created_by: Mapped[Person | None] = relationship()
    items: Mapped[list["PlanTemplateItem"]] = relationship(
        back_populates="template", cascade="all, delete-orphan", order_by="PlanTemplateItem.position"
    )


class PlanTemplateItem(Base):
    """A milestone of a template: due so many months, then so many days, after the start."""

    __tablename__ = "plan_template_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("plan_template.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    months: Mapped[int] = mapped_column(default=0)
    days: Mapped[int] = mapped_column(default=0)
    follows: Mapped[list[int]] = mapped_column(sa.JSON, default=list)  # positions of what must come before

    template: Mapped[PlanTemplate] = relationship(back_populates="items")
