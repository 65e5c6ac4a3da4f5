"""Table 2, projects and institutions by goal, theme, region and country; and where partners and members are."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from tracker import countries
from tracker.folding import fold
from tracker.goals import GOALS
from tracker.i18n import _, _l, country_name
from tracker.institutions.models import Institution, Membership, institution_theme
from tracker.projects.models import Partner, Project, ProjectCountry, ProjectGoal, project_theme
from tracker.projects.states import COMMITTED, LEADING
from tracker.tables.facts import Condition, Facts, Keys, Reckoner, Scope
from tracker.tables.parts import Count, Named, Part
from tracker.tables.projects import (
    PROJECTS,
    THEME,
    all_projects,
    by_theme,
    named_themes,
    project_ids,
    projects,
)
from tracker.tables.table import Period
from tracker.themes import queries as themes
from tracker.themes.models import ThemeGoal

Filed = Callable[[], sa.Select[Any]]  # (id, key) pairs


def region(country: Any) -> Any:
    """The M49 region of a country in SQL; an empty word where there is none."""
    of = ((country.in_(sorted(countries.countries_in(code))), code) for code, _below in countries.REGIONS)
    return sa.case(*of, else_="")


# --- partners ----------------------------------------------------------------------------------------------------


def partner_country() -> Any:
    """The country of a partner, of queries that join `Institution`: of its record, else as listed; perhaps empty."""
    return sa.func.coalesce(Institution.country, Partner.listed_country)


def _partners(period: Period, scope: Scope) -> sa.Select[Any]:
    return (
        sa.select()
        .select_from(Partner)
        .outerjoin(Institution, Institution.id == Partner.institution_id)
        .where(Partner.commitment.in_(COMMITTED), Partner.project_id.in_(project_ids(period, scope)))
    )


def partner_places(period: Period, scope: Scope, place: Callable[[Any], Any] = lambda country: country) -> sa.CTE:
    """Once each: a counted project and where (`place`, of a country) partners who agreed are, and whether one leads."""
    where = place(partner_country()).label("place")
    leads = sa.func.max(sa.case((Partner.role.in_(LEADING), 1), else_=0)).label("leads")
    rows = _partners(period, scope).where(partner_country() != "").with_only_columns(Partner.project_id, where, leads)
    return rows.group_by(sa.text("1"), sa.text("2")).cte("partner_places")


def by_set(period: Period, scope: Scope) -> Facts:
    """Counted projects by all countries of partners who agreed, as text: "BD|PE*|" where an institution of PE leads."""
    places = partner_places(period, scope)
    mark = sa.case((places.c.leads == 1, "*|"), else_="|")
    whole_set = sa.func.aggregate_strings(places.c.place + mark, "").label("countries")
    rows = sa.select(places.c.project_id, whole_set).group_by(places.c.project_id).subquery()
    return Facts(Project, rows.c.project_id, sa.select().select_from(rows), (rows.c.countries,))


def in_set(keys: Keys) -> dict[str, bool]:
    """The countries of a row of `by_set`, and whether an institution of each leads."""
    return {code.removesuffix("*"): code.endswith("*") for code in keys[0].split("|")[:-1]}


LED_THERE, NOT_LED = frozenset({"led"}), frozenset[str]()


def _each_country(keys: Keys) -> Iterator[tuple[Keys, frozenset[str]]]:
    return (((code,), LED_THERE if leads else NOT_LED) for code, leads in in_set(keys).items())


def _each_region(keys: Keys) -> Iterator[tuple[Keys, frozenset[str]]]:
    found: dict[str, bool] = {}
    for code, leads in in_set(keys).items():
        place = countries.region_of(code) or ""
        found[place] = found.get(place, False) or leads
    return (((place,), LED_THERE if leads else NOT_LED) for place, leads in found.items())


def _leading(period: Period, scope: Scope, place: Callable[[Any], Any], spread: Any) -> Facts:
    places = partner_places(period, scope, place)
    leads, source = {"led": places.c.leads == 1}, sa.select().select_from(places)
    return Facts(Project, places.c.project_id, source, (places.c.place,), leads, whole=placed, finer=(by_set, spread))


def leading(period: Period, scope: Scope) -> Facts:
    """Counted projects by country of partners who agreed, and whether one of them leads."""
    return _leading(period, scope, lambda country: country, _each_country)


def leading_in_region(period: Period, scope: Scope) -> Facts:
    """As `leading`, by region."""
    return _leading(period, scope, region, _each_region)


def placed(period: Period, scope: Scope) -> Facts:
    """Counted projects with a partner whose country is known, and whether such a one leads."""
    partners = _partners(period, scope).where(partner_country() != "")
    leads = sa.func.max(sa.case((Partner.role.in_(LEADING), 1), else_=0)).label("leads")
    rows = partners.with_only_columns(Partner.project_id, leads).group_by(Partner.project_id).subquery()
    led, source = {"led": rows.c.leads == 1}, sa.select().select_from(rows)
    return Facts(Project, rows.c.project_id, source, (), led, finer=(by_set, _once))


def _once(keys: Keys) -> list[tuple[Keys, frozenset[str]]]:
    return [((), LED_THERE if any(in_set(keys).values()) else NOT_LED)]


def partner_countries(period: Period, scope: Scope) -> sa.Select[Any]:
    """The countries of partners who agreed to counted projects, over and over."""
    return _partners(period, scope).where(partner_country() != "").with_only_columns(partner_country())


def with_partner_from(country: Any, period: Period, scope: Scope) -> sa.Select[Any]:
    """The ids of counted projects with a partner who agreed from a country."""
    return _partners(period, scope).where(partner_country() == country).with_only_columns(Partner.project_id)


def studied(period: Period, scope: Scope) -> Facts:
    """Counted projects by the countries studied."""
    source = projects(period, scope).outerjoin(ProjectCountry, ProjectCountry.project_id == Project.id)
    return Facts(Project, Project.id, source, (ProjectCountry.country,), whole=all_projects)


def studied_in_region(period: Period, scope: Scope) -> Facts:
    """Counted projects by the regions of the countries studied."""
    places = sa.select(ProjectCountry.project_id, region(ProjectCountry.country).label("place")).distinct().subquery()
    source = projects(period, scope).outerjoin(places, places.c.project_id == Project.id)
    return Facts(Project, Project.id, source, (places.c.place,), whole=all_projects)


# --- institutions ------------------------------------------------------------------------------------------------


def _in_projects(period: Period, scope: Scope) -> sa.Select[Any]:
    """The ids of the institutions that agreed to counted projects."""
    return sa.select(Partner.institution_id).where(
        Partner.institution_id.is_not(None),
        Partner.commitment.in_(COMMITTED),
        Partner.project_id.in_(project_ids(period, scope)),
    )


def member_ids(period: Period, scope: Scope) -> sa.Select[Any]:
    """The ids of the institutions that are members when the period ends; of one without end, now."""
    held: list[Condition] = [Membership.network_id.in_(scope.network_ids)]
    if period.last is None:
        held.append(Membership.left_on.is_(None))
    else:
        held.append(sa.or_(Membership.joined_on.is_(None), Membership.joined_on <= period.last))
        held.append(sa.or_(Membership.left_on.is_(None), Membership.left_on > period.last))
    return sa.select(Membership.institution_id).where(*held)


def _institutions(ids: sa.Select[Any], *keys: Any, **more: Any) -> Facts:
    source = sa.select().select_from(Institution).where(Institution.id.in_(ids))
    return Facts(Institution, Institution.id, source, keys, **more)


def to_region(keys: Keys) -> list[tuple[Keys, None]]:
    """A row's country as its region, as `region` says it."""
    return [((countries.region_of(keys[0]) or "",), None)]


