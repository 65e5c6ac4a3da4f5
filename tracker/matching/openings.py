"""Seats for an institution: those that it could fill."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker import clock, countries
from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import IN_A_LIST
from tracker.matching import queries
from tracker.matching.fit import WEIGHTS, WORLD, Offered, level, marked
from tracker.matching.reasons import Fit
from tracker.projects.models import Partner, Project, project_theme
from tracker.projects.permissions import visible_to
from tracker.projects.states import ASKED, TAKES_PART
from tracker.regions import PARENTS
from tracker.seats.finding import themes_of
from tracker.seats.models import Seat, seat_theme
from tracker.seats.queries import SEEKING, is_free, sought
from tracker.seats.states import Task

NEWEST = 500  # seats of which one's own page shows the best


@dataclass(frozen=True)
class Opening:
    """A seat for an institution."""

    seat: Seat
    fit: Fit


def offered_by(institution_ids: Iterable[int]) -> list[Offered]:
    """What these institutions bring, by name."""
    rows = db.session.execute(
        sa.select(Institution, queries.takes_part().label("takes_part"))
        .where(Institution.id.in_(list(institution_ids)))
        .options(*IN_A_LIST, selectinload(Institution.language_links), selectinload(Institution.themes))
        .order_by(Institution.sort_name, Institution.id)
    ).all()
    finished = queries.finished([row.Institution.id for row in rows])
    return [_offered(row.Institution, finished.get(row.Institution.id, 0), row.takes_part) for row in rows]


def _offered(institution: Institution, finished: int, takes_part: bool) -> Offered:
    names = (institution.name, institution.native_name, institution.acronym, institution.other_names)
    words, written = queries.telling_words("\n".join((*names, institution.city)))
    return Offered(
        institution_id=institution.id,
        name=institution.name,
        country=institution.country,
        languages=frozenset(institution.languages),
        theme_ids=frozenset(theme.id for theme in institution.themes),
        words=words,
        written=written,
        finished=finished,
        is_newcomer=not takes_part,
        is_checked=institution.checked_at is not None and institution.checked_at > clock.now() - queries.A_YEAR,
    )


def openings(
    actor: Person,
    offered: Offered,
    *,
    task: Task | None = None,
    place: str = "",
    language: str = "",
    theme_ids: Iterable[int] | None = None,
) -> sa.Select[Seat]:
    """The seats that look for somebody now in projects that `actor` may read, unranked.

    Not those of projects that the institution takes part in, is asked by, or offered itself to. `place` is a country
    or a region: seats that name it, a part of it, or what it lies in, and those for anywhere.
    """
    # A list of projects, not a join: it is read from an index alone, where the rows of projects lie far apart.
    seeking = sa.select(Project.id).where(Project.state.in_(SEEKING), visible_to(actor), queries.call_is_open())
    query = sa.select(Seat).where(
        is_free(), Seat.project_id.in_(seeking), Seat.project_id.not_in(_own_projects(offered))
    )
    if task is not None:
        query = query.where(Seat.task == task)
    if place:
        query = query.where(Seat.place.in_(places_like(place)))
    if language:
        query = query.where(Seat.language.in_((language, "")))
    if theme_ids is not None:
        query = query.where(_is_about(list(theme_ids)))
    return query


def best_openings(
    offered: Offered, among: sa.Select[Seat], *, limit: int, offset: int = 0, only_fitting: bool = False
) -> list[Opening]:
    """`limit` of the seats of `among` that the institution fits best, from `offset` on; perhaps only what it fits."""
    own = _shared(seat_theme, "seat_id", offered.theme_ids)
    through = _shared(project_theme, "project_id", offered.theme_ids)
    has_own = sa.exists().where(seat_theme.c.seat_id == Seat.id)
    query = (
        among.with_only_columns(Seat.id)
        .outerjoin(own, own.c.seat_id == Seat.id)
        .outerjoin(through, through.c.project_id == Seat.project_id)
    )
    levels: dict[str, Any] = {
        "place": level(Seat.place.in_(offered.here), Seat.place.in_(offered.near)),
        "elsewhere": level(Seat.place.not_in(offered.here | offered.near | {"", WORLD})),
        "themes": sa.case((has_own, sa.func.coalesce(own.c.shared, 0)), else_=sa.func.coalesce(through.c.shared, 0)),
        "language": level(Seat.language.in_(offered.languages), Seat.language.in_(offered.official)),
        "together": level(Seat.project_id.in_(queries.projects_of_colleagues(offered.institution_id))),
        "finished": sa.literal_column(str(int(offered.finished > 0))),
        "newcomer": sa.literal_column(str(int(offered.is_newcomer))),
        "checked": sa.literal_column(str(int(offered.is_checked))),
    }
    query, words = queries.with_words(query, "seat", offered.words, Seat.id)
    ranked = queries.ranked(query, levels | words, only_fitting=only_fitting).order_by(sa.desc("id"))
    rows = db.session.execute(ranked.limit(limit).offset(offset)).all()
    return _openings(offered, rows)


def _openings(offered: Offered, rows: Sequence[Any]) -> list[Opening]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    query = (
        sa.select(Seat)
        .join(Seat.project)
        .where(Seat.id.in_(ids))
        .options(
            selectinload(Seat.themes),
            contains_eager(Seat.project).options(joinedload(Project.network), selectinload(Project.themes)),
        )
    )
    known = {seat.id: seat for seat in db.session.scalars(query)}
    with_known = [known[row.id].project_id for row in rows if row.together]
    together = queries.known_in_projects(offered.institution_id, with_known)
    return [
        Opening(
            known[row.id],
            Fit(
                levels={name: getattr(row, name) for name in WEIGHTS},
                country=offered.country,
                places=(known[row.id].place,),
                language=known[row.id].language,
                themes=[theme.name for theme in themes_of(known[row.id]) if theme.id in offered.theme_ids],
                words=marked(row.which, offered.written),
                together=together.get(known[row.id].project_id, ""),
                finished=offered.finished,
            ),
        )
        for row in rows
    ]


def _own_projects(offered: Offered) -> sa.Select[int]:
    """The projects that the institution takes part in, is asked by, or offered itself to."""
    return sa.select(Partner.project_id).where(
        Partner.institution_id == offered.institution_id, Partner.commitment.in_(TAKES_PART | ASKED)
    )


def places_like(place: str) -> list[str]:
    """What seats for somebody in a country or region name: it, a part of it, what a country lies in, or nothing."""
    if countries.is_country(place):
        return [place, *countries.regions_around(place), "001", ""]
    within = countries.countries_in(place)
    regions = [code for code in PARENTS if countries.countries_in(code) <= within]
    return sorted({place, *within, *regions, ""})


def _is_about(theme_ids: list[int]) -> sa.ColumnElement[bool]:
    """Whether one of these themes is a seat's, or where it names none its project's."""
    own = sa.select(seat_theme.c.seat_id).where(seat_theme.c.theme_id.in_(theme_ids))
    of_project = sa.select(project_theme.c.project_id).where(project_theme.c.theme_id.in_(theme_ids))
    has_own = sa.exists().where(seat_theme.c.seat_id == Seat.id)
    return sa.or_(Seat.id.in_(own), sa.and_(~has_own, Seat.project_id.in_(of_project)))


def _shared(table: sa.Table, column: str, theme_ids: Iterable[int]) -> sa.Subquery:
    """(id, how many of these themes it has)."""
    query = sa.select(table.c[column], sa.func.count().label("shared")).where(table.c.theme_id.in_(list(theme_ids)))
    return query.group_by(table.c[column]).subquery()


def institutions_of(person: Person) -> list[Institution]:
    """Where a person works: first those that they answer for, then by name."""
    query = sa.select(Institution).where(Institution.id.in_(person.institution_ids)).options(*IN_A_LIST)
    found = db.session.scalars(query.order_by(Institution.sort_name, Institution.id))
    return sorted(found, key=lambda institution: institution.id not in person.contact_ids)


def best_of(person: Person, most: int) -> tuple[Institution, list[Opening]] | None:
    """The institution of a person (the first, where they have several) and the seats that it fits best."""
    mine = institutions_of(person)
    if not mine:
        return None
    offered = offered_by([mine[0].id])[0]
    # Of the newest only, so that this page costs the same whatever there is; /seats ranks them all.
    newest = sa.select(Seat.id).where(is_free()).order_by(Seat.id.desc()).limit(NEWEST)
    among = sought(person).where(
        Seat.id.in_(newest), queries.call_is_open(), Seat.project_id.not_in(_own_projects(offered))
    )
    return mine[0], best_openings(offered, among, limit=most, only_fitting=True)


def fits_of(seat: Seat, institution_ids: Iterable[int]) -> list[tuple[str, Fit]]:
    """(name, fit) of each of these institutions for one seat, whether or not it fits."""
    only = sa.select(Seat).where(Seat.id == seat.id)
    return [
        (offered.name, opening.fit)
        for offered in offered_by(institution_ids)
        for opening in best_openings(offered, only, limit=1)
    ]


def present() -> tuple[set[str], set[str]]:
    """The places and the languages of the seats that look for somebody: filters offer no others."""
    places = db.session.scalars(sa.select(Seat.place).where(is_free()).distinct())
    languages = db.session.scalars(sa.select(Seat.language).where(is_free()).distinct())
    return {place for place in places if place}, {language for language in languages if language}
