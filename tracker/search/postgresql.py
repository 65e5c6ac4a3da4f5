"""The full-text index on PostgreSQL: a tsvector with a GIN index in a table beside `search_entry`.

We write the vector out and never have PostgreSQL parse the text: its parser takes some words for numbers or
addresses, and which signs it counts as letters depends on the locale of the database.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

CREATE = (
    "CREATE TABLE IF NOT EXISTS search_words ("
    "entry_id integer PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE, words tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS search_words_gin ON search_words USING gin (words)",
)
DROP = ("DROP TABLE IF EXISTS search_words",)

WORDS = sa.table("search_words", sa.column("entry_id", sa.Integer), sa.column("words", TSVECTOR))
ENTRY = WORDS.c.entry_id

_MOST_PLACES = 255  # of one word that PostgreSQL keeps
_LAST_PLACE = 16_383
_WRITE = sa.text(
    "INSERT INTO search_words (entry_id, words) VALUES (:entry_id, CAST(:words AS tsvector)) "
    "ON CONFLICT (entry_id) DO UPDATE SET words = excluded.words"
)


def write(session: Any, entry_id: int, tokens: list[str]) -> None:
    """Put the words of an entry into the index."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens, start=1):
        places.setdefault(token, []).append(min(place, _LAST_PLACE))
    vector = " ".join(
        f"'{token}':{','.join(str(place) for place in sorted(set(found))[:_MOST_PLACES])}"
        for token, found in places.items()
    )
    session.execute(_WRITE, {"entry_id": entry_id, "words": vector})


def holds(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[bool]:
    """The condition that a row of WORDS holds every term; see `words.terms`."""
    return WORDS.c.words.op("@@")(_query(asked))


def holds_any(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[bool]:
    """The condition that a row of WORDS holds one of the terms."""
    return WORDS.c.words.op("@@")(_query(asked, " | "))


def rank(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[float]:
    """What to order the found rows by, ascending. The measure counts a long text's words for less."""
    return -sa.func.ts_rank(WORDS.c.words, _query(asked), 1)


def rank_any(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[float]:
    """The same for rows found by `holds_any`."""
    return -sa.func.ts_rank(WORDS.c.words, _query(asked, " | "), 1)


def _query(asked: list[tuple[list[str], bool]], between: str = " & ") -> sa.ColumnElement[Any]:
    question = between.join(
        "(" + " <-> ".join(f"'{token}'" for token in tokens) + (":*" if begins else "") + ")"
        for tokens, begins in asked
    )
    return sa.cast(question, TSQUERY)
