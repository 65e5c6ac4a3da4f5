import sqlalchemy as sa

from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import lead_project, work_on_project
from tracker.reports.models import Report
from tracker.reports.permissions import view_report
from tracker.uses.models import Use


@permission
def say_use(actor: Person | None, report: Report) -> bool:
    """Anyone of an institution that took part, people and contacts; whoever works on its project; its authors, and
    anyone of an institution that an author names. Of a report without a project coordinators too."""
    if actor is None:
        return False
    if work_on_project(actor, report.project) if report.project else actor.is_coordinator:
        return True
    places = actor.institution_ids | actor.contact_ids
    return any(author.person_id == actor.id or author.institution_id in places for author in report.authors)


@permission
def view_use(actor: Person | None, use: Use) -> bool:
    """Read with its report; once withdrawn, by its author and those who look after the report."""
    if not view_report(actor, use.report):
        return False
    return use.withdrawn_at is None or _keeps(actor, use)


@permission
def withdraw_use(actor: Person | None, use: Use) -> bool:
    """Its author, those who lead the project, and the coordinators; once."""
    return use.withdrawn_at is None and _keeps(actor, use)


def visible_to(actor: Person | None, report: Report) -> sa.ColumnElement[bool]:
    """`view_use` as SQL, for the uses of a report that may be read."""
    shown: sa.ColumnElement[bool] = Use.withdrawn_at.is_(None)
    if actor is None:
        return shown
    if _looks_after(actor, report):
        return sa.true()
    return sa.or_(shown, Use.said_by_id == actor.id)


def _keeps(actor: Person | None, use: Use) -> bool:
    return actor is not None and (actor.id == use.said_by_id or _looks_after(actor, use.report))


def _looks_after(actor: Person, report: Report) -> bool:
    return actor.is_coordinator if report.project is None else lead_project(actor, report.project)
