from enum import StrEnum

from tracker.i18n import _l


class ReportState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was public; what stays says that it was, and why it is not


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


class LinkKind(StrEnum):
    """How a report relates to another output: it is the … of the other."""

    TRANSLATION_OF = "translation-of"
    BRIEF_OF = "brief-of"
    PART_OF = "part-of"
    DATA_OF = "data-of"
    BASED_ON = "based-on"
    REPLACES = "replaces"


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
LINK_LABELS = {
    LinkKind.TRANSLATION_OF: _l("Translation of"),
    LinkKind.BRIEF_OF: _l("Brief of"),
    LinkKind.PART_OF: _l("Part of"),
    LinkKind.DATA_OF: _l("Data of"),
    LinkKind.BASED_ON: _l("Based on"),
    LinkKind.REPLACES: _l("Replaces"),
}
LINKED_LABELS = {  # the same, read from the other side
    LinkKind.TRANSLATION_OF: _l("Translated as"),
    LinkKind.BRIEF_OF: _l("Has the brief"),
    LinkKind.PART_OF: _l("Has the part"),
    LinkKind.DATA_OF: _l("Has the data"),
    LinkKind.BASED_ON: _l("Is the basis of"),
    LinkKind.REPLACES: _l("Replaced by"),
}
