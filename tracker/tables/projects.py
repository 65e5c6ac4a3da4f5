"""Table 1, projects by state, theme and year, and table 12, by kind of funder; and which projects are counted."""

from typing import Any

import sqlalchemy as sa

from tracker.database import day_of
from tracker.i18n import _, _l
from tracker.projects.models import Project, ProjectFunder, project_theme
from tracker.projects.states import FUNDER_LABELS, STATE_LABELS, Audience, FunderKind, ProjectState
from tracker.tables.facts import Condition, Facts, Keys, Scope, last_day, within_text
from tracker.tables.parts import Count, Named, Part, Share
from tracker.tables.table import Period
from tracker.themes import queries as themes

STATES = tuple(state for state in ProjectState if state is not ProjectState.DRAFT)
PROJECTS = _l(
    "A project counts in the period in which it starts, or where its start is not known, was written down here; "
    "drafts never count, and stopped projects do. A start known by its month or year only counts as the last day of "
    "it. An imported project without a start counts only where the period has no limits."
)


def project_day() -> Any:
    """The day by which a project falls in a period, as text; NULL where there is none."""
    written_down = sa.case((Project.import_key.is_(None), day_of(Project.created_at)))
    return sa.func.coalesce(last_day(Project.starts_on), written_down)


def is_counted(scope: Scope) -> list[Condition]:
    """The projects that coordinators of these networks can see: never drafts, nor what was stopped as a draft."""
    return [
        Project.network_id.in_(scope.network_ids),
        Project.state != ProjectState.DRAFT,
        Project.audience != Audience.TEAM,
    ]


def which(period: Period, scope: Scope) -> list[Condition]:
    """Of them those in the period."""
    return [*is_counted(scope), *within_text(project_day(), period)]


def projects(period: Period, scope: Scope) -> sa.Select[Any]:
    """The counted projects, without columns."""
    return sa.select().select_from(Project).where(*which(period, scope))


def project_ids(period: Period, scope: Scope) -> sa.Select[Any]:
    """Their ids."""
    return projects(period, scope).with_only_columns(Project.id)


def _states() -> dict[str, Condition]:
    return {state.value: Project.state == state for state in STATES}


def all_projects(period: Period, scope: Scope) -> Facts:
    """Each counted project once."""
    return Facts(Project, Project.id, projects(period, scope), (), _states())


def _themed() -> sa.Subquery:
    """Which project belongs to which theme, by itself or by one below it; once each."""
    tree = themes.closure()
    belongs = sa.select(project_theme.c.project_id, tree.c.above.label("theme_id"))
    return belongs.join(tree, tree.c.below == project_theme.c.theme_id).distinct().subquery("themed")


def by_theme(period: Period, scope: Scope) -> Facts:
    """Projects by theme, with those of the themes below it; without a theme under an empty word."""
    themed = _themed()
    source = projects(period, scope).outerjoin(themed, themed.c.project_id == Project.id)
    finer = by_theme_and_year, lambda keys: [(keys[:1], None)]
    return Facts(Project, Project.id, source, (themed.c.theme_id,), _states(), whole=all_projects, finer=finer)


def by_year(period: Period, scope: Scope) -> Facts:
    """Projects by the year they fall in."""
    year = sa.func.substr(project_day(), 1, 4)
    return Facts(Project, Project.id, projects(period, scope), (year,), _states())


def by_theme_and_year(period: Period, scope: Scope) -> Facts:
    """Projects by theme and year."""
    themed, year = _themed(), sa.func.substr(project_day(), 1, 4)
    source = projects(period, scope).outerjoin(themed, themed.c.project_id == Project.id)
    return Facts(Project, Project.id, source, (themed.c.theme_id, year), _states(), whole=all_projects)


def by_funder(period: Period, scope: Scope) -> Facts:
    """Projects by kind of funder; where nobody said, under an empty word."""
    source = projects(period, scope).outerjoin(ProjectFunder, ProjectFunder.project_id == Project.id)
    return Facts(Project, Project.id, source, (ProjectFunder.kind,), whole=all_projects)


def named_themes(present: set[Keys]) -> Named:
    """The agenda in its order, themes no longer offered where there are figures; last what has no theme."""
    rows: Named = []
    for branch in themes.flattened(themes.tree(themes.all_themes(retired=True))):
        keys = (str(branch.theme.id),)
        if branch.theme.retired_at is None or keys in present:
            rows.append((keys, (branch.theme.name,)))
    return rows + [(keys, (_("no theme"),)) for keys in present if keys == ("",)]


def named_years(present: set[Keys]) -> Named:
    """The newest year first, last what has none."""
    return [((year,), (year or _("not known"),)) for (year,) in sorted(present, reverse=True)]


def _named_themes_and_years(present: set[Keys]) -> Named:
    named = named_themes({(theme,) for theme, _year in present})
    years = sorted({year for _theme, year in present}, reverse=True)
    return [
        ((theme, year), (*words, year or _("not known")))
        for (theme,), words in named
        for year in years
        if (theme, year) in present
    ]


def _named_funders(present: set[Keys]) -> Named:
    rows: Named = [((kind.value,), (str(FUNDER_LABELS[kind]),)) for kind in FunderKind]
    return rows + [(keys, (_("nobody said"),)) for keys in present if keys == ("",)]


def _columns(facts: Any) -> tuple[Count, ...]:
    every = Count("projects", _l("Projects"), facts)
    return every, *(Count(state.value, STATE_LABELS[state], facts, state.value) for state in STATES)


THEME, YEAR = ("theme", _l("Theme")), ("year", _l("Year"))
BY_THEME = _l(
    "A project counts in each of its themes and in the themes above them; the total counts it once. The states are "
    "those of today."
)
TABLE_1 = Part(
    key="projects",
    title=_l("Projects by state, theme and year"),
    definition=PROJECTS,
    words=(YEAR,),
    columns=_columns(by_year),
    named=named_years,
    parts=(
        Part("projects-themes", _l("By theme"), BY_THEME, (THEME,), _columns(by_theme), named_themes),
        Part(
            "projects-themes-years",
            _l("By theme and year"),
            BY_THEME,
            (THEME, YEAR),
            _columns(by_theme_and_year),
            _named_themes_and_years,
        ),
    ),
)
TABLE_12 = Part(
    key="funders",
    title=_l("Projects by kind of funder"),
    definition=PROJECTS,
    words=(("funder", _l("Paid for by")),),
    columns=(
        Count(
            "projects",
            _l("Projects"),
            by_funder,
            definition=_l("A project with several kinds of funders counts for each; the total counts it once."),
        ),
        Share("share", _l("Share"), "projects", "projects", _l("Of all projects counted."), of_total=True),
    ),
    named=_named_funders,
)
