from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import joinedload, selectinload

from tracker import countries, paging
from tracker.access import actor, can, requires
from tracker.database import db
from tracker.forms import number_or_none
from tracker.i18n import language_name
from tracker.institutions import queries as institution_queries
from tracker.institutions.models import Institution, Person
from tracker.markdown import clean_text
from tracker.matching import candidates as finder
from tracker.matching import openings as openings_for
from tracker.matching.fit import WEIGHTS, Wanted
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR
from tracker.projects.states import SEEKS_PARTNERS
from tracker.seats.beside import beside
from tracker.seats.models import Seat
from tracker.seats.states import TASK_LABELS, SeatState, Task
from tracker.seats.words import place_name
from tracker.themes import queries as theme_queries

bp = Blueprint("matching", __name__)
PER_PAGE = 20
MOST_COMPARED = 4
MOST_INSTITUTIONS = 5  # of one reader, of which the page of a seat says how they fit
LONGEST_WORDS = 200
LARGEST_NUMBER = 2**31 - 1  # of a row
LOADING = (*ON_THE_DOOR, joinedload(Project.network), selectinload(Project.themes), selectinload(Project.country_links))


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(fit_weights=WEIGHTS, seat_place=place_name, seat_tasks=TASK_LABELS)


@beside
def fit_beside(seat: Seat, person: Person | None) -> dict[str, Any]:
    """How well the reader's institutions fit a seat: [(name, Fit)], for templates/matching/_fit.html."""
    if person is None or seat.state is not SeatState.OPEN:
        return {"fits": []}
    inside = {known.institution_id for known in seat.project.partners if known.takes_part or known.is_asked}
    places = sorted(person.institution_ids - inside)[:MOST_INSTITUTIONS]
    return {"fits": openings_for.fits_of(seat, places) if places else []}


# --- for a lead: institutions ---------------------------------------------------------------------------------


@bp.get("/projects/<int:project_id>/candidates")
@requires("lead_project", Project, loading=LOADING, seen_by="view_project")
def for_project(project: Project) -> str:
    """Institutions for a project as a whole, as where it has no seats."""
    return _finder(project, None)


@bp.get("/projects/<int:project_id>/seats/<int:seat_id>/candidates")
@requires("lead_project", Project, loading=LOADING, seen_by="view_project")
def for_seat(project: Project, seat_id: int) -> str:
    """Institutions for a seat."""
    return _finder(project, _seat(project, seat_id))


@bp.get("/projects/<int:project_id>/candidates/compare")
@requires("lead_project", Project, loading=LOADING, seen_by="view_project")
def compare_for_project(project: Project) -> str:
    return _compare(project, None)


@bp.get("/projects/<int:project_id>/seats/<int:seat_id>/compare")
@requires("lead_project", Project, loading=LOADING, seen_by="view_project")
def compare_for_seat(project: Project, seat_id: int) -> str:
    return _compare(project, _seat(project, seat_id))


