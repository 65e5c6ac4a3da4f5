import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR
from tracker.reports.models import Report
from tracker.uses.models import Use
from tracker.uses.permissions import visible_to

SHOWN = 20  # on the page of their report

REPORT_ON_THE_DOOR = (
    joinedload(Report.project).options(*ON_THE_DOOR, joinedload(Project.network)),
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
    own = person.institution_ids | person.contact_ids
    query = sa.select(Institution).where(Institution.id.in_(own)).order_by(Institution.sort_name, Institution.id)
    return sorted(db.session.scalars(query), key=lambda institution: institution.id not in taking_part)
