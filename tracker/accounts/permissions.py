from tracker.institutions.models import Affiliation, Person
from tracker.permissions import permission


@permission
def keep_affiliation(actor: Person | None, affiliation: Affiliation) -> bool:
    """Everyone says themselves where they work and worked."""
    return actor is not None and affiliation.person_id == actor.id
