from enum import StrEnum


class Registry(StrEnum):
    DATACITE = "datacite"
    CROSSREF = "crossref"


REGISTRY_LABELS = {Registry.DATACITE: "DataCite", Registry.CROSSREF: "Crossref"}  # names, the same in every language
