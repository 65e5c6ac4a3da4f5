"""The life of an ask: open until it is answered, runs out, is taken back or gives way to another."""

from enum import StrEnum


class AskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # whoever asked took it back, or it became pointless
    SUPERSEDED = "superseded"  # a newer ask took its place


CLOSED = frozenset({AskState.EXPIRED, AskState.WITHDRAWN, AskState.SUPERSEDED})
