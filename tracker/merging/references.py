"""Everything that points to a row, whichever feature it belongs to.

It is read from the tables themselves: what a later feature adds is moved too. Most of it just points to another row
from then on; where a unique constraint would be hurt, a rule says first what becomes of two rows that are now the same.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from tracker.asks.endings import close
from tracker.asks.states import AskState
from tracker.database import Base, db
from tracker.merging import queries
from tracker.search import index
from tracker.search.models import SearchEntry

Rule = Callable[[Any, Any], None]
_rules: dict[str, list[tuple[str, Rule]]] = {}


def rule(target: str, *tables: str) -> Callable[[Rule], Rule]:
    """Call `function(stays, goes)` before what is in `tables` moves from one row of the table `target` to another."""

    def register(function: Rule) -> Rule:
        _rules.setdefault(target, []).extend((table, function) for table in tables)
        return function

    return register


def tables_with_rules(target: str) -> set[str]:
    """The tables of whose rows a rule says what becomes of them."""
    return {table for table, _function in _rules.get(target, ())}


def columns_to(target: str) -> list[sa.Column[int]]:
    """Every column that refers to the id of a table, ordered by its table and name."""
    wanted = Base.metadata.tables[target].c.id
    found = [
        key.parent for table in Base.metadata.tables.values() for key in table.foreign_keys if key.column is wanted
    ]
    return sorted(found, key=lambda column: (column.table.name, column.name))


def named_columns() -> Iterator[tuple[sa.Column[str], sa.Column[int]]]:
    """Every pair of columns that refers to a row by the name of its table and its id: `subject_type`, `subject_id`.

    What the search keeps is its own: it is written anew.
    """
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            stem, is_type, _rest = column.name.rpartition("_type")
            if is_type and f"{stem}_id" in table.c and table is not SearchEntry.__table__:
                yield column, table.c[f"{stem}_id"]


def become_one(stays: Any, goes: Any) -> None:
    """Whatever pointed to the row `goes` points to `stays`, of the same table; `goes` is deleted."""
    target = stays.__tablename__
    for function in dict.fromkeys(function for _table, function in _rules.get(target, ())):
        function(stays, goes)
    db.session.flush()
    for column in columns_to(target):
        _point(column, goes.id, stays.id)
    _follow_by_name(target, goes.id, stays.id)
    index.remove(target, goes.id)
    table = Base.metadata.tables[target]
    db.session.execute(sa.delete(table).where(table.c.id == goes.id))
    db.session.expunge(goes)
    db.session.expire_all()


def _point(column: sa.Column[int], old_id: int, new_id: int, *where: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.update(column.table).where(column == old_id, *where).values({column: new_id}))


def _follow_by_name(target: str, old_id: int, new_id: int) -> None:
    """Questions and history go along. Of two open questions that become the same the newer one stays."""
    for side in ("subject", "addressee"):
        kept: dict[tuple[str, str, int], Any] = {}
        for ask in queries.open_asks(side, target, (old_id, new_id)):
            other = (ask.addressee_type, ask.addressee_id) if side == "subject" else (ask.subject_type, ask.subject_id)
            if older := kept.get((ask.kind, *other)):
                close(older, AskState.SUPERSEDED)
            kept[ask.kind, *other] = ask
    db.session.flush()
    for type_column, id_column in named_columns():
        _point(id_column, old_id, new_id, type_column == target)
