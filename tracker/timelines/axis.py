"""A stretch of days from one edge of a picture to the other: where a day lies, and what is written along it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.dates import add_months
from tracker.i18n import format_month, format_year

MOST_LABELS = 6  # beside each other on a phone
FEWEST_MONTHS = 3  # a single day still lies among others
STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)  # months from label to label
FINER = {1: 1, 2: 1, 3: 1, 6: 3, 12: 3, 24: 12, 60: 12, 120: 60, 240: 120, 600: 120, 1200: 600}  # from line to line
ROOM = 16.0  # percent that a year needs beside the next
LAST_LABEL = 90.0  # percent of the way: a label that begins later would be cut off
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tick:
    """A line across the picture, and what is written beside it: perhaps nothing."""

    x: float
    month: str = ""
    year: str = ""
    is_major: bool = False  # where a year begins
    has_line: bool = True


@dataclass(frozen=True)
class Axis:
    """From the first day to the last, both included. Places are percent from the left edge of the picture, which is
    where the first day lies, or from right to left the last."""

    first: date
    last: date
    is_mirrored: bool = False

    def at(self, day: date) -> float:
        """The middle of a day, from 0 to 100; what lies beyond an end lies on the edge."""
        return self._place(self._share(day, 0.5))

    def edge(self, day: date) -> float:
        """Where a day begins, from 0 to 100."""
        return self._place(self._share(day, 0.0))

    def span(self, first: date, last: date) -> tuple[float, float]:
        """(left edge, width) of the days from the first to the last, both included."""
        ends = sorted((self.edge(first), self.edge(last + A_DAY)))
        return ends[0], round(ends[1] - ends[0], 2)

    def holds(self, day: date) -> bool:
        """Whether a day lies between the ends."""
        return self.first <= day <= self.last

    def along(self, x: float) -> float:
        """How far a place lies from where time begins, in percent."""
        return 100 - x if self.is_mirrored else x

    def ticks(self) -> list[Tick]:
        """First days of months or years from the earliest on, in the reader's language.

        The year stands beside each January, and beside the first label; where that comes late, at the very edge.
        """
        months = _months(self.first, self.last)
        step = next((step for step in STEPS if months <= step * MOST_LABELS), STEPS[-1])
        found = [self._tick(day, step) for day in _firsts(self.first, self.last, FINER[step])]
        if not any(tick.year and self.along(tick.x) <= ROOM for tick in found):
            found.insert(0, Tick(self.edge(self.first), year=format_year(self.first), has_line=False))
        return found

    def _tick(self, day: date, step: int) -> Tick:
        """A line, labelled if it lies on a multiple of `step`."""
        x, is_january = self.edge(day), day.month == 1
        if (day.year * 12 + day.month - 1) % step or self.along(x) > LAST_LABEL:
            return Tick(x, is_major=is_january and step < 12)
        if step >= 12:
            return Tick(x, year=format_year(day), is_major=True)
        return Tick(x, format_month(day), format_year(day) if is_january else "", is_january)

    def _share(self, day: date, part: float) -> float:
        whole = (self.last - self.first).days + 1
        return min(max(((day - self.first).days + part) / whole, 0.0), 1.0)

    def _place(self, share: float) -> float:
        return round(100 * (1 - share if self.is_mirrored else share), 2)


def around(days: Iterable[date], is_mirrored: bool) -> Axis | None:
    """Whole months around some days; None where there are no days."""
    known = sorted(days)
    if not known:
        return None
    first, last = known[0].replace(day=1), _month_end(known[-1])
    if _months(first, last) < FEWEST_MONTHS:
        first, last = add_months(first, -1), _month_end(add_months(last.replace(day=1), 1))
    return Axis(first, last, is_mirrored)


def _month_end(day: date) -> date:
    return add_months(day.replace(day=1), 1) - A_DAY


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _firsts(first: date, last: date, step: int) -> Iterable[date]:
    """First days of the months that lie on a multiple of `step`, counted from the year 0."""
    month = first.year * 12 + first.month - 1 + (first.day > 1)
    month += -month % step
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        yield day
        month += step
