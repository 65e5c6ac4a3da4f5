import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.projects.models import Partner, Project
from tracker.terms.models import Confirmation, Terms

CONFIRMED = (
    joinedload(Terms.written_by),
    selectinload(Terms.confirmations).joinedload(Confirmation.partner).joinedload(Partner.institution),
    selectinload(Terms.confirmations).joinedload(Confirmation.partner).joinedload(Partner.network),
    selectinload(Terms.confirmations).joinedload(Confirmation.person),
)


def latest(project: Project) -> Terms | None:
    """The newest version of a project's terms, with who confirmed it."""
    return db.session.scalars(
        sa.select(Terms)
        .where(Terms.project_id == project.id)
        .options(*CONFIRMED)
        .order_by(Terms.number.desc())
        .limit(1)
    ).one_or_none()


def versions(project: Project) -> list[Terms]:
    """Every version, newest first."""
    return list(
        db.session.scalars(
            sa.select(Terms).where(Terms.project_id == project.id).options(*CONFIRMED).order_by(Terms.number.desc())
        )
    )
