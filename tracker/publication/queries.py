from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.database import db, locked
from tracker.drafts.models import Draft
from tracker.projects.models import Project
from tracker.publication.models import Rendition
from tracker.publication.states import RenditionKind, RenditionState
from tracker.reports.models import Report, ReportAuthor, ReportFile
from tracker.reports.queries import PROJECT_TEAM

LEASE = timedelta(minutes=15)  # a worker that was silent for longer came to its end: another may try

FOR_FRONT = (
    selectinload(Report.authors).options(
        selectinload(ReportAuthor.more_affiliations), joinedload(ReportAuthor.institution)
    ),
    selectinload(Report.texts),
    selectinload(Report.themes),
    selectinload(Report.more_files).joinedload(ReportFile.file),
    joinedload(Report.file),
    joinedload(Report.project).options(*PROJECT_TEAM),
)
"""All that stands before and after the text of a publication, and what the permissions ask."""

CARD = (defer(Rendition.html), joinedload(Rendition.file))
"""A rendition without the text of its page."""

TEXTS = (".docx", ".odt", ".md")  # drafts a publication can be made from


def text_here(report: Report) -> Draft | None:
    """The draft that a publication of the report is made from; None where a finished file takes its place, or where
    the draft is a finished file itself."""
    if report.file_id is not None or report.file is not None:
        return None
    draft = db.session.scalars(
        sa.select(Draft)
        .where(Draft.report_id == report.id, Draft.is_current)
        .options(joinedload(Draft.file), defer(Draft.html), defer(Draft.blocks), defer(Draft.found))
    ).first()
    if draft is None or (draft.file is not None and not draft.file.name.lower().endswith(TEXTS)):
        return None
    return draft


def renditions(report: Report, edition: int, draft: Draft | None = None) -> dict[RenditionKind, Rendition]:
    """What was made, or is to be made, for an edition of a report (0: a try, of `draft`), by format."""
    query = sa.select(Rendition).where(Rendition.report_id == report.id, Rendition.edition == edition).options(*CARD)
    if draft is not None:
        query = query.where(Rendition.draft_id == draft.id)
    return {row.kind: row for row in db.session.scalars(query.order_by(Rendition.id))}


def unfinished(report: Report, edition: int) -> Iterable[Rendition]:
    """What is not made yet for other editions of a report than this one."""
    return db.session.scalars(
        sa.select(Rendition)
        .where(
            Rendition.report_id == report.id,
            Rendition.edition.not_in((0, edition)),
            Rendition.state != RenditionState.READY,
        )
        .options(*CARD)
    ).all()


def shown(report: Report, edition: int | None = None) -> Rendition | None:
    """The page to read of an edition; without one, of the newest that has one. While it is made anew, as it was."""
    query = sa.select(Rendition).where(
        Rendition.report_id == report.id,
        Rendition.kind == RenditionKind.HTML,
        Rendition.made_at.is_not(None),
        Rendition.edition >= 1,
    )
    if edition is not None:
        query = query.where(Rendition.edition == edition)
    query = query.options(joinedload(Rendition.file)).order_by(Rendition.edition.desc(), Rendition.id.desc())
    return db.session.scalars(query.limit(1)).first()


def is_readable(report: Report) -> bool:
    """Whether there is a page to read of a published report."""
    query = sa.select(Rendition.id).where(
        Rendition.report_id == report.id,
        Rendition.kind == RenditionKind.HTML,
        Rendition.made_at.is_not(None),
        Rendition.edition >= 1,
    )
    return report.is_public and report.file_id is None and db.session.scalar(query.limit(1)) is not None


def panel(report: Report) -> int:
    """How many formats of the current draft are ready to look at."""
    query = (
        sa.select(sa.func.count(Rendition.id))
        .join(Draft, Draft.id == Rendition.draft_id)
        .where(
            Rendition.report_id == report.id,
            Rendition.edition == 0,
            Rendition.state == RenditionState.READY,
            Draft.is_current,
        )
    )
    return db.session.scalar(query) or 0


def with_page(rendition_id: int, report: Report) -> Rendition | None:
    """One rendition of a report, whole."""
    if rendition_id >= 2**31:
        return None
    query = sa.select(Rendition).where(Rendition.id == rendition_id, Rendition.report_id == report.id)
    return db.session.scalars(query.options(joinedload(Rendition.file))).first()


def claimable() -> Rendition | None:
    """What has waited longest and no worker is at, locked."""
    nobody = sa.or_(Rendition.claimed_at.is_(None), Rendition.claimed_at < clock.now() - LEASE)
    return db.session.scalars(
        sa.select(Rendition)
        .where(Rendition.state == RenditionState.WAITING, nobody)
        .options(defer(Rendition.html))
        .order_by(Rendition.id)
        .limit(1)
        .with_for_update(of=Rendition, skip_locked=True)
    ).first()


def held(rendition_id: int, since: object) -> Rendition | None:
    """A rendition that a worker claimed at a moment, locked; None where it is no longer theirs."""
    return db.session.scalars(
        sa.select(Rendition)
        .where(Rendition.id == rendition_id, Rendition.claimed_at == since, Rendition.state == RenditionState.WAITING)
        .options(*CARD)
        .with_for_update(of=Rendition)
    ).first()


def report_of(rendition_id: int) -> int | None:
    """The number of the report that a rendition is of."""
    return db.session.scalar(sa.select(Rendition.report_id).where(Rendition.id == rendition_id))


def report_for_work(report_id: int, *, lock: bool = False) -> Report | None:
    """A report with all that its publication holds; where it is locked, its project is locked before it."""
    if lock:
        project_id = db.session.scalar(sa.select(Report.project_id).where(Report.id == report_id))
        if project_id is not None:
            db.session.get(Project, project_id, **locked(Project, True))
    return db.session.get(Report, report_id, options=FOR_FRONT, **locked(Report, lock))
