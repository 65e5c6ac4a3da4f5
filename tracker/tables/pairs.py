"""Table 3, which countries work with which and which have no partner yet; table 4, who leads and who writes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from tracker.folding import fold
from tracker.i18n import _, _l, country_name
from tracker.institutions.models import Institution
from tracker.projects.models import Project, ProjectCountry
from tracker.reports.models import Report, ReportAuthor
from tracker.tables.facts import Facts, Keys, Scope
from tracker.tables.parts import Count, Named, Part, Share
from tracker.tables.places import (
    AGREED,
    COUNTRY,
    MEMBERS,
    REGION,
    by_set,
    in_set,
    leading,
    leading_in_region,
    member_ids,
    members,
    named_countries,
    named_regions,
    partner_countries,
    partner_places,
    region,
    with_partner_from,
)
from tracker.tables.projects import PROJECTS, projects
from tracker.tables.reports import REPORTS, reports
from tracker.tables.table import Period


def pairs(period: Period, scope: Scope) -> Facts:
    """Counted projects by two countries of partners who agreed, the code that comes first in the alphabet first."""
    places = partner_places(period, scope)
    one, other = places.alias("one"), places.alias("other")
    together = sa.and_(other.c.project_id == one.c.project_id, other.c.place > one.c.place)
    source, finer = sa.select().select_from(one).join(other, together), (by_set, _each_pair)
    return Facts(Project, one.c.project_id, source, (one.c.place, other.c.place), whole=in_two_countries, finer=finer)


def _each_pair(keys: Keys) -> Iterator[tuple[Keys, None]]:
    return ((pair, None) for pair in combinations(sorted(in_set(keys)), 2))


def in_two_countries(period: Period, scope: Scope) -> Facts:
    """Counted projects with partners who agreed from two countries at least."""
    places = partner_places(period, scope)
    rows = sa.select(places.c.project_id).group_by(places.c.project_id).having(sa.func.count() > 1).subquery()
    finer = by_set, lambda keys: [((), None)] if len(in_set(keys)) > 1 else []
    return Facts(Project, rows.c.project_id, sa.select().select_from(rows), finer=finer)


def members_apart(period: Period, scope: Scope) -> Facts:
    """Members by country, of countries without a partner."""
    facts = members(period, scope)
    apart = Institution.country.not_in(partner_countries(period, scope))
    return replace(facts, source=facts.source.where(apart))


def studied_apart(period: Period, scope: Scope) -> Facts:
    """Counted projects by country studied, of countries without a partner."""
    apart = ProjectCountry.country.not_in(partner_countries(period, scope))
    source = projects(period, scope).join(ProjectCountry, ProjectCountry.project_id == Project.id).where(apart)
    return Facts(Project, Project.id, source, (ProjectCountry.country,))


# --- who leads and who writes ------------------------------------------------------------------------------------


def _author_places(period: Period, scope: Scope, place: Callable[[Any], Any]) -> sa.CTE:
    """Once each: a report, where (`place`, of a country) authors are, whether the first or a corresponding one is."""
    order = sa.func.row_number().over(
        partition_by=ReportAuthor.report_id, order_by=(ReportAuthor.position, ReportAuthor.id)
    )
    authors = (
        reports(period, scope)
        .join(ReportAuthor, ReportAuthor.report_id == Report.id)
        .outerjoin(Institution, Institution.id == ReportAuthor.institution_id)
        .with_only_columns(
            ReportAuthor.report_id,
            Institution.country,
            ReportAuthor.is_corresponding.label("corresponding"),
            order.label("place_in_order"),
        )
        .subquery()
    )
    first = sa.func.max(sa.case((authors.c.place_in_order == 1, 1), else_=0)).label("first")
    corresponding = sa.func.max(sa.case((authors.c.corresponding, 1), else_=0)).label("corresponding")
    return (
        sa.select(authors.c.report_id, place(authors.c.country).label("place"), first, corresponding)
        .where(authors.c.country.is_not(None))
        .group_by(sa.text("1"), sa.text("2"))
        .cte("author_places")
    )


def _writing(period: Period, scope: Scope, place: Callable[[Any], Any]) -> Facts:
    places = _author_places(period, scope, place)
    flags = {"first": places.c.first == 1, "corresponding": places.c.corresponding == 1}
    return Facts(Report, places.c.report_id, sa.select().select_from(places), (places.c.place,), flags, whole=written)


def written(period: Period, scope: Scope) -> Facts:
    """Published reports with an author whose country is known; whether the first or a corresponding one is such."""
    places = _author_places(period, scope, lambda _country: sa.literal(""))
    flags = {"first": places.c.first == 1, "corresponding": places.c.corresponding == 1}
    return Facts(Report, places.c.report_id, sa.select().select_from(places), (), flags)


def writing(period: Period, scope: Scope) -> Facts:
    """Published reports by country of their authors' institutions; whether the first or a corresponding one is."""
    return _writing(period, scope, lambda country: country)


def writing_in_region(period: Period, scope: Scope) -> Facts:
    """As `writing`, by region."""
    return _writing(period, scope, region)