def _finder(project: Project, seat: Seat | None) -> str:
    wanted, filters = _wanted(project, seat), _candidate_filters(project)
    among, number = finder.candidates(wanted, **filters), paging.page_number()
    rows = finder.best_candidates(wanted, among, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    present = institution_queries.countries_present()
    return render_template(
        "matching/candidates.html",
        project=project,
        seat=seat,
        page=_page(rows, number, paging.count(among)),
        most=paging.COUNT_UP_TO,
        words=filters["words"],
        is_filtered=any(filters.values()),
        options={
            "place": _place_options(present),
            "language": _named_languages(institution_queries.languages_present()),
            "theme": [(str(row_id), name) for row_id, name in theme_queries.choices()],
        },
        missing=_without_partner(project, present),
        seeks=_seeks(project, seat),
        most_compared=MOST_COMPARED,
        **_addresses(project, seat),
    )


def _compare(project: Project, seat: Seat | None) -> str:
    chosen = list(dict.fromkeys(filter(None, map(number_or_none, request.args.getlist("institution")))))
    wanted, compared = _wanted(project, seat), finder.compared(chosen[:MOST_COMPARED])
    ids = [institution.id for institution in compared]
    fits = finder.best_candidates(wanted, finder.candidates(wanted).where(Institution.id.in_(ids)), limit=MOST_COMPARED)
    return render_template(
        "matching/compare.html",
        project=project,
        seat=seat,
        institutions=compared,
        too_many=len(chosen) if len(chosen) > MOST_COMPARED else 0,
        most=MOST_COMPARED,
        fits={known.institution.id: known.fit for known in fits},
        past=finder.past_projects(actor(), ids),
        contacts={row.id: _contacts(row) for row in compared},
        seeks=_seeks(project, seat),
        **_addresses(project, seat),
    )


def _wanted(project: Project, seat: Seat | None) -> Wanted:
    return finder.wanted_of_seat(seat) if seat else finder.wanted_of_project(project)


def _seat(project: Project, seat_id: int) -> Seat:
    """The seat; 404 for one of another project."""
    if seat_id > LARGEST_NUMBER:
        abort(404)
    seat = db.session.scalars(
        sa.select(Seat).where(Seat.id == seat_id, Seat.project_id == project.id).options(*finder.WITH_WORDS)
    ).first()
    return seat or abort(404)


def _seeks(project: Project, seat: Seat | None) -> bool:
    """Whether somebody can be invited now."""
    return project.state in SEEKS_PARTNERS and (seat is None or (seat.free > 0 and not seat.is_over))


def _contacts(institution: Institution) -> list[Person] | None:
    """Who answers for it; None where the reader is not told."""
    if not can("see_contacts", institution):
        return None
    return [contact.person for contact in institution.contacts if contact.answers]


def _addresses(project: Project, seat: Seat | None) -> dict[str, str]:
    """Where the pages of one seat, or of the whole project, are."""
    if seat is None:
        at: dict[str, Any] = {"project_id": project.id}
        return {"list_at": url_for(".for_project", **at), "compare_at": url_for(".compare_for_project", **at)}
    of_seat: dict[str, Any] = {"project_id": project.id, "seat_id": seat.id}
    return {"list_at": url_for(".for_seat", **of_seat), "compare_at": url_for(".compare_for_seat", **of_seat)}


def _candidate_filters(project: Project) -> dict[str, Any]:
    """The filters of the address; a value that makes no sense is no filter."""
    args, place = request.args, request.args.get("place", "")
    return {
        "words": clean_text(args.get("q", ""))[:LONGEST_WORDS].strip(),
        "country": place if countries.is_country(place) else "",
        "region": place if countries.is_place(place) else "",
        "theme_ids": _theme_ids(),
        "language": clean_text(args.get("language", ""))[:20].strip(),
        "network_id": project.network_id if args.get("members") else None,
        "has_contact": bool(args.get("contact")),
        "is_newcomer": bool(args.get("newcomers")),
    }


def _without_partner(project: Project, present: set[str]) -> dict[str, list[str]]:
    """The countries studied, and the regions of the world, in which no partner is yet; those that somebody is in."""
    here = {partner.country for partner in project.partners if partner.takes_part and partner.country}
    studied = [country for country in project.countries if country not in here]
    regions = [code for code, _below in countries.REGIONS if not countries.countries_in(code) & here]
    return {
        "countries": [country for country in studied if country in present],
        "empty": [country for country in studied if country not in present],
        "regions": [code for code in regions if countries.countries_in(code) & present],
    }


# --- for a member: seats --------------------------------------------------------------------------------------


@bp.get("/seats")
@requires("signed_in")
def seats() -> str:
    """The seats that look for somebody, those first that the reader's institution fits best."""
    person = actor()
    mine = openings_for.institutions_of(person)
    wished = number_or_none(request.args.get("institution"))
    chosen = next((place for place in mine if place.id == wished), mine[0] if mine else None)
    if chosen is None:
        return render_template("matching/seats.html", institutions=[], chosen=None)
    offered = openings_for.offered_by([chosen.id])[0]
    filters = _seat_filters()
    among, number = openings_for.openings(person, offered, **filters), paging.page_number()
    rows = openings_for.best_openings(offered, among, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    places, languages = openings_for.present()
    return render_template(
        "matching/seats.html",
        institutions=mine,
        chosen=chosen,
        page=_page(rows, number, paging.count(among)),
        most=paging.COUNT_UP_TO,
        is_filtered=any(value not in (None, "") for value in filters.values()),
        options={
            "institution": [(str(place.id), place.name) for place in mine],
            "task": [(str(task), label) for task, label in TASK_LABELS.items()],
            "place": _place_options({country for place in places for country in _countries_of(place)}),
            "language": _named_languages(languages),
            "theme": [(str(row_id), name) for row_id, name in theme_queries.choices()],
        },
    )


def _seat_filters() -> dict[str, Any]:
    args, place = request.args, request.args.get("place", "")
    return {
        "task": Task(args["task"]) if args.get("task") in set(Task) else None,
        "place": place if countries.is_country(place) or countries.is_place(place) else "",
        "language": clean_text(args.get("language", ""))[:20].strip(),
        "theme_ids": _theme_ids(),
    }


# --- both -----------------------------------------------------------------------------------------------------


def _page(rows: list[Any], number: int, total: int) -> paging.Page:
    return paging.Page(rows[:PER_PAGE], number, PER_PAGE, len(rows) > PER_PAGE, total)


def _theme_ids() -> list[int] | None:
    theme = number_or_none(request.args.get("theme"))
    return (theme_queries.with_descendants(theme) or [theme]) if theme else None


def _countries_of(place: str) -> frozenset[str]:
    return frozenset({place}) if countries.is_country(place) else countries.countries_in(place)


def _place_options(present: set[str]) -> list[tuple[str, str]]:
    """The regions with somebody in them, then the countries."""
    regions = []
    for region, below in countries.REGIONS:
        for depth, code in [(0, region), *((1, subregion) for subregion in below)]:
            if countries.countries_in(code) & present:
                regions.append((code, "\u2003" * depth + countries.region_name(code)))
    return regions + [(code, name) for code, name in countries.choices() if code in present]


def _named_languages(tags: set[str]) -> list[tuple[str, str]]:
    return sorted(((tag, language_name(tag)) for tag in tags if tag), key=lambda each: each[1])
