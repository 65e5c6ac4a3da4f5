"""The life of an ask: open until it is answered, runs out, is taken back or gives way to another."""

from enum import StrEnum

from tracker.i18n import _l


class AskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # whoever asked took it back, or it became pointless
    SUPERSEDED = "superseded"  # a newer ask took its place


STATE_LABELS = {
    AskState.OPEN: _l("open"),
    AskState.ANSWERED: _l("answered"),
    AskState.EXPIRED: _l("expired"),
    AskState.WITHDRAWN: _l("withdrawn"),
    AskState.SUPERSEDED: _l("replaced by a newer question"),
}
CLOSED = frozenset({AskState.EXPIRED, AskState.WITHDRAWN, AskState.SUPERSEDED})
