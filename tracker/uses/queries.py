from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock
from tracker.database import day_of, days_between, db, locked
from tracker.dates import add_months
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project
from tracker.projects.queries import ON_THE_DOOR
from tracker.projects.queries import for_ask as project_for_ask
from tracker.projects.states import TAKES_PART
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses.models import DownloadCount, Use, UseInquiry
from tracker.uses.permissions import visible_to

SHOWN = 20  # on the page of their report
MONTHS_SHOWN = 36
MISSED = timedelta(days=60)  # a worker that slept for longer asks no more
OLD_NEWS = 90  # days between publication and its record here: what is older came in as history
NOT_PUBLIC = (ReportState.DRAFT, ReportState.WITHDRAWN)
LINK_LENGTH = Use.link.property.columns[0].type.length

REPORT_ON_THE_DOOR = (
    joinedload(Report.project).options(*ON_THE_DOOR, joinedload(Project.network)),
    selectinload(Report.authors),
    defer(Report.notes),
)
"""What the permissions ask of a report, and what its page is called."""

ON_A_PAGE = (
    joinedload(Use.report).options(*REPORT_ON_THE_DOOR),
    joinedload(Use.file),
    joinedload(Use.institution),
    joinedload(Use.said_by),
)


def all_uses(report: Report, actor: Person | None) -> sa.Select[Use]:
    """The uses of a report that this person reads, the newest first."""
    return (
        sa.select(Use)
        .where(Use.report_id == report.id, visible_to(actor, report))
        .options(joinedload(Use.file), joinedload(Use.institution), joinedload(Use.said_by), joinedload(Use.report))
        .order_by(Use.day.desc(), Use.id.desc())
    )


def uses(report: Report, actor: Person | None) -> list[Use]:
    """The newest of them: SHOWN, and one more where there are more."""
    return list(db.session.scalars(all_uses(report, actor).limit(SHOWN + 1)))


def places_of(person: Person, report: Report) -> list[Institution]:
    """The institutions for which somebody may say that a report was used: theirs, those that take part first."""
    partners = report.project.partners if report.project else []
    taking_part = {partner.institution_id for partner in partners if partner.takes_part}
    taking_part |= {author.institution_id for author in report.authors}
    own = person.institution_ids | person.contact_ids
    query = sa.select(Institution).where(Institution.id.in_(own)).order_by(Institution.sort_name, Institution.id)
    return sorted(db.session.scalars(query), key=lambda institution: institution.id not in taking_part)


def number_of_uses(report: Report) -> int:
    """How many uses everybody reads of."""
    query = sa.select(sa.func.count(Use.id)).where(Use.report_id == report.id, Use.withdrawn_at.is_(None))
    return db.session.scalar(query) or 0


# --- asking -------------------------------------------------------------------------------------------------


def to_ask(months: int, limit: int) -> list[tuple[Report, Institution]]:
    """Whom to ask now about which report: each institution that took part, `months` after a project published it here.

    Not about reports that came in as history: published more than OLD_NEWS days before they became public here. The
    days of a month that is shorter than the one of publication are looked at, and kept back until they have come.
    """
    today = clock.today()
    due = add_months(today, -months)
    asked = sa.exists().where(
        UseInquiry.report_id == Report.id,
        UseInquiry.institution_id == Partner.institution_id,
        UseInquiry.months == months,
    )
    query = (
        sa.select(Report, Institution)
        .join(Partner, Partner.project_id == Report.project_id)
        .join(Institution, Institution.id == Partner.institution_id)
        .where(
            Report.state.not_in(NOT_PUBLIC),  # said so that SQLite looks by the day, not through all that is published
            Report.published_at >= _midnight(due - MISSED),
            Report.published_at < _midnight(due + timedelta(days=4)),
            sa.or_(Report.published_on.is_(None), days_between(_last_day(), day_of(Report.published_at)) <= OLD_NEWS),
            Partner.commitment.in_(TAKES_PART),
            ~asked,
        )
        .options(joinedload(Report.project).options(*ON_THE_DOOR, joinedload(Project.network)))
        .order_by(Report.published_at, Report.id, Partner.id)
        .limit(limit)
    )
    found = [(report, institution) for report, institution in db.session.execute(query)]
    return [each for each in found if each[0].published_at and add_months(each[0].published_at.date(), months) <= today]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _last_day() -> sa.ColumnElement[str]:
    """The day until which a report may have been published, as text; of a month the 28th, which every month has."""
    text = sa.type_coerce(Report.published_on, sa.String)
    return sa.case((sa.func.length(text) == 4, text + "-12-31"), (sa.func.length(text) == 7, text + "-28"), else_=text)


def inquiry_for_ask(inquiry_id: int, *, lock: bool) -> UseInquiry | None:
    """A question to an institution with its report; the project is locked first, as by every page that changes it."""
    where = sa.select(Report.project_id).join(UseInquiry, UseInquiry.report_id == Report.id)
    project_id = db.session.scalar(where.where(UseInquiry.id == inquiry_id))
    if project_id is not None:
        project_for_ask(project_id, lock=lock)
    options = (joinedload(UseInquiry.report).options(*REPORT_ON_THE_DOOR), joinedload(UseInquiry.institution))
    return db.session.get(UseInquiry, inquiry_id, options=options, **locked(UseInquiry, lock))


def inquiries(report: Report) -> list[UseInquiry]:
    """What was asked about a report, the oldest first, with whom."""
    query = sa.select(UseInquiry).where(UseInquiry.report_id == report.id).options(joinedload(UseInquiry.institution))
    return list(db.session.scalars(query.order_by(UseInquiry.months, UseInquiry.id)))


def open_inquiries(report: Report, institution: Institution | None = None) -> list[UseInquiry]:
    """Those without an answer, perhaps only those to one institution."""
    query = sa.select(UseInquiry).where(UseInquiry.report_id == report.id, UseInquiry.answered_at.is_(None))
    if institution is not None:
        query = query.where(UseInquiry.institution_id == institution.id)
    return list(db.session.scalars(query.order_by(UseInquiry.id)))


# --- downloads ----------------------------------------------------------------------------------------------


def downloads(report: Report) -> int:
    """How often its files were fetched, as far as that was counted."""
    query = sa.select(sa.func.sum(DownloadCount.number)).where(DownloadCount.report_id == report.id)
    return int(db.session.scalar(query) or 0)


def downloads_by_month(report: Report) -> list[tuple[str, int]]:
    """("2026-05", 12) for each month with a download, the newest first, at most MONTHS_SHOWN."""
    year, month = (sa.extract(part, DownloadCount.day) for part in ("year", "month"))
    query = (
        sa.select(year, month, sa.func.sum(DownloadCount.number))
        .where(DownloadCount.report_id == report.id)
        .group_by(year, month)
        .order_by(year.desc(), month.desc())
        .limit(MONTHS_SHOWN)
    )
    return [(f"{int(year):04}-{int(month):02}", int(number)) for year, month, number in db.session.execute(query)]
