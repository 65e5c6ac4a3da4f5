"""How far a day lies from a start, in months and days, and a whole plan counted from another start."""

from collections.abc import Sequence
from datetime import date

from tracker.dates import PartialDate, add_months


def offset(start: date, day: date) -> tuple[int, int]:
    """(months, days) from `start` to `day`: as many months as fit, then days. Never before the start: (0, 0) then.

    `add_months(start, months)` and then the days lead to `day` again, whatever the lengths of the months.
    """
    if day <= start:
        return 0, 0
    months = (day.year - start.year) * 12 + day.month - start.month
    if add_months(start, months) > day:
        months -= 1
    return months, (day - add_months(start, months)).days


def shifted(dates: Sequence[PartialDate], start: date) -> list[PartialDate]:
    """The same dates, counted from `start` instead of the first of them; each as precise as it was.

    What was due later is still not due earlier, though months differ in length. Raises
    ValueError or OverflowError where a date would leave the calendar.
    """
    first = min(day.first_day for day in dates)
    moved: dict[int, PartialDate] = {}
    latest = date.min
    for place in sorted(range(len(dates)), key=lambda place: dates[place].last_day):
        day = dates[place]
        new = _one(day, first, start)
        if new.last_day < latest:
            new = PartialDate(latest.isoformat()[: len(day.text)])
        latest = max(latest, new.last_day)
        moved[place] = new
    return [moved[place] for place in range(len(dates))]


def _one(day: PartialDate, first: date, start: date) -> PartialDate:
    if day.precision == "day":
        months, days = offset(first, day.first_day)
        new = add_months(start, months)
        return PartialDate.of(date.fromordinal(new.toordinal() + days))
    months = (start.year - first.year) * 12 + start.month - first.month
    return PartialDate(add_months(day.first_day, months).isoformat()[: len(day.text)])
