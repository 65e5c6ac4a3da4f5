"""One page of a list at a bounded cost: one row more than it shows, and a count that stops somewhere."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

from tracker.database import db

COUNT_UP_TO = 1000  # a list says "more than" beyond it; counting further would cost more than it tells
LAST_PAGE = 5000  # nobody turns so many pages; a forged number must not reach the database


@dataclass(frozen=True)
class Page:
    """What a list shows now. `total` is the number of all rows, or COUNT_UP_TO + 1 for more than that."""

    items: list[Any]
    page: int
    per_page: int
    has_next: bool
    total: int

    @property
    def has_prev(self) -> bool:
        return self.page > 1

    @property
    def is_endless(self) -> bool:
        """More rows than were counted."""
        return self.total > COUNT_UP_TO

    @property
    def pages(self) -> int | None:
        """How many pages there are, where that is known."""
        return None if self.is_endless else max(1, -(-self.total // self.per_page))


def paginate(query: sa.Select[Any], per_page: int = 20) -> Page:
    """The page of `query` (one entity, ordered) that the address asks for; a number that makes no sense is 1."""
    number = page_number()
    rows = list(db.session.scalars(query.limit(per_page + 1).offset((number - 1) * per_page)).unique())
    return Page(rows[:per_page], number, per_page, len(rows) > per_page, count(query))


def count(query: sa.Select[Any]) -> int:
    """How many rows a query has, counting to COUNT_UP_TO + 1 at the most."""
    plain = query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None)
    bounded = plain.limit(COUNT_UP_TO + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(bounded)) or 0


def page_number() -> int:
    """The page that the address asks for, from 1 to LAST_PAGE."""
    text = request.args.get("page", "1")
    return min(max(1, int(text)), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1
