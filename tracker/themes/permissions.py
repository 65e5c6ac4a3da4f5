from tracker.permissions import Actor, permission
from tracker.themes.models import Theme


@permission
def keep_themes(actor: Actor | None, theme: Theme | None = None) -> bool:
    """Coordinators keep the agenda, each theme of it."""
    return actor is not None and actor.is_coordinator
