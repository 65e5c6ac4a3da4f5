from typing import Any

from flask import Blueprint, render_template, request, url_for

from tracker import countries
from tracker.access import actor, can, load, public, requires
from tracker.directory import queries
from tracker.forms import number_or_none
from tracker.goals import GOALS
from tracker.i18n import language_name
from tracker.institutions import queries as institution_queries
from tracker.institutions.models import Institution, Network, Person
from tracker.markdown import clean_text
from tracker.oversight.queries import count_notes
from tracker.paging import COUNT_UP_TO, paginate
from tracker.projects.queries import project_list
from tracker.projects.states import STATE_LABELS
from tracker.reports.queries import by_author, published
from tracker.themes import queries as theme_queries
from tracker.themes.models import Theme

bp = Blueprint("directory", __name__)
PER_PAGE = 20
LONGEST_WORDS = 200


@bp.get("/institutions")
@public
def institutions() -> str:
    filters = _filters()
    page = paginate(institution_queries.institution_list(**filters), PER_PAGE)
    present = institution_queries.countries_present()
    return render_template(
        "directory/institutions.html",
        page=page,
        most=COUNT_UP_TO,
        words=filters["words"],
        network_id=filters["network_id"],
        is_filtered=any(value not in ("", None) for name, value in filters.items() if name != "words"),
        is_empty=not page.items and not queries.any_institution(),
        options=_options(present),
    )


@bp.get("/institutions/<int:institution_id>")
@public
def institution(institution_id: int) -> str:
    row = load(Institution, institution_id, institution_queries.ON_A_PAGE)
    people = institution_queries.affiliations_of(row)
    return render_template(
        "directory/institution.html",
        institution=row,
        contacts=[contact for contact in row.contacts if contact.answers] if can("see_contacts", row) else [],
        people=[affiliation for affiliation in people if can("view_person", affiliation.person)],
        secretariat_notes=count_notes(row) if can("view_oversight_of_institution", row) else None,
        projects=queries.some(project_list(actor(), institution_id=row.id)),
        reports=queries.some(published(institution_id=row.id)),
    )


@bp.get("/people/<int:person_id>")
@requires("view_person", Person, loading=queries.PERSON_PAGE)
def person(person: Person) -> str:
    return render_template(
        "directory/person.html",
        person=person,
        projects=queries.some(queries.projects_of_person(actor(), person), 50),
        reports=queries.some(by_author(person.id), 50),
    )


@bp.get("/networks")
@public
def networks() -> str:
    return render_template(
        "directory/networks.html",
        networks=institution_queries.networks(),
        members=institution_queries.member_counts(),
    )


@bp.get("/networks/<int:network_id>")
@public
def network(network_id: int) -> str:
    row = load(Network, network_id)
    return render_template(
        "directory/network.html",
        network=row,
        members=institution_queries.member_counts().get(row.id, 0),
        coordinators=[place.person for place in institution_queries.coordinators(row.id)],
        projects=queries.some(project_list(actor(), network_id=row.id)),
    )


@bp.get("/themes")
@public
def themes() -> str:
    institutions, projects = queries.theme_counts(actor())
    everything = theme_queries.all_themes(retired=can("keep_themes"))
    return render_template(
        "directory/themes.html",
        branches=theme_queries.tree(everything),
        institutions=institutions,
        projects=projects,
    )


@bp.get("/themes/<int:theme_id>")
@public
def theme(theme_id: int) -> str:
    row = load(Theme, theme_id, theme_queries.ON_A_PAGE)
    below = theme_queries.with_descendants(row.id)
    return render_template(
        "directory/theme.html",
        theme=row,
        goals=[(number, GOALS[number]) for number in row.goals],
        projects=queries.some(project_list(actor(), theme_ids=below)),
        institutions=queries.some(institution_queries.institution_list(theme_ids=below)),
        reports=queries.some(published(theme_id=row.id)),
    )


@bp.get("/search")
@public
def search() -> str:
    words = _words()
    found = queries.everything(actor(), words) if words else {}
    return render_template(
        "directory/search.html",
        words=words,
        found=found,
        is_found=any(some.rows for some in found.values()),
        state_labels=STATE_LABELS,
        all_institutions=url_for(".institutions", q=words),
    )


def _filters() -> dict[str, Any]:
    """The filters of the address; a value that makes no sense is no filter."""
    args = request.args
    theme, country, region = number_or_none(args.get("theme")), args.get("country", ""), args.get("region", "")
    return {
        "words": _words(),
        "country": country if countries.is_country(country) else "",
        "region": region if countries.is_place(region) else "",
        "theme_ids": (theme_queries.with_descendants(theme) or [theme]) if theme else None,
        "language": clean_text(args.get("language", ""))[:20].strip(),
        "network_id": number_or_none(args.get("network")),
    }


def _options(present: set[str]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: nothing that would find nothing."""
    languages = institution_queries.languages_present()
    regions = []
    for region, below in countries.REGIONS:
        for depth, code in [(0, region), *((1, subregion) for subregion in below)]:
            if countries.countries_in(code) & present:
                regions.append((code, "\u2003" * depth + countries.region_name(code)))
    named = institution_queries.networks()
    return {
        "country": [(code, name) for code, name in countries.choices() if code in present],
        "region": regions,
        "theme": [(str(row_id), name) for row_id, name in theme_queries.choices()],
        "language": sorted(((tag, language_name(tag)) for tag in languages), key=lambda each: each[1]),
        "network": [(str(each.id), each.name) for each in named] if len(named) > 1 else [],
    }


def _words() -> str:
    return clean_text(request.args.get("q", ""))[:LONGEST_WORDS].strip()
