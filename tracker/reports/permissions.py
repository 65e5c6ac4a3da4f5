from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import coordinate_project, follow_project, lead_project
from tracker.reports.models import Report
from tracker.reports.states import ReportState


@permission
def view_report(actor: Person | None, report: Report) -> bool:
    """A published report is for everyone; a draft for those who follow its project."""
    if report.state is ReportState.PUBLISHED:
        return True
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return follow_project(actor, report.project)


@permission
def edit_report(actor: Person | None, report: Report) -> bool:
    """The lead keeps the record until it is published; then only a coordinator corrects it."""
    if report.project is None:
        return actor is not None and actor.is_coordinator
    if report.state is ReportState.PUBLISHED:
        return coordinate_project(actor, report.project)
    return lead_project(actor, report.project)
