"""Every kind of ask, declared by the feature that raises it in its `asks.py`.

A kind is one declaration: the question, the answers with the action each of them takes, and a text for the mail.

    declare(
        Kind(
            name="recruiting.invitation",
            subject=Partner,
            question=_l("Will %(for)s take part in this project?"),
            choices=(
                Choice("accept", _l("Yes, we take part"), _l("%(for)s takes part."), effect=accept),
                Choice("decline", _l("No, thank you"), _l("%(for)s does not take part."), effect=decline),
            ),
            mail="recruiting/mail/invitation.txt",
            …
        )
    )

Sentences may name %(for)s, whose answer it is, %(by)s, who asks, and whatever the ask's details hold. The question
leaves out the title of what it is about: that stands beside it everywhere, in its own language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from tracker.i18n import _, _l

type_of_effect = Callable[..., None]
type_of_check = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]


class FieldType(StrEnum):
    WORDS = "words"
    DAY = "day"  # perhaps partial: 2026-09
    ONE_OF = "one-of"
    SEVERAL_OF = "several-of"  # a list of values, perhaps empty


@dataclass(frozen=True, eq=False)
class Field:
    """Something an answer may or must say more. Its value reaches the effect under its name."""

    name: str
    type: FieldType
    label: Any
    is_required: bool = False
    hint: Any = ""
    options: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] = field(default_factory=dict)
    is_today: bool = False  # a day that is today unless said otherwise
    is_offered: Callable[[Any], bool] = lambda _subject: True  # whether there is anything to say here for a subject
    names: Callable[[Any], Mapping[str, Any]] | None = None  # of what was chosen once and cannot be any more

    def options_for(self, subject: Any) -> Mapping[str, Any]:
        """Value to label of what can be chosen."""
        return self.options(subject) if callable(self.options) else self.options

    def names_for(self, subject: Any) -> Mapping[str, Any]:
        """Value to label of what may have been chosen."""
        return self.names(subject) if self.names is not None else self.options_for(subject)


def words(name: str = "note", label: Any = None, *, required: bool = False, hint: Any = "") -> Field:
    """A few words: plain text."""
    return Field(name, FieldType.WORDS, label or _l("A few words with your answer"), required, hint)


def day(name: str, label: Any, *, required: bool = True, **more: Any) -> Field:
    """A day (`PartialDate`)."""
    return Field(name, FieldType.DAY, label, required, _l("2026-09-30, or 2026-09"), **more)


type_of_options = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]


def one_of(name: str, label: Any, options: type_of_options, *, required: bool = True, **more: Any) -> Field:
    """One of a list, value to label, or what gives such a list for the subject."""
    return Field(name, FieldType.ONE_OF, label, required, options=options, **more)


def several_of(name: str, label: Any, options: type_of_options, **more: Any) -> Field:
    """As many of a list as one likes, none among them."""
    return Field(name, FieldType.SEVERAL_OF, label, options=options, **more)


@dataclass(frozen=True)
class Choice:
    """One possible answer: its button, what stands once it is given, and the action it takes.

    `effect(subject, actor=…, **values)` is an action of the feature; it may raise RuleBroken. What is wrong with the
    values `check(subject, values)` says before, by field, so that it stands beside what was typed. An answer that
    needs a page of its own names it in `elsewhere`, with %(token)s for the link's or %(page)s for its ask's address.
    """

    name: str
    label: Any
    said: Any
    effect: type_of_effect | None = None
    fields: tuple[Field, ...] = (words(),)
    tone: str = "primary"
    elsewhere: str = ""
    by_any_link: bool = False  # whoever holds the mail may give it, though the kind is personal: a no
    check: type_of_check = lambda _subject, _values: {}

    @property
    def is_simple(self) -> bool:
        """Whether its button alone answers."""
        return not self.elsewhere and not any(known.is_required for known in self.fields)


@dataclass(frozen=True)
class Shown:
    """What the page shows so that one can decide, beside the question itself."""

    facts: list[tuple[str, Any]] = field(default_factory=list)  # label, text
    texts: list[tuple[str, Markup, str]] = field(default_factory=list)  # heading, safe HTML, language
    path: str = ""  # where signed-in people read more


@dataclass(frozen=True)
class Kind:
    name: str
    label: Any  # in lists: "invitation"
    load: Callable[..., Any]  # (subject id, lock: bool) -> the row with what its page and its effects need, or None
    question: Any
    meaning: Any  # what an answer would mean
    choices: tuple[Choice, ...]
    mail: str  # the template of its mail, which extends asks/mail/ask.txt
    waiting: Any  # for everybody: nobody is named
    waiting_for: Any  # for those who may know: names %(for)s
    shows: Callable[[Any], Shown] = lambda _subject: Shown()
    due_in: timedelta = timedelta(days=14)
    lasts: timedelta | None = None  # from when it was asked until nobody can answer any more
    reminders: tuple[int, ...] = (-3, 2, 9)  # days from the due date
    is_reminded: Callable[[Any], bool] | None = None  # of the subject; where not, the reminder waits a week
    changes: Mapping[tuple[str, str], type_of_effect] = field(default_factory=dict)  # (old, new) -> effect
    can_change: Callable[[Any], bool] = lambda _subject: True
    still_asks: Callable[[Any, Any], bool] = lambda _ask, _subject: True  # whether it is still the addressee's to say
    withdrawn: type_of_effect | None = None  # effect of taking it back by hand: (subject, actor=…, words=…)
    expired: type_of_effect | None = None  # effect of nobody answering: (subject)
    keeps: Callable[[Any, Any], bool] | None = None  # who looks after it, beside coordinators; None: whoever asked
    version: Callable[[Any], str] | None = None  # of what the page shows: an answer to another one is not kept
    since: Callable[[Any, str], list[tuple[str, Markup, str]]] = lambda _subject, _version: []  # what changed, as texts
    is_forwardable: bool = True  # whoever holds the mail may answer; else only the person, signed in
    is_delegable: bool = True
    is_withdrawable: bool = True  # by hand, by who looks after it
    is_paused: bool = False  # taken back while what it is about is stopped
    is_by_calendar: bool = False  # a day asks, and nobody who waits: mailed at a decent hour, with what else is due
    why: Any = ""  # why the mail comes; empty: as the addressee's role says

    def choice(self, name: str) -> Choice | None:
        """The answer of this name."""
        return next((known for known in self.choices if known.name == name), None)


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add kinds. Raises RuntimeError where two have one name, or two answers of a kind do."""
    for kind in kinds:
        names = [choice.name for choice in kind.choices]
        if kind.name in KINDS or len(set(names)) != len(names):
            raise RuntimeError(f"declared twice: {kind.name}")
        KINDS[kind.name] = kind


class Values(dict):
    """What sentences name. A row written by an older version may lack what today's sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"


def say(sentence: Any, values: Mapping[str, Any]) -> str:
    """A declared sentence with its values, in the current language."""
    return str(sentence) % Values(values)


def values_of(details: Mapping[str, Any], *, by: str, whose: str) -> dict[str, Any]:
    """What the sentences of one ask may name."""
    return {**details, "for": whose, "by": by or _("The tracker")}
