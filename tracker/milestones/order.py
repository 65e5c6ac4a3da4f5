"""What must come before what: the one rule about the order of a plan.

No milestone follows itself, over whatever way; none is set before what must come first. What comes first may still
slip past it, since delays have to be sayable: the clash is then shown, not forbidden.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, format_day, list_and
from tracker.milestones.states import MilestoneState

Key = TypeVar("Key", bound=Hashable)


class Due(NamedTuple):
    """A milestone as far as the order asks: what it is called and when it is due."""

    name: str
    due: PartialDate | None


def ring(links: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """The keys of one ring among `links` (key -> what must come before it), in the order in which each must follow
    the next; empty where there is none."""
    left = {key: set(before) for key, before in links.items()}
    while free := [key for key, before in left.items() if not before & left.keys()]:
        for key in free:
            del left[key]
    path: list[Key] = []
    step = next(iter(left), None)
    while step is not None and step not in path:
        path.append(step)
        step = next(before for before in links[step] if before in left)
    return path[path.index(step) :] if step is not None else []


def first_things_first(links: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """The keys of `links`, which hold no ring, each after all that must come before it, otherwise as they came."""
    placed: dict[Key, None] = {}
    for start in links:
        to_visit = [start]
        while to_visit:
            key = to_visit[-1]
            waiting = [before for before in links[key] if before in links and before not in placed]
            if waiting:
                to_visit.append(waiting[0])
            else:
                placed[to_visit.pop()] = None
    return list(placed)


def check_rings(links: Mapping[Key, Iterable[Key]], name: Callable[[Key], str]) -> None:
    """Raise RuleBroken with the names of one ring, if there is one."""
    found = ring(links)
    if len(found) == 1:
        raise RuleBroken(_("“%(name)s” cannot come before itself.", name=name(found[0])))
    if found:
        names = list_and([f"“{name(key)}”" for key in found])
        raise RuleBroken(_("These wait for each other in a ring: %(names)s. Take one link away.", names=names))


def check_order(given: Due, must_follow: Iterable[Due]) -> None:
    """Raise RuleBroken, naming both, where `given` would be due before something that must come first.

    `must_follow` are those still open. Days are compared by their last: "2026-09" is due until 30 September.
    """
    for before in must_follow:
        if given.due is not None and before.due is not None and given.due.last_day < before.due.last_day:
            raise RuleBroken(
                _(
                    "“%(name)s” cannot be due on %(day)s: “%(before)s”, which must come first, is due on %(first)s.",
                    name=given.name,
                    day=format_day(given.due),
                    before=before.name,
                    first=format_day(before.due),
                )
            )


def check_start(due: PartialDate | None, starts_on: PartialDate | None) -> None:
    """Raise RuleBroken for a date that is over before the project starts, where both are known."""
    if due is not None and starts_on is not None and due.last_day < starts_on.first_day:
        raise RuleBroken(_("The project starts on %(day)s. Give a date from then on.", day=format_day(starts_on)))


def still_open(milestone: Any) -> list[Any]:
    """The milestones that must be reached before `milestone` and are not yet."""
    return [before for before in milestone.must_follow if before.state is MilestoneState.PLANNED]


def clashes(milestone: Any) -> list[Any]:
    """Of an open milestone: what must come first and is due after it, because it slipped."""
    if milestone.state is not MilestoneState.PLANNED or milestone.last_day is None:
        return []
    return [b for b in still_open(milestone) if b.last_day is not None and b.last_day > milestone.last_day]


def still_open_words(milestone: Any) -> str:
    """What to say to whoever marks `milestone` as done while something before it is open; empty where nothing is."""
    names: Sequence[str] = [f"“{before.name}”" for before in still_open(milestone)]
    return _("Still open, and meant to come first: %(names)s.", names=list_and(names)) if names else ""
