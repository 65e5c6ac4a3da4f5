from tracker.institutions.models import Institution, Person
from tracker.permissions import permission


@permission
def leave_place(actor: Person | None, institution: Institution) -> bool:
    """A contact hands over their own place, and nobody else's."""
    return actor is not None and institution.id in actor.contact_ids
