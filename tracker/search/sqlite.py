"""The full-text index on SQLite: an FTS5 table that reads its words from `search_entry`, kept by triggers.

Its tokenizer is the plain one: it parts words at spaces and leaves every letter beyond ASCII alone, as the
words come here folded.
"""

import sqlalchemy as sa

CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5("
    "tokens, content='search_entry', content_rowid='id', tokenize='ascii', prefix='1 2 3')",
    "CREATE TRIGGER IF NOT EXISTS search_words_insert AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_words (rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER IF NOT EXISTS search_words_delete AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_words (search_words, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER IF NOT EXISTS search_words_update AFTER UPDATE ON search_entry BEGIN "
    "INSERT INTO search_words (search_words, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO search_words (rowid, tokens) VALUES (new.id, new.tokens); END",
)
DROP = (
    "DROP TRIGGER IF EXISTS search_words_insert",
    "DROP TRIGGER IF EXISTS search_words_delete",
    "DROP TRIGGER IF EXISTS search_words_update",
    "DROP TABLE IF EXISTS search_words",
)

_COLUMNS = "title, record, body, marks"
_NEW, _OLD = ("new.title, new.record, new.body, new.marks", "old.title, old.record, old.body, old.marks")
CREATE_SHELF = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS search_words_shelf USING fts5({_COLUMNS}, "
    "content='shelved', content_rowid='place', tokenize='ascii', prefix='2 3', columnsize=0)",
    "CREATE TRIGGER IF NOT EXISTS search_words_shelf_insert AFTER INSERT ON shelved BEGIN "
    f"INSERT INTO search_words_shelf (rowid, {_COLUMNS}) VALUES (new.place, {_NEW}); END",
    "CREATE TRIGGER IF NOT EXISTS search_words_shelf_delete AFTER DELETE ON shelved BEGIN "
    f"INSERT INTO search_words_shelf (search_words_shelf, rowid, {_COLUMNS}) "
    f"VALUES ('delete', old.place, {_OLD}); END",
)
DROP_SHELF = (
    "DROP TRIGGER IF EXISTS search_words_shelf_insert",
    "DROP TRIGGER IF EXISTS search_words_shelf_delete",
    "DROP TABLE IF EXISTS search_words_shelf",
)

SHELF = sa.table("search_words_shelf", sa.column("rowid", sa.BigInteger))
PLACE = SHELF.c.rowid
PLACE_ALONE = sa.literal_column("+search_words_shelf.rowid", sa.BigInteger)  # not to look it up one by one
_DEPTHS = ("{title}", "{title record}", "{title record body}")

WORDS = sa.table("search_words", sa.column("rowid", sa.Integer), sa.column("rank", sa.Float))
ENTRY = WORDS.c.rowid
RANK = WORDS.c.rank  # bm25: the better, the lower


def holds(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[bool]:
    """The condition that a row of WORDS holds every term; see `words.terms`."""
    return _matches(" AND ".join(map(_term, asked)))


def holds_any(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[bool]:
    """The condition that a row of WORDS holds one of the terms."""
    return _matches(" OR ".join(map(_term, asked)))


def rank(asked: list[tuple[list[str], bool]]) -> sa.ColumnElement[float]:
    """What to order the found rows by, ascending."""
    return RANK


rank_any = rank


def on_shelf(depth: int, asked: list[tuple[list[str], bool]], marks: list[list[str]]) -> sa.ColumnElement[bool]:
    """The condition over SHELF: every term within this depth, and of each group of marks one."""
    parts = [f"(marks : ({' OR '.join(group)}))" for group in marks]
    if asked:
        parts.append(f"({_DEPTHS[depth]} : ({' AND '.join(map(_term, asked))}))")
    return sa.literal_column("search_words_shelf").op("MATCH")(" AND ".join(parts))


def _term(term: tuple[list[str], bool]) -> str:
    tokens, begins = term
    return f'"{" ".join(tokens)}"{"*" if begins else ""}'


def _matches(question: str) -> sa.ColumnElement[bool]:
    return sa.literal_column("search_words").op("MATCH")(question)
