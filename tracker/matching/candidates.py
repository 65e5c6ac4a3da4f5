"""Institutions for a seat, or for a project as a whole: the finder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.database import db
from tracker.institutions.models import Contact, Institution, InstitutionLanguage, Person, institution_theme
from tracker.institutions.queries import IN_A_LIST, ON_A_PAGE, institution_list
from tracker.matching import queries
from tracker.matching.fit import WEIGHTS, Wanted, level, marked
from tracker.matching.reasons import Fit
from tracker.projects.models import Partner, Project
from tracker.projects.permissions import visible_to
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import TAKES_PART
from tracker.seats.finding import themes_of, words_of
from tracker.seats.models import Seat

MOST_PAST = 5  # projects of one institution in a comparison
WITH_WORDS = (  # what a seat must have been loaded with to be matched
    selectinload(Seat.themes),
    joinedload(Seat.project).options(selectinload(Project.themes), selectinload(Project.partners)),
)


@dataclass(frozen=True)
class Candidate:
    """An institution for a seat."""

    institution: Institution
    fit: Fit
    has_contact: bool


def wanted_of_seat(seat: Seat) -> Wanted:
    """What a seat looks for. Its project's partners are loaded, and WITH_WORDS."""
    return _wanted(seat.project, (seat.place,) if seat.place else (), seat.language, themes_of(seat), words_of(seat))


def wanted_of_project(project: Project) -> Wanted:
    """What a project looks for as a whole: somebody in the countries it studies, on its themes, in its language."""
    words = "\n".join([*(theme.name for theme in project.themes), project.title])
    return _wanted(project, tuple(project.countries), project.working_language, project.themes, words)


def _wanted(project: Project, places: tuple[str, ...], language: str, themes: Iterable[Any], text: str) -> Wanted:
    words, written = queries.telling_words(text)
    return Wanted(
        project_id=project.id,
        places=places,
        language=language,
        theme_ids=frozenset(theme.id for theme in themes),
        words=words,
        written=written,
        partner_ids=frozenset(
            partner.institution_id for partner in project.partners if partner.takes_part and partner.institution_id
        ),
    )


def candidates(
    wanted: Wanted, *, has_contact: bool = False, is_newcomer: bool = False, **filters: Any
) -> sa.Select[Institution]:
    """The institutions that can be asked and fit the `filters` (those of `institution_list`), unranked.

    Whoever was ever asked, or offered itself, is not among them: it stands on the project's page.
    """
    asked = sa.select(Partner.institution_id).where(
        Partner.project_id == wanted.project_id, Partner.institution_id.is_not(None)
    )
    query = institution_list(**filters).order_by(None).where(Institution.id.not_in(asked))
    if has_contact:
        query = query.where(queries.has_contact())
    return query.where(~queries.takes_part()) if is_newcomer else query


def best_candidates(
    wanted: Wanted, among: sa.Select[Institution], *, limit: int, offset: int = 0, only_fitting: bool = False
) -> list[Candidate]:
    """`limit` of the institutions of `among` that fit best, from `offset` on; perhaps only those that fit."""
    themes = (
        sa.select(institution_theme.c.institution_id, sa.func.count().label("shared"))
        .where(institution_theme.c.theme_id.in_(wanted.theme_ids))
        .group_by(institution_theme.c.institution_id)
        .subquery()
    )
    query: Any = among.with_only_columns(Institution.id, Institution.sort_name).outerjoin(
        themes, themes.c.institution_id == Institution.id
    )
    speaking = sa.select(InstitutionLanguage.institution_id).where(InstitutionLanguage.language == wanted.language)
    levels: dict[str, Any] = {
        "place": level(Institution.country.in_(wanted.here), Institution.country.in_(wanted.near)),
        "elsewhere": level(Institution.country.not_in(wanted.here | wanted.near))
        if wanted.here
        else sa.literal_column("0"),
        "themes": sa.func.coalesce(themes.c.shared, 0),
        "language": level(Institution.id.in_(speaking), Institution.country.in_(wanted.speaking)),
        "together": level(Institution.id.in_(queries.colleagues(wanted.partner_ids))),
        "finished": level(queries.has_finished()),
        "newcomer": level(~queries.takes_part()),
        "checked": level(Institution.checked_at > clock.now() - queries.A_YEAR),
    }
    query, words = queries.with_words(query, "institution", wanted.words, Institution.id)
    ranked = queries.ranked(query, levels | words, only_fitting=only_fitting).order_by("sort_name", "id")
    rows = db.session.execute(ranked.limit(limit).offset(offset)).all()
    return _candidates(wanted, rows)


def _candidates(wanted: Wanted, rows: Sequence[Any]) -> list[Candidate]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    found = sa.select(Institution).where(Institution.id.in_(ids)).options(*IN_A_LIST, selectinload(Institution.themes))
    known = {institution.id: institution for institution in db.session.scalars(found)}
    finished, together = queries.finished(ids), queries.partners_known_to(ids, wanted.partner_ids)
    with_contact = set(
        db.session.scalars(
            sa.select(Contact.institution_id).where(Contact.institution_id.in_(ids), Contact.until.is_(None))
        )
    )
    return [
        Candidate(
            known[row.id],
            Fit(
                levels={name: getattr(row, name) for name in WEIGHTS},
                country=known[row.id].country,
                places=wanted.places,
                language=wanted.language,
                themes=[theme.name for theme in known[row.id].themes if theme.id in wanted.theme_ids],
                words=marked(row.which, wanted.written),
                together=together.get(row.id, ""),
                finished=finished.get(row.id, 0),
            ),
            row.id in with_contact,
        )
        for row in rows
    ]


# --- side by side ---------------------------------------------------------------------------------------------


def compared(institution_ids: Sequence[int]) -> list[Institution]:
    """These institutions with what a comparison shows, in this order; unknown ids are left out."""
    if not institution_ids:
        return []
    query = sa.select(Institution).where(Institution.id.in_(institution_ids)).options(*IN_A_LIST, *ON_A_PAGE)
    known = {institution.id: institution for institution in db.session.scalars(query)}
    return [known[institution_id] for institution_id in institution_ids if institution_id in known]


def past_projects(actor: Person, institution_ids: Sequence[int]) -> dict[int, list[Project]]:
    """By institution: the latest MOST_PAST projects that it takes or took part in and `actor` may read."""
    if not institution_ids:
        return {}
    place = sa.func.row_number().over(
        partition_by=Partner.institution_id, order_by=(Project.changed_at.desc(), Project.id.desc())
    )
    latest = (
        sa.select(Partner.institution_id, Partner.project_id, place.label("place"))
        .join(Partner.project)
        .where(Partner.institution_id.in_(institution_ids), Partner.commitment.in_(TAKES_PART), visible_to(actor))
        .subquery()
    )
    rows = db.session.execute(
        sa.select(latest.c.institution_id, latest.c.project_id)
        .where(latest.c.place <= MOST_PAST)
        .order_by(latest.c.institution_id, latest.c.place)
    ).all()
    query = sa.select(Project).where(Project.id.in_({row.project_id for row in rows})).options(*PROJECT_CARD)
    known = {project.id: project for project in db.session.scalars(query)}
    found: dict[int, list[Project]] = {}
    for row in rows:
        found.setdefault(row.institution_id, []).append(known[row.project_id])
    return found
