from enum import StrEnum


class ReadingState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"
