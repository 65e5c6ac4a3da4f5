"""What a figure counts, a line each: where it is, what it is called, and a few words beside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import joinedload

from tracker.events.models import Event, EventGuest
from tracker.i18n import _, country_name, format_day, list_and
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import IN_A_LIST
from tracker.milestones.models import DateChange, Milestone
from tracker.projects.models import Partner, Project
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import STATE_LABELS
from tracker.reports.models import Report, ReportAuthor
from tracker.seats.models import Filling, Seat
from tracker.seats.words import title_of
from tracker.uses.models import Use


@dataclass(frozen=True)
class Line:
    """One thing on a list. `language` is of its label."""

    path: str
    label: str
    beside: str = ""
    language: str = ""


def _project(row: Project) -> Line:
    led = list_and(partner.name for partner in row.lead_partners)
    return Line(row.path, row.label, _joined(str(STATE_LABELS[row.state]), led), row.language)


def _milestone(row: Milestone) -> Line:
    due = _("due %(day)s", day=format_day(row.due)) if row.due else ""
    done = _("done on %(day)s", day=format_day(row.done_on)) if row.done_on else row.state_label
    return Line(row.path, row.label, _joined(row.project.label, due, done))


def _change(row: DateChange) -> Line:
    line = _milestone(row.milestone)
    return Line(line.path, line.label, _joined(row.reason_label, line.beside))


def _report(row: Report) -> Line:
    return Line(
        row.path,
        row.label,
        _joined(row.kind_label, format_day(row.published_on) if row.published_on else ""),
        row.language,
    )


def _author(row: ReportAuthor) -> Line:
    return Line(row.report.path, row.name, row.report.label)


def _event(row: Event) -> Line:
    return Line(row.path, row.label, _joined(row.kind_label, format_day(row.on)), row.language)


def _guest(row: EventGuest) -> Line:
    return Line(row.event.path, row.name, _joined(country_name(row.country), row.event.label))


def _use(row: Use) -> Line:
    return Line(
        row.path, row.words[:120] or row.kind_label, _joined(row.report.label, format_day(row.on)), row.language
    )


def _seat(row: Seat) -> Line:
    return Line(row.path, title_of(row), row.project.label)


def _filling(row: Filling) -> Line:
    return Line(row.seat.path, title_of(row.seat), _joined(row.partner.name, row.seat.project.label))


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


KINDS: dict[Any, tuple[tuple[Any, ...], Callable[[Any], Line]]] = {  # model -> what its line needs loaded, the line
    Project: (PROJECT_CARD, _project),
    Institution: (IN_A_LIST, lambda row: Line(row.path, row.name, country_name(row.country))),
    Person: ((), lambda row: Line(row.path, row.name)),
    Milestone: ((joinedload(Milestone.project),), _milestone),
    DateChange: ((joinedload(DateChange.milestone).joinedload(Milestone.project),), _change),
    Report: ((), _report),
    ReportAuthor: ((joinedload(ReportAuthor.report),), _author),
    Event: ((), _event),
    EventGuest: ((joinedload(EventGuest.event), joinedload(EventGuest.institution)), _guest),
    Use: ((joinedload(Use.report),), _use),
    Seat: ((joinedload(Seat.project),), _seat),
    Filling: (
        (
            joinedload(Filling.seat).joinedload(Seat.project),
            joinedload(Filling.partner).joinedload(Partner.institution),
            joinedload(Filling.partner).joinedload(Partner.network),
        ),
        _filling,
    ),
}


def lines(items: Iterable[Any]) -> list[Line]:
    """The lines of rows of one of these models."""
    return [KINDS[type(item)][1](item) for item in items]


def loading(subject: Any) -> tuple[Any, ...]:
    """What the lines of a model need loaded."""
    return KINDS[subject][0]
