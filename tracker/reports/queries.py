import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker.database import db
from tracker.files import StoredFile
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.permissions import follow_project
from tracker.projects.states import TAKES_PART
from tracker.reports.models import (
    AuthorAffiliation,
    Report,
    ReportAuthor,
    ReportCountry,
    ReportEdition,
    ReportFile,
    ReportGoal,
    ReportLink,
    report_theme,
)
from tracker.reports.states import LinkKind, ReportKind, ReportState
from tracker.search import index
from tracker.themes.queries import with_descendants

PROJECT_TEAM = (
    selectinload(Project.partners).options(joinedload(Partner.institution), joinedload(Partner.network)),
    selectinload(Project.members).joinedload(ProjectMember.person),
    joinedload(Project.network),
)
"""What the permissions ask of a project, and what a report begins with."""

REPORT_CARD = (
    selectinload(Report.authors),
    joinedload(Report.file),
    defer(Report.notes),
    defer(Report.suggested_citation),
)
"""What a card in a list shows."""

REPORT_PAGE = (
    selectinload(Report.authors).options(
        joinedload(ReportAuthor.person),
        joinedload(ReportAuthor.institution),
        selectinload(ReportAuthor.more_affiliations).joinedload(AuthorAffiliation.institution),
    ),
    joinedload(Report.file),
    selectinload(Report.texts),
    selectinload(Report.more_files).joinedload(ReportFile.file),
    selectinload(Report.themes),
    selectinload(Report.country_links),
    selectinload(Report.goal_links),
    joinedload(Report.project).options(
        selectinload(Project.partners).options(joinedload(Partner.institution), joinedload(Partner.network)),
        selectinload(Project.members).joinedload(ProjectMember.person),
        selectinload(Project.themes),
        selectinload(Project.country_links),
    ),
)
"""What the page of one report shows, and what the permissions ask."""


def published(
    *,
    words: str = "",
    theme_id: int | None = None,
    country: str = "",
    language: str = "",
    kind: ReportKind | None = None,
    year: int | None = None,
    institution_id: int | None = None,
    goal: int | None = None,
) -> sa.Select[Report]:
    """The published reports, newest first.

    `theme_id` includes the themes below it; `country` is one studied (alpha-2); `language` a BCP 47 tag of
    the report or of another version of it; `institution_id` a partner of its project or an author's; `goal` is 1
    to 17.
    """
    query = (
        sa.select(Report)
        .where(Report.state == ReportState.PUBLISHED)
        .options(*REPORT_CARD)
        .order_by(Report.published_on.desc().nulls_last(), Report.id.desc())
    )
    if theme_id is not None:
        below = sa.select(report_theme.c.report_id).where(report_theme.c.theme_id.in_(with_descendants(theme_id)))
        query = query.where(Report.id.in_(below))
    if country:
        query = query.where(Report.id.in_(sa.select(ReportCountry.report_id).where(ReportCountry.country == country)))
    if goal is not None:
        query = query.where(Report.id.in_(sa.select(ReportGoal.report_id).where(ReportGoal.goal == goal)))
    if language:
        others = sa.cast(Report.other_languages, sa.Text)  # a list as JSON: ["es", "fr"]
        query = query.where(sa.or_(Report.language == language, others.contains(f'"{language}"', autoescape=True)))
    if kind is not None:
        query = query.where(Report.kind == kind)
    if year is not None:
        query = query.where(Report.published_on >= f"{year:04}", Report.published_on < f"{year + 1:04}")
    if institution_id is not None:
        query = query.where(_of_institution(institution_id))
    if words:
        query = query.where(Report.id.in_(index.matching("report", words)))
    return query


def by_author(person_id: int) -> sa.Select[Report]:
    """The published reports a person is an author of, newest first."""
    return published().where(
        Report.id.in_(sa.select(ReportAuthor.report_id).where(ReportAuthor.person_id == person_id))
    )


def of_project(project: Project, actor: Person | None) -> list[Report]:
    """The reports of a project that this person may read: published ones, and drafts where they follow it."""
    query = sa.select(Report).where(Report.project_id == project.id).options(*REPORT_CARD).order_by(Report.id)
    if not follow_project(actor, project):
        query = query.where(Report.state == ReportState.PUBLISHED)
    return list(db.session.scalars(query.limit(50)))


