import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.institutions.models import Network
from tracker.plans.models import PlanTemplate

MOST_TEMPLATES = 60  # of one network

WHOLE = (
    joinedload(PlanTemplate.network),
    joinedload(PlanTemplate.project),
    joinedload(PlanTemplate.created_by),
    selectinload(PlanTemplate.items),
)
"""What a page about a template shows."""


def templates(network: Network | int, *, is_retired: bool = False) -> list[PlanTemplate]:
    """The templates a network offers, by name; or those it no longer does."""
    network_id = network if isinstance(network, int) else network.id
    of_kind = PlanTemplate.retired_at.is_not(None) if is_retired else PlanTemplate.retired_at.is_(None)
    return list(
        db.session.scalars(
            sa.select(PlanTemplate)
            .where(PlanTemplate.network_id == network_id, of_kind)
            .options(*WHOLE)
            .order_by(PlanTemplate.name, PlanTemplate.id)
            .limit(MOST_TEMPLATES)
        )
    )
