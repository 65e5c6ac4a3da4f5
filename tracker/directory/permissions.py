from tracker.institutions.models import Institution, Person
from tracker.permissions import permission


@permission
def see_contacts(actor: Person | None, institution: Institution) -> bool:
    """Who answers for an institution is told to members of any network, and to those who work there."""
    if actor is None:
        return False
    return bool(actor.network_ids) or institution.id in actor.institution_ids | actor.contact_ids
