from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.tables.models import Snapshot


@permission
def view_snapshot(actor: Person | None, snapshot: Snapshot) -> bool:
    """The coordinators of its network; of several together, who kept it, as long as they coordinate them all."""
    if actor is None or snapshot.withdrawn_at is not None:
        return False
    if snapshot.network_id is not None:
        return snapshot.network_id in actor.coordinated_ids
    return snapshot.taken_by_id == actor.id and set(snapshot.figures.get("networks", ())) <= actor.coordinated_ids
