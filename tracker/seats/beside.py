"""What later features know of a seat, for its page: how well the reader's institutions fit, for one.

    @beside
    def fit(seat, person): return {"fit": [...]}

Each gives values to the page by name, read before the page is made.
"""

from collections.abc import Callable
from typing import Any

from tracker.institutions.models import Person
from tracker.seats.models import Seat

Source = Callable[[Seat, Person | None], dict[str, Any]]
_sources: list[Source] = []


def beside(source: Source) -> Source:
    """Register what the page of a seat shows beside it."""
    _sources.append(source)
    return source


def known_beside(seat: Seat, person: Person | None) -> dict[str, Any]:
    """What every registered source gives for this seat and this reader (None: a visitor)."""
    known: dict[str, Any] = {}
    for source in _sources:
        known |= source(seat, person)
    return known
