from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.milestones.models import Milestone
from tracker.milestones.queries import coming
from tracker.projects.models import Partner, Project
from tracker.projects.queries import project_list, visible_counts
from tracker.projects.states import COMMITTED, ProjectState
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.terms.models import Confirmation, Terms

COMING = timedelta(days=60)
GOING_ON = (ProjectState.RECRUITING, ProjectState.RUNNING, ProjectState.REVIEW)


def figures(actor: Person | None) -> dict[str, int]:
    """What there is, counted as this reader's lists show it: each figure opens its list."""
    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count(Institution.id)).scalar_subquery(),
            sa.select(sa.func.count(sa.distinct(Institution.country))).scalar_subquery(),
            sa.select(sa.func.count(Report.id)).where(Report.state == ReportState.PUBLISHED).scalar_subquery(),
        )
    ).one()
    states = visible_counts(actor, (ProjectState.RUNNING, ProjectState.RECRUITING))
    return {
        "institutions": row[0],
        "countries": row[1],
        "reports": row[2],
        "running": states.get(ProjectState.RUNNING, 0),
        "recruiting": states.get(ProjectState.RECRUITING, 0),
    }


def going_on(actor: Person | None) -> sa.Select[Project]:
    """What members do or seek partners for just now, the liveliest first."""
    return project_list(actor).where(Project.state.in_(GOING_ON))


def first(query: sa.Select[Any], limit: int) -> list[Any]:
    """The first rows of a list."""
    return list(db.session.scalars(query.limit(limit)).unique())


def coming_milestones(person: Person) -> list[Milestone]:
    """What this person has to do with that is late or due in 60 days, as `milestones.queries.coming` tells it."""
    return coming(person, COMING)


def terms_to_confirm(person: Person) -> list[Project]:
    """The projects whose newest terms an institution this person answers for has not confirmed."""
    newer = aliased(Terms)
    newest = ~sa.exists().where(newer.project_id == Terms.project_id, newer.number > Terms.number)
    confirmed = sa.exists().where(Confirmation.terms_id == Terms.id, Confirmation.partner_id == Partner.id)
    open_states = (ProjectState.DRAFT, ProjectState.PROPOSED, ProjectState.RECRUITING, ProjectState.RUNNING)
    return list(
        db.session.scalars(
            sa.select(Project)
            .join(Partner, Partner.project_id == Project.id)
            .join(Terms, Terms.project_id == Project.id)
            .where(
                Partner.institution_id.in_(person.contact_ids),
                Partner.commitment.in_(COMMITTED),
                Project.state.in_(open_states),
                newest,
                ~confirmed,
            )
            .options(selectinload(Project.partners))
            .order_by(Project.id)
            .distinct()
            .limit(30)
        )
    )
