"""One record of a bibliography as fields of a report. What does not hold is left out, and said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tracker.dates import PartialDate
from tracker.i18n import _, _l
from tracker.identifiers import normal_doi, normal_isbn, normal_issn, website
from tracker.languages import TAGS, is_language
from tracker.markdown import clean_text
from tracker.reports.authors import MOST_AUTHORS
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportKind

KINDS = {
    "report": ReportKind.REPORT,
    "book": ReportKind.BOOK,
    "chapter": ReportKind.CHAPTER,
    "article-journal": ReportKind.ARTICLE,
    "dataset": ReportKind.DATASET,
    "document": ReportKind.OTHER,
}
GENRES = {
    "policy brief": ReportKind.BRIEF,
    "brief": ReportKind.BRIEF,
    "working paper": ReportKind.WORKING_PAPER,
    "discussion paper": ReportKind.WORKING_PAPER,
    "country paper": ReportKind.COUNTRY_PAPER,
}
LANGUAGES = {"english": "en", "spanish": "es", "french": "fr", "portuguese": "pt", "russian": "ru", "arabic": "ar"}
LANGUAGES |= {"chinese": "zh-Hans", "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
LABELS = {
    "kind": _l("Type"),
    "title": _l("Title"),
    "authors": _l("Authors"),
    "published_on": _l("Date of publication"),
    "publisher": _l("Publisher"),
    "place": _l("Place of publication"),
    "series": _l("Series, journal or book"),
    "number": _l("Number in the series"),
    "isbn": _l("ISBN"),
    "issn": _l("ISSN"),
    "doi": _l("DOI"),
    "website": _l("Address where it appeared"),
    "language": _l("Language"),
    "abstract": _l("Abstract"),
    "pages": _l("Pages"),
    "editors": _l("Editors"),
    "kind_as_printed": _l("Type, as printed"),
}
LONGEST_ABSTRACT = 20_000
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@dataclass
class Record:
    """A record as `reports.actions` takes it, in values that JSON can hold."""

    label: str
    fields: dict[str, Any] = field(default_factory=dict)
    authors: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def record_of(item: dict[str, Any]) -> Record:
    """A record from values named as CSL names them; names are dicts of `family` and `given`, or `literal`."""
    record = Record("")
    values = record.fields
    kind, genre = str(item.get("type", "")), _line(item.get("genre", ""))
    values["kind"] = str(GENRES.get(genre.lower(), KINDS.get(kind, ReportKind.OTHER)))
    if genre and genre.lower() not in GENRES:
        values["kind_as_printed"] = genre
    elif kind and kind not in KINDS:
        values["kind_as_printed"] = _line(kind)
        record.problems.append(_("The type “%(type)s” is not known here; it is kept as printed.", type=_line(kind)))
    for name, source in (
        ("title", "title"),
        ("publisher", "publisher"),
        ("place", "publisher-place"),
        ("series", "series"),
        ("number", "number"),
    ):
        values[name] = _line(item.get(source, ""))
    _take(record, item, "doi", "DOI", normal_doi)
    _take(record, item, "isbn", "ISBN", lambda text: normal_isbn(re.split(r"[,;]| and ", text)[0]))
    _take(record, item, "issn", "ISSN", lambda text: normal_issn(re.split(r"[,;]", text)[0]))
    _take(record, item, "website", "URL", website)
    _take(record, item, "published_on", "issued", _day)
    _take(record, item, "pages", "number-of-pages", _pages)
    _take(record, item, "language", "language", _language)
    values["abstract"] = clean_text(str(item.get("abstract", "")))[:LONGEST_ABSTRACT].strip()
    values["editors"] = "; ".join(_name(name)["name"] for name in item.get("editor", []))
    authors = [_name(name) for name in item.get("author", []) if any(name.values())]
    if len(authors) > MOST_AUTHORS:
        record.problems.append(
            _("Only the first %(number)s authors are taken, of %(all)s.", number=MOST_AUTHORS, all=len(authors))
        )
    record.authors = authors[:MOST_AUTHORS]
    _shorten(record)
    record.fields = {name: value for name, value in values.items() if value not in ("", None)}
    record.label = _label(record)
    return record


def _take(record: Record, item: dict[str, Any], name: str, source: str, normal: Callable[[str], Any]) -> None:
    """A value in its one form, or a sentence that it was left out."""
    text = _line(item.get(source, ""))
    if not text:
        return
    try:
        record.fields[name] = normal(text)
    except ValueError as error:
        label = str(LABELS[name])
        record.problems.append(
            _("%(field)s “%(value)s” was left out: %(why)s", field=label, value=text[:60], why=str(error))
        )


def _day(text: str) -> str:
    typed = re.sub(r"[/.]", "-", text.strip().split("T")[0]).strip("-")
    return str(PartialDate.parse(typed))


def _pages(text: str) -> int | None:
    number = re.match(r"[0-9]{1,5}", text)
    return int(number[0]) if number and 0 < int(number[0]) <= 20_000 else None


def _language(text: str) -> str:
    named = LANGUAGES.get(text.lower(), text)
    for tag in (named, named.replace("_", "-"), named.split("-")[0].split("_")[0].lower()):
        known = next((one for one in TAGS if one.lower() == tag.lower()), "")
        if known and is_language(known):
            return known
    raise ValueError(_("This language is not in the list."))


def _name(name: dict[str, str]) -> dict[str, Any]:
    family, given = _line(name.get("family", "")), _line(name.get("given", ""))
    if not given:
        return {"name": _line(name.get("literal", "")) or family, "sort_name": ""}
    is_han = _HAN.search(family) and _HAN.search(given)
    return {"name": f"{family}{given}" if is_han else f"{given} {family}", "sort_name": f"{family}, {given}"}


def _shorten(record: Record) -> None:
    """As much as the columns hold; a cut is said."""
    for name in ("title", "publisher", "place", "series", "number", "website", "editors", "kind_as_printed"):
        longest = getattr(Report, name).property.columns[0].type.length
        text = record.fields.get(name, "")
        if len(text) > longest:
            record.fields[name] = text[:longest]
            record.problems.append(_("%(field)s was too long and is cut.", field=str(LABELS[name])))
    for author in record.authors:
        author["name"] = author["name"][: ReportAuthor.name.property.columns[0].type.length]
        author["sort_name"] = author["sort_name"][: ReportAuthor.sort_name.property.columns[0].type.length]


def _label(record: Record) -> str:
    names = ", ".join(author["name"] for author in record.authors[:3]) + (" …" if len(record.authors) > 3 else "")
    year = str(record.fields.get("published_on", ""))[:4]
    return " · ".join(part for part in (record.fields.get("title", ""), names, year) if part)[:400]


def _line(text: Any) -> str:
    return " ".join(clean_text(str(text)).split())
