from enum import StrEnum

from tracker.i18n import _l


class ReviewState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # the lead no longer asks


class Recommendation(StrEnum):
    """What a reviewer recommends. Words of journals, without their weight."""

    READY = "ready"
    MINOR = "minor"
    MAJOR = "major"
    NOT_YET = "not-yet"


class Reply(StrEnum):
    """What became of a comment."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


RECOMMENDATION_LABELS = {
    Recommendation.READY: _l("ready to publish"),
    Recommendation.MINOR: _l("small changes"),
    Recommendation.MAJOR: _l("large changes"),
    Recommendation.NOT_YET: _l("not ready"),
}
REPLY_LABELS = {
    Reply.DONE: _l("done"),
    Reply.PARTLY: _l("done in part"),
    Reply.NOT: _l("not changed"),
}
