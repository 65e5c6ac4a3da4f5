"""What a mail is, and how often a person wants to hear of what happened."""

from enum import StrEnum

from tracker.i18n import _l


class Rhythm(StrEnum):
    """How often somebody wants mail about what happened. What asks them is mailed at once in any case."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"
    ASKS = "asks"  # only what asks them


class Sort(StrEnum):
    """What a mail is for its reader."""

    ASK = "ask"  # a question, mailed at once
    REMINDER = "reminder"  # of a question that is still open
    NEWS = "news"  # something happened
    DIGEST = "digest"  # several of these in one
    ACCOUNT = "account"  # a link to sign in and the like


RHYTHM_LABELS = {
    Rhythm.AT_ONCE: _l("at once, one mail for each thing"),
    Rhythm.DAILY: _l("once a day, in one mail"),
    Rhythm.WEEKLY: _l("once a week, in one mail"),
    Rhythm.ASKS: _l("not at all: only what asks me something"),
}
