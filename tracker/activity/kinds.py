"""Every kind of activity and its sentence. A feature declares its own; a test fails if one is missing.

A sentence may use %(actor)s and %(title)s, and whatever the action put into the details.
"""

from typing import Any

from tracker.i18n import _

KINDS: dict[str, Any] = {}


def declare(sentences: dict[str, Any]) -> None:
    """Add kinds: `{"projects.propose": _l("%(actor)s proposed the project.")}`."""
    for kind, sentence in sentences.items():
        if kind in KINDS:
            raise RuntimeError(f"two kinds of activity are called {kind}")
        KINDS[kind] = sentence


def sentence(kind: str, actor_name: str, details: dict[str, Any]) -> str:
    """What happened, in the current language."""
    values = {key: value for key, value in details.items() if isinstance(value, str | int)}
    text = str(KINDS[kind])
    return text % _Known(values | {"actor": actor_name or _("The tracker")})


class _Known(dict):
    """A row written by an older version may lack a value that today's sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"
