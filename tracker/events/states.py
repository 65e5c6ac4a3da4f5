from enum import StrEnum

from tracker.i18n import _l


class EventKind(StrEnum):
    FORUM = "forum"
    DIALOGUE = "dialogue"
    SEMINAR = "seminar"
    WEBINAR = "webinar"
    WORKSHOP = "workshop"
    LAUNCH = "launch"
    VISIT = "visit"
    OTHER = "other"


EVENT_LABELS = {
    EventKind.FORUM: _l("forum"),
    EventKind.DIALOGUE: _l("dialogue"),
    EventKind.SEMINAR: _l("seminar"),
    EventKind.WEBINAR: _l("webinar"),
    EventKind.WORKSHOP: _l("workshop"),
    EventKind.LAUNCH: _l("launch"),
    EventKind.VISIT: _l("visit"),
    EventKind.OTHER: _l("other meeting"),
}
