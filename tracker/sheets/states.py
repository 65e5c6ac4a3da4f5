from enum import StrEnum


class SheetKind(StrEnum):
    PLAN = "plan"  # of one project
    PROJECTS = "projects"  # of a network
    CHECK_IN = "check-in"  # of one partner
