"""Days as people know them: "2016", "2016-09" or "2016-09-30", and reckoning with months."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import sqlalchemy as sa
from wtforms import StringField

from tracker import clock
from tracker.i18n import _

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """A date of ISO 8601 with reduced precision, years 1900 to 2199.

    Ordered by its first day; of two that begin together the less precise comes first, as in the text itself.
    """

    text: str

    def __post_init__(self) -> None:
        _first_day(self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what a person typed, digits of any script. Raises ValueError with a sentence to show."""
        typed = unicodedata.normalize("NFKC", text).strip()
        typed = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in typed)
        return cls("-".join(part.zfill(2) for part in re.sub(r"\s*[-‐‑–−]\s*", "-", typed).split("-")))

    @classmethod
    def of(cls, day: date) -> Self:
        """A whole date."""
        return cls(day.isoformat()[:10])

    @property
    def precision(self) -> str:
        """ "year", "month" or "day"."""
        return {4: "year", 7: "month", 10: "day"}[len(self.text)]

    @property
    def year(self) -> int:
        return int(self.text[:4])

    @property
    def first_day(self) -> date:
        return _first_day(self.text)

    @property
    def last_day(self) -> date:
        first = self.first_day
        if self.precision == "day":
            return first
        month = 12 if self.precision == "year" else first.month
        return date(first.year, month, monthrange(first.year, month)[1])

    def __str__(self) -> str:
        return self.text


def _first_day(text: str) -> date:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(_("Write a date as 2016, 2016-09 or 2016-09-30."))
    year, month, day = (int(part or 1) for part in match.groups())
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(_("The year must lie between %(first)s and %(last)s.", first=EARLIEST_YEAR, last=LATEST_YEAR))
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("There is no such day as %(date)s.", date=text)) from None


class PartialDateType(sa.types.TypeDecorator[PartialDate]):
    """A `PartialDate` as text, which sorts as the dates do in every database."""

    impl = sa.String(10)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | date | None, dialect: Any) -> str | None:
        if value is None:
            return None
        return str(PartialDate.of(value) if isinstance(value, date) else value)

    def process_result_value(self, value: str | None, dialect: Any) -> PartialDate | None:
        return None if value is None else PartialDate(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return sa.String() if isinstance(value, str) else self


class PartialDateField(StringField):
    """A text input whose data is a `PartialDate`, or None where it is empty."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"dir": "ltr", **(kwargs.get("render_kw") or {})}
        super().__init__(label, validators, **kwargs)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = PartialDate.parse(valuelist[0])


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier), or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def earth_day() -> date:
    """The day that it still is somewhere on Earth (UTC-12). What was due before it is late everywhere."""
    return (clock.now() - timedelta(hours=12)).date()
