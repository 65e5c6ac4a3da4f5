"""How two projects become one."""

from enum import StrEnum


class UnionKind(StrEnum):
    JOIN = "join"  # its lead becomes a partner of the other
    MERGE = "merge"  # its lead leads the other too
