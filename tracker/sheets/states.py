from enum import StrEnum


class SheetKind(StrEnum):
    PLAN = "plan"  # of one project
    PROJECTS = "projects"  # of a network
    OWN_PROJECTS = "own-projects"  # those that one person leads
    CHECK_INS = "check-ins"  # of one institution: a month, a row for each project it takes part in
