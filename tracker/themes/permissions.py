from tracker.permissions import Actor, permission


@permission
def keep_themes(actor: Actor | None) -> bool:
    """Coordinators keep the agenda."""
    return actor is not None and actor.is_coordinator
