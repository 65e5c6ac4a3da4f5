"""What every way to answer or end an ask has in common. Part of the actions."""

from typing import Any

from tracker import clock
from tracker.asks import post, queries
from tracker.asks.kinds import Kind
from tracker.asks.models import About, Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _


def lock(ask: Ask, kind: Kind) -> Any:
    """The subject, then the ask, in this order everywhere: two people at once wait for each other."""
    asked_about = ask.subject_id
    subject = kind.load(asked_about, lock=True)
    queries.lock(ask)
    if ask.subject_id != asked_about:  # meanwhile two rows became one
        subject = kind.load(ask.subject_id, lock=True)
    return subject


def close(ask: Ask, state: AskState, words: str = "") -> None:
    """End an ask without an answer; what was not mailed yet is not mailed any more."""
    ask.state, ask.ended_at, ask.remind_at, ask.ended_words = state, clock.now(), None, words
    post.withdraw(ask)


def is_over(ask: Ask) -> bool:
    """Whether the time of an open ask has run out, though the worker has not closed it yet."""
    return ask.is_open and ask.expires_at is not None and ask.expires_at <= clock.now()


def is_another(kind: Kind, subject: Any, version: str | None) -> bool:
    """Whether something else is asked by now than the version that somebody was shown; None: they know what they do."""
    return kind.version is not None and version is not None and kind.version(subject) != version


def carry_over(old: Any, new: Any, kind_name: str, **details: Any) -> None:
    """Another row of the same table takes the place of `old`: what is open about it is about `new`, by the same mails
    and links. `details` are those that the sentences name from now on.
    """
    db.session.flush()
    for ask in queries.open_about_subject(kind_name, old):
        ask.subject_id, ask.details = new.id, {**ask.details, **details}


def about(ask: Ask) -> About:
    """The page an ask is about, to note something in its history."""
    return About(ask.about_type, ask.about_id, ask.label, str(ask.details.get("path", "")))


def demand_open(ask: Ask) -> None:
    """Raise RuleBroken where an ask has ended."""
    if not ask.is_open:
        raise RuleBroken(_("This question has been answered or taken back meanwhile."))


def named(ask: Ask) -> dict[str, Any]:
    """What a row of the history says of an ask."""
    return {"for": ask.addressee_name, "ask_id": ask.id, "asked": ask.kind}
