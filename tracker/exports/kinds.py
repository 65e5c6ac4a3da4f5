"""The kinds of file that can be asked for. A feature registers its own; `make` writes one, a small step at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from tracker.institutions.models import Person
from tracker.workbooks import MEDIA_TYPE

AT_ONCE = 2_000  # rows; a larger file is made by the worker
Parameters = dict[str, Any]  # plain JSON values
Step = Callable[[int, int], None]  # how many rows are written, of about how many; ends the transaction


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    `make(person, parameters, target, step)` writes it to `target`, in the language spoken then, for somebody of whom
    `may(person, parameters)` holds. It calls `step` after each batch that it read, before it reads the next: what it
    holds in memory does not grow with the file. `rows(person, parameters)` is about how many there will be.
    """

    name: str
    make: Callable[[Person, Parameters, IO[bytes], Step], None]
    rows: Callable[[Person, Parameters], int]
    may: Callable[[Person, Parameters], bool]
    file_name: Callable[[Person, Parameters], str]  # "Projects Southern Voices 2026-11-22.xlsx"
    title: Callable[[Parameters], str]  # what it holds, in words: "List of projects"
    media_type: str = MEDIA_TYPE


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Let files of this kind be asked for. RuntimeError where there is one of that name."""
    if kind.name in KINDS:
        raise RuntimeError(f"two kinds of file are called {kind.name}")
    KINDS[kind.name] = kind
    return kind
