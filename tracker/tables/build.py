"""The twelve tables, in the order in which a board reads them."""

from tracker.tables import events, members, milestones, pairs, places, projects, reports
from tracker.tables.facts import Scope
from tracker.tables.parts import Part, Reckoning, made
from tracker.tables.table import Period, Table

__all__ = ["KEYS", "NUMBERED", "Scope", "build", "build_all"]

NUMBERED: dict[int, Part] = {
    1: projects.TABLE_1,
    2: places.TABLE_2,
    3: pairs.TABLE_3,
    4: pairs.TABLE_4,
    5: reports.TABLE_5,
    6: milestones.TABLE_6,
    7: reports.TABLE_7,
    8: events.TABLE_8,
    9: reports.TABLE_9,
    10: members.TABLE_10,
    11: members.TABLE_11,
    12: projects.TABLE_12,
}
KEYS: tuple[str, ...] = tuple(part.key for part in NUMBERED.values())
_NUMBERS = {part.key: number for number, part in NUMBERED.items()}


def build(key: str, period: Period, scope: Scope) -> Table:
    """One of the twelve, by its key, in the current language. Raises KeyError."""
    number = _NUMBERS[key]
    return made(NUMBERED[number], number, Reckoning(period, scope))


def build_all(period: Period, scope: Scope) -> list[Table]:
    """All of them, in order, in the current language."""
    reckoning = Reckoning(period, scope)
    return [made(part, number, reckoning) for number, part in NUMBERED.items()]
