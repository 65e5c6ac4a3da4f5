"""The list behind a figure: exactly the things that it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.database import Base
from tracker.tables.build import NUMBERED
from tracker.tables.facts import Scope, things
from tracker.tables.parts import Part
from tracker.tables.table import Period


@dataclass(frozen=True)
class Listed:
    """A list: what it is of (a model), the query, and in words of which table, row and column."""

    subject: type[Base]
    query: sa.Select[Any]
    label: str
    adds: Any = None  # where the figure is a sum: the number that each adds, as an expression of the model's columns


def listed(key: str, row_keys: tuple[str, ...], column: str, period: Period, scope: Scope) -> Listed:
    """The list behind a figure of a table or part, by its key; of the total where `row_keys` is empty.

    Raises KeyError where there is no such table, column or shape of row.
    """
    part = PARTS[key]
    count = part.count(column)
    if count is None or (not row_keys and not part.has_total) or (row_keys and part.hides_rows):
        raise KeyError(column)
    facts = count.facts(period, scope)
    if not row_keys and facts.whole is not None:
        facts = facts.whole(period, scope)
    if row_keys and len(row_keys) != len(facts.keys):
        raise KeyError(row_keys)
    words = dict(part.named({row_keys}))[row_keys] if row_keys else ()
    label = ": ".join([str(part.title), *words, str(count.label)])
    return Listed(facts.subject, things(facts, row_keys, count.flag), label, facts.sums.get(count.flag))


def _parts(part: Part) -> Iterator[Part]:
    yield part
    for below in part.parts:
        yield from _parts(below)


PARTS = {part.key: part for table in NUMBERED.values() for part in _parts(table)}
