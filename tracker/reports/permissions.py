from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import act_as_lead, coordinate_project, follow_project, lead_project
from tracker.reports.models import Report
from tracker.reports.states import ReportState


@permission
def view_report(actor: Person | None, report: Report) -> bool:
    """A published report is for everyone, and so is what is left of a withdrawn one; a draft for those who follow."""
    if report.state is not ReportState.DRAFT:
        return True
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return follow_project(actor, report.project)


@permission
def edit_report(actor: Person | None, report: Report) -> bool:
    """The lead keeps the record until it is published; then only a coordinator corrects it. A withdrawn one stays."""
    if report.state is ReportState.WITHDRAWN:
        return False
    if report.project is None:
        return actor is not None and actor.is_coordinator
    if report.state is ReportState.PUBLISHED:
        return coordinate_project(actor, report.project)
    return lead_project(actor, report.project)


@permission
def publish_report(actor: Person | None, report: Report) -> bool:
    """Those who publish its project; a report of no project comes in published."""
    return report.project is not None and act_as_lead(actor, report.project)


@permission
def withdraw_report(actor: Person | None, report: Report) -> bool:
    """Take a published report back, or make it public again: those who correct it."""
    if report.state is ReportState.DRAFT or actor is None:
        return False
    return coordinate_project(actor, report.project) if report.project else actor.is_coordinator


@permission
def discard_report(actor: Person | None, report: Report) -> bool:
    """A draft goes by whoever keeps it; a published report never does."""
    return report.state is ReportState.DRAFT and edit_report(actor, report)