def drafts(project: Project) -> list[Report]:
    """The reports of a project that are not published yet, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Report)
            .where(Report.project_id == project.id, Report.state == ReportState.DRAFT)
            .options(selectinload(Report.authors))
            .order_by(Report.id)
            .limit(50)
        )
    )


def has_published(project: Project) -> bool:
    """Whether a report of the project is published already, as imported records may be."""
    query = sa.select(Report.id).where(Report.project_id == project.id, Report.state == ReportState.PUBLISHED)
    return db.session.scalar(query.limit(1)) is not None


def by_import_key(key: str) -> Report | None:
    """The report an earlier import made under this key."""
    return db.session.scalar(sa.select(Report).where(Report.import_key == key).options(selectinload(Report.authors)))


def file_of(report: Report, file_id: int) -> StoredFile | None:
    """A file that readers of the report may have: one of the record, or of an earlier version. None once withdrawn."""
    if report.is_withdrawn:
        return None
    held = [report.file, *(each.file for each in report.more_files)]
    if found := next((file for file in held if file is not None and file.id == file_id), None):
        return found
    if not report.is_public or file_id >= 2**31:
        return None
    kept = db.session.scalars(sa.select(ReportEdition.record).where(ReportEdition.report_id == report.id))
    if any(file["id"] == file_id for record in kept for file in record.get("files", ())):
        return db.session.get(StoredFile, file_id)
    return None


def editions(report: Report) -> list[ReportEdition]:
    """The versions of a published record, the current one first, without what each says."""
    query = sa.select(ReportEdition).where(ReportEdition.report_id == report.id)
    return list(db.session.scalars(query.options(defer(ReportEdition.record)).order_by(ReportEdition.number.desc())))


def edition(report: Report, number: int) -> ReportEdition | None:
    """One version of a published record."""
    query = sa.select(ReportEdition).where(ReportEdition.report_id == report.id, ReportEdition.number == number)
    return db.session.scalar(query) if number < 2**31 else None


def leads_to(start_id: int, end_id: int, kind: LinkKind) -> bool:
    """Whether links of one kind lead from one report to another, however long the way."""
    way = sa.select(ReportLink.other_id.label("id")).where(ReportLink.report_id == start_id, ReportLink.kind == kind)
    walked = way.cte("walked", recursive=True)
    further = sa.select(ReportLink.other_id).where(ReportLink.report_id == walked.c.id, ReportLink.kind == kind)
    walked = walked.union(further)  # not "all": a ring ends where it was before
    return db.session.scalar(sa.select(walked.c.id).where(walked.c.id == end_id).limit(1)) is not None


def linked(report: Report, actor: Person | None) -> tuple[list[ReportLink], list[ReportLink]]:
    """What the report is of others, and what others are of it. A record that this person may not read is left out."""
    own = sa.select(ReportLink).where(ReportLink.report_id == report.id)
    others = sa.select(ReportLink).where(ReportLink.other_id == report.id)
    sides = (
        (own.options(_linked_report(ReportLink.other)), lambda link: link.other),
        (others.options(_linked_report(ReportLink.report)), lambda link: link.report),
    )
    shown = []
    for query, other_side in sides:
        links = db.session.scalars(query.order_by(ReportLink.kind, ReportLink.id).limit(100))
        shown.append([link for link in links if _may_read(actor, other_side(link), report)])
    return shown[0], shown[1]


def _linked_report(side: Any) -> Any:
    return joinedload(side).options(joinedload(Report.file))


def _may_read(actor: Person | None, other: Report | None, beside: Report) -> bool:
    if other is None or other.is_public:
        return True
    if other.is_withdrawn or other.project_id is None or other.project_id != beside.project_id:
        return False
    return beside.project is not None and follow_project(actor, beside.project)


def language_versions(report: Report) -> list[Report]:
    """The published reports that are this one in other languages: its source, its translations, and theirs."""
    found, look = {report.id}, {report.id}
    while look and len(found) < 100:
        pairs = db.session.execute(
            sa.select(ReportLink.report_id, ReportLink.other_id).where(
                ReportLink.kind == LinkKind.TRANSLATION_OF,
                ReportLink.other_id.is_not(None),
                sa.or_(ReportLink.report_id.in_(look), ReportLink.other_id.in_(look)),
            )
        )
        look = {number for pair in pairs for number in pair} - found
        found |= look
    others = found - {report.id}
    if not others:
        return []
    query = sa.select(Report).where(Report.id.in_(others), Report.state == ReportState.PUBLISHED)
    return list(db.session.scalars(query.order_by(Report.language, Report.id)))


def to_link(report: Report, words: str, actor: Person | None) -> list[Report]:
    """The reports that may be meant by a number, an address here, or words of a title: of this project, or public."""
    number = re.search(r"(?:^|/reports/)\s*([0-9]{1,9})\s*(?:$|[/?#.])", words)
    own = Report.project_id == report.project_id if report.project and follow_project(actor, report.project) else None
    readable = Report.state == ReportState.PUBLISHED
    if own is not None:
        readable = sa.or_(readable, sa.and_(own, Report.state == ReportState.DRAFT))
    query = sa.select(Report).where(readable).options(selectinload(Report.authors)).order_by(Report.id.desc()).limit(10)
    if number and (found := list(db.session.scalars(query.where(Report.id == int(number[1]))))):
        return found
    alike = Report.sort_title.contains(index.fold(words)[:400], autoescape=True)
    found = list(db.session.scalars(query.where(alike, Report.id != report.id))) if words.strip() else []
    return found or list(db.session.scalars(query.where(Report.id.in_(index.matching("report", words)))))


def languages_in_use() -> list[str]:
    """The languages published reports are in, for the filter of the library."""
    query = sa.select(Report.language).where(Report.state == ReportState.PUBLISHED).distinct()
    return sorted(db.session.scalars(query))


def partner_institutions(project: Project) -> list[Institution]:
    """The institutions of the partners that take part."""
    return [partner.institution for partner in project.partners if partner.takes_part and partner.institution]


def _of_institution(institution_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        Report.project_id.in_(
            sa.select(Partner.project_id).where(
                Partner.institution_id == institution_id, Partner.commitment.in_(TAKES_PART)
            )
        ),
        Report.id.in_(sa.select(ReportAuthor.report_id).where(ReportAuthor.institution_id == institution_id)),
    )
