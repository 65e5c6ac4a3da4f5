from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.institutions.models import Institution
from tracker.institutions.queries import institution_list
from tracker.library.models import FullText, StyledCitation
from tracker.projects.models import Partner
from tracker.projects.states import TAKES_PART
from tracker.reports.models import Report, ReportAuthor, ReportFile, ReportLink, ReportText
from tracker.reports.queries import REPORT_CARD
from tracker.reports.states import ReportState
from tracker.search import shelf

MOST_TRIES = 3
LEASE = timedelta(minutes=10)  # a worker that falls silent loses what it holds
MOST_OFFERED = 8  # institutions, where a name may mean several
ALIKE = 3  # reports shown beside a report

TO_SHELVE = (
    selectinload(Report.authors).selectinload(ReportAuthor.more_affiliations),
    selectinload(Report.texts),
    selectinload(Report.themes),
    selectinload(Report.country_links),
    selectinload(Report.goal_links),
    selectinload(Report.more_files).joinedload(ReportFile.file),
    joinedload(Report.file),
)
"""What a report is found by."""


def institutions_like(words: str) -> list[Institution]:
    """The institutions that somebody may mean who typed a name, the few likeliest."""
    return list(db.session.scalars(institution_list(words=words).limit(MOST_OFFERED)).unique())


def of(institution_id: int) -> sa.Select[int]:
    """The ids of the reports of an institution: a partner of the project, or an author's."""
    of_project = sa.select(Report.id).join(Partner, Partner.project_id == Report.project_id)
    of_project = of_project.where(Partner.institution_id == institution_id, Partner.commitment.in_(TAKES_PART))
    of_author = sa.select(ReportAuthor.report_id).where(ReportAuthor.institution_id == institution_id)
    both = sa.union(of_project, of_author).subquery()
    return sa.select(both.c.id)


def cards(ids: list[int]) -> list[Report]:
    """Published reports as a list shows them, in the order of their ids."""
    # By their ids alone: given a state too, SQLite reads all that are published.
    query = sa.select(Report).where(Report.id.in_(ids)).options(*REPORT_CARD, selectinload(Report.texts))
    found = {report.id: report for report in db.session.scalars(query).unique() if report.is_public}
    return [found[number] for number in ids if number in found]


def newest(ids: list[int] | None, most: int) -> list[Report]:
    """Published reports, of these ids where they are given: those that were published or corrected last."""
    query = sa.select(Report).where(Report.stamped_at.is_not(None)).options(*REPORT_CARD)
    if ids is not None:
        query = query.where(Report.id.in_(ids))
    query = query.order_by(Report.stamped_at.desc(), Report.id.desc()).limit(2 * most)  # withdrawn ones are among them
    return [report for report in db.session.scalars(query).unique() if report.is_public][:most]


def full_texts(ids: list[int]) -> dict[int, str]:
    """The texts of reports, by id."""
    query = sa.select(FullText.report_id, FullText.text).where(FullText.report_id.in_(ids))
    return {row.report_id: row.text for row in db.session.execute(query)}


def languages_in_use() -> list[str]:
    """The languages that published reports are in, and those of their further titles, a step of an index each."""
    own, further = (_distinct(column) for column in (Report.language, ReportText.language))
    return sorted({*own, *further} - {""})


def _distinct(column: Any) -> list[str]:
    """The values of a column whose index is led by it, or by the state of a report and it, without reading all rows."""
    is_public = Report.state == ReportState.PUBLISHED if column.class_ is Report else sa.true()
    first = sa.select(sa.func.min(column).label("value")).where(is_public).cte("known", recursive=True)
    after = sa.select(sa.func.min(column)).where(is_public, column > first.c.value).scalar_subquery()
    known = first.union_all(sa.select(after).where(first.c.value.is_not(None)))
    return [value for value in db.session.scalars(sa.select(known.c.value)) if value is not None]


def waiting() -> FullText | None:
    """What a worker reads next, locked: the text of a report that nobody holds and nobody failed at too often."""
    query = (
        sa.select(FullText)
        .where(
            FullText.read_at.is_(None),
            FullText.attempts < MOST_TRIES,
            sa.or_(FullText.claimed_at.is_(None), FullText.claimed_at < clock.now() - LEASE),
        )
        .order_by(FullText.attempts, FullText.report_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.session.scalar(query)


def to_shelve(report_id: int, *, lock: bool = False) -> Report | None:
    """A report with all that it is found by."""
    return db.session.get(
        Report,
        report_id,
        options=TO_SHELVE,
        with_for_update={"of": Report} if lock else None,
        populate_existing=True,
    )


def current_draft(report: Report) -> Draft | None:
    """The draft whose text is the report's."""
    query = sa.select(Draft).where(Draft.report_id == report.id, Draft.is_current)
    return db.session.scalar(query.options(defer(Draft.html), defer(Draft.markdown)))


def text_row(report_id: int) -> FullText | None:
    """The row that keeps the text of a report."""
    return db.session.get(FullText, report_id)


def to_be_cited(limit: int) -> list[int]:
    """The ids of reports whose citations are to be made, the oldest first."""
    to_be_made = StyledCitation.style == sa.literal_column("''")  # as the index says it, to the word
    waiting = sa.select(StyledCitation.report_id).where(to_be_made)
    return list(db.session.scalars(waiting.order_by(StyledCitation.id).limit(limit)))


def by_ids(ids: list[int]) -> list[Report]:
    """Reports with what a citation of them names, by id."""
    query = sa.select(Report).where(Report.id.in_(ids)).options(selectinload(Report.authors)).order_by(Report.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def mark_of(report_id: int) -> StyledCitation | None:
    """The row that says that the citations of a report are to be made, locked."""
    query = sa.select(StyledCitation).where(StyledCitation.report_id == report_id, StyledCitation.style == "")
    return db.session.scalar(query.with_for_update())


def citations(report: Report) -> list[StyledCitation]:
    """The citations of a report in each style, as far as they were made."""
    return list(db.session.scalars(sa.select(StyledCitation).where(StyledCitation.report_id == report.id)))


def linked_from(report: Report) -> list[ReportLink]:
    """The published reports that say what they are of this one."""
    query = (
        sa.select(ReportLink)
        .join(ReportLink.report)
        .where(ReportLink.other_id == report.id, Report.state == ReportState.PUBLISHED)
        .options(joinedload(ReportLink.report))
        .order_by(ReportLink.id)
    )
    return list(db.session.scalars(query.limit(50)))


def beside(report: Report, known: set[int]) -> list[Report]:
    """Other published reports of the same project, but those known already."""
    if report.project_id is None:
        return []
    query = (
        sa.select(Report)
        .where(
            Report.project_id == report.project_id,
            Report.state == ReportState.PUBLISHED,
            Report.id.not_in([*known, report.id]),
        )
        .order_by(Report.published_on.desc(), Report.id)
    )
    return list(db.session.scalars(query.limit(10)))


def alike(report: Report, known: set[int]) -> list[Report]:
    """The newest published reports on one of the same themes, but those known already."""
    marks = [f"theme{theme.id}" for theme in report.themes]
    if not marks:
        return []
    ids = shelf.browse([marks], limit=ALIKE + len(known) + 1)
    ids = [number for number in ids if number != report.id and number not in known][:ALIKE]
    found = {one.id: one for one in db.session.scalars(sa.select(Report).where(Report.id.in_(ids)))}
    return [found[number] for number in ids if number in found]
