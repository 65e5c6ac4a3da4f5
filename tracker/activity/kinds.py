"""Every kind of activity and its sentence. A feature declares its own; a test fails if one is missing.

A sentence may use %(actor)s and %(title)s, and whatever the action put into the details.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from tracker.dates import PartialDate
from tracker.i18n import _, _l, format_day

KINDS: dict[str, Any] = {}
DAYS = frozenset({"before", "after", "on"})  # details of these names are days
SHOWN: dict[str, Callable[[Any], str]] = {}  # details of these names are put in words for each reader
SAID = ("reason", "note", "words")  # details of these names are what somebody wrote about it


class Why(StrEnum):
    """Why somebody gets a mail."""

    TEAM = "team"
    COORDINATOR = "coordinator"
    CONTACT = "contact"
    YOURSELF = "yourself"
    FITS = "fits"
    KEEPS = "keeps"


WHY = {
    Why.TEAM: _l("You get this mail because you are in the team of this project."),
    Why.COORDINATOR: _l("You get this mail because you coordinate this network."),
    Why.CONTACT: _l("You get this mail because you are a contact of an institution that this concerns."),
    Why.YOURSELF: _l("You get this mail because it is about you."),
    Why.FITS: _l(
        "You hear of new seats because they may fit your institution. You can switch this off in your profile: "
        "“Tell me of new seats that fit my institution”."
    ),
    Why.KEEPS: _l("You get this mail because you keep this call in mind for your institution."),
}


def declare(sentences: dict[str, Any]) -> None:
    """Add kinds: `{"projects.propose": _l("%(actor)s proposed the project.")}`."""
    for kind, sentence in sentences.items():
        if kind in KINDS:
            raise RuntimeError(f"two kinds of activity are called {kind}")
        KINDS[kind] = sentence


def show(name: str, in_words: Callable[[Any], str]) -> None:
    """Keep details of this name as plain JSON values, and say them in the language of each reader: a place, a task."""
    SHOWN[name] = in_words


def sentence(kind: str, actor_name: str, details: dict[str, Any]) -> str:
    """What happened, in the current language."""
    values = {key: _shown(key, value) for key, value in details.items() if key in SHOWN or isinstance(value, str | int)}
    text = str(KINDS[kind])
    return text % _Known(values | {"actor": actor_name or _("The tracker")})


def said(details: dict[str, Any], beside: str) -> str:
    """What somebody wrote about it, unless the sentence `beside` says it already."""
    texts = dict.fromkeys(str(details[name]) for name in SAID if details.get(name))
    return "\n\n".join(text for text in texts if text not in beside)


def why_sentence(value: Any) -> str:
    """The reason a mail gives for coming to its reader; `value` as a delivery keeps it, perhaps none."""
    return str(WHY[Why(value)]) if value in set(Why) else ""


def _shown(key: str, value: Any) -> str | int:
    """A value as its reader writes it: rows keep days in ISO 8601."""
    if key in SHOWN and not isinstance(value, str | int):
        return SHOWN[key](value)
    if key not in DAYS:
        return value
    try:
        return format_day(PartialDate(str(value)))
    except ValueError:
        return value


class _Known(dict):
    """A row written by an older version may lack a value that today's sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"
