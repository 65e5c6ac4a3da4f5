from collections.abc import Callable
from typing import Any

from tracker.asks.addressees import answers_for
from tracker.asks.kinds import KINDS
from tracker.asks.models import Ask
from tracker.institutions.models import Person
from tracker.permissions import permission


@permission
def answer_ask(actor: Person | None, ask: Ask) -> bool:
    """Whoever is asked, or holds the seat that is asked."""
    return actor is not None and answers_for(actor, ask)


@permission
def manage_ask(actor: Person | None, ask: Ask) -> bool:
    """Remind of it, take it back: the coordinators of its network, and whoever its kind names, or else who asked.

    Who asked for a project or an institution and left it looks after it no longer.
    """
    return looks_after(actor, ask, lambda: KINDS[ask.kind].load(ask.subject_id, lock=False))


def looks_after(actor: Person | None, ask: Ask, subject_of: Callable[[], Any]) -> bool:
    """`manage_ask`, where a page with many asks has their subjects already: `subject_of()` gives that of this one."""
    if actor is None:
        return False
    if ask.network_id in actor.coordinated_ids:
        return True
    keeps = KINDS[ask.kind].keeps
    if keeps is None:
        return ask.asked_by_id == actor.id
    subject = subject_of()
    return subject is not None and keeps(actor, subject)


@permission
def hand_on_ask(actor: Person | None, ask: Ask) -> bool:
    """Have another person answer it: whoever is asked, and the coordinators of its network. Never whoever asked: they
    would answer their own question.
    """
    return actor is not None and (answer_ask(actor, ask) or ask.network_id in actor.coordinated_ids)


@permission
def view_ask(actor: Person | None, ask: Ask) -> bool:
    """Whoever may answer it, answered it, or looks after it."""
    return actor is not None and (
        answer_ask(actor, ask) or any(given.person_id == actor.id for given in ask.answers) or manage_ask(actor, ask)
    )
