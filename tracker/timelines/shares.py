"""The share on time, month after month, as a picture and as the table behind it. Plain values for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.clock import today
from tracker.dates import PartialDate, add_months
from tracker.i18n import direction, format_month, format_year
from tracker.timelines.axis import Tick
from tracker.timelines.queries import Conditions, Counts, by_month

MONTHS = 24
FEWER = 12  # where it stands among other things
GAP = 0.22  # of a month's width, between bars


@dataclass(frozen=True)
class Bar:
    """A month. `x` and `width` in percent from the left edge; the shares from 0 to 1, None for none to share."""

    month: date
    counts: Counts
    x: float
    width: float

    @property
    def on(self) -> PartialDate:
        """The month, as a date known no closer."""
        return PartialDate(f"{self.month:%Y-%m}")

    @property
    def middle(self) -> float:
        """Of the bar, in percent from the left edge."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Chart:
    """Some months up to this one, oldest first."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    whole: Counts  # of all the months

    @property
    def is_empty(self) -> bool:
        """Nothing was promised for these months."""
        return not self.whole.promised

    def ways(self) -> list[list[tuple[float, float]]]:
        """Where the share against the current date runs, as (x, share) from month to month; a gap parts two ways."""
        found: list[list[tuple[float, float]]] = [[]]
        for bar in self.bars:
            share = bar.counts.current
            if share is None:
                found.append([])
            else:
                found[-1].append((bar.middle, share))
        return [way for way in found if way]


def chart(where: Conditions, months: int = MONTHS) -> Chart:
    """The picture of the last `months`, of the milestones of projects for which `where` holds."""
    first = add_months(today().replace(day=1), 1 - months)
    found = by_month(first, months, where)
    is_mirrored = direction() == "rtl"
    whole, width = sum((counts for _month, counts in found), Counts()), 100 / months
    bars = []
    for place, (month, counts) in enumerate(found):
        left = (months - 1 - place if is_mirrored else place) + GAP / 2
        bars.append(Bar(month, counts, round(left * width, 2), round((1 - GAP) * width, 2)))
    return Chart(bars, _ticks(first, months, is_mirrored), whole)


def _ticks(first: date, months: int, is_mirrored: bool) -> list[Tick]:
    """A line where each quarter begins, every other one named, with the year beside January and the first."""
    found: list[Tick] = []
    for number in range(months):
        month, share = add_months(first, number), 100 * number / months
        if month.month not in (1, 4, 7, 10):
            continue
        x, is_january = round(100 - share if is_mirrored else share, 2), month.month == 1
        name = format_month(month) if month.month in (1, 7) else ""
        with_year = name and (is_january or not any(tick.year for tick in found))
        found.append(Tick(x, name, format_year(month) if with_year else "", is_january))
    return found
