"""Later features that must know when a report changes register here; nobody else listens."""

from collections.abc import Callable

from tracker.institutions.models import Person
from tracker.reports.models import Report

type_of_follower = Callable[[Report, Person | None], None]

_of_changes: list[type_of_follower] = []
_of_publicity: list[type_of_follower] = []
_of_discarding: list[type_of_follower] = []
_texts: list[Callable[[Report], str]] = []


def follows_changes(follower: type_of_follower) -> type_of_follower:
    """Call `follower(report, actor)` when its record, authors, files or current draft may have changed."""
    _of_changes.append(follower)
    return follower


def follows_publicity(follower: type_of_follower) -> type_of_follower:
    """Call `follower(report, actor)` when what is public of it has changed: published, corrected, withdrawn."""
    _of_publicity.append(follower)
    return follower


def follows_discarding(follower: type_of_follower) -> type_of_follower:
    """Call `follower(report, actor)` before a draft is removed with all that hangs on it."""
    _of_discarding.append(follower)
    return follower


def changed(report: Report, actor: Person | None) -> None:
    """Say that a report changed. For this feature and for drafts, in the transaction of the change."""
    for follower in _of_changes:
        follower(report, actor)


def public_changed(report: Report, actor: Person | None) -> None:
    """Say that what is public of a report changed, in the transaction of the change."""
    for follower in _of_publicity:
        follower(report, actor)


def discarded(report: Report, actor: Person | None) -> None:
    """Say that a report is removed now, in the transaction that removes it."""
    for follower in _of_discarding:
        follower(report, actor)


def gives_text(teller: Callable[[Report], str]) -> Callable[[Report], str]:
    """Let a later feature say what the text of a report is: `teller(report)` gives a digest of it, "" for none."""
    _texts.append(teller)
    return teller


def text_of(report: Report) -> str:
    """Digests of the texts that are written here: whether there are any, and whether they are still the same."""
    return "".join(teller(report) for teller in _texts)
