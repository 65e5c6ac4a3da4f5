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

CREATE_SHELF = (
    "CREATE TABLE IF NOT EXISTS search_words_shelf ("
    "place bigint PRIMARY KEY REFERENCES shelved (place) ON DELETE CASCADE, title tsvector NOT NULL, "
    "record tsvector NOT NULL, body tsvector NOT NULL, marks tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS search_words_shelf_gin ON search_words_shelf USING gin (title, record, body, marks)",
)
DROP_SHELF = ("DROP TABLE IF EXISTS search_words_shelf",)

SHELF = sa.table(
    "search_words_shelf",
    sa.column("place", sa.BigInteger),
    *(sa.column(name, TSVECTOR) for name in ("title", "record", "body", "marks")),
)
PLACE = PLACE_ALONE = SHELF.c.place
_DEPTHS = (SHELF.c.title, SHELF.c.record, SHELF.c.body)
_WRITE_SHELF = sa.text(
    "INSERT INTO search_words_shelf (place, title, record, body, marks) VALUES (:place, CAST(:title AS tsvector), "
    "CAST(:record AS tsvector), CAST(:body AS tsvector), CAST(:marks AS tsvector))"
)
_LARGEST_VECTOR = 900_000  # bytes; PostgreSQL refuses 1 MiB

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
    session.execute(_WRITE, {"entry_id": entry_id, "words": _vector(tokens)})


def write_shelf(session: Any, place: int, title: list[str], record: list[str], body: list[str], marks: str) -> None:
    """Put the words of something on the shelf into its index: each depth holds the words of those above it."""
    session.execute(
        _WRITE_SHELF,
        {
            "place": place,
            "title": _vector(title),
            "record": _vector(title + record),
            "body": _vector(title + record + body),
            "marks": _vector(marks.split()),
        },
    )


def _vector(tokens: list[str]) -> str:
    """As PostgreSQL reads a tsvector. Beyond its last place the count begins again: neighbours stay neighbours."""
    places: dict[str, set[int]] = {}
    size = 0
    for place, token in enumerate(tokens):
        known = places.get(token)
        if known is None:
            known = places[token] = set()
            size += len(token.encode()) + 8
        if len(known) < _MOST_PLACES:
            known.add(place % _LAST_PLACE + 1)
            size += 2
        if size > _LARGEST_VECTOR:
            break
    return " ".join(f"'{token}':{','.join(map(str, sorted(found)))}" for token, found in places.items())


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


def on_shelf(depth: int, asked: list[tuple[list[str], bool]], marks: list[list[str]]) -> sa.ColumnElement[bool]:
    """The condition over SHELF: every term within this depth, and of each group of marks one."""
    parts: list[sa.ColumnElement[bool]] = []
    if marks:
        question = " & ".join(f"({' | '.join(group)})" for group in marks)
        parts.append(SHELF.c.marks.op("@@")(sa.cast(question, TSQUERY)))
    if asked:
        parts.append(_DEPTHS[depth].op("@@")(_query(asked)))
    return sa.and_(*parts)


def _query(asked: list[tuple[list[str], bool]], between: str = " & ") -> sa.ColumnElement[Any]:
    question = between.join(
        "(" + " <-> ".join(f"'{token}'" for token in tokens) + (":*" if begins else "") + ")"
        for tokens, begins in asked
    )
    return sa.cast(question, TSQUERY)