def institutions(period: Period, scope: Scope) -> Facts:
    """Institutions in counted projects, by country."""
    return _institutions(_in_projects(period, scope), Institution.country)


def institutions_in_region(period: Period, scope: Scope) -> Facts:
    """Institutions in counted projects, by region."""
    return _institutions(_in_projects(period, scope), region(Institution.country), finer=(institutions, to_region))


def members(period: Period, scope: Scope) -> Facts:
    """Members, by country."""
    return _institutions(member_ids(period, scope), Institution.country)


def members_in_region(period: Period, scope: Scope) -> Facts:
    """Members, by region."""
    return _institutions(member_ids(period, scope), region(Institution.country), finer=(members, to_region))


def _filed_themes() -> sa.Select[Any]:
    """Which project belongs to which theme by itself."""
    filed: tuple[Any, ...] = (project_theme.c.project_id.label("id"), project_theme.c.theme_id.label("key"))
    return sa.select(*filed)


def _filed_goals() -> sa.Select[Any]:
    filed: tuple[Any, ...] = (ProjectGoal.project_id.label("id"), ProjectGoal.goal.label("key"))
    return sa.select(*filed)


def _interests() -> sa.Select[Any]:
    """Which institution works on which theme, by itself or by one below it."""
    tree = themes.closure()
    works = sa.select(institution_theme.c.institution_id.label("id"), tree.c.above.label("key"))
    return works.join(tree, tree.c.below == institution_theme.c.theme_id)


def _goals_of_interests() -> sa.Select[Any]:
    works = sa.select(institution_theme.c.institution_id.label("id"), ThemeGoal.goal.label("key"))
    return works.join(ThemeGoal, ThemeGoal.theme_id == institution_theme.c.theme_id)


