"""A published record as its readers see it, kept whenever it is published or corrected. Part of the actions."""

from collections.abc import Callable
from typing import Any

from tracker import clock
from tracker.database import db, take_turn
from tracker.institutions.models import Person
from tracker.reports.models import Report, ReportAuthor, ReportEdition

FIELDS = (
    *("title", "kind", "kind_as_printed", "abstract", "language", "other_languages", "published_on", "publisher"),
    *("place", "editors", "series", "number", "isbn", "issn", "issn_online", "doi", "handle", "website", "pages"),
    *("licence", "suggested_citation", "funding", "disclaimer", "reviewers"),
)
"""The fields of a report that its readers see."""

_beside: list[Callable[[Report, int], list[tuple[str, str, int]]]] = []
_parts: dict[str, Callable[[Report], Any]] = {}


def part_of_an_edition(name: str) -> Callable[[Callable[[Report], Any]], Callable[[Report], Any]]:
    """Let a later feature add what it shows of a report: `part(report)` gives plain JSON values, kept under `name`."""

    def register(part: Callable[[Report], Any]) -> Callable[[Report], Any]:
        _parts[name] = part
        return part

    return register


def beside_an_edition(
    teller: Callable[[Report, int], list[tuple[str, str, int]]],
) -> Callable[[Report, int], list[tuple[str, str, int]]]:
    """Let a later feature say what it made of an edition: `teller(report, number)` gives (words, address, bytes)."""
    _beside.append(teller)
    return teller


def made_of(report: Report, number: int) -> list[tuple[str, str, int]]:
    """What was made of an edition of a report, to be read beside its record."""
    return [made for teller in _beside for made in teller(report, number)]


def snapshot(report: Report) -> dict[str, Any]:
    """Everything a reader sees of a report, as plain JSON values."""
    record: dict[str, Any] = {name: _plain(getattr(report, name)) for name in FIELDS}
    record["authors"] = [_author(author) for author in report.authors]
    record["themes"] = [{"id": theme.id, "name": theme.name} for theme in report.themes]
    record["countries"], record["goals"] = report.countries, report.goals
    record["texts"] = [
        {"language": text.language, "title": text.title, "abstract": text.abstract} for text in report.texts
    ]
    record["files"] = _files(report)
    record["links"] = [
        {
            "kind": link.kind.value,
            "other": link.other_id,
            "title": link.other.title if link.other else link.title,
            "website": link.website,
        }
        for link in report.links
        if link.is_for_readers
    ]
    return record | {name: part(report) for name, part in _parts.items()}


def freeze(
    report: Report, *, actor: Person | None, because: str = "", record: dict[str, Any] | None = None
) -> ReportEdition:
    """Keep the record as the next edition: number 1 as it was published, one more with each correction.

    `because` says what was corrected. `record` is what to keep where it is not what the record says now.
    """
    kept = record if record is not None else snapshot(report)
    number = 1 + max((edition.number for edition in report.editions), default=0)
    edition = ReportEdition(
        number=number,
        at=(report.published_at or clock.now()) if number == 1 else clock.now(),
        made_by_id=actor.id if actor else None,
        made_by_name=actor.name if actor else "",
        because=because,
        record=kept,
    )
    report.editions.append(edition)
    report.edition = number
    db.session.flush()
    return edition


def stamp(report: Report) -> None:
    """Note that what is public of the report changed. Harvesters ask by this moment, so nobody's change that can be
    read already bears a later one."""
    take_turn("stamps")
    report.stamped_at = clock.now()


def _author(author: ReportAuthor) -> dict[str, Any]:
    return {
        "name": author.name,
        "sort_name": author.sort_name,
        "affiliations": [printed for printed, _institution in author.affiliations],
        "orcid": author.orcid,
        "is_corresponding": bool(author.is_corresponding),
        "contributed_equally": bool(author.contributed_equally),
    }


def _files(report: Report) -> list[dict[str, Any]]:
    """The main file first. Its language and pages stand with the report."""
    main = [(report.file, report.language, "", report.pages)] if report.file else []
    brought = [each for each in report.more_files if not each.is_made_here]  # what is made of an edition comes after it
    more = [(each.file, each.language, each.label, each.pages) for each in brought]
    return [
        {
            "id": file.id,
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "language": language,
            "label": label,
            "pages": pages,
        }
        for file, language, label, pages in [*main, *more]
    ]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | list):
        return value
    return str(value)  # a type by its name, a date as it is written
