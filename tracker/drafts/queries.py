from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.database import db
from tracker.drafts.models import Draft, DraftPicture
from tracker.drafts.states import ReadingState
from tracker.projects.models import Project
from tracker.reports.models import Report
from tracker.reports.queries import PROJECT_TEAM

LEASE = timedelta(minutes=10)  # a worker that was silent for longer came to its end: another may try

WITHOUT_TEXT = (defer(Draft.html), defer(Draft.blocks), defer(Draft.markdown), defer(Draft.found))
"""What nobody needs to name a draft; each may be a megabyte."""

REPORT_TEAM = (joinedload(Report.project).options(*PROJECT_TEAM),)
"""A report, and what the permissions ask of its project."""

DRAFT_CARD = (*WITHOUT_TEXT, joinedload(Draft.file), joinedload(Draft.made_by))
"""What a list of drafts shows."""

DRAFT_PAGE = (
    defer(Draft.html),
    defer(Draft.blocks),
    defer(Draft.markdown),
    joinedload(Draft.file),
    joinedload(Draft.made_by),
    joinedload(Draft.report).joinedload(Report.project).options(*PROJECT_TEAM),
)
"""The page of a draft, without its text: a page shows a part of it, see `part_of`."""


def current(report: Report) -> Draft | None:
    """The draft that holds now. Its text is loaded when it is asked for."""
    query = sa.select(Draft).where(Draft.report_id == report.id, Draft.is_current)
    return db.session.scalars(query.options(*DRAFT_CARD)).first()


def drafts_of(report: Report) -> list[Draft]:
    """Every draft of a report, the newest first, without their texts."""
    query = sa.select(Draft).where(Draft.report_id == report.id).options(*DRAFT_CARD)
    return list(db.session.scalars(query.order_by(Draft.number.desc())))


def panel(report: Report) -> tuple[int, Draft | None]:
    """How many drafts a report has, and the current one."""
    many = db.session.scalar(sa.select(sa.func.count()).select_from(Draft).where(Draft.report_id == report.id)) or 0
    return many, current(report) if many else None


def by_number(report: Report, number: int) -> Draft | None:
    """The draft of this number, with what its page shows."""
    query = sa.select(Draft).where(Draft.report_id == report.id, Draft.number == number)
    return db.session.scalars(query.options(*DRAFT_CARD)).first()


def has_current(reports: list[Report]) -> bool:
    """Whether one of these reports has a draft."""
    ids = [report.id for report in reports]
    return db.session.scalar(sa.select(Draft.id).where(Draft.report_id.in_(ids), Draft.is_current).limit(1)) is not None


def last_number(report: Report) -> int:
    """The number of the newest draft; 0 where there is none."""
    return db.session.scalar(sa.select(sa.func.max(Draft.number)).where(Draft.report_id == report.id)) or 0


def slice_of(draft: Draft, start: int, end: int) -> str:
    """The HTML of a draft from one character to another, without loading all of it."""
    piece = sa.func.substr(Draft.html, start + 1, end - start)
    return db.session.scalar(sa.select(piece).where(Draft.id == draft.id)) or ""


def blocks_of(draft: Draft) -> list[str]:
    """The plain text of each block of a draft, in order."""
    return db.session.scalar(sa.select(Draft.blocks).where(Draft.id == draft.id)) or []


def picture(draft: Draft, number: int) -> DraftPicture | None:
    """A picture of a draft, with its file."""
    query = sa.select(DraftPicture).where(DraftPicture.draft_id == draft.id, DraftPicture.number == number)
    return db.session.scalars(query.options(joinedload(DraftPicture.file))).first()


def claimable() -> Draft | None:
    """The draft that has waited longest to be read and that no worker is at, locked."""
    free = sa.or_(Draft.claimed_at.is_(None), Draft.claimed_at < clock.now() - LEASE)
    return db.session.scalars(
        sa.select(Draft)
        .where(Draft.reading == ReadingState.WAITING, free)
        .options(*WITHOUT_TEXT)
        .order_by(Draft.id)
        .limit(1)
        .with_for_update(of=Draft, skip_locked=True)
    ).first()


def waiting(draft_id: int) -> Draft | None:
    """A draft to be read, with its file, its pictures and who brought it."""
    return db.session.get(
        Draft,
        draft_id,
        options=(joinedload(Draft.file), joinedload(Draft.made_by), selectinload(Draft.pictures)),
        populate_existing=True,
    )


def lock(report: Report) -> None:
    """Lock the project of a report, then the report, and read the columns of both anew."""
    rows: list[Project | Report] = [report.project] if report.project is not None else []
    for row in [*rows, report]:
        columns = [column.key for column in type(row).__mapper__.column_attrs]
        db.session.refresh(row, columns, with_for_update={"of": type(row)})
