"""What the fields of a record are called, and how a value is read: by forms, by versions and by who comes second."""

from collections.abc import Callable
from typing import Any

from tracker.dates import PartialDate
from tracker.i18n import _, _l, format_day, format_number, language_name, list_and
from tracker.reports.states import KIND_LABELS, LICENCES

LABELS: dict[str, Any] = {
    "title": _l("Title"),
    "kind": _l("Type"),
    "kind_as_printed": _l("Type, as printed"),
    "abstract": _l("Abstract"),
    "language": _l("Language"),
    "other_languages": _l("It also appeared in"),
    "published_on": _l("Date of publication"),
    "publisher": _l("Publisher"),
    "place": _l("Place of publication"),
    "editors": _l("Editors, as printed"),
    "series": _l("Series, journal or book"),
    "number": _l("Number in the series"),
    "isbn": _l("ISBN"),
    "issn": _l("ISSN (print)"),
    "issn_online": _l("ISSN (online)"),
    "doi": _l("DOI"),
    "handle": _l("Handle"),
    "website": _l("Address where it appeared"),
    "pages": _l("Pages"),
    "licence": _l("Licence"),
    "suggested_citation": _l("Citation, as the publisher wants it"),
    "funding": _l("Funding statement"),
    "disclaimer": _l("Disclaimer"),
    "reviewers": _l("Reviewers, as printed"),
    "notes": _l("Notes"),
    "authors": _l("Authors, in order"),
    "themes": _l("Themes"),
    "countries": _l("Countries studied"),
    "goals": _l("Sustainable Development Goals"),
    "texts": _l("Titles and abstracts in other languages"),
    "files": _l("Files"),
    "links": _l("Related outputs"),
}


def readable(name: str, value: Any) -> str:
    """The value of a field as a reader sees it, not as the row keeps it."""
    if not value:
        return _("(nothing)")
    ways: dict[str, Callable[[Any], Any]] = {
        "kind": lambda kind: KIND_LABELS[kind],
        "language": language_name,
        "other_languages": lambda tags: list_and(map(language_name, tags)),
        "published_on": lambda day: format_day(day if isinstance(day, PartialDate) else PartialDate(day)),
        "licence": lambda licence: LICENCES.get(licence, licence),
        "pages": format_number,
    }
    return str(ways.get(name, str)(value))
