from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import coordinate_project
from tracker.reports.models import Report


@permission
def register_doi(actor: Person | None, report: Report) -> bool:
    """The secretariat keeps the account with the registries."""
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return coordinate_project(actor, report.project)
