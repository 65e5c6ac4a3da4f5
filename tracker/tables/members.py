"""Table 10, seats and how long they took to fill; table 11, which members are active."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tracker.checkins.models import CheckIn
from tracker.database import day_of, days_between
from tracker.dates import add_months, earth_day
from tracker.events.models import Event, EventGuest
from tracker.i18n import _l
from tracker.institutions.models import Institution
from tracker.milestones.models import Milestone
from tracker.projects.models import LedgerEntry, Partner, Project
from tracker.projects.states import COMMITTED, Commitment
from tracker.reports.models import Report, ReportAuthor
from tracker.seats.models import Filling, Seat
from tracker.seats.states import TASK_LABELS, SeatState, Task
from tracker.tables.facts import Facts, Keys, Scope, within, within_moment
from tracker.tables.parts import Count, Median, Named, Part, Share
from tracker.tables.places import (
    COUNTRY,
    MEMBERS,
    REGION,
    member_ids,
    named_countries,
    named_regions,
    region,
    to_region,
)
from tracker.tables.projects import is_counted, project_ids
from tracker.tables.reports import reports
from tracker.tables.table import Period

# --- seats -------------------------------------------------------------------------------------------------------


def _seats(period: Period, scope: Scope) -> sa.Select[Any]:
    seats = sa.select().select_from(Seat).join(Project, Project.id == Seat.project_id)
    return seats.where(*is_counted(scope), *within_moment(Seat.created_at, period))


def seats(period: Period, scope: Scope) -> Facts:
    """Seats by task, and what became of them. The days go from when one was put out to when it was first filled."""
    flags = {
        "approached": Seat.id.in_(sa.select(Filling.seat_id)),
        "filled": Seat.state == SeatState.FILLED,
        "open": Seat.state == SeatState.OPEN,
        "closed": Seat.state == SeatState.CLOSED,
    }
    days = days_between(day_of(Seat.created_at), day_of(Seat.filled_at))
    return Facts(Seat, Seat.id, _seats(period, scope), (Seat.task,), flags, days=days)


def _named_tasks(_present: set[Keys]) -> Named:
    return [((task.value,), (str(TASK_LABELS[task]),)) for task in Task]


# --- members -----------------------------------------------------------------------------------------------------


def a_year(period: Period) -> Period:
    """The twelve months that end with the period, or today where it has no end."""
    last = period.last or earth_day()
    return Period(add_months(last, -12) + timedelta(days=1), last)


def _active(period: Period, scope: Scope) -> Any:
    """The ids of the institutions that did something in these networks in the twelve months."""
    year = a_year(period)
    ours = sa.select(Partner.institution_id).where(
        Partner.institution_id.is_not(None), Partner.project_id.in_(project_ids(Period(), scope))
    )
    answered = ours.join(LedgerEntry, LedgerEntry.partner_id == Partner.id).where(
        LedgerEntry.person_name != "", *within_moment(LedgerEntry.at, year)
    )
    told = ours.join(CheckIn, CheckIn.partner_id == Partner.id).where(*within_moment(CheckIn.answered_at, year))
    reached = ours.where(Partner.id.in_(sa.select(Milestone.partner_id).where(*within(Milestone.done_day, year))))
    wrote = reports(year, scope).join(ReportAuthor, ReportAuthor.report_id == Report.id)
    wrote = wrote.where(ReportAuthor.institution_id.is_not(None)).with_only_columns(ReportAuthor.institution_id)
    came = (
        sa.select(EventGuest.institution_id)
        .join(Event, Event.id == EventGuest.event_id)
        .where(
            EventGuest.institution_id.is_not(None),
            Event.network_id.in_(scope.network_ids),
            Event.cancelled_at.is_(None),
            *within(Event.day, year),
        )
    )
    return sa.union(answered, told, reached, wrote, came)


def _members(key: Any, period: Period, scope: Scope, finer: Any = None) -> Facts:
    taking_part = sa.select(Partner.institution_id).where(
        Partner.institution_id.is_not(None),
        Partner.commitment.in_(COMMITTED | {Commitment.WITHDREW}),
        Partner.project_id.in_(project_ids(Period(), scope)),
    )
    active = _active(period, scope).subquery("active")
    flags = {
        "active": active.c.institution_id.is_not(None),
        "quiet": active.c.institution_id.is_(None),
        "never": Institution.id.not_in(taking_part),
    }
    source = sa.select().select_from(Institution).outerjoin(active, active.c.institution_id == Institution.id)
    source = source.where(Institution.id.in_(member_ids(period, scope)))
    return Facts(Institution, Institution.id, source, (key,), flags, finer=finer)


def by_region(period: Period, scope: Scope) -> Facts:
    """Members by region."""
    return _members(region(Institution.country), period, scope, (by_country, to_region))


def by_country(period: Period, scope: Scope) -> Facts:
    """Members by country."""
    return _members(Institution.country, period, scope)


def _columns(facts: Any) -> tuple[Count | Share, ...]:
    return (
        Count("members", _l("Members"), facts, definition=MEMBERS),
        Count("active", _l("Active in twelve months"), facts, "active", ACTIVE),
        Share("share", _l("Share active"), "active", "members", _l("Of the members.")),
        Count("quiet", _l("Not active"), facts, "quiet"),
        Count("never", _l("Never in a project"), facts, "never", NEVER),
    )


ACTIVE = _l(
    "In the twelve months before the period ends, or before today, it answered for a project, told how its month "
    "went, reached a milestone, published with an author of its own, or came to an event."
)
NEVER = _l("It agreed to no project of these networks to this day, and withdrew from none.")
TABLE_10 = Part(
    key="seats",
    title=_l("Seats offered and filled"),
    definition=_l("Seats by the day on which a project put them out; those of drafts never count."),
    words=(("task", _l("Task")),),
    columns=(
        Count("seats", _l("Seats"), seats),
        Count(
            "approached",
            _l("With an offer"),
            seats,
            "approached",
            _l("An institution offered to fill it, or was asked to."),
        ),
        Count("filled", _l("Filled"), seats, "filled", _l("Filled today.")),
        Share("share", _l("Share filled"), "filled", "seats", _l("Of all seats.")),
        Count("open", _l("Open"), seats, "open", _l("Not filled and not closed, those whose last day has passed too.")),
        Count("closed", _l("Closed"), seats, "closed", _l("Closed by the lead, no longer looked for.")),
        Median(
            "days",
            _l("Median days to fill"),
            seats,
            definition=_l("From the day it was put out to the day it was first filled; the middle of all."),
        ),
    ),
    named=_named_tasks,
)
TABLE_11 = Part(
    key="members",
    title=_l("Members active, and never in a project"),
    definition=MEMBERS,
    words=(REGION,),
    columns=_columns(by_region),
    named=named_regions,
    parts=(Part("members-countries", _l("By country"), MEMBERS, (COUNTRY,), _columns(by_country), named_countries),),
)
