"""What a seat can be, and what is to be done in it."""

from enum import StrEnum

from tracker.i18n import _l


class SeatState(StrEnum):
    OPEN = "open"
    FILLED = "filled"  # as many partners as wanted
    CLOSED = "closed"  # by the lead: no longer looked for


class Task(StrEnum):
    """What a partner would do, the commonest in joint studies; `OTHER` is said in words."""

    COUNTRY_STUDY = "country-study"
    CHAPTER = "chapter"
    DATA_COLLECTION = "data-collection"
    FIELDWORK = "fieldwork"
    ANALYSIS = "analysis"
    TRANSLATION = "translation"
    REVIEW = "review"
    EVENT = "event"
    OTHER = "other"


TASK_LABELS = {
    Task.COUNTRY_STUDY: _l("Country study"),
    Task.CHAPTER: _l("Chapter"),
    Task.DATA_COLLECTION: _l("Data collection"),
    Task.FIELDWORK: _l("Fieldwork"),
    Task.ANALYSIS: _l("Analysis"),
    Task.TRANSLATION: _l("Translation"),
    Task.REVIEW: _l("Review"),
    Task.EVENT: _l("Workshop or event"),
    Task.OTHER: _l("Other work"),
}
SEAT_STATE_LABELS = {
    SeatState.OPEN: _l("open"),
    SeatState.FILLED: _l("filled"),
    SeatState.CLOSED: _l("closed"),
}
OFFERED_LABEL = _l("offered")  # open, and somebody waits for the lead's answer
OVER_LABEL = _l("over")  # open, and nobody can offer any more: its last day has passed, or the project went on
MOST_WANTED = 20
