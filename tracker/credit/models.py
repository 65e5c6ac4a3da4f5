from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.credit.states import ApprovalState, ContributionRole, Degree
from tracker.database import Base
from tracker.institutions.models import Institution, Person
from tracker.reports.models import Report, ReportAuthor


class Contributor(Base):
    """Somebody who did something for a report: an author, or somebody who is none."""

    __tablename__ = "contributor"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report_author.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)  # of one who is no author
    name: Mapped[str] = mapped_column(sa.String(200), default="")  # as printed; of one who is no author
    affiliation: Mapped[str] = mapped_column(sa.String(300), default="")
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    declared_at: Mapped[datetime | None]  # by the person; None: nothing was declared yet

    report: Mapped[Report] = relationship()
    author: Mapped[ReportAuthor | None] = relationship()
    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    contributions: Mapped[list["Contribution"]] = relationship(
        back_populates="contributor", cascade="all, delete-orphan", order_by="Contribution.id"
    )

    @property
    def printed_name(self) -> str:
        """As it stands on the report."""
        return self.author.name if self.author is not None else self.name

    @property
    def whose_id(self) -> int | None:
        """The id of the person who alone can say what they did; None: nobody is linked."""
        return self.author.person_id if self.author is not None else self.person_id


class Contribution(Base):
    """One role of one contributor. Proposed by a lead, it counts for nothing until the person declares it."""

    __tablename__ = "contribution"

    id: Mapped[int] = mapped_column(primary_key=True)
    contributor_id: Mapped[int] = mapped_column(sa.ForeignKey("contributor.id", ondelete="CASCADE"))
    role: Mapped[ContributionRole]
    degree: Mapped[Degree | None]  # None: not said
    is_declared: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    contributor: Mapped[Contributor] = relationship(back_populates="contributions")

    __table_args__ = (sa.UniqueConstraint("contributor_id", "role"),)


class Proof(Base):
    """The version of a report that its authors are asked to approve: this text, these authors, this order."""

    __tablename__ = "proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # see credit.proofs
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_by_name: Mapped[str] = mapped_column(sa.String(200), default="")

    report: Mapped[Report] = relationship()
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="proof", cascade="all, delete-orphan", order_by="Approval.position, Approval.id"
    )
    confirmations: Mapped[list["AuthorshipConfirmation"]] = relationship(
        back_populates="proof", cascade="all, delete-orphan", order_by="AuthorshipConfirmation.id"
    )

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)


class Approval(Base):
    """What one author says to one version. Their name is as it was printed then."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    proof_id: Mapped[int] = mapped_column(sa.ForeignKey("proof.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report_author.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    position: Mapped[int]
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.ASKED)
    words: Mapped[str] = mapped_column(sa.Text, default="")  # of dissent, or what to change
    at: Mapped[datetime | None]
    covered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # who answered in their place
    covered_by_name: Mapped[str] = mapped_column(sa.String(200), default="")
    covered_because: Mapped[str] = mapped_column(sa.Text, default="")  # why the author could not be reached

    proof: Mapped[Proof] = relationship(back_populates="approvals")
    author: Mapped[ReportAuthor | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)

    __table_args__ = (sa.UniqueConstraint("proof_id", "author_id"),)

    @property
    def is_covered(self) -> bool:
        return bool(self.covered_because)

    @property
    def counts(self) -> bool:
        """Whether nothing more is needed of this author: they approved or dissented, or somebody answered for them."""
        return self.state in (ApprovalState.APPROVED, ApprovalState.DISSENTS) or self.is_covered

    @property
    def is_silent(self) -> bool:
        """Whether the author has said nothing and nobody for them: whoever asks for a change was reached."""
        return not self.counts and self.state is not ApprovalState.CHANGE


class AuthorshipConfirmation(Base):
    """What the institution of an author says to one version: that it stands with this record."""

    __tablename__ = "authorship_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    proof_id: Mapped[int] = mapped_column(sa.ForeignKey("proof.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime | None]  # None: it has not confirmed
    words: Mapped[str] = mapped_column(sa.Text, default="")  # what it would like changed

    proof: Mapped[Proof] = relationship(back_populates="confirmations")
    institution: Mapped[Institution] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("proof_id", "institution_id"),)
