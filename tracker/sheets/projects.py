"""A list of projects as a workbook: what is written about each in few words."""

from collections.abc import Callable, Sequence
from typing import Any

from tracker import identifiers
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Network, Person
from tracker.projects import actions
from tracker.projects.models import Project
from tracker.projects.states import STATE_LABELS, ProjectState
from tracker.sheets import cells, queries
from tracker.sheets.book import Book, Change, Field, Line, Refused
from tracker.sheets.reading import MOST_LINES
from tracker.sheets.states import SheetKind
from tracker.themes import queries as themes
from tracker.workbooks import Kind

TITLE_LENGTH = Project.title.property.columns[0].type.length
WEBSITE_LENGTH = Project.website.property.columns[0].type.length
TEXTS = {"title", "starts_on", "ends_on", "working_language", "website"}


def book_of_network(network: Network, actor: Person, *, lock: bool = False) -> Book:
    """The projects of a network that its coordinator may change, as many as a workbook holds."""
    return _book(SheetKind.PROJECTS, network.id, network.name, "/board", queries.of_network(network.id, lock), actor)


def book_of_leads(actor: Person, *, lock: bool = False) -> Book:
    """The projects that a person leads."""
    return _book(SheetKind.OWN_PROJECTS, actor.id, actor.name, "/me", queries.led_by(actor, lock), actor)


def _book(kind: SheetKind, subject_id: int, whose: str, back: str, projects: Sequence[Project], actor: Person) -> Book:
    known = {str(theme_id): name for theme_id, name in themes.choices(keep=queries.themes_of(projects))}
    fields = [
        Field("title", _("Title"), cells.line(TITLE_LENGTH), width=50),
        Field("state", _("State"), say=_say_state, width=12, is_locked=True),
        Field("lead", _("Lead"), width=30, is_locked=True),
        _day("starts_on", _("Start date")),
        _day("ends_on", _("End date")),
        Field("working_language", _("Working language"), cells.read_language, cells.say_language, width=16),
        Field("countries", _("Countries studied"), cells.read_countries, cells.say_countries, width=30),
        Field(
            "themes",
            _("Themes"),
            cells.several_of(known),
            cells.say_several(known),
            width=36,
            note=_("Several with semicolons between them."),
            choices=list(known.values()),
        ),
        Field("website", _("Website"), identifiers.website, width=30),
        Field("partner_countries", _("Countries of partners"), say=cells.say_countries, width=30, is_locked=True),
    ]
    return Book(
        kind=kind,
        subject_id=subject_id,
        name=_("Projects of %(whose)s", whose=whose),
        title=_("Projects"),
        back=back,
        fields=fields,
        lines=[_line(project) for project in projects],
        apply=_apply({project.id: project for project in projects}, actor),
        order=lambda change: change.id,
        words=[
            (_("Dates"), _("2026, 2026-09 or 2026-09-30.")),
            (_("Themes"), _("Several with semicolons between them, written as they stand here.")),
            (_("Countries studied"), _("Their names, with commas between them.")),
            (_("Only for reading"), _("State, lead, countries of partners: they change on the page of the project.")),
            (_("Rows you delete"), _("Nothing happens to their projects.")),
            (_("How many"), _("At most %(count)s projects, those changed last.", count=MOST_LINES)),
        ],
    )  # fmt: skip


def _day(name: str, label: str) -> Field:
    return Field(name, label, cells.day, cells.say_day, cells.day_cell, Kind.DAY, width=14)


def _say_state(value: str) -> str:
    return str(STATE_LABELS[ProjectState(value)])


def _line(project: Project) -> Line:
    values = {
        "title": project.title,
        "state": project.state.value,
        "lead": "; ".join(partner.name for partner in project.lead_partners),
        "starts_on": str(project.starts_on or ""),
        "ends_on": str(project.ends_on or ""),
        "working_language": project.working_language,
        "countries": " ".join(sorted(project.countries)),
        "themes": " ".join(sorted(str(theme.id) for theme in project.themes)),
        "website": project.website,
        "partner_countries": " ".join(sorted(project.partner_countries)),
    }
    return Line(project.id, project.label, values)


def _apply(projects: dict[int, Project], actor: Person) -> Callable[[Change], None]:
    def apply(change: Change) -> None:
        assert change.id is not None
        project, values = projects[change.id], change.values
        fields: dict[str, Any] = {name: values[name] for name in TEXTS & values.keys()}
        for name in ("starts_on", "ends_on"):
            if name in fields:
                fields[name] = PartialDate(fields[name]) if fields[name] else None
        start, end = (fields.get(name, getattr(project, name)) for name in ("starts_on", "ends_on"))
        if start and end and end.last_day < start.first_day:
            raise Refused(_("The end lies before the start."), "ends_on" if "ends_on" in fields else "starts_on")
        if fields.get("title") == "" and project.state is not ProjectState.DRAFT:
            raise Refused(_("Give it a title."), "title")
        if "themes" in values:
            fields["themes"] = themes.by_ids(int(number) for number in values["themes"].split())
        if "countries" in values:
            fields["countries"] = values["countries"].split()
        if not fields:
            return
        try:
            actions.change(project, actor=actor, **fields)
        except RuleBroken as error:
            raise Refused(str(error), "title") from error

    return apply
