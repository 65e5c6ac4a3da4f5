from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType
from tracker.i18n import _, list_and
from tracker.institutions.models import Institution, Network, Person
from tracker.projects.states import (
    ASKED,
    AUDIENCES,
    COMMITTED,
    LEADING,
    OPEN,
    TAKES_PART,
    Audience,
    Commitment,
    FunderKind,
    ProjectState,
    Role,
)
from tracker.themes.models import Theme

NARRATIVES = ("question", "why_now", "summary", "method", "funding", "notes")

project_theme = sa.Table(
    "project_theme",
    Base.metadata,
    sa.Column("project_id", sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class ProjectCountry(Base):
    """A country that the project studies (ISO 3166 alpha-2). The partners' own countries are another matter."""

    __tablename__ = "project_country"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True, index=True)


class ProjectGoal(Base):
    """A Sustainable Development Goal (1 to 17) that the project serves."""

    __tablename__ = "project_goal"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    goal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ProjectFunder(Base):
    """A kind of funder that pays for the project; what is said in words stands in `funding`."""

    __tablename__ = "project_funder"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[FunderKind] = mapped_column(primary_key=True)


class Project(Base):
    """A joint study by institutions of at least two countries."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_key: Mapped[str | None] = mapped_column(sa.String(400), unique=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.DRAFT)
    stopped_from: Mapped[ProjectState | None]  # where a stopped project resumes
    audience: Mapped[Audience] = mapped_column(default=Audience.TEAM)
    title: Mapped[str] = mapped_column(sa.String(300), default="")
    title_is_description: Mapped[bool] = mapped_column(default=False)  # the official title is not known
    question: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown, as all narratives
    question_html: Mapped[str] = mapped_column(sa.Text, default="")
    why_now: Mapped[str] = mapped_column(sa.Text, default="")
    why_now_html: Mapped[str] = mapped_column(sa.Text, default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    summary_html: Mapped[str] = mapped_column(sa.Text, default="")
    method: Mapped[str] = mapped_column(sa.Text, default="")
    method_html: Mapped[str] = mapped_column(sa.Text, default="")
    funding: Mapped[str] = mapped_column(sa.Text, default="")  # in words: "own resources" is fine
    funding_html: Mapped[str] = mapped_column(sa.Text, default="")
    notes: Mapped[str] = mapped_column(sa.Text, default="")  # for those who take part and the secretariat
    notes_html: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="en")  # of the title and the narratives
    working_language: Mapped[str] = mapped_column(sa.String(20), default="")  # what the team speaks
    starts_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    ends_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)  # counts saved texts: two people editing never overwrite silently
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)  # any sign of life

    network: Mapped[Network] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=project_theme, order_by=Theme.name)
    country_links: Mapped[list[ProjectCountry]] = relationship(
        cascade="all, delete-orphan", order_by=ProjectCountry.country
    )
    goal_links: Mapped[list[ProjectGoal]] = relationship(cascade="all, delete-orphan", order_by=ProjectGoal.goal)
    funder_links: Mapped[list[ProjectFunder]] = relationship(cascade="all, delete-orphan", order_by=ProjectFunder.kind)
    partners: Mapped[list["Partner"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Partner.position, Partner.id"
    )
    members: Mapped[list["ProjectMember"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="ProjectMember.id"
    )
    transitions: Mapped[list["Transition"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Transition.id"
    )

    __table_args__ = (
        # Wide enough to count and to order within the index: the rows with their texts lie far apart.
        sa.Index("ix_project_coordinated", "network_id", "state", "changed_at", "id", "audience"),
        sa.Index("ix_project_read", "audience", "state", "changed_at", "id"),
        sa.Index(None, "audience", "changed_at", "id"),
        sa.Index(None, "state", "audience", "network_id", "id"),  # which seek partners
        sa.Index(None, "changed_at", "id"),
    )

    @validates(*NARRATIVES)
    def _render(self, key: str, text: str) -> str:
        setattr(self, f"{key}_html", markdown.render(text))
        return text

    @property
    def label(self) -> str:
        return self.title or _("Untitled draft")

    @property
    def path(self) -> str:
        return f"/projects/{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def countries(self) -> list[str]:
        """The countries studied."""
        return [link.country for link in self.country_links]

    @property
    def goals(self) -> list[int]:
        return [link.goal for link in self.goal_links]

    @property
    def funder_kinds(self) -> list[FunderKind]:
        return [link.kind for link in self.funder_links]

    @funder_kinds.setter
    def funder_kinds(self, kinds: list[FunderKind]) -> None:
        held = {link.kind: link for link in self.funder_links}
        self.funder_links = [held.get(kind) or ProjectFunder(kind=kind) for kind in sorted(set(kinds))]

    @property
    def lead_partners(self) -> list["Partner"]:
        return [partner for partner in self.partners if partner.role in LEADING and partner.takes_part]

    @property
    def led_by(self) -> str:
        """Who leads it, in words; its network where nobody does."""
        return list_and([lead.name for lead in self.lead_partners]) or self.network.name

    @property
    def committed(self) -> list["Partner"]:
        """The partners who agreed, the lead included."""
        return [partner for partner in self.partners if partner.is_committed]

    @property
    def partner_countries(self) -> list[str]:
        """The countries of the partners who agreed, each once, in the partners' order."""
        return list(dict.fromkeys(partner.country for partner in self.committed if partner.country))

    def audience_of(self, state: ProjectState) -> Audience:
        """Who reads a project in `state`; a stopped one is read by those who could read it before."""
        return AUDIENCES.get(state, self.audience)


class Partner(Base):
    """An institution (or a network) in a project, with its role and its commitment.

    `listed_as` and `listed_country` are what a source or the partner itself prints; where no record could be
    matched they are all there is.
    """

    __tablename__ = "partner"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"))
    network_id: Mapped[int | None] = mapped_column(sa.ForeignKey("network.id"), index=True)
    listed_as: Mapped[str] = mapped_column(sa.String(250), default="")
    listed_country: Mapped[str] = mapped_column(sa.String(2), default="")
    role: Mapped[Role] = mapped_column(default=Role.PARTNER)
    commitment: Mapped[Commitment] = mapped_column(default=Commitment.INVITED)
    earlier_commitment: Mapped[Commitment | None]  # before it was asked again; stands if that is withdrawn
    earlier_role: Mapped[Role | None]
    component: Mapped[str] = mapped_column(sa.String(200), default="")  # takes part in this component only
    note: Mapped[str] = mapped_column(sa.Text, default="")  # of the invitation or the offer, plain text
    people: Mapped[str] = mapped_column(sa.Text, default="")  # who would do the work, as the institution says
    answer_note: Mapped[str] = mapped_column(sa.Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="partners")
    institution: Mapped[Institution | None] = relationship()
    network: Mapped[Network | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id)
    ledger: Mapped[list["LedgerEntry"]] = relationship(
        back_populates="partner", cascade="all, delete-orphan", order_by="LedgerEntry.id"
    )

    __table_args__ = (
        sa.UniqueConstraint("project_id", "institution_id"),
        sa.UniqueConstraint("project_id", "network_id"),
        sa.Index(None, "institution_id", "commitment", "project_id"),
        sa.Index(  # who has waited longest for an answer
            "ix_partner_unanswered",
            "asked_at",
            "id",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )

    @property
    def organisation(self) -> Institution | Network | None:
        """The record behind the partner; None where a listed name matched none."""
        return self.institution or self.network

    @property
    def name(self) -> str:
        return self.organisation.name if self.organisation else self.listed_as

    @property
    def label(self) -> str:
        return self.name

    @property
    def country(self) -> str:
        """Alpha-2, or empty for a network."""
        return self.institution.country if self.institution else self.listed_country

    @property
    def takes_part(self) -> bool:
        return self.commitment in TAKES_PART

    @property
    def is_committed(self) -> bool:
        return self.commitment in COMMITTED

    @property
    def is_asked(self) -> bool:
        return self.commitment in ASKED

    @property
    def path(self) -> str:
        return f"/projects/{self.project_id}#partners"


class LedgerEntry(Base):
    """A line of the ledger of commitments: what a partner stands for from then on, and who said so. Never edited."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    commitment: Mapped[Commitment]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # who said so; None: the tracker
    person_name: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")  # plain text

    partner: Mapped[Partner] = relationship(back_populates="ledger")


class ProjectMember(Base):
    """A person in a project's team. A lead person acts for the project."""

    __tablename__ = "project_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("project_id", "person_id"),)


class Transition(Base):
    """One step of a project's life: who, when, from where, to where, and why. Never edited."""

    __tablename__ = "transition"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    step: Mapped[str] = mapped_column(sa.String(40))
    source: Mapped[ProjectState]
    target: Mapped[ProjectState]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(sa.String(200), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")

    project: Mapped[Project] = relationship(back_populates="transitions")
