"""The lists of the board in the order in which they are read: what waits for oneself, what is worst, what comes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.board import queries
from tracker.board.filters import Filters
from tracker.i18n import _l


@dataclass(frozen=True)
class BoardList:
    """`kind` is what a row is: "ask", "milestone", "project", "seat", "call", "contact", "mail"; `about` says what
    stands in the list. One that is no exception is not on the first screen."""

    title: Any
    about: Any
    query: Callable[[Filters], sa.Select[Any]]
    kind: str
    is_remindable: bool = False
    is_exception: bool = True


LISTS = {
    "mine": BoardList(
        _l("Waiting for you"),
        _l("Questions that you can answer, the most urgent first."),
        queries.to_coordinators,
        "ask",
    ),
    "late": BoardList(
        _l("Milestones late"),
        _l("The latest first, with whose turn it is and what was said last."),
        queries.late,
        "milestone",
        is_remindable=True,
    ),
    "help": BoardList(
        _l("Asked for help"),
        _l("Somebody needs help with a milestone or said so this month, and nothing was heard of it since."),
        queries.asking_for_help,
        "project",
        is_remindable=True,
    ),
    "worrying": BoardList(
        _l("In difficulty, or in need of attention"),
        _l("As coordinators say. Beside it stands what is computed."),
        queries.worrying,
        "project",
        is_remindable=True,
    ),
    "overdue": BoardList(
        _l("Answers overdue"),
        _l("Others should have answered by now, the longest overdue first."),
        queries.overdue,
        "ask",
        is_remindable=True,
    ),
    "checkins": BoardList(
        _l("Monthly answers overdue"),
        _l("Partners that have not said how it is going, the longest overdue first."),
        queries.overdue_months,
        "ask",
        is_remindable=True,
    ),
    "silent": BoardList(
        _l("Projects without news for 45 days"),
        _l("No note, no answer and no change, the longest silence first."),
        queries.silent,
        "project",
        is_remindable=True,
    ),
    "blocked": BoardList(
        _l("Accepted, not started"),
        _l("They have looked for partners for more than 30 days, or their call has closed. Each says what it lacks."),
        queries.blocked,
        "project",
        is_remindable=True,
    ),
    "due": BoardList(
        _l("Due in 14 days"), _l("Milestones, the soonest first."), queries.due, "milestone", is_remindable=True
    ),
    "closing": BoardList(_l("Calls that close in 7 days"), _l("The soonest first."), queries.closing, "call"),
    "seats": BoardList(
        _l("Seats open for 30 days"),
        _l("First those that nobody offers for, the longest open first."),
        queries.open_seats,
        "seat",
    ),
    "unanswered": BoardList(
        _l("Asked, not answered yet"),
        _l("There is still time, the next due first."),
        queries.unanswered,
        "ask",
        is_remindable=True,
    ),
    "unreachable": BoardList(
        _l("Mail does not arrive"),
        _l("Contacts whose mail comes back, the longest first."),
        queries.unreachable,
        "contact",
    ),
    "quiet": BoardList(
        _l("Contacts we hear nothing from"),
        _l("A question has waited for 30 days, and they were not seen."),
        queries.quiet,
        "contact",
    ),
    "mails": BoardList(
        _l("Mails that could not be sent"), _l("With what the mail server said."), queries.failed_mails, "mail"
    ),
    "projects": BoardList(
        _l("All projects under way"),
        _l("How coordinators see each, and beside it what is computed; the longest silence first."),
        queries.under_way,
        "project",
        is_remindable=True,
        is_exception=False,
    ),
}
