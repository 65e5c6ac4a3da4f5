from tracker.institutions.models import Institution, Person
from tracker.permissions import permission
from tracker.sheets.models import Sheet


@permission
def view_sheet(actor: Person | None, sheet: Sheet) -> bool:
    """What somebody uploaded is theirs; whether they may still apply it is asked of what it is about."""
    return actor is not None and actor.id == sheet.person_id


@permission
def fill_in_month(actor: Person | None, institution: Institution) -> bool:
    """Say how it is going in all projects of an institution: whoever works there."""
    return actor is not None and institution.id in actor.institution_ids | actor.contact_ids
