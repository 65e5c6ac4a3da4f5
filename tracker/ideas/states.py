"""How two projects become one, and while they can."""

from enum import StrEnum

from tracker.projects.states import SEEKS_PARTNERS, ProjectState


class UnionKind(StrEnum):
    JOIN = "join"  # its lead becomes a partner of the other
    MERGE = "merge"  # its lead leads the other too


BEGINNING = frozenset({ProjectState.DRAFT, ProjectState.PROPOSED, ProjectState.RECRUITING})  # what may go on elsewhere
TAKES_IN = {UnionKind.JOIN: SEEKS_PARTNERS, UnionKind.MERGE: BEGINNING}  # as part of what


def is_possible(kind: UnionKind, project: ProjectState, into: ProjectState) -> bool:
    """Whether a project in one state can go on as part of one in the other."""
    return project in BEGINNING and into in TAKES_IN[kind]
