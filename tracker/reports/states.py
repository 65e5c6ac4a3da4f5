from enum import StrEnum

from tracker.i18n import _l


class ReportState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class ReportKind(StrEnum):
    REPORT = "report"
    BRIEF = "brief"
    WORKING_PAPER = "working-paper"
    COUNTRY_PAPER = "country-paper"
    BOOK = "book"
    CHAPTER = "chapter"
    ARTICLE = "article"
    DATASET = "dataset"
    OTHER = "other"


KIND_LABELS = {
    ReportKind.REPORT: _l("report"),
    ReportKind.BRIEF: _l("policy brief"),
    ReportKind.WORKING_PAPER: _l("working paper"),
    ReportKind.COUNTRY_PAPER: _l("country paper"),
    ReportKind.BOOK: _l("book"),
    ReportKind.CHAPTER: _l("chapter"),
    ReportKind.ARTICLE: _l("article"),
    ReportKind.DATASET: _l("data set"),
    ReportKind.OTHER: _l("other"),
}
LICENCES = {
    "CC-BY-4.0": _l("Creative Commons Attribution 4.0"),
    "CC-BY-SA-4.0": _l("Creative Commons Attribution-ShareAlike 4.0"),
    "CC-BY-NC-4.0": _l("Creative Commons Attribution-NonCommercial 4.0"),
    "CC-BY-NC-ND-4.0": _l("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0"),
    "CC0-1.0": _l("No rights reserved (CC0)"),
    "in-copyright": _l("All rights reserved"),
}
LICENCE_ADDRESSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
