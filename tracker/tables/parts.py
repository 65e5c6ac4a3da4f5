"""A table as it is declared: its columns, what they count, and how its rows are named and ordered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from tracker.tables.facts import ALL, Counted, Days, Keys, Reckoner, Scope, counted
from tracker.tables.table import Column, Format, Period, Row, Table, Value

Named = list[tuple[Keys, tuple[str, ...]]]  # rows in order: keys, and what stands in the columns of words


@dataclass(frozen=True)
class Count:
    """A column of figures, each with a list behind it: of all `facts`, or of those with a flag; or a sum of theirs."""

    name: str
    label: Any
    facts: Reckoner
    flag: str = ALL
    definition: Any = ""


@dataclass(frozen=True)
class Share:
    """A column: one count divided by another of the same row, or of the total."""

    name: str
    label: Any
    of: str
    among: str
    definition: Any = ""
    of_total: bool = False


@dataclass(frozen=True)
class Median:
    """A column: the number of days in the middle, of two the mean; of the days of `facts`, or reckoned by `days`."""

    name: str
    label: Any
    facts: Reckoner | None = None
    days: Callable[[Period, Scope], Days] | None = None
    definition: Any = ""


@dataclass(frozen=True)
class Part:
    """One table. `named` gives the rows: of the keys that have figures, and of others that should stand there too."""

    key: str
    title: Any
    definition: Any
    words: Sequence[tuple[str, Any]]  # the columns of words: name and label, a key of the row each
    columns: Sequence[Count | Share | Median]
    named: Callable[[set[Keys]], Named]
    has_total: bool = True
    hides_rows: bool = False  # nobody may see who is counted in a row: no lists behind them, see `finish`
    finish: Callable[[Table], Table] = lambda table: table  # the last word on the table
    parts: Sequence["Part"] = field(default_factory=tuple)

    def count(self, name: str) -> Count | None:
        """The column of counts of this name."""
        return next((column for column in self.columns if isinstance(column, Count) and column.name == name), None)


@dataclass
class Reckoning:
    """The figures of one period and scope, each read from the database once."""

    period: Period
    scope: Scope
    known: dict[Any, Any] = field(default_factory=dict)

    def figures(self, facts: Reckoner) -> Counted:
        """Of facts."""
        if facts not in self.known:
            self.known[facts] = counted(facts(self.period, self.scope), self.figures)
        return self.known[facts]

    def days(self, median: Median) -> Days:
        """By row."""
        if median.facts is not None:
            return self.figures(median.facts).days
        assert median.days is not None
        if median.days not in self.known:
            self.known[median.days] = median.days(self.period, self.scope)
        return self.known[median.days]


def address(key: str, period: Period, scope: Scope) -> str:
    """The list behind a figure of a table, but for the row and the column."""
    about = [("from", period.first), ("to", period.last)]
    query = [(name, day.isoformat()) for name, day in about if day is not None]
    query = query or [("period", "all")]  # without a word, an address asks for the year that runs
    if len(scope.network_ids) == 1:
        query.append(("network", str(next(iter(scope.network_ids)))))
    return f"/board/tables/{key}/list?{urlencode(query)}&"


def made(part: Part, number: int, reckoning: Reckoning) -> Table:
    """The table in the current language."""
    counts = {column.name: column for column in part.columns if isinstance(column, Count)}
    figures = {name: reckoning.figures(count.facts) for name, count in counts.items()}
    present = {keys for counted in figures.values() for keys in counted.rows}
    start = address(part.key, reckoning.period, reckoning.scope)
    totals = {name: counted.total[counts[name].flag] for name, counted in figures.items()}

    def row(keys: Keys, words: Iterable[str]) -> Row:
        own = {
            name: (counted.rows.get(keys, {}).get(counts[name].flag, 0) if keys else totals[name])
            for name, counted in figures.items()
        }
        values: list[Value] = [*words]
        values += [_value(column, keys, own, totals, reckoning) for column in part.columns]
        where = start + "".join(f"row={quote_plus(word)}&" for word in keys)
        links = {
            name: f"{where}column={name}" for name, figure in own.items() if figure and not (keys and part.hides_rows)
        }
        return Row(values, links, keys)

    table = Table(
        key=part.key,
        number=number,
        title=str(part.title),
        definition=str(part.definition),
        columns=[Column(name, str(label)) for name, label in part.words] + [_column(each) for each in part.columns],
        rows=[row(keys, words) for keys, words in part.named(present)],
        total=row((), [""] * len(part.words)) if part.has_total else None,
        parts=[made(below, number, reckoning) for below in part.parts],
    )
    return part.finish(table)


def median(days: dict[int, int]) -> int | float | None:
    """The number of days in the middle of those given by how often they occur; of two the mean; None of none."""
    many = sum(days.values())
    if not many:
        return None
    middle, seen = [], 0
    for number in sorted(days):
        before, seen = seen, seen + days[number]
        middle += [number for place in {(many - 1) // 2, many // 2} if before <= place < seen]
    mean = sum(middle) / len(middle)
    return int(mean) if mean == int(mean) else mean


def _value(
    column: Count | Share | Median, keys: Keys, own: dict[str, int], totals: dict[str, int], reckoning: Reckoning
) -> Value:
    if isinstance(column, Count):
        return own[column.name]
    if isinstance(column, Share):
        among = (totals if column.of_total else own)[column.among]
        return own[column.of] / among if among else None
    return median(reckoning.days(column).get(keys, {}))


def _column(column: Count | Share | Median) -> Column:
    formats = {Count: Format.COUNT, Share: Format.SHARE, Median: Format.DAYS}
    return Column(column.name, str(column.label), formats[type(column)], str(column.definition))
