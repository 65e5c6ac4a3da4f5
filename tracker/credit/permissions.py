from tracker.credit.models import Approval, Contributor
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import coordinate_project, follow_project, lead_project
from tracker.reports.models import Report


@permission
def view_credit(actor: Person | None, report: Report) -> bool:
    """Who did what and who approved what: those who follow the project, and the authors, wherever they work."""
    if actor is None:
        return False
    if any(author.person_id == actor.id for author in report.authors):
        return True
    return follow_project(actor, report.project) if report.project is not None else actor.is_coordinator


@permission
def lead_report(actor: Person | None, report: Report) -> bool:
    """Ask the authors, propose, name other contributors: those who lead the project."""
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return lead_project(actor, report.project)


@permission
def view_contributor(actor: Person | None, contributor: Contributor) -> bool:
    """What somebody did: whoever sees who did what."""
    return view_credit(actor, contributor.report)


@permission
def lead_contributor(actor: Person | None, contributor: Contributor) -> bool:
    """Propose what somebody did who is named beside the authors, and take them off again."""
    return lead_report(actor, contributor.report)


@permission
def cover_approval(actor: Person | None, approval: Approval) -> bool:
    """Answer for an author who cannot be reached: a coordinator, or a contact of an institution the author is printed
    with. Never whoever leads the project, who has every reason to be in a hurry; and nobody for themselves.
    """
    project = approval.proof.report.project
    if actor is None or project is None or approval.person_id == actor.id or _is_lead_person(actor, project):
        return False
    if coordinate_project(actor, project):
        return True
    author = next((known for known in approval.proof.content["authors"] if known["id"] == approval.author_id), None)
    places = set(author["institutions"]) if author is not None else set()
    return bool(places & actor.contact_ids) and not lead_project(actor, project)


def _is_lead_person(actor: Person, project: Project) -> bool:
    return any(member.person_id == actor.id and member.is_lead and member.left_at is None for member in project.members)


@permission
def view_approval(actor: Person | None, approval: Approval) -> bool:
    """What an author said: whoever sees who approved the report, and who may answer for them."""
    return view_credit(actor, approval.proof.report) or cover_approval(actor, approval)
