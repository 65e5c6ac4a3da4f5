from tracker.exports.kinds import KINDS
from tracker.exports.models import Export
from tracker.institutions.models import Person
from tracker.permissions import permission


@permission
def view_export(actor: Person | None, export: Export) -> bool:
    """Who asked for it, as long as they may read what it holds."""
    kind = KINDS.get(export.kind)
    return (
        actor is not None and export.person_id == actor.id and kind is not None and kind.may(actor, export.parameters)
    )
