from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.bibliographies.models import Bibliography, BibliographyRecord
from tracker.bibliographies.states import ReadingState
from tracker.database import db
from tracker.institutions.models import Person
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR
from tracker.reports.models import Report
from tracker.reports.states import ReportState

ON_A_PAGE = (
    joinedload(Bibliography.file),
    joinedload(Bibliography.person),
    joinedload(Bibliography.report).options(
        selectinload(Report.authors), joinedload(Report.project).options(*ON_THE_DOOR, joinedload(Project.network))
    ),
)
"""What its pages show, and what the permissions ask of its report."""


def records_of(bibliography: Bibliography) -> sa.Select[BibliographyRecord]:
    """The records of a file in their order."""
    return (
        sa.select(BibliographyRecord)
        .where(BibliographyRecord.bibliography_id == bibliography.id)
        .order_by(BibliographyRecord.position)
    )


def record_at(bibliography: Bibliography, position: int) -> BibliographyRecord | None:
    """The record at a place, from 1."""
    return db.session.scalar(records_of(bibliography).where(BibliographyRecord.position == position))


def own(person: Person, report: Report | None, limit: int = 10) -> list[Bibliography]:
    """What somebody brought for a report, or for the library, the newest first."""
    query = sa.select(Bibliography).where(Bibliography.person_id == person.id)
    query = query.where(Bibliography.report_id == report.id if report else Bibliography.report_id.is_(None))
    return list(
        db.session.scalars(query.options(joinedload(Bibliography.file)).order_by(Bibliography.id.desc()).limit(limit))
    )


def claimable(state: ReadingState, silent_since: datetime) -> Bibliography | None:
    """The one that has waited longest in a state and that no worker holds, locked."""
    free = sa.or_(Bibliography.claimed_at.is_(None), Bibliography.claimed_at < silent_since)
    return db.session.scalar(
        sa.select(Bibliography)
        .where(Bibliography.state == state, free)
        .order_by(Bibliography.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Bibliography)
    )


def next_records(bibliography: Bibliography, limit: int) -> list[BibliographyRecord]:
    """The next records to add: those after the ones that were looked at."""
    query = records_of(bibliography).where(BibliographyRecord.position > bibliography.done)
    return list(db.session.scalars(query.limit(limit)))


def known_reports(dois: Iterable[str], titles: Iterable[str]) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Reports that are in the library already: by DOI, and by (title as it is sorted, year)."""
    rows = db.session.execute(
        sa.select(Report.id, Report.doi, Report.sort_title, Report.published_on).where(
            Report.state != ReportState.DRAFT,
            sa.or_(Report.doi.in_([doi for doi in dois if doi]), Report.sort_title.in_(list(titles))),
        )
    ).all()
    by_doi = {row.doi: row.id for row in rows if row.doi}
    return by_doi, {(row.sort_title, str(row.published_on or "")[:4]): row.id for row in rows}
