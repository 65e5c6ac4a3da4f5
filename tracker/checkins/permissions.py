from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Partner
from tracker.projects.permissions import lead_project


@permission
def say_how_it_goes(actor: Person | None, partner: Partner) -> bool:
    """Whoever works at the partner, and those who lead the project, who may note what they were told.

    Nobody of another partner speaks for it.
    """
    if actor is None:
        return False
    if partner.institution_id in actor.institution_ids | actor.contact_ids:
        return True
    return partner.network_id in actor.coordinated_ids or lead_project(actor, partner.project)
