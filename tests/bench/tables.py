"""The rows of projects and what was asked, gathered in the order in which they must be written."""

from typing import Any

from tests.bench.bulk import Bulk
from tracker.activity.models import Activity, Delivery
from tracker.asks.models import Answer, Ask, AskLink
from tracker.checkins.models import CheckIn
from tracker.events.models import Event, EventGuest, event_project
from tracker.files import StoredFile
from tracker.milestones.models import DateChange, Milestone, ProgressNote
from tracker.oversight.models import HealthLine
from tracker.projects.models import (
    Partner,
    Project,
    ProjectCountry,
    ProjectGoal,
    ProjectMember,
    Transition,
    project_theme,
)
from tracker.reports.models import Report, ReportAuthor
from tracker.seats.models import Filling, Seat
from tracker.terms.models import Confirmation, Terms
from tracker.uses.models import Use


class Tables:
    """The rows of each table, in the order in which they must be written."""

    def __init__(self) -> None:
        order: tuple[Any, ...] = (Project, project_theme, ProjectCountry, ProjectGoal, Partner, ProjectMember)
        order += (Transition, Terms, Confirmation, Milestone, DateChange, ProgressNote, StoredFile, Report)
        order += (CheckIn, HealthLine, Event, event_project, EventGuest, Use)
        order += (ReportAuthor, Seat, Filling, Ask, Answer, AskLink, Delivery)
        self.rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in order}
        self.rows[Activity] = []
        self.counts: dict[Any, int] = dict.fromkeys(self.rows, 0)

    def add(self, table: Any, **values: Any) -> int:
        """Note a row and return its place, from 1."""
        self.rows[table].append(values)
        self.counts[table] += 1
        return self.counts[table]

    def write(self, bulk: Bulk) -> None:
        """Write what was noted and forget it; what happened waits for the end, to be in order."""
        for table, rows in self.rows.items():
            if table is not Activity:
                bulk.put(table, rows)
                rows.clear()

    def finish(self, bulk: Bulk) -> None:
        """Write the rest."""
        self.write(bulk)
        bulk.put(Activity, sorted(self.rows.pop(Activity), key=lambda row: row["at"]))
