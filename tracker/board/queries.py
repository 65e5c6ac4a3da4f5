from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.database import db
from tracker.projects.models import Partner, Project
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import ASKED, Audience, ProjectState

SILENT_FOR = timedelta(days=45)


def proposals(network_ids: Iterable[int]) -> sa.Select[Project]:
    """Proposals that wait for a coordinator, oldest first."""
    return (
        sa.select(Project)
        .where(Project.network_id.in_(list(network_ids)), Project.state == ProjectState.PROPOSED)
        .options(*PROJECT_CARD)
        .order_by(Project.changed_at, Project.id)
    )


def silent(network_ids: Iterable[int]) -> sa.Select[Project]:
    """Running studies nobody has said anything about for 45 days, longest silence first."""
    return (
        sa.select(Project)
        .where(
            Project.network_id.in_(list(network_ids)),
            Project.state.in_((ProjectState.RUNNING, ProjectState.REVIEW)),
            Project.changed_at < clock.now() - SILENT_FOR,
        )
        .options(*PROJECT_CARD)
        .order_by(Project.changed_at, Project.id)
    )


def unanswered(network_ids: Iterable[int]) -> sa.Select[Partner]:
    """Invitations and offers nobody has answered, oldest first."""
    open_states = (ProjectState.PROPOSED, ProjectState.RECRUITING, ProjectState.RUNNING)
    return (
        sa.select(Partner)
        .where(
            Partner.answered_at.is_(None),  # true of whoever is asked, and what the index holds
            Partner.commitment.in_(ASKED),
            Partner.project.has(
                sa.and_(
                    Project.network_id.in_(list(network_ids)),
                    Project.audience != Audience.TEAM,
                    Project.state.in_(open_states),
                )
            ),
        )
        .options(joinedload(Partner.institution), joinedload(Partner.network), joinedload(Partner.project))
        .order_by(Partner.asked_at, Partner.id)
    )


def first(query: sa.Select[Any], limit: int = 6) -> list[Any]:
    """The first rows of a list."""
    return list(db.session.scalars(query.limit(limit)).unique())
