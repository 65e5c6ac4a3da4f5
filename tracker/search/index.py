"""The one door to the search: put, remove, matching, ranked, everywhere."""

from collections.abc import Callable
from math import log
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from tracker.database import db, is_sqlite
from tracker.folding import fold
from tracker.search import postgresql, sqlite
from tracker.search.models import SearchEntry
from tracker.search.words import likely, stems, terms, tokens

__all__ = ["everywhere", "fold", "follows", "matching", "put", "ranked", "remove", "resembling"]

SAMPLE = 400  # entries that tell how common a word is
FEWEST_COMMON = 40  # entries that hold a word before it says nothing, in a small collection; else a fifth of them
TELLING = 8  # times rarer than common: as telling as a word can be
MOST_READ = 2_500  # entries that are ranked for one text: its rarest words choose them

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


def resembling(
    subject_type: str, text: str, limit: int = 100, *, among: sa.ColumnElement[bool] | None = None
) -> tuple[list[int], dict[str, float]]:
    """Things whose texts share telling words with `text`: (ids, the best first, at most `limit`; weights).

    Words are compared by their stems (see `words.stems`), so that some meet across languages. The weights say how
    telling each stem of the text is: 1 where few of the things hold it, 0 where a fifth do, reckoned from a sample of
    them. The rarest choose, until they stand in some MOST_READ entries together: no text costs more. `among` is a
    condition over `SearchEntry`, such as `SearchEntry.subject_id.in_(…)` for what a reader may see.
    Three queries at most.
    """
    weights, chosen = _weights(subject_type, list(stems(text)))
    asked = [term for stem in chosen for term in likely(stem)]
    if not asked:
        return [], weights
    back = _back_end()
    query = (
        sa.select(SearchEntry.subject_id)
        .join_from(back.WORDS, SearchEntry, SearchEntry.id == back.ENTRY)
        .where(back.holds_any(asked), SearchEntry.subject_type == subject_type)
        .order_by(back.rank_any(asked), SearchEntry.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query if among is None else query.where(among))), weights


def _weights(subject_type: str, found: list[str]) -> tuple[dict[str, float], list[str]]:
    """How telling each stem is (0 to 1), and those of them that are searched for, the rarest first."""
    if not found:
        return {}, []
    of_type = SearchEntry.subject_type == subject_type
    last = db.session.scalar(sa.select(sa.func.max(SearchEntry.subject_id)).where(of_type)) or 0
    step = last // SAMPLE + 1
    sample = sa.select(SearchEntry.tokens).where(of_type, SearchEntry.subject_id.in_(range(last, 0, -step)))
    texts = [f" {tokens} " for tokens in db.session.scalars(sample)]
    common = max(last / 5, FEWEST_COMMON)
    held = {stem: _how_many(stem, texts, step) for stem in found}
    weights = {stem: max(0.0, min(1.0, log(common / number) / log(TELLING))) for stem, number in held.items()}
    chosen: list[str] = []
    read = 0.0
    for stem in sorted(found, key=held.__getitem__):
        read += held[stem]
        if weights[stem] > 0 and (read <= MOST_READ or not chosen):
            chosen.append(stem)
    return weights, chosen


def _how_many(stem: str, texts: list[str], step: int) -> float:
    """In about how many entries a stem stands, of which each `step`th is given; one that none holds in less."""
    ways = [f" {tokens[0]}" if begins else f" {tokens[0]} " for tokens, begins in likely(stem)]
    return max(step * sum(any(way in text for way in ways) for text in texts), step / 2)


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
