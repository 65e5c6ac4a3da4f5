from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.database import db
from tracker.harvest.models import Deposit
from tracker.harvest.protocol import Asked, set_number
from tracker.harvest.states import Registry
from tracker.institutions.models import Institution
from tracker.projects.models import Project
from tracker.projects.permissions import visible_to as projects_visible_to
from tracker.reports.models import AuthorAffiliation, Report, ReportAuthor, ReportFile, ReportLink, report_theme
from tracker.reports.states import ReportState
from tracker.themes.models import Theme
from tracker.themes.queries import with_descendants

WHOLE = (
    selectinload(Report.authors).options(
        joinedload(ReportAuthor.institution),
        selectinload(ReportAuthor.more_affiliations).joinedload(AuthorAffiliation.institution),
    ),
    selectinload(Report.texts),
    selectinload(Report.themes),
    selectinload(Report.country_links),
    selectinload(Report.goal_links),
    selectinload(Report.more_files).joinedload(ReportFile.file),
    selectinload(Report.links).joinedload(ReportLink.other),
    joinedload(Report.file),
    defer(Report.notes),
)
"""What a record says of a report."""

HEADER = (selectinload(Report.themes), defer(Report.abstract), defer(Report.abstract_html), defer(Report.notes))
"""What its header says."""

ONCE_PUBLIC = (ReportState.PUBLISHED, ReportState.WITHDRAWN)


def listed(asked: Asked, limit: int) -> list[Report]:
    """The next reports of a list, in the order in which what is public of them last changed, at most `limit`."""
    query = (
        sa.select(Report)
        .where(Report.stamped_at.is_not(None), Report.state.in_(ONCE_PUBLIC))
        .options(*(WHOLE if asked.verb == "ListRecords" else HEADER))
        .order_by(Report.stamped_at, Report.id)
        .limit(limit)
    )
    if asked.since:
        query = query.where(Report.stamped_at >= asked.since)
    if asked.before:
        query = query.where(Report.stamped_at < asked.before)
    if asked.after:
        query = query.where(sa.tuple_(Report.stamped_at, Report.id) > sa.tuple_(*_bound(asked.after)))
    if asked.set_name:
        themes = with_descendants(set_number(asked.set_name) or 0)
        query = query.where(
            Report.id.in_(sa.select(report_theme.c.report_id).where(report_theme.c.theme_id.in_(themes)))
        )
    return list(db.session.scalars(query))


def harvested(report_id: int) -> Report | None:
    """A report that is or was public."""
    return db.session.scalar(
        sa.select(Report).where(Report.id == report_id, Report.state.in_(ONCE_PUBLIC)).options(*WHOLE)
    )


def due_for_deposit(registry: Registry, prefix: str, most_attempts: int) -> Report | None:
    """A public report whose DOI begins with `prefix` and whose edition the registry does not know, locked.

    One that was refused waits an hour for each attempt, and after `most_attempts` for a correction of the record.
    """
    known = sa.select(Deposit.report_id, Deposit.edition, Deposit.attempts, Deposit.tried_at)
    deposits = known.where(Deposit.agency == registry).subquery()
    tried = sa.select(Report.id).join(deposits, deposits.c.report_id == Report.id, isouter=True)
    fresh = sa.or_(deposits.c.report_id.is_(None), deposits.c.attempts == 0)
    rested = sa.and_(deposits.c.attempts < most_attempts, deposits.c.tried_at < clock.now() - timedelta(hours=1))
    corrected = deposits.c.tried_at < Report.stamped_at
    found = db.session.scalar(
        tried.where(
            Report.state == ReportState.PUBLISHED,
            Report.doi.startswith(prefix, autoescape=True),
            sa.or_(deposits.c.report_id.is_(None), deposits.c.edition < Report.edition),
            sa.or_(fresh, rested, corrected),
        )
        .order_by(Report.id)
        .limit(1)
    )
    if found is None:
        return None
    return db.session.get(Report, found, options=WHOLE, with_for_update={"of": Report, "skip_locked": True})


def deposit_of(report_id: int, registry: Registry) -> Deposit | None:
    """What was sent of a report to a registry."""
    return db.session.scalar(sa.select(Deposit).where(Deposit.report_id == report_id, Deposit.agency == registry))


def deposits_of(report: Report) -> list[Deposit]:
    """What was sent of a report, to each registry."""
    return list(db.session.scalars(sa.select(Deposit).where(Deposit.report_id == report.id).order_by(Deposit.agency)))


def earliest() -> datetime | None:
    """When the first report became public, or changed, of those that are listed."""
    return db.session.scalar(sa.select(sa.func.min(Report.stamped_at)).where(Report.state.in_(ONCE_PUBLIC)))


def themes() -> list[Theme]:
    """Every theme, retired ones too: what was filed under it stays."""
    return list(db.session.scalars(sa.select(Theme).order_by(Theme.id)))


def set_names(report: Report, parents: dict[int, int | None]) -> list[str]:
    """The sets that a report is in: its themes, and those above them."""
    found: set[int] = set()
    for theme in report.themes:
        number: int | None = theme.id
        while number is not None and number not in found:
            found.add(number)
            number = parents.get(number)
    return [f"theme:{number}" for number in sorted(found)]


MAPPED: dict[str, tuple[Any, Any, Callable[[], sa.ColumnElement[bool]]]] = {
    "reports": (Report, Report.stamped_at, lambda: Report.state == ReportState.PUBLISHED),
    "projects": (Project, Project.changed_at, lambda: projects_visible_to(None)),
    "institutions": (Institution, sa.null(), sa.true),
    "themes": (Theme, sa.null(), lambda: Theme.retired_at.is_(None)),
}
"""What the sitemap names: rows, when they changed, and which of them anybody may read."""


def last_number(kind: str) -> int:
    """The highest number of a row of a kind in MAPPED; 0 where there is none."""
    model, _changed, _is_public = MAPPED[kind]
    return db.session.scalar(sa.select(sa.func.max(model.id))) or 0


def mapped(kind: str, first: int, last: int) -> list[tuple[int, datetime | None]]:
    """(number, when it changed) of those that anybody may read, from the number `first` to `last`."""
    model, changed, is_public = MAPPED[kind]
    rows = db.session.execute(
        sa.select(model.id, changed).where(model.id.between(first, last), is_public()).order_by(model.id)
    )
    return [(number, moment) for number, moment in rows]


def _bound(after: tuple[datetime, int]) -> tuple[sa.ColumnElement, sa.ColumnElement]:
    return sa.literal(after[0], Report.stamped_at.type), sa.literal(after[1])
