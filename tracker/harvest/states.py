from enum import StrEnum


class Registry(StrEnum):
    DATACITE = "datacite"
    CROSSREF = "crossref"
