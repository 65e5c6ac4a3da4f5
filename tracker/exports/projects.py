"""The list of projects as a workbook, one row a project, read in batches: a large network's fits in little memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

import sqlalchemy as sa
from flask import current_app

from tracker import clock
from tracker.database import db
from tracker.dates import PartialDate
from tracker.exports.kinds import Kind, Parameters, Step, register
from tracker.i18n import _, country_name, format_day
from tracker.institutions.models import Institution, Network, Person
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Partner, Project, ProjectCountry, project_theme
from tracker.projects.states import LEADING, STATE_LABELS, TAKES_PART, Audience, ProjectState
from tracker.themes.models import Theme
from tracker.workbooks import Column, Workbook
from tracker.workbooks import Kind as Cell

BATCH = 500
LIST = "projects.xlsx"


@dataclass
class Line:
    """A project as its row tells it, free of the database."""

    id: int
    network: str
    state: ProjectState
    title: str
    starts_on: PartialDate | None
    ends_on: PartialDate | None
    last_sign: date
    leads: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    partner_countries: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    next_name: str = ""
    next_due: PartialDate | None = None


def network_ids(person: Person, parameters: Parameters) -> set[int]:
    """The networks whose projects are meant: the one named, else all that this person coordinates."""
    named = parameters.get("network")
    return {named} & person.coordinated_ids if named else person.coordinated_ids


def batches(ids: set[int], size: int = BATCH) -> Iterator[list[Line]]:
    """The projects of these networks that their coordinators read, in the order in which they came, by `size`.

    Each batch is read in one transaction, which is still open when it is handed out.
    """
    after = 0
    while lines := _batch(ids, after, size):
        yield lines
        after = lines[-1].id


def _read_by_coordinators(ids: set[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return Project.network_id.in_(ids), Project.audience != Audience.TEAM


def _batch(ids: set[int], after: int, size: int) -> list[Line]:
    found = db.session.execute(
        sa.select(
            Project.id,
            Network.name,
            Project.state,
            Project.title,
            Project.starts_on,
            Project.ends_on,
            Project.changed_at,
        )
        .join(Network, Network.id == Project.network_id)
        .where(*_read_by_coordinators(ids), Project.id > after)
        .order_by(Project.id)
        .limit(size)
    )
    lines = {row.id: Line(row.id, *row[1:6], _day(row.changed_at)) for row in found}
    if lines:
        _add_partners(lines)
        _add_words(lines)
        _add_next(lines)
    return list(lines.values())


def _day(moment: datetime) -> date:
    return moment.date()


def _add_partners(lines: dict[int, Line]) -> None:
    called = sa.func.coalesce(Institution.name, Network.name, Partner.listed_as)
    rows = db.session.execute(
        sa.select(
            Partner.project_id, Partner.role, called, sa.func.coalesce(Institution.country, Partner.listed_country)
        )
        .outerjoin(Institution, Institution.id == Partner.institution_id)
        .outerjoin(Network, Network.id == Partner.network_id)
        .where(Partner.project_id.in_(lines), Partner.commitment.in_(TAKES_PART))
        .order_by(Partner.project_id, Partner.position, Partner.id)
    )
    for project_id, role, name, country in rows:
        line = lines[project_id]
        (line.leads if role in LEADING else line.partners).append(name)
        if country and country not in line.partner_countries:
            line.partner_countries.append(country)


def _add_words(lines: dict[int, Line]) -> None:
    countries = sa.select(ProjectCountry.project_id, ProjectCountry.country)
    for project_id, country in db.session.execute(
        countries.where(ProjectCountry.project_id.in_(lines)).order_by(ProjectCountry.country)
    ):
        lines[project_id].countries.append(country)
    themes = sa.select(project_theme.c.project_id, Theme.name).join(Theme, Theme.id == project_theme.c.theme_id)
    for project_id, name in db.session.execute(
        themes.where(project_theme.c.project_id.in_(lines)).order_by(Theme.name, Theme.id)
    ):
        lines[project_id].themes.append(name)


def _add_next(lines: dict[int, Line]) -> None:
    """What is planned next; what is late comes first, since it is due still."""
    place = sa.func.row_number().over(partition_by=Milestone.project_id, order_by=(Milestone.last_day, Milestone.id))
    planned = (
        sa.select(Milestone.project_id, Milestone.name, Milestone.due, place.label("place"))
        .where(
            Milestone.project_id.in_(lines),
            Milestone.state == MilestoneState.PLANNED,
            Milestone.last_day.is_not(None),
        )
        .subquery()
    )
    for row in db.session.execute(sa.select(planned).where(planned.c.place == 1)):
        lines[row.project_id].next_name, lines[row.project_id].next_due = row.name, row.due


def _make(person: Person, parameters: Parameters, target: IO[bytes], step: Step) -> None:
    ids = network_ids(person, parameters)
    total = _rows(person, parameters)
    about = [
        (_("List of projects"), ""),
        (_("Networks"), ", ".join(_names(ids))),
        (_("As of"), format_day(clock.today())),
    ]
    base, done = current_app.config["BASE_URL"].rstrip("/"), 0
    with Workbook(target, title=_("List of projects")) as book:
        sheet = book.sheet(_("Projects"), _columns())
        for lines in batches(ids):
            done += len(lines)
            step(done, max(done, total))
            for line in lines:
                sheet.row(_values(line, base))
        book.words(_("About this file"), [*about, *_meanings()])


def _columns() -> list[Column]:
    return [
        Column(_("Number"), Cell.WHOLE),
        Column(_("State"), width=14),
        Column(_("Title"), width=60, wraps=True),
        Column(_("Led by"), width=40, wraps=True),
        Column(_("Other partners"), width=50, wraps=True),
        Column(_("Countries of the partners"), width=30, wraps=True),
        Column(_("Countries studied"), width=30, wraps=True),
        Column(_("Themes"), width=30, wraps=True),
        Column(_("Start"), Cell.DAY),
        Column(_("End"), Cell.DAY),
        Column(_("Next milestone"), width=30, wraps=True),
        Column(_("Due"), Cell.DAY),
        Column(_("Last sign of life"), Cell.DAY),
        Column(_("Network"), width=26),
        Column(_("Page"), width=36),
    ]


def _values(line: Line, base: str) -> list[Any]:
    return [
        line.id,
        str(STATE_LABELS[line.state]),
        line.title or _("Untitled draft"),
        "; ".join(line.leads),
        "; ".join(line.partners),
        "; ".join(map(country_name, line.partner_countries)),
        "; ".join(map(country_name, line.countries)),
        "; ".join(line.themes),
        line.starts_on,
        line.ends_on,
        line.next_name,
        line.next_due,
        line.last_sign,
        line.network,
        f"{base}/projects/{line.id}",
    ]


def _meanings() -> list[tuple[str, str]]:
    return [
        (_("Partners"), _("Institutions that intend to take part, agreed to, or have done their part.")),
        (_("Next milestone"), _("The planned milestone with the earliest date; a late one counts.")),
        (_("Last sign of life"), _("The last day on which anything changed in the project (UTC).")),
        (_("Dates"), _("Where only a month or a year is known, the date is written as text: 2026-09 or 2026.")),
        (_("Not in this list"), _("Drafts, which only their own teams read.")),
    ]


def _names(ids: Iterable[int]) -> list[str]:
    return list(db.session.scalars(sa.select(Network.name).where(Network.id.in_(ids)).order_by(Network.name)))


def _rows(person: Person, parameters: Parameters) -> int:
    ids = network_ids(person, parameters)
    return db.session.scalar(sa.select(sa.func.count(Project.id)).where(*_read_by_coordinators(ids))) or 0


def _may(person: Person, parameters: Parameters) -> bool:
    return bool(network_ids(person, parameters))


def _file_name(person: Person, parameters: Parameters) -> str:
    names = _names(network_ids(person, parameters))
    whose = f" {names[0]}" if len(names) == 1 else ""
    return f"{_('Projects')}{whose} {clock.today().isoformat()}.xlsx"


register(Kind(LIST, _make, _rows, _may, _file_name, lambda _parameters: _("List of projects")))
