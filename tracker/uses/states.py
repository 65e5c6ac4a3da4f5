from enum import StrEnum

from tracker.i18n import _l


class UseKind(StrEnum):
    CITED = "cited"
    REQUESTED = "requested"
    PRESENTED = "presented"
    MEDIA = "media"
    DOCUMENT = "document"
    TRANSLATED = "translated"


USE_LABELS = {
    UseKind.CITED: _l("cited"),
    UseKind.REQUESTED: _l("requested by a ministry or another body"),
    UseKind.PRESENTED: _l("presented"),
    UseKind.MEDIA: _l("in the media"),
    UseKind.DOCUMENT: _l("used in a document"),
    UseKind.TRANSLATED: _l("translated"),
}
