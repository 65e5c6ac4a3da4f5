"""What both directions ask of the database. The levels and the score are columns of one statement, ordered and paged
there; what the reasons name is read for the rows of one page only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, selectinload

from tracker import clock
from tracker.activity.models import Activity
from tracker.calls.models import FIRST_ZONE, Call
from tracker.database import db
from tracker.dates import earth_day
from tracker.institutions.models import Contact, Institution, Person
from tracker.matching.fit import fitting, scored, telling
from tracker.projects.models import Partner, Project
from tracker.projects.states import TAKES_PART, Audience, Commitment, ProjectState
from tracker.search import comparing
from tracker.search.models import SearchEntry
from tracker.search.words import stems
from tracker.seats.models import Seat
from tracker.seats.queries import is_sought

A_YEAR = timedelta(days=365)
# What institutions are called everywhere, as `stems` gives it: counting shows the same, but only where there are many.
ORGANISATIONS = frozenset({
    "acade", "advan", "affai", "analy", "assoc", "asoci", "cente", "centr", "colle", "counc", "depar", "econo",
    "escue", "facul", "fonda", "forum", "found", "funda", "group", "globa", "insti", "instu", "leade", "minis",
    "netwo", "organ", "polit", "schoo", "scien", "cienc", "socia", "stiti", "strat", "think", "unive", "акаде",
    "ассоц", "инсти", "униве", "центр", "эконо", "معهد", "مركز", "جامع", "اكادي", "学院", "大学", "中心", "研究",
    "科学", "社会", "国际", "经济",
})  # fmt: skip


def telling_words(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a text that tell one institution from another, the rarest first: as stems, and as written."""
    known = {stem: written for stem, written in stems(text).items() if stem not in ORGANISATIONS}
    counts = comparing.spread("institution", list(known))
    institutions = sa.select(sa.func.count()).where(SearchEntry.subject_type == "institution")
    words = telling(counts, db.session.scalar(institutions) or 0) if counts else []
    return tuple(words), tuple(known[word] for word in words)


def with_words(
    query: sa.Select[Any], subject_type: str, words: Sequence[str], subject_id: Any
) -> tuple[sa.Select[Any], dict[str, Any]]:
    """The query joined with who holds any of the words; and `words`, how many, and `which`, as columns."""
    if not words:
        nothing: Any = sa.literal_column("0")
        return query, {"words": nothing, "which": nothing}
    held = comparing.sharing(subject_type, words).subquery()
    columns = {"words": sa.func.coalesce(held.c.found, 0), "which": sa.func.coalesce(held.c.which, 0)}
    return query.outerjoin(held, held.c.subject_id == subject_id), columns


def ranked(query: sa.Select[Any], levels: Mapping[str, Any], *, only_fitting: bool = False) -> sa.Select[Any]:
    """The rows of a query with their levels and their `score`, the highest first; perhaps only those that fit."""
    # Materialized: else SQLite works a level out again wherever the score or a condition names it.
    rows: Any = query.add_columns(*(column.label(name) for name, column in levels.items())).cte("rows")
    rows = rows.prefix_with("MATERIALIZED")
    with_score = sa.select(rows, scored(rows.c).label("score")).subquery()
    found = sa.select(with_score).order_by(with_score.c.score.desc())
    return found.where(fitting(with_score.c)) if only_fitting else found


# --- what institutions did here -------------------------------------------------------------------------------


def takes_part() -> sa.ColumnElement[bool]:
    """Whether an Institution of the query takes part in any project."""
    return sa.exists().where(Partner.institution_id == Institution.id, Partner.commitment.in_(TAKES_PART))


def has_finished() -> sa.ColumnElement[bool]:
    """Whether an Institution of the query took part in a project that was published."""
    return sa.exists().where(
        Partner.institution_id == Institution.id,
        Partner.commitment == Commitment.DONE,
        Partner.project_id == Project.id,
        Project.state == ProjectState.PUBLISHED,  # a partner may say earlier that its part is done
    )


def has_contact() -> sa.ColumnElement[bool]:
    """Whether somebody holds a contact's place of an Institution of the query."""
    return sa.exists().where(Contact.institution_id == Institution.id, Contact.until.is_(None))


def finished(institution_ids: Iterable[int]) -> dict[int, int]:
    """How many published projects each of these institutions took part in; those with none are left out."""
    rows = db.session.execute(
        sa.select(Partner.institution_id, sa.func.count())
        .join(Partner.project)
        .where(
            Partner.institution_id.in_(list(institution_ids)),
            Partner.commitment == Commitment.DONE,
            Project.state == ProjectState.PUBLISHED,
        )
        .group_by(Partner.institution_id)
    )
    return {institution_id: number for institution_id, number in rows if institution_id}


def colleagues(institution_ids: Iterable[int]) -> sa.Select[Any]:
    """The ids of the institutions that took part in a public project with one of these, and these themselves."""
    return sa.select(Partner.institution_id).where(
        Partner.project_id.in_(_public_projects(institution_ids)),
        Partner.institution_id.is_not(None),
        Partner.commitment.in_(TAKES_PART),
    )


