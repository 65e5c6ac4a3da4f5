"""Authors as values and as rows: who is the same, whose institution is meant. Part of the actions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.institutions.models import Institution, Person
from tracker.projects.actions import team
from tracker.projects.models import Project
from tracker.reports.models import AuthorAffiliation, Report, ReportAuthor
from tracker.reports.queries import partner_institutions
from tracker.search import index

AUTHOR_FIELDS = (
    *("name", "sort_name", "affiliation", "has_no_affiliation", "orcid", "is_corresponding", "contributed_equally"),
)
MOST_AUTHORS = 75  # so that a form with all of them stays below the parts a request may have (config)


def same_author(values: Mapping[str, Any], free: list[ReportAuthor]) -> ReportAuthor | None:
    """The row of the same person, taken out of `free`: what they declared and approved hangs on it. None: a new one."""
    for alike in (
        lambda row: values["person_id"] is not None and row.person_id == values["person_id"],
        lambda row: bool(values["orcid"]) and row.orcid == values["orcid"],
        lambda row: row.person_id in (None, values["person_id"]) and index.fold(row.name) == index.fold(values["name"]),
    ):
        for place, row in enumerate(free):
            if alike(row):
                return free.pop(place)
    return None


def author_values(
    report: Report, position: int, given: Mapping[str, Any], project: Project | None = None
) -> dict[str, Any]:
    """The columns of an author as `set_authors` was given one; people and institutions are found by name."""
    project = project or report.project
    values: dict[str, Any] = {name: given.get(name) or "" for name in AUTHOR_FIELDS}
    values["is_corresponding"] = bool(given.get("is_corresponding"))
    values["contributed_equally"] = bool(given.get("contributed_equally"))
    values["has_no_affiliation"] = bool(given.get("has_no_affiliation")) and not values["affiliation"]
    people = team(project) if project else []
    if "person_id" in given:
        person_id = given["person_id"]
    else:
        known = (p for p in people if (p.orcid and p.orcid == values["orcid"]) or p.name == values["name"])
        person_id = next((person.id for person in known), None)
    institutions = partner_institutions(project) if project else []
    place = _named(values["affiliation"], institutions)
    institution_id = given.get("institution_id") or (place.id if place else None)
    more = []
    for printed in given.get("more") or ():
        named = _named(printed, institutions)
        more.append((printed, named.id if named else None))
    if more and not values["affiliation"]:  # the first is the first, wherever it was written
        (values["affiliation"], institution_id), *more = more
    return {"position": position, **values, "person_id": person_id, "institution_id": institution_id, "more": more}


def values_of(author: ReportAuthor) -> dict[str, Any]:
    """The same columns of a row, to compare."""
    names = ("position", *AUTHOR_FIELDS, "person_id", "institution_id")
    more = [(each.printed, each.institution_id) for each in author.more_affiliations]
    return {**{name: getattr(author, name) for name in names}, "more": more}


def write_author(row: ReportAuthor, values: Mapping[str, Any]) -> ReportAuthor:
    """Give a row the values of `author_values`, and return it."""
    for name, value in values.items():
        if name != "more":
            setattr(row, name, value)
    held = [(each.printed, each.institution_id) for each in row.more_affiliations]
    if held != values["more"]:
        row.more_affiliations = [
            AuthorAffiliation(position=place, printed=printed, institution_id=institution_id)
            for place, (printed, institution_id) in enumerate(values["more"], 1)
        ]
    return row


@dataclass(frozen=True)
class Double:
    """Whether an author stands in the list before: where (counted from 1; 0: nowhere), and by what that is known."""

    place: int = 0
    is_certain: bool = False  # by the person or the ORCID iD, and not by the name alone


def doubles(authors: Sequence[Mapping[str, Any]]) -> list[Double]:
    """For each author, the earlier row that seems to be the same. A name is shared by people told apart otherwise."""
    found = []
    for place, author in enumerate(authors):
        double = Double()
        for earlier, other in enumerate(authors[:place], 1):
            told_apart = False
            for name in ("orcid", "person_id"):
                mine, theirs = author.get(name), other.get(name)
                if mine and theirs and mine == theirs:
                    double = Double(earlier, is_certain=True)
                told_apart = told_apart or bool(mine and theirs and mine != theirs)
            if not double.place and not told_apart and _folded(author) and _folded(author) == _folded(other):
                double = Double(earlier)
            if double.is_certain:
                break
        found.append(double)
    return found


def _folded(author: Mapping[str, Any]) -> str:
    return " ".join(index.fold(author.get("name") or "").split())


def _named(printed: str, institutions: Iterable[Institution]) -> Institution | None:
    """The institution whose name, native name or acronym is what is printed, alone or before a comma."""
    wanted = {index.fold(printed), index.fold(printed.split(",")[0])} - {""}
    for institution in institutions:
        names = (institution.name, institution.native_name, institution.acronym)
        if wanted & {index.fold(name) for name in names if name}:
            return institution
    return None


def place_of(person: Person, institutions: Iterable[Institution]) -> Institution | None:
    """Where the person works, a partner of the project first."""
    working_at = person.institution_ids
    partner = next((institution for institution in institutions if institution.id in working_at), None)
    current = person.current_affiliations
    return partner or (current[0].institution if current else None)
