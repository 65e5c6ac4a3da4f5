from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import view_project
from tracker.projects.states import TAKES_PART


@permission
def offer_to_join(actor: Person | None, project: Project) -> bool:
    """Someone who works at an institution that does not take part yet and who may read the project."""
    if actor is None or not view_project(actor, project):
        return False
    inside = {partner.institution_id for partner in project.partners if partner.commitment in TAKES_PART}
    return bool(actor.institution_ids - inside)
