from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from tracker.database import db, locked
from tracker.drafts.queries import REPORT_TEAM
from tracker.projects.queries import for_ask as project_for_ask
from tracker.reports.models import Report
from tracker.reports.queries import PROJECT_TEAM
from tracker.writing.models import Pen, Section, SectionRevision

WITHOUT_TEXT = (defer(Section.text), defer(Section.text_html))

SECTION_PAGE = (
    joinedload(Section.report).options(*REPORT_TEAM),
    joinedload(Section.partner),
    joinedload(Section.changed_by),
)
"""The page of a section, and what its permissions ask."""


def sections(report: Report, *, with_text: bool = False) -> list[Section]:
    """The sections of a text in order, the removed ones among them."""
    query = sa.select(Section).where(Section.report_id == report.id).order_by(Section.position, Section.id)
    options = () if with_text else WITHOUT_TEXT
    return list(
        db.session.scalars(query.options(*options, joinedload(Section.partner), joinedload(Section.changed_by)))
    )


def length_of(sections: Iterable[Section]) -> dict[int, int]:
    """How many characters each of these holds, by its id."""
    ids = [section.id for section in sections]
    query = sa.select(Section.id, sa.func.length(Section.text).label("characters")).where(Section.id.in_(ids))
    return {row.id: row.characters for row in db.session.execute(query)}


def panel(report: Report) -> tuple[int, Pen | None]:
    """How many sections stand, and who holds the pen, for one line about both."""
    query = sa.select(sa.func.count(Section.id)).where(Section.report_id == report.id, Section.removed_at.is_(None))
    return db.session.scalar(query) or 0, pen(report)


def revision(section: Section, version: int) -> SectionRevision | None:
    """What a section said at one version."""
    query = sa.select(SectionRevision).where(
        SectionRevision.section_id == section.id, SectionRevision.version == version
    )
    return db.session.scalars(query).first()


def revisions_since(section: Section, version: int) -> list[SectionRevision]:
    """The versions after one, oldest first, without their texts."""
    query = sa.select(SectionRevision).where(
        SectionRevision.section_id == section.id, SectionRevision.version > version
    )
    return list(db.session.scalars(query.options(defer(SectionRevision.text)).order_by(SectionRevision.version)))


def history(section: Section) -> sa.Select[SectionRevision]:
    """Every version of a section, the newest first, without their texts."""
    query = sa.select(SectionRevision).where(SectionRevision.section_id == section.id)
    return query.options(defer(SectionRevision.text)).order_by(SectionRevision.version.desc())


def pen(report: Report) -> Pen | None:
    """Who holds the pen of a report; None where nobody does."""
    query = sa.select(Pen).where(Pen.report_id == report.id).options(joinedload(Pen.holder), joinedload(Pen.given_by))
    return db.session.scalars(query).first()


def pen_of(report_id: int) -> Pen | None:
    """As `pen`, with its report, for a page of another feature."""
    query = sa.select(Pen).where(Pen.report_id == report_id)
    return db.session.scalars(query.options(joinedload(Pen.holder), joinedload(Pen.report))).first()


def pen_for_ask(pen_id: int, *, lock: bool) -> Pen | None:
    """A pen with its report and the project's team. Project and report are locked first, as by every page."""
    where = sa.select(Pen.report_id, Report.project_id).join(Report, Report.id == Pen.report_id)
    found = db.session.execute(where.where(Pen.id == pen_id)).first()
    if found is None:
        return None
    if found.project_id is not None:
        project_for_ask(found.project_id, lock=lock)
    db.session.get(Report, found.report_id, **locked(Report, lock))
    options = (
        joinedload(Pen.report).joinedload(Report.project).options(*PROJECT_TEAM),
        joinedload(Pen.holder),
        joinedload(Pen.given_by),
    )
    return db.session.get(Pen, pen_id, options=options, **locked(Pen, lock))
