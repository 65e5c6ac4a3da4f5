from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import view_project


@permission
def offer_to_join(actor: Person | None, project: Project) -> bool:
    """Someone who works at an institution that neither takes part nor was asked, and who may read the project."""
    if actor is None or not view_project(actor, project):
        return False
    inside = {partner.institution_id for partner in project.partners if partner.takes_part or partner.is_asked}
    return bool(actor.institution_ids - inside)
