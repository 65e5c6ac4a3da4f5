"""The pictures beside the board: all open projects a row each, and the share of milestones on time."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request

from tracker.access import actor, requires
from tracker.board import choices, troubles
from tracker.board.filters import Filters
from tracker.dates import PartialDate, add_months, earth_day
from tracker.i18n import _, direction, format_number, ngettext
from tracker.milestones.punctuality import DEFINITION_COUNTED, PUNCTUALITY_WORDS, against
from tracker.oversight.computed import Computed, computed
from tracker.paging import Page, count, page_number, paginate
from tracker.projects.models import Project
from tracker.timelines import drawing, queries, shares
from tracker.timelines.axis import Axis

bp = Blueprint("pictures", __name__)

ROWS = 20
MOST_MARKS = 40  # of one project
BEFORE, AFTER = 18, 12  # months around today
WHICH = ("first", "current", "unknown")


@dataclass(frozen=True)
class Line:
    """A project of the picture: its milestones, and what is the matter in words."""

    project: Project
    rows: list[drawing.Row]
    has_earlier: bool  # milestones before the picture begins
    has_later: bool
    stands: Computed
    days_late: list[int]  # of each milestone that is

    @property
    def late(self) -> str:
        """ "2 late, worst 34 days"; empty where nothing is."""
        if not self.days_late:
            return ""
        number, most = len(self.days_late), max(self.days_late)
        late = ngettext("%(number)s late", "%(number)s late", number, number=format_number(number))
        worst = ngettext("worst %(number)s day", "worst %(number)s days", most, number=format_number(most))
        return _("%(late)s, %(worst)s", late=late, worst=worst)

    @property
    def span(self) -> tuple[float, float] | None:
        """From the first mark to the last."""
        places = [row.mark.x for row in self.rows if row.mark]
        return (min(places), max(places)) if len(places) > 1 else None


@bp.get("/timelines")
@requires("coordinate")
def timelines() -> str:
    """Open projects of the reader's networks, those in most trouble first."""
    filters = Filters.read(request.args, actor().coordinated_ids)
    number = page_number()
    projects = troubles.in_order(filters, (number - 1) * ROWS, ROWS + 1)
    page = Page(projects[:ROWS], number, ROWS, len(projects) > ROWS, count(troubles.shown(filters)))
    axis = _window()
    return render_template(
        "timelines/board.html",
        page=page,
        lines=_lines(page.items, axis),
        axis=axis,
        day=earth_day(),
        today=axis.at(earth_day()),
        **_offered(filters),
    )


@bp.get("/on-time")
@requires("coordinate")
def on_time() -> str:
    """The share on time, month by month; with a month in the address, the milestones behind it."""
    filters = Filters.read(request.args, actor().coordinated_ids)
    if month := request.args.get("month", ""):
        return _one_month(filters, _first_day(month))
    return render_template(
        "timelines/on_time.html",
        chart=shares.chart(filters.conditions()),
        DEFINITION_COUNTED=DEFINITION_COUNTED,
        **_offered(filters),
    )


def _one_month(filters: Filters, first: date) -> str:
    given = request.args.get("which", "")
    which = given if given in WHICH else ""
    page = paginate(queries.of_month(first, which, filters.conditions()))
    rows = [
        (
            milestone,
            drawing.row(milestone.project, milestone, None),
            against(milestone, milestone.first_last_day),
            against(milestone, milestone.last_day),
        )
        for milestone in page.items
    ]
    return render_template(
        "timelines/month.html",
        month=PartialDate(f"{first:%Y-%m}"),
        which=which,
        rows=rows,
        page=page,
        filters=filters,
        PUNCTUALITY_WORDS=PUNCTUALITY_WORDS,
    )


def _first_day(text: str) -> date:
    """Of a month "2026-09"; anything else is not a page of ours."""
    try:
        known = PartialDate.parse(text[:20])
    except ValueError:
        abort(404)
    return known.first_day if known.precision == "month" else abort(404)


def _offered(filters: Filters) -> dict[str, Any]:
    """What the form of the filters shows."""
    offered = choices.offered(filters)
    return {"filters": filters, "offered": offered, "chosen": choices.chosen(filters, offered)}


def _window() -> Axis:
    this = earth_day().replace(day=1)
    last = add_months(this, AFTER + 1) - timedelta(days=1)
    return Axis(add_months(this, -BEFORE), last, direction() == "rtl")


def _lines(projects: list[Project], axis: Axis) -> list[Line]:
    plans = queries.of_projects(projects, MOST_MARKS)
    stands = computed(projects)
    return [_line(project, plans[project.id], stands[project.id], axis) for project in projects]


def _line(project: Project, plan: list[Any], stands: Computed, axis: Axis) -> Line:
    rows, beyond = [], []
    for milestone in plan:
        row = drawing.row(project, milestone, axis)
        day = row.on.last_day if row.on else axis.first
        if row.kind == "late" or axis.holds(day):  # what is late is never out of sight
            rows.append(row)
        else:
            beyond.append(day)
    return Line(
        project,
        sorted(rows, key=lambda row: row.kind == "late"),  # drawn over the others
        any(day < axis.first for day in beyond),
        any(day > axis.last for day in beyond),
        stands,
        [(earth_day() - row.on.last_day).days for row in rows if row.kind == "late" and row.on],
    )
