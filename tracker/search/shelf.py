"""A long shelf of things, the newest first, found by their words and filtered by marks: the library's reports.

What is found lies in the order of the shelf, so that the first page of a hundred thousand costs what the first of a
thousand does, in both databases. Words are looked for in the title, then in the whole record, then in the text too:
what holds all of them in its title comes first, and within each of the three the newest.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from tracker.database import db, is_sqlite
from tracker.search import postgresql, sqlite
from tracker.search.models import Shelved
from tracker.search.words import terms, text_tokens, tokens

MOST_FOUND = 1_001  # that a question by words leads to: a list says "more than 1,000", and nobody reads on
MOST_TEXT_TOKENS = 120_000
DEPTHS = 3  # title, record, text
SAMPLE, WALK = 200, 4_000  # of the newest: looked at to see how common words are, and where they are common
_IDS = 2**31


def place_of(order: int, subject_id: int) -> int:
    """Where a thing stands: by `order` (such as 20160930; 0 where it has none), then by its id."""
    return order * _IDS + subject_id


def put(subject_id: int, *, order: int, title: str, record: str, body: str, marks: Sequence[str]) -> None:
    """Put a thing on the shelf, or put it there anew, in the caller's transaction.

    `title`, `record` and `body` are texts in any script; `marks` are words of plain letters and digits.
    """
    place = place_of(order, subject_id)
    found = tokens(title), tokens(record), text_tokens(body, MOST_TEXT_TOKENS)
    values = dict(zip(("title", "record", "body"), map(" ".join, found), strict=True)) | {"marks": " ".join(marks)}
    known = db.session.execute(sa.select(Shelved.__table__).where(Shelved.subject_id == subject_id)).one_or_none()
    if known is not None and dict(known._mapping) == {"place": place, "subject_id": subject_id, **values}:
        return
    remove(subject_id)
    db.session.execute(sa.insert(Shelved).values(place=place, subject_id=subject_id, **values))
    if not is_sqlite():
        postgresql.write_shelf(db.session, place, *found, values["marks"])


def remove(subject_id: int) -> None:
    """Take a thing from the shelf, in the caller's transaction."""
    gone = sa.delete(Shelved).where(Shelved.subject_id == subject_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def browse(
    marks: Sequence[Sequence[str]], *, limit: int, offset: int = 0, among: sa.Select[int] | None = None
) -> list[int]:
    """The ids of what carries one mark of each group, the newest first. `among`: a SELECT of ids they are among."""
    return _ids(_query([list(group) for group in marks], [], 0, among).limit(limit).offset(offset))


def search(words: str, marks: Sequence[Sequence[str]], *, among: sa.Select[int] | None = None) -> list[int]:
    """The ids of what holds all of `words` and is as `browse` gives it: the best first, MOST_FOUND at most.

    A question without a word finds nothing.
    """
    asked = terms(words)
    found: dict[int, None] = {}
    for depth in range(DEPTHS if asked else 0):
        query = _query([list(group) for group in marks], asked, depth, among).limit(MOST_FOUND)
        walked = _walked([list(group) for group in marks], asked, depth) if among is None else []
        found |= dict.fromkeys(walked if len(walked) >= MOST_FOUND else _ids(query))
        if len(found) >= MOST_FOUND:
            break
    return list(found)[:MOST_FOUND]


def _query(
    marks: list[list[str]], asked: list[tuple[list[str], bool]], depth: int, among: sa.Select[int] | None
) -> sa.Select[Any]:
    back: ModuleType = sqlite if is_sqlite() else postgresql
    if not marks and not asked:
        query = sa.select(Shelved.place).order_by(Shelved.place.desc())
        return query if among is None else query.where(Shelved.subject_id.in_(among))
    query = sa.select(back.PLACE).where(back.on_shelf(depth, asked, marks)).order_by(back.PLACE.desc())
    if among is not None:
        query = query.where(back.PLACE_ALONE.in_(sa.select(Shelved.place).where(Shelved.subject_id.in_(among))))
    return query


def _walked(marks: list[list[str]], asked: list[tuple[list[str], bool]], depth: int) -> list[int]:
    """On PostgreSQL what is found among the newest, where so much is found that its index would give nearly all."""
    if is_sqlite() or depth == DEPTHS - 1:  # the texts are long: looking into many costs more than the index
        return []
    condition = postgresql.on_shelf(depth, asked, marks)

    def among_newest(most: int) -> list[int]:
        newest = (
            sa.select(*postgresql.SHELF.c).order_by(postgresql.PLACE.desc()).limit(most).subquery("search_words_shelf")
        )
        columns = {column: newest.c[column.name] for column in postgresql.SHELF.c}
        replaced: Any = lambda one, **_: columns.get(one)  # noqa: E731
        there = sa.sql.visitors.replacement_traverse(condition, {}, replaced)
        return _ids(sa.select(newest.c.place).where(there).order_by(newest.c.place.desc()).limit(MOST_FOUND))

    return among_newest(WALK) if len(among_newest(SAMPLE)) > SAMPLE * MOST_FOUND / WALK else []


def _ids(query: sa.Select[Any]) -> list[int]:
    return [place % _IDS for place in db.session.scalars(query)]
