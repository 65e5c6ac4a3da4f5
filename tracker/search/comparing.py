"""Which words two things share: how many things hold a word, and which things hold any of some words.

Words are compared by their stems (`words.stems`), as `index.resembling` does.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tracker.database import db, is_sqlite
from tracker.search import postgresql, sqlite
from tracker.search.models import SearchEntry
from tracker.search.words import likely


def spread(subject_type: str, asked: Sequence[str]) -> dict[str, int]:
    """How many things of a type hold each of these stems; those that none holds are left out."""
    if not asked:
        return {}
    held = _holding(subject_type, asked)
    rows = db.session.execute(sa.select(held.c.place, sa.func.count()).group_by(held.c.place))
    return {asked[place]: number for place, number in rows}


def sharing(subject_type: str, asked: Sequence[str]) -> Any:
    """A SELECT of (subject_id, found: how many of these stems it holds, which: 1 for the first, 2, 4 …, summed).

    A row for each thing of the type that holds at least one. Made for stems that few hold: see `spread`.
    """
    held = _holding(subject_type, asked)
    which = sa.case(*((held.c.place == place, 1 << place) for place in range(len(asked))))
    return (
        sa.select(SearchEntry.subject_id, sa.func.count().label("found"), sa.func.sum(which).label("which"))
        .join(held, held.c.entry_id == SearchEntry.id)
        .group_by(SearchEntry.subject_id)
    )


def _holding(subject_type: str, asked: Sequence[str]) -> sa.CTE:
    """(place of a stem in `asked`, entry_id of an entry of the type that holds it)."""
    back: Any = sqlite if is_sqlite() else postgresql
    parts = [
        sa.select(sa.literal_column(str(place)).label("place"), back.ENTRY.label("entry_id")).where(
            back.holds_any(likely(stem))
        )
        for place, stem in enumerate(asked)
    ]
    # Materialized: else SQLite, given the entries of the type, looks into the index once for each of them.
    found: Any = sa.union_all(*parts).cte("found").prefix_with("MATERIALIZED")
    # From its index alone: the entries of other things, most of them long, are never read.
    of_type = sa.select(SearchEntry.id).where(SearchEntry.subject_type == subject_type)
    held: Any = sa.select(found.c.place, found.c.entry_id).where(found.c.entry_id.in_(of_type)).cte("held")
    return held.prefix_with("MATERIALIZED")
