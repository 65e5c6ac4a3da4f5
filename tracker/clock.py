"""The only place that reads the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

_frozen_at: datetime | None = None


def now() -> datetime:
    """This moment, aware and in UTC."""
    return _frozen_at or datetime.now(UTC)


def today() -> date:
    """Today's date in UTC. Whether something is late is asked of `dates.earth_day()` instead."""
    return now().date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Inside the block it is always `at` (aware). For tests and for building example histories."""
    global _frozen_at
    before, _frozen_at = _frozen_at, at
    try:
        yield
    finally:
        _frozen_at = before
