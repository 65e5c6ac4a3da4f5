from tracker.bibliographies.models import Bibliography
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.reports.models import Report
from tracker.reports.permissions import edit_report
from tracker.reports.states import ReportState


@permission
def fill_report(actor: Person | None, report: Report) -> bool:
    """Whoever keeps the record of a draft."""
    return report.state is ReportState.DRAFT and edit_report(actor, report)


@permission
def add_reports(actor: Person | None) -> bool:
    """Coordinators add reports that exist already to the library."""
    return actor is not None and actor.is_coordinator


@permission
def view_bibliography(actor: Person | None, bibliography: Bibliography) -> bool:
    """Who brought the file, as long as they may do something with it."""
    if actor is None or bibliography.person_id != actor.id:
        return False
    return fill_report(actor, bibliography.report) if bibliography.report else add_reports(actor)
