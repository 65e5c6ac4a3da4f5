from tracker.institutions.models import Institution, Person
from tracker.institutions.permissions import edit_institution
from tracker.permissions import permission


@permission
def merge_institution(actor: Person | None, institution: Institution) -> bool:
    """Make one record of this and another: a coordinator who may edit it. Of both, it is asked twice."""
    return actor is not None and actor.is_coordinator and edit_institution(actor, institution)
