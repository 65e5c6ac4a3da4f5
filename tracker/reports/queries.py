import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.permissions import follow_project
from tracker.projects.states import TAKES_PART
from tracker.reports.models import Report, ReportAuthor, ReportCountry, ReportGoal, report_theme
from tracker.reports.states import ReportKind, ReportState
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
    selectinload(Report.authors).options(joinedload(ReportAuthor.person), joinedload(ReportAuthor.institution)),
    joinedload(Report.file),
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
