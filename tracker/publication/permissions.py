from tracker.drafts.permissions import view_drafts
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.reports.models import Report


@permission
def view_publication(actor: Person | None, report: Report) -> bool:
    """See how a report will look before it is published: those who see its drafts."""
    return view_drafts(actor, report)
