"""A made-up kind of file, for tests of the machinery."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tracker.exports import kinds
from tracker.exports.kinds import AT_ONCE, Kind

NAME = "numbers"


@contextmanager
def numbers(
    make: Any = None, *, rows: int = AT_ONCE + 1, may: Any = lambda _person, _parameters: True
) -> Iterator[Kind]:
    """A kind whose file holds numbers, a line each, registered meanwhile."""

    def write(_person: Any, parameters: Any, target: Any, step: Any) -> None:
        for number in range(parameters.get("upto", 3)):
            target.write(f"{number}\n".encode())
            step(number + 1, parameters.get("upto", 3))

    kind = Kind(
        NAME,
        make or write,
        lambda _person, _parameters: rows,
        may,
        lambda _person, _parameters: "Numbers.txt",
        lambda _parameters: "Numbers",
        "text/plain",
    )
    kinds.KINDS[NAME] = kind
    try:
        yield kind
    finally:
        del kinds.KINDS[NAME]
