from tracker.drafts.models import Draft
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import follow_project, work_on_project
from tracker.reports.models import Report


@permission
def view_drafts(actor: Person | None, report: Report) -> bool:
    """Drafts are working papers, also of a report that is published: for those who take part and coordinators."""
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return follow_project(actor, report.project)


@permission
def view_draft(actor: Person | None, draft: Draft) -> bool:
    return view_drafts(actor, draft.report)


@permission
def add_draft(actor: Person | None, report: Report) -> bool:
    """Everybody who takes part writes."""
    return report.project is not None and work_on_project(actor, report.project)


@permission
def choose_draft(actor: Person | None, draft: Draft) -> bool:
    """Say which draft is the current one."""
    return add_draft(actor, draft.report)