def projects_of_colleagues(institution_id: int) -> sa.Select[int]:
    """The ids of the projects in which somebody takes part with whom the institution worked before."""
    return sa.select(Partner.project_id).where(
        Partner.institution_id.in_(colleagues([institution_id])), Partner.commitment.in_(TAKES_PART)
    )


def partners_known_to(institution_ids: Iterable[int], partner_ids: Iterable[int]) -> dict[int, str]:
    """For each of these institutions that worked with one of the partners: the name of one of them."""
    mine, theirs = aliased(Partner), aliased(Partner)
    rows = db.session.execute(
        sa.select(mine.institution_id, sa.func.min(Institution.name))
        .join(theirs, theirs.project_id == mine.project_id)
        .join(Institution, Institution.id == theirs.institution_id)
        .join(Project, Project.id == mine.project_id)
        .where(
            mine.institution_id.in_(list(institution_ids)),
            theirs.institution_id.in_(list(partner_ids)),
            mine.commitment.in_(TAKES_PART),
            theirs.commitment.in_(TAKES_PART),
            Project.audience == Audience.PUBLIC,
        )
        .group_by(mine.institution_id)
    )
    return {institution_id: name for institution_id, name in rows if institution_id}


def known_in_projects(institution_id: int, project_ids: Iterable[int]) -> dict[int, str]:
    """For each of these projects: the name of a partner with whom the institution worked before."""
    rows = db.session.execute(
        sa.select(Partner.project_id, sa.func.min(Institution.name))
        .join(Institution, Institution.id == Partner.institution_id)
        .where(
            Partner.project_id.in_(list(project_ids)),
            Partner.commitment.in_(TAKES_PART),
            Partner.institution_id.in_(colleagues([institution_id])),
        )
        .group_by(Partner.project_id)
    )
    return {project_id: name for project_id, name in rows}  # noqa: C416


def _public_projects(institution_ids: Iterable[int]) -> sa.Select[int]:
    return (
        sa.select(Partner.project_id)
        .join(Project, Project.id == Partner.project_id)
        .where(
            Partner.institution_id.in_(list(institution_ids)),
            Partner.commitment.in_(TAKES_PART),
            Project.audience == Audience.PUBLIC,
        )
    )


# --- which seats take offers now ------------------------------------------------------------------------------


def call_is_open() -> sa.ColumnElement[bool]:
    """The condition over Project that its call, while it recruits, has opened and not closed by its dates."""
    first_day = (clock.now() + FIRST_ZONE).date()
    is_shut = sa.or_(Call.closes_on < earth_day(), Call.opens_on > first_day)
    # Looked up for each project by its index: few are asked about, and the calls of years are many.
    shut = sa.exists().where(Call.project_id == Project.id, is_shut).correlate(Project)
    return sa.or_(Project.state != ProjectState.RECRUITING, ~shut)


def untold_projects(limit: int) -> list[int]:
    """The ids of projects with seats of which nobody was told, and which take offers now."""
    query = sa.select(Seat.project_id).join(Seat.project).where(Seat.told_at.is_(None), is_sought(), call_is_open())
    return list(db.session.scalars(query.group_by(Seat.project_id).order_by(sa.func.min(Seat.id)).limit(limit)))


def untold_seats(project_id: int) -> list[Seat]:
    """A project's seats of which nobody was told, and which take offers now. Its partners are loaded."""
    query = (
        sa.select(Seat)
        .join(Seat.project)
        .where(Seat.project_id == project_id, Seat.told_at.is_(None), is_sought(), call_is_open())
        .options(selectinload(Seat.themes), contains_eager(Seat.project))
        .order_by(Seat.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def told_lately(project_id: int) -> int:
    """How often somebody was told of seats of a project in the last day."""
    query = sa.select(sa.func.count()).where(
        Activity.subject_type == Project.__tablename__,
        Activity.subject_id == project_id,
        Activity.kind == "matching.fits",
        Activity.at > clock.now() - timedelta(days=1),
    )
    return db.session.scalar(query) or 0


def listening_contacts(institution_ids: Iterable[int]) -> dict[int, list[Person]]:
    """By institution: who answers for it now and wants to hear of seats that fit."""
    held = db.session.scalars(
        sa.select(Contact)
        .join(Contact.person)
        .where(
            Contact.institution_id.in_(list(institution_ids)),
            Contact.until.is_(None),
            Person.hears_of_calls,
            Person.email.is_not(None),
        )
        .options(contains_eager(Contact.person).selectinload(Person.affiliations))
        .order_by(Contact.institution_id, Contact.place)
    )
    found: dict[int, list[Person]] = {}
    for contact in held:
        if contact.answers:
            found.setdefault(contact.institution_id, []).append(contact.person)
    return found
