"""What became of the questions whether a report was used, in counts: "no" and silence are two things."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tracker.uses.models import UseInquiry


@dataclass
class Asked:
    """The questions of one time after publication."""

    months: int
    first_day: date  # when the first was asked, UTC
    knew: list[str] = field(default_factory=list)  # institutions that told of a use
    none: list[tuple[str, date]] = field(default_factory=list)  # those that know of none, and when they said so
    silent: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.knew) + len(self.none) + len(self.silent)

    @property
    def last_none(self) -> date | None:
        """When "none known" was answered last."""
        return max((day for _name, day in self.none), default=None)


def told_of(inquiries: Iterable[UseInquiry]) -> list[Asked]:
    """By months after publication, in their order. The institutions are loaded."""
    found: dict[int, Asked] = {}
    for inquiry in inquiries:
        asked = found.setdefault(inquiry.months, Asked(inquiry.months, inquiry.asked_at.date()))
        asked.first_day = min(asked.first_day, inquiry.asked_at.date())
        if inquiry.answered_at is None:
            asked.silent.append(inquiry.institution.name)
        elif inquiry.knows_none:
            asked.none.append((inquiry.institution.name, inquiry.answered_at.date()))
        else:
            asked.knew.append(inquiry.institution.name)
    return [found[months] for months in sorted(found)]
