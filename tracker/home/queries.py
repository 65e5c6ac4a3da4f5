from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tracker.asks.addressees import waiting_for
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project
from tracker.projects.queries import project_list, visible_counts
from tracker.projects.states import ProjectState
from tracker.reports.models import Report
from tracker.reports.states import ReportState

COMING = timedelta(days=60)
MOST_ASKED = 50
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


def asked_by(person: Person) -> list[Ask]:
    """The open asks of others that this person asked, longest unanswered first; at most MOST_ASKED."""
    return list(
        db.session.scalars(
            sa.select(Ask)
            .where(Ask.asked_by_id == person.id, Ask.state == AskState.OPEN)
            .where(Ask.id.not_in(waiting_for(person)))
            .order_by(Ask.asked_at, Ask.id)
            .limit(MOST_ASKED)
        )
    )
