"""The one door to the search: put, remove, matching, ranked, everywhere."""

from collections.abc import Callable
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from tracker.database import db, is_sqlite
from tracker.folding import fold
from tracker.search import postgresql, sqlite
from tracker.search.models import SearchEntry
from tracker.search.words import terms, tokens

__all__ = ["everywhere", "fold", "follows", "matching", "put", "ranked", "remove"]

_followers: dict[str, list[Callable[[int], None]]] = {}


def follows(subject_type: str) -> Callable[[Callable[[int], None]], Callable[[int], None]]:
    """Call the function with the id of a thing of this type whenever its words have changed.

    For a later feature whose own entries repeat those words, such as projects the names of their partners.
    """

    def register(follower: Callable[[int], None]) -> Callable[[int], None]:
        _followers.setdefault(subject_type, []).append(follower)
        return follower

    return register


def put(subject_type: str, subject_id: int, *texts: str | None) -> None:
    """Let a thing be found by the words of `texts` and no others, in the caller's transaction."""
    found = [token for text in texts if text for token in tokens(text)]
    values = {"subject_type": subject_type, "subject_id": subject_id, "tokens": " ".join(found)}
    insert = (insert_sqlite if is_sqlite() else insert_postgresql)(SearchEntry).values(values)
    changed = db.session.scalar(
        insert.on_conflict_do_update(
            index_elements=["subject_type", "subject_id"],
            set_={"tokens": insert.excluded.tokens},
            where=SearchEntry.tokens != insert.excluded.tokens,
        ).returning(SearchEntry.id)
    )
    if changed is not None and not is_sqlite():
        postgresql.write(db.session, changed, found)
    if changed is not None:
        for follower in _followers.get(subject_type, ()):
            follower(subject_id)


def remove(subject_type: str, subject_id: int) -> None:
    """Let a thing be found no longer, in the caller's transaction."""
    db.session.execute(
        sa.delete(SearchEntry)
        .where(SearchEntry.subject_type == subject_type, SearchEntry.subject_id == subject_id)
        .execution_options(synchronize_session=False)
    )


def matching(subject_type: str, words: str) -> sa.Select[int]:
    """The ids whose texts hold all of `words`, each as the beginning of a word, Chinese anywhere.

    For `Model.id.in_(matching("project", words))`. Any text is a question; one without a word finds nothing.
    """
    asked = terms(words)
    if not asked:
        return sa.select(SearchEntry.subject_id).where(sa.false())
    back = _back_end()
    return sa.select(SearchEntry.subject_id).where(
        SearchEntry.subject_type == subject_type,
        SearchEntry.id.in_(sa.select(back.ENTRY).where(back.holds(asked))),
    )


def ranked(subject_type: str, words: str, limit: int = 20) -> list[int]:
    """The ids of `matching`, the best first, at most `limit`."""
    return [subject_id for _type, subject_id in _best(words, limit, SearchEntry.subject_type == subject_type)]


def everywhere(words: str, limit: int = 20) -> list[tuple[str, int]]:
    """(subject_type, subject_id) of whatever holds all of `words`, the best first, at most `limit`."""
    return _best(words, limit, sa.true())


def _best(words: str, limit: int, condition: sa.ColumnElement[bool]) -> list[tuple[str, int]]:
    asked = terms(words)
    if not asked:
        return []
    back = _back_end()
    rows = db.session.execute(
        sa.select(SearchEntry.subject_type, SearchEntry.subject_id)
        .join_from(back.WORDS, SearchEntry, SearchEntry.id == back.ENTRY)
        .where(back.holds(asked), condition)
        .order_by(back.rank(asked), SearchEntry.id.desc())
        .limit(limit)
    )
    return [(subject_type, subject_id) for subject_type, subject_id in rows]


def _back_end() -> ModuleType:
    return sqlite if is_sqlite() else postgresql
