"""A figure and the list behind it come from one and the same query, so that they cannot differ.

`Facts` say what is counted and by what; `counted` makes the figures of them, `things` the list behind one figure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.database import Base, day_of, db
from tracker.tables.table import Period

Keys = tuple[str, ...]  # what tells a row from others: ("running",), ("BD", "PE"); an empty word: not known
Condition = sa.ColumnElement[bool] | sa.SQLColumnExpression[bool]


@dataclass(frozen=True)
class Scope:
    """Whose figures: the networks that a coordinator coordinates, or one of them."""

    network_ids: frozenset[int]


@dataclass(frozen=True)
class Facts:
    """What is counted (`subject`, by its `id`), among what (`source`: from where, on which conditions), by what.

    Nothing may stand twice under the same keys: then sums are counts. A flag is the condition on which a thing
    counts in a column, a sum the number that it adds there; of `days`, a number of days in SQL, the middle is wanted.
    `whole` are the facts of the total, where a thing stands under several keys; without it the total is the sum of
    the rows. `finer` are facts that stand under more telling keys, one each, and how those become these: it saves
    reading the same again.
    """

    subject: type[Base]
    id: Any
    source: sa.Select[Any]
    keys: Sequence[Any] = ()
    flags: Mapping[str, Condition] = field(default_factory=dict)
    sums: Mapping[str, Any] = field(default_factory=dict)
    days: Any = None
    whole: "Reckoner | None" = None
    finer: "tuple[Reckoner, Spread] | None" = None


# The rows that things under finer keys stand in, and the flags that hold for them there; None: the flags they had.
Spread = Callable[[Keys], Iterable[tuple[Keys, frozenset[str] | None]]]
Reckoner = Callable[[Period, Scope], Facts]
Figures = dict[str, int]
Days = dict[Keys, dict[int, int]]  # by row: how often each number of days; without keys: of all
ALL = "all"  # the flag of everything that stands under the keys


@dataclass(frozen=True)
class Counted:
    """The figures by row, and of the total: by flag or sum, and how many there are in ALL."""

    rows: dict[Keys, Figures]
    total: Figures
    days: Days


def counted(facts: Facts, others: Callable[[Reckoner], Counted]) -> Counted:
    """What facts come to, in one statement at the most beside those of `others`."""
    days: Days
    if facts.finer is not None:
        reckoner, spread = facts.finer
        rows, days = _summed(others(reckoner).rows, spread, _names(facts)), {}
    else:
        rows, days = _counts(facts)
    if facts.whole is not None:
        return Counted(rows, others(facts.whole).total, days)
    return Counted(rows, {name: sum(row[name] for row in rows.values()) for name in _names(facts)}, days)


def things(facts: Facts, keys: Keys, flag: str = ALL) -> sa.Select[Any]:
    """The rows of what one figure counts, or adds up; where there are no keys, of all of them."""
    within = facts.source.with_only_columns(facts.id)
    if keys:
        within = within.where(*(_is(key, word) for key, word in zip(facts.keys, keys, strict=True)))
    if flag in facts.sums:
        within = within.where(facts.sums[flag].is_not(None))
    elif flag != ALL:
        within = within.where(facts.flags[flag])
    return sa.select(facts.subject).where(sa.inspect(facts.subject).primary_key[0].in_(within))


def within(day: Any, period: Period) -> list[Condition]:
    """Conditions: the day, a date, lies in the period. What has no day lies only in one without limits."""
    conditions = []
    if period.first is not None:
        conditions.append(day >= period.first)
    if period.last is not None:
        conditions.append(day <= period.last)
    return conditions


def last_day(partial: Any) -> Any:
    """The last day of a partial date in SQL, as text that orders: of a month always its 31st, see `within_text`."""
    text = sa.type_coerce(partial, sa.String)
    return text + sa.func.substr("-12-31", sa.func.length(text) - 3)


def within_text(day: Any, period: Period) -> list[Condition]:
    """As `within`, of a day as text, which may be the 31st of any month."""
    conditions = []
    if period.first is not None:
        conditions.append(day >= period.first.isoformat())
    if period.last is not None:
        ends = (period.last + timedelta(days=1)).day == 1 if period.last < date.max else True
        conditions.append(day <= (f"{period.last:%Y-%m}-31" if ends else period.last.isoformat()))
    return conditions


def within_moment(moment: Any, period: Period) -> list[Condition]:
    """As `within`, of a moment, whose day is that of UTC."""
    return within_text(day_of(moment), period)


def _names(facts: Facts) -> list[str]:
    return [ALL, *facts.flags, *facts.sums]


def _counts(facts: Facts) -> tuple[dict[Keys, Figures], Days]:
    keys = [key.label(f"key_{place}") for place, key in enumerate(facts.keys)]
    by = [*keys, facts.days.label("days")] if facts.days is not None else keys
    values: list[Any] = [sa.func.count()]
    values += [sa.func.sum(sa.case((condition, 1), else_=0)) for condition in facts.flags.values()]
    values += [sa.func.sum(number) for number in facts.sums.values()]
    by_place = (sa.text(str(place)) for place in range(1, len(by) + 1))  # PostgreSQL: bound values differ elsewhere
    found: dict[Keys, Figures] = {}
    days: Days = defaultdict(lambda: defaultdict(int))
    names = _names(facts)
    for row in db.session.execute(facts.source.with_only_columns(*by, *values).group_by(*by_place)):
        words = tuple("" if word is None else str(word) for word in row[: len(keys)])
        _add(found, words, {name: int(value or 0) for name, value in zip(names, row[len(by) :], strict=True)})
        if facts.days is not None and row.days is not None:
            days[words][row.days] += row[len(by)]
            days[()][row.days] += row[len(by)]
    return found, days


def _summed(rows: dict[Keys, Figures], spread: Spread, names: list[str]) -> dict[Keys, Figures]:
    found: dict[Keys, Figures] = {}
    for finer_keys, figures in rows.items():
        for keys, flags in spread(finer_keys):
            here = figures
            if flags is not None:
                here = {name: figures[ALL] if name == ALL or name in flags else 0 for name in names}
            _add(found, keys, here)
    return found


def _add(rows: dict[Keys, Figures], keys: Keys, figures: Figures) -> None:
    before = rows.get(keys)
    if before is None:
        rows[keys] = dict(figures)
    else:
        for name, number in figures.items():
            before[name] += number


def _is(key: Any, word: str) -> Condition:
    """The key is this word, as the figures call it."""
    text = sa.cast(key, sa.String)
    return sa.or_(key.is_(None), text == "") if word == "" else text == word
