from enum import StrEnum


class Scope(StrEnum):
    """What a feed holds."""

    PERSON = "person"  # what waits for its owner, their projects and institutions
    PROJECT = "project"
    INSTITUTION = "institution"
    NETWORK = "network"