def goals(period: Period, scope: Scope) -> Facts:
    """Counted projects by goal."""
    source = projects(period, scope).outerjoin(ProjectGoal, ProjectGoal.project_id == Project.id)
    return Facts(Project, Project.id, source, (ProjectGoal.goal,), whole=all_projects)


def _and_above(rows: sa.Subquery) -> sa.Subquery:
    """The same pairs of institution and theme, and those with the themes above them."""
    tree = themes.closure()
    wider = sa.select(rows.c.institution_id, tree.c.above.label("key"))
    return wider.outerjoin(tree, tree.c.below == rows.c.key).distinct().subquery("wider")


def _through_projects(filed: Filed) -> Reckoner:
    """Institutions in counted projects, by how their projects are filed, themes with those below them."""

    def facts(period: Period, scope: Scope) -> Facts:
        files = filed().subquery()
        rows = (
            _in_projects(period, scope)
            .outerjoin(files, files.c.id == Partner.project_id)
            .with_only_columns(Partner.institution_id, files.c.key)
            .distinct()
            .subquery()
        )
        rows = _and_above(rows) if filed is _filed_themes else rows
        source = sa.select().select_from(rows)
        return Facts(Institution, rows.c.institution_id, source, (rows.c.key,), whole=institutions)

    return facts


def _by_interest(filed: Filed) -> Reckoner:
    """Members by what they work on."""

    def facts(period: Period, scope: Scope) -> Facts:
        files = filed().distinct().subquery()
        source = members(period, scope).source.outerjoin(files, files.c.id == Institution.id)
        return Facts(Institution, Institution.id, source, (files.c.key,), whole=members)

    return facts


# --- rows and columns --------------------------------------------------------------------------------------------


def named_countries(present: set[Keys]) -> Named:
    """Countries by name; last what has none."""
    known = sorted(((country_name(code), (code,)) for (code,) in present if code), key=lambda each: fold(each[0]))
    rows: Named = [(keys, (name,)) for name, keys in known]
    return rows + [(keys, (_("not known"),)) for keys in present if keys == ("",)]


def named_regions(present: set[Keys]) -> Named:
    """The five regions; last what lies in none."""
    rows: Named = [((code,), (countries.region_name(code),)) for code, _below in countries.REGIONS]
    return rows + [(keys, (_("not known, or in no region"),)) for keys in present if keys == ("",)]


def _named_goals(present: set[Keys]) -> Named:
    rows: Named = [((str(number),), (f"{number}. {name}",)) for number, name in GOALS.items()]
    return rows + [(keys, (_("no goal"),)) for keys in present if keys == ("",)]


IN_PROJECTS = _l("Institutions that agreed to take part in these projects, each once a row.")
AGREED = _l("Partners who agreed, and whose country is known.")
MEMBERS = _l("Members when the period ends, or now where it has no end.")
COUNTRY, REGION = ("country", _l("Country")), ("region", _l("Region"))


def _filed_columns(facts: Reckoner, filed: Filed, interests: Filed) -> tuple[Count, ...]:
    return (
        Count("projects", _l("Projects"), facts),
        Count("institutions", _l("Institutions in them"), _through_projects(filed), definition=IN_PROJECTS),
        Count("members", _l("Members working on it"), _by_interest(interests), definition=MEMBERS),
    )


def _placed_columns(study: Reckoner, partner: Reckoner, institution: Reckoner, member: Reckoner) -> tuple[Count, ...]:
    return (
        Count("studied", _l("Projects that study it"), study),
        Count("projects", _l("Projects with a partner from it"), partner, definition=AGREED),
        Count("institutions", _l("Institutions in projects"), institution, definition=IN_PROJECTS),
        Count("members", _l("Members"), member, definition=MEMBERS),
    )


SEVERAL = _l("A project or institution counts in each row it belongs to; the total counts it once.")
TABLE_2 = Part(
    key="places",
    title=_l("Projects and institutions by goal, theme, region and country"),
    definition=PROJECTS,
    words=(("goal", _l("Sustainable Development Goal")),),
    columns=_filed_columns(goals, _filed_goals, _goals_of_interests),
    named=_named_goals,
    parts=(
        Part(
            "places-themes",
            _l("By theme"),
            SEVERAL,
            (THEME,),
            _filed_columns(by_theme, _filed_themes, _interests),
            named_themes,
        ),
        Part(
            "places-regions",
            _l("By region"),
            SEVERAL,
            (REGION,),
            _placed_columns(studied_in_region, leading_in_region, institutions_in_region, members_in_region),
            named_regions,
        ),
        Part(
            "places-countries",
            _l("By country"),
            SEVERAL,
            (COUNTRY,),
            _placed_columns(studied, leading, institutions, members),
            named_countries,
        ),
    ),
)
