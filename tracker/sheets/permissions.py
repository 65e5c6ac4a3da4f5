from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.sheets.models import Sheet


@permission
def view_sheet(actor: Person | None, sheet: Sheet) -> bool:
    """What somebody uploaded is theirs; whether they may still apply it is asked of what it is about."""
    return actor is not None and actor.id == sheet.person_id
