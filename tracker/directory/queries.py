from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only, selectinload

from tracker.database import db
from tracker.institutions import queries as institution_queries
from tracker.institutions.models import Affiliation, Institution, Person, institution_theme
from tracker.projects.models import Project, ProjectMember, project_theme
from tracker.projects.permissions import visible_to
from tracker.projects.queries import project_list
from tracker.reports import queries as report_queries
from tracker.reports.models import Report
from tracker.search import index
from tracker.themes.models import Theme
from tracker.themes.queries import closure

ON_A_PAGE = 10  # of a kind on a page that is about something else; a link leads to all
IN_A_GROUP = 5  # of the results of a search

PERSON_PAGE = (selectinload(Person.affiliations).joinedload(Affiliation.institution),)


@dataclass(frozen=True)
class Some:
    """The first rows of a longer list."""

    rows: list[Any]
    has_more: bool


def some(query: sa.Select[Any], most: int = ON_A_PAGE) -> Some:
    """The first `most` rows and whether there are more, for the price of one row."""
    rows = list(db.session.scalars(query.limit(most + 1)).unique())
    return Some(rows[:most], len(rows) > most)


def projects_of_person(actor: Person | None, person: Person) -> sa.Select[Project]:
    """The projects a person works or worked on, as far as `actor` may see them."""
    own = sa.select(ProjectMember.project_id).where(ProjectMember.person_id == person.id)
    return project_list(actor).where(Project.id.in_(own))


def theme_counts(actor: Person | None) -> tuple[dict[int, int], dict[int, int]]:
    """How many institutions, and how many projects that `actor` sees, each theme has with all below it.

    Each is counted once: the figure is the length of the list it opens.
    """
    tree = closure()
    institutions = (
        sa.select(tree.c.above, sa.func.count(sa.distinct(institution_theme.c.institution_id)))
        .join(institution_theme, institution_theme.c.theme_id == tree.c.below)
        .group_by(tree.c.above)
    )
    projects = (
        sa.select(tree.c.above, sa.func.count(sa.distinct(Project.id)))
        .join(project_theme, project_theme.c.theme_id == tree.c.below)
        .join(Project, Project.id == project_theme.c.project_id)
        .where(visible_to(actor))
        .group_by(tree.c.above)
    )
    return _counts(institutions), _counts(projects)


def search_people(actor: Person | None, words: str) -> sa.Select[Person]:
    """People with these words who have a page that `actor` may open, by name."""
    query = (
        sa.select(Person)
        .where(Person.id.in_(index.matching("person", words)))
        .options(
            load_only(Person.name, Person.is_listed),
            selectinload(Person.affiliations).joinedload(Affiliation.institution),
        )
        .order_by(Person.folded_name, Person.id)
    )
    return query if actor is not None and actor.is_coordinator else query.where(Person.is_listed)


def search_themes(words: str) -> sa.Select[Theme]:
    """Themes with these words that are offered, by name."""
    found = Theme.id.in_(index.matching("theme", words))
    return sa.select(Theme).where(found, Theme.retired_at.is_(None)).order_by(Theme.name, Theme.id)


def search_reports(words: str) -> sa.Select[Report]:
    """Published reports with these words, newest first."""
    return report_queries.published(words=words)


def everything(actor: Person | None, words: str) -> dict[str, Some]:
    """The first results of each kind that `actor` may see. Five queries, whatever is found."""
    return {
        "projects": some(project_list(actor, words=words), IN_A_GROUP),
        "institutions": some(institution_queries.institution_list(words=words), IN_A_GROUP),
        "reports": some(search_reports(words), IN_A_GROUP),
        "people": some(search_people(actor, words), 3 * IN_A_GROUP),
        "themes": some(search_themes(words), 3 * IN_A_GROUP),
    }


def any_institution() -> bool:
    """False on a new site: the list is empty, whatever the filters."""
    return db.session.scalar(sa.select(Institution.id).limit(1)) is not None


def _counts(query: sa.Select[Any]) -> dict[int, int]:
    return {theme_id: count for theme_id, count in db.session.execute(query)}  # noqa: C416
