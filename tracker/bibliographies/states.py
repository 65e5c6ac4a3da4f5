from enum import StrEnum


class ReadingState(StrEnum):
    WAITING = "waiting"  # for the worker to read it
    READ = "read"
    FAILED = "failed"
    ADDING = "adding"  # its records become reports, some at a time
    ADDED = "added"