def beside_the_largest(period: Period, scope: Scope) -> Facts:
    """Counted projects by the country with most members, and whether a partner who agreed is from there."""
    number = sa.func.count()
    largest = (
        sa.select(Institution.country)
        .where(Institution.id.in_(member_ids(period, scope)))
        .group_by(Institution.country)
        .order_by(number.desc(), Institution.country)
        .limit(1)
        .cte("largest")
    )
    theirs = with_partner_from(sa.select(largest.c.country).scalar_subquery(), period, scope)
    source = projects(period, scope).join(largest, sa.true())
    has_partner = sa.case((Project.id.in_(theirs), "with"), else_="without")
    return Facts(Project, Project.id, source, (largest.c.country, has_partner))


# --- rows and columns --------------------------------------------------------------------------------------------


def _named_pairs(present: set[Keys]) -> Named:
    names = {code: country_name(code) for code in {code for keys in present for code in keys}}
    order = {code: fold(name) for code, name in names.items()}
    sorted_pairs = sorted(present, key=lambda keys: tuple(order[code] for code in keys))
    return [(keys, tuple(names[code] for code in keys)) for keys in sorted_pairs]


def _named_beside(present: set[Keys]) -> Named:
    labels = {"with": _("with a partner from there"), "without": _("without")}
    countries = sorted({country for country, _word in present})
    return [
        ((country, word), (country_name(country), label)) for country in countries for word, label in labels.items()
    ]


LED = _l(
    "Projects that an institution from there leads or leads with others, by partners who agreed. A project led from "
    "two places counts in both."
)
_LEADS = {
    "of_all": _l("Of all projects led from a country that is known."),
    "of_own": _l("Of the projects with a partner from there."),
}


def _lead_columns(facts: Any) -> tuple[Count | Share, ...]:
    return (
        Count("projects", _l("Projects with a partner from there"), facts, definition=AGREED),
        Count("led", _l("Led from there"), facts, "led", LED),
        Share("share", _l("Share of all leads"), "led", "led", _LEADS["of_all"], of_total=True),
        Share("own_share", _l("Share of its projects that it leads"), "led", "projects", _LEADS["of_own"]),
    )


def _author_columns(facts: Any) -> tuple[Count | Share, ...]:
    return (
        Count("reports", _l("Reports with an author from there"), facts),
        Count("first", _l("First author from there"), facts, "first"),
        Share(
            "first_share",
            _l("Share of first authors"),
            "first",
            "first",
            _l("Of the reports whose first author's country is known."),
            of_total=True,
        ),
        Count("corresponding", _l("Corresponding author from there"), facts, "corresponding"),
        Share(
            "corresponding_share",
            _l("Share of corresponding authors"),
            "corresponding",
            "corresponding",
            _l("Of the reports with a corresponding author whose country is known; one may have several."),
            of_total=True,
        ),
    )


AUTHORS = _l("%(reports)s The country is that of the institution that stands beside an author.", reports=REPORTS)
TABLE_3 = Part(
    key="pairs",
    title=_l("Countries that work together"),
    definition=PROJECTS,
    words=(COUNTRY, ("with", _l("With"))),
    columns=(
        Count(
            "projects",
            _l("Projects"),
            pairs,
            definition=_l(
                "Projects with partners who agreed from both countries; the order of the two means nothing. A project "
                "counts once a pair, and once in the total."
            ),
        ),
    ),
    named=_named_pairs,
    parts=(
        Part(
            "pairs-none",
            _l("Countries with no partner yet"),
            _l(
                "Countries where members are, or that counted projects study, and from which no institution agreed to "
                "a counted project."
            ),
            (COUNTRY,),
            (
                Count("members", _l("Members"), members_apart, definition=MEMBERS),
                Count("studied", _l("Projects that study it"), studied_apart),
            ),
            named_countries,
            has_total=False,
        ),
    ),
)
TABLE_4 = Part(
    key="leads",
    title=_l("Who leads and who writes"),
    definition=PROJECTS,
    words=(COUNTRY,),
    columns=_lead_columns(leading),
    named=named_countries,
    parts=(
        Part("leads-regions", _l("Leads by region"), LED, (REGION,), _lead_columns(leading_in_region), named_regions),
        Part("leads-authors", _l("Authors by country"), AUTHORS, (COUNTRY,), _author_columns(writing), named_countries),
        Part(
            "leads-authors-regions",
            _l("Authors by region"),
            AUTHORS,
            (REGION,),
            _author_columns(writing_in_region),
            named_regions,
        ),
        Part(
            "leads-largest",
            _l("With and without a partner from the largest country"),
            _l(
                "The country with most members when the period ends, or now where it has no end; of several the one "
                "whose code comes first in the alphabet. Partners who agreed."
            ),
            (("country", _l("Largest country")), ("partner", _l("Partner from there"))),
            (
                Count("projects", _l("Projects"), beside_the_largest),
                Share("share", _l("Share"), "projects", "projects", _l("Of all projects counted."), of_total=True),
            ),
            _named_beside,
        ),
    ),
)
