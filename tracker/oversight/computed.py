"""What the record itself says of a project: beside what a coordinator says, and never mixed with it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker import clock
from tracker.asks.models import Ask
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import earth_day
from tracker.i18n import _, ngettext
from tracker.milestones.models import IS_PLANNED, DateChange, Milestone
from tracker.milestones.planning import ASK as MILESTONE
from tracker.projects.models import Project
from tracker.projects.states import ProjectState

SILENT_FOR = timedelta(days=45)
AT_WORK = frozenset({ProjectState.RUNNING, ProjectState.REVIEW})
MONTHS = 4  # that a call for help in a monthly answer is remembered, where no later one came


@dataclass(frozen=True)
class Computed:
    """What is late, how long nothing was heard (days; 0 for less than SILENT_FOR), and how often help was asked for
    that nobody has answered for since."""

    late: int = 0
    silent: int = 0
    help: int = 0

    @property
    def words(self) -> list[str]:
        """In words, the worst first; empty where nothing is the matter."""
        said = []
        if self.late:
            said.append(ngettext("%(number)s late", "%(number)s late", self.late, number=str(self.late)))
        if self.help:
            said.append(_("help asked for"))
        if self.silent:
            silent = str(self.silent)
            said.append(ngettext("silent for %(number)s day", "silent for %(number)s days", self.silent, number=silent))
        return said


def computed(projects: Iterable[Project]) -> dict[int, Computed]:
    """By project: what the record says of it today. Three queries, however many projects."""
    projects = list(projects)
    ids = [project.id for project in projects if project.state in AT_WORK]
    late, wanted = _late(ids), help_wanted(ids)
    return {
        project.id: Computed(late.get(project.id, 0), days_silent(project), wanted.get(project.id, 0))
        for project in projects
    }


def days_silent(project: Project) -> int:
    """For how many days nobody has said anything about a running study; 0 for less than SILENT_FOR."""
    if project.state not in AT_WORK:
        return 0
    quiet = clock.now() - project.changed_at
    return quiet.days if quiet > SILENT_FOR else 0


def _late(ids: list[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Milestone.project_id, sa.func.count())
        .where(IS_PLANNED, Milestone.project_id.in_(ids), Milestone.last_day < earth_day())
        .group_by(Milestone.project_id)
    )
    return {project_id: number for project_id, number in rows}  # noqa: C416


def help_wanted(ids: Iterable[int]) -> dict[int, int]:
    """By project: how many calls for help are open."""
    ids = list(ids)
    found: dict[int, int] = defaultdict(int)
    of_milestones = (
        sa.select(Milestone.project_id)
        .join(Ask, (Ask.subject_id == Milestone.id) & (Ask.subject_type == Milestone.__tablename__))
        .where(Milestone.project_id.in_(ids), *help_with_milestones())
    )
    of_months = sa.select(CheckIn.project_id).where(CheckIn.project_id.in_(ids), *help_in_months())
    for query in (of_milestones, of_months):
        for project_id in db.session.scalars(query):
            found[project_id] += 1
    return dict(found)


def help_with_milestones() -> list[sa.ColumnElement[bool]]:
    """For a query over Ask and the Milestone that is its subject: help was asked for, and since then the milestone was
    neither reached nor moved, and nothing else was answered about it."""
    newer = aliased(Ask)
    answered_since = sa.exists().where(
        newer.subject_type == Ask.subject_type,
        newer.subject_id == Ask.subject_id,
        newer.kind == Ask.kind,
        newer.id > Ask.id,
        newer.choice != "",
    )
    moved_since = sa.exists().where(DateChange.milestone_id == Milestone.id, DateChange.at > Ask.ended_at)
    return [
        Ask.kind == MILESTONE,
        Ask.choice == sa.literal_column("'help'"),
        Milestone.state == sa.literal_column("'planned'"),
        ~answered_since,
        ~moved_since,
    ]


def help_in_months() -> list[sa.ColumnElement[bool]]:
    """For a query over CheckIn: a partner needed help in the last monthly answer it gave, at most MONTHS ago."""
    later = aliased(CheckIn)
    answered_since = sa.exists().where(
        later.partner_id == CheckIn.partner_id, later.month > CheckIn.month, later.going.is_not(None)
    )
    return [CheckIn.month.in_(_last_months()), CheckIn.going == Going.HELP, ~answered_since]


def _last_months() -> list[date]:
    """The first days of this month and of those before it."""
    month, found = clock.today().replace(day=1), []
    for _number in range(MONTHS):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found
