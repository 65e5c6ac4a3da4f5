"""The work that nobody waits for: rounds that features register, then the mail that is owed.

It runs as `tracker worker`, in a thread of `tracker run`, or both, on as many machines as one likes: each round takes
what nobody else holds, in small transactions, and a crash leaves the rest for the next one.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from tracker.activity.outbox import send_owed

PAUSE = 5.0  # seconds between two turns
AT_ONCE = 200  # rows of one round
LETTERS_AT_ONCE = 25  # who is told to stop finishes these first
MOST_BATCHES = 50  # then the others have their turn

log = logging.getLogger(__name__)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Round:
    """A piece of work that comes back. `run(limit)` does at most `limit` of it, commits, and returns how many."""

    what: str  # "Reminders of asks": as the worker's log says it, before a number
    run: Callable[[int], int]


ROUNDS: dict[str, Round] = {}


def round_of_work(what: str) -> Callable[[Callable[[int], int]], Callable[[int], int]]:
    """Register `def f(limit: int) -> int`: safe to run several times at once, and cheap when nothing is to do.

    `what` says in the worker's log what was done: "Reminders of asks".
    """

    def register(run: Callable[[int], int]) -> Callable[[int], int]:
        ROUNDS[f"{run.__module__}.{run.__name__}"] = Round(what, run)
        return run

    return register


def run_once(app: Flask, stopping: threading.Event | None = None, say: Say | None = None) -> int:
    """Run each round until it did less than it might have, then send what is owed; return how much was done.

    A round that fails is logged and undone, and the others go on. Once `stopping` is set only the batch under way
    is finished. `say` gets one line where something was done.
    """
    send = Round("E-mails", send_owed)
    done = {
        each.what: _repeat(app, each, limit, stopping)
        for each, limit in [*((each, AT_ONCE) for each in ROUNDS.values()), (send, LETTERS_AT_ONCE)]
    }
    if say and any(done.values()):
        say("; ".join(f"{what}: {number}" for what, number in done.items() if number))
    return sum(done.values())


def work_until(app: Flask, stopping: threading.Event, pause: float = PAUSE, say: Say | None = None) -> None:
    """Work until `stopping` is set, resting `pause` seconds after each turn: it has done what there was to do."""
    while not stopping.is_set():
        run_once(app, stopping, say)
        stopping.wait(pause)


def _repeat(app: Flask, each: Round, limit: int, stopping: threading.Event | None) -> int:
    total = 0
    for _batch in range(MOST_BATCHES):
        if stopping and stopping.is_set():
            break
        try:
            with app.app_context():  # a session of its own, rolled back where the round fails
                handled = each.run(limit)
        except Exception:  # whatever it was, the other rounds go on; it is tried again in the next turn
            log.exception("a round of the worker failed: %s", each.what)
            break
        total += handled
        if handled < limit:
            break
    return total
