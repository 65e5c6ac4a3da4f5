"""A file of BibTeX, RIS or CSL-JSON as records of reports: whatever can be read is, and what cannot is said.

Nothing here writes. The syntax is read by the libraries of each format; this module says which field is which.
"""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import charset_normalizer
import nh3
import rispy
from pybtex import errors
from pybtex.database import Person as BibPerson
from pybtex.database.input.bibtex import Parser, month_names
from pybtex.richtext import Text
from pybtex.utils import CaseInsensitiveDict

from tracker.bibliographies.fields import Record, record_of
from tracker.i18n import _
from tracker.markdown import clean_text

MOST_BYTES = 10 * 1024 * 1024
MOST_RECORDS = 5_000
MOST_PROBLEMS = 50
LONGEST_VALUE = 50_000
BIB_TYPES = {  # BibTeX and BibLaTeX entry types as CSL has them
    "techreport": "report",
    "report": "report",
    "book": "book",
    "mvbook": "book",
    "proceedings": "book",
    "collection": "book",
    "manual": "book",
    "incollection": "chapter",
    "inbook": "chapter",
    "inproceedings": "chapter",
    "conference": "chapter",
    "article": "article-journal",
    "dataset": "dataset",
    "misc": "document",
    "online": "document",
    "unpublished": "document",
    "booklet": "document",
}
RIS_TYPES = {
    "RPRT": "report",
    "GOVDOC": "report",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "CPAPER": "chapter",
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "MGZN": "article-journal",
    "DATA": "dataset",
    "GEN": "document",
    "UNPB": "document",
    "ELEC": "document",
}
_LATEX = re.compile(r"[\\{}~$]|--")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Unreadable(Exception):
    """A file in which nothing can be read, with a sentence that says why."""


@dataclass
class Found:
    """What a file holds."""

    records: list[Record] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what could not be read: sentences

    def note(self, sentence: str) -> None:
        if sentence not in self.problems and len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence)


def read(data: bytes, ending: str) -> Found:
    """The records of a file by the ending of its name: "bib", "ris" or "json". Raises Unreadable."""
    found = Found()
    text = _text_of(data, found)
    readers = {"bib": _bibtex, "ris": _ris, "json": _csl}
    for item in readers[ending](text, found):
        if len(found.records) >= MOST_RECORDS:
            found.note(_("Only the first %(number)s records were read. Divide the file.", number=str(MOST_RECORDS)))
            break
        record = record_of(item)
        if record.fields.get("title"):
            found.records.append(record)
        else:
            found.note(_("Record %(number)s has no title and was left out.", number=str(len(found.records) + 1)))
    if not found.records:
        raise Unreadable(" ".join([_("No record could be read in this file."), *found.problems[:3]]))
    return found


def _text_of(data: bytes, found: Found) -> str:
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is too large: at most %(size)s MB can be read at once.", size="10"))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = charset_normalizer.from_bytes(data[:200_000]).best()
        encoding = guess.encoding if guess else "cp1252"
        found.note(
            _("The file is not in UTF-8; it was read as %(encoding)s. Look at names with accents.", encoding=encoding)
        )
        return data.decode(encoding, "replace")


class _Abbreviations(CaseInsensitiveDict):
    """The abbreviations of a file (@string). One may be made of others, and grow twice as long with each line."""

    left = MOST_BYTES  # characters that all their uses together may still become

    def __getitem__(self, name: str) -> str:
        value = str(super().__getitem__(name))
        self.left -= len(value)
        if self.left < 0:
            raise Unreadable(_("The abbreviations in this file (@string) become too long a text."))
        return value


def _bibtex(text: str, found: Found) -> list[dict[str, Any]]:
    parser = Parser()
    parser.macros = _Abbreviations(month_names)
    with errors.capture() as caught:
        try:
            entries = parser.parse_string(text).entries
        except Unreadable:
            raise
        except Exception as error:  # whatever its parser stumbles over is the file's fault
            raise Unreadable(_("This file is not BibTeX: %(words)s", words=_short(error))) from None
    for fault in caught:
        found.note(_("A record could not be read whole: %(words)s", words=_short(fault)))
    return [_from_bibtex(entry) for entry in entries.values()]


def _from_bibtex(entry: Any) -> dict[str, Any]:
    values = {name.lower(): _latex(value) for name, value in entry.fields.items()}
    kind = entry.type.lower()
    date = values.get("date", "") or "-".join(
        part for part in (values.get("year", ""), _month(values.get("month", ""))) if part
    )
    return {
        "type": BIB_TYPES.get(kind, kind),
        "genre": values.get("type", ""),
        "title": ": ".join(part for part in (values.get("title", ""), values.get("subtitle", "")) if part),
        "author": [_bibtex_name(person) for person in entry.persons.get("author", [])],
        "editor": [_bibtex_name(person) for person in entry.persons.get("editor", [])],
        "issued": date,
        "publisher": next((values[name] for name in ("publisher", "institution", "school") if values.get(name)), ""),
        "publisher-place": values.get("address", "") or values.get("location", ""),
        "series": next(
            (values[name] for name in ("series", "journal", "journaltitle", "booktitle") if values.get(name)), ""
        ),
        "number": values.get("number", "") or values.get("issue", ""),
        "ISBN": values.get("isbn", ""),
        "ISSN": values.get("issn", ""),
        "DOI": values.get("doi", ""),
        "URL": entry.fields.get("url", ""),
        "language": values.get("langid", "") or values.get("language", ""),
        "abstract": values.get("abstract", ""),
        "number-of-pages": values.get("pagetotal", ""),
    }


def _bibtex_name(person: BibPerson) -> dict[str, str]:
    given = " ".join(map(_latex, [*person.first_names, *person.middle_names]))
    family = " ".join(map(_latex, [*person.prelast_names, *person.last_names]))
    suffix = " ".join(map(_latex, person.lineage_names))
    return (
        {"family": family, "given": " ".join(part for part in (given, suffix) if part)}
        if given
        else {"literal": family}
    )


def _latex(text: str) -> str:
    if not _LATEX.search(text):  # most are plain, and the reader of LaTeX is slow
        return text[:LONGEST_VALUE]
    try:
        return str(Text.from_latex(text[:LONGEST_VALUE]))
    except Exception:  # braces that do not match: as it stands, without them
        return text[:LONGEST_VALUE].replace("{", "").replace("}", "")


def _month(text: str) -> str:
    name = text.strip().lower()[:3]
    if name in MONTHS:
        return f"{MONTHS.index(name) + 1:02}"
    return text.strip().zfill(2) if text.strip().isdecimal() else ""


def _ris(text: str, found: Found) -> list[dict[str, Any]]:
    begun = len(re.findall(r"^TY\s{1,3}-", text, re.MULTILINE))
    try:
        records = rispy.loads(text, skip_unknown_tags=True)
    except Exception as error:  # as above
        raise Unreadable(_("This file is not RIS: %(words)s", words=_short(error))) from None
    if begun > len(records):
        found.note(_("%(number)s records have no end (ER) and were left out.", number=str(begun - len(records))))
    return [_from_ris(record) for record in records]


def _from_ris(record: dict[str, Any]) -> dict[str, Any]:
    def first(*names: str) -> str:
        for name in names:
            value = record.get(name)
            if value:
                return str(value[0] if isinstance(value, list) else value)
        return ""

    kind = record.get("type_of_reference", "")
    number = first("issn")
    date = first("date", "year", "publication_year").strip("/")
    return {
        "type": RIS_TYPES.get(kind, kind),
        "genre": first("type_of_work"),
        "title": first("title", "primary_title", "secondary_title" if kind == "BOOK" else "title"),
        "author": [_comma_name(name) for name in record.get("authors") or record.get("first_authors") or []],
        "editor": [_comma_name(name) for name in record.get("secondary_authors") or []],
        "issued": re.sub(r"/+", "-", date),
        "publisher": first("publisher"),
        "publisher-place": first("place_published", "publishing_place"),
        "series": first("secondary_title", "journal_name", "alternate_title3", "tertiary_title"),
        "number": first("number"),
        "ISBN": number if len(re.sub(r"[^0-9Xx]", "", number)) > 8 else "",
        "ISSN": number if len(re.sub(r"[^0-9Xx]", "", number)) <= 8 else "",
        "DOI": first("doi"),
        "URL": first("urls", "url"),
        "language": first("language"),
        "abstract": first("abstract", "notes_abstract"),
        "number-of-pages": first("start_page") if kind in ("RPRT", "BOOK", "EBOOK") else "",
    }


def _comma_name(name: str) -> dict[str, str]:
    family, comma, given = str(name).partition(",")
    return (
        {"family": family.strip(), "given": given.strip()} if comma and given.strip() else {"literal": family.strip()}
    )


def _csl(text: str, found: Found) -> list[dict[str, Any]]:
    try:
        items = json.loads(text)
        if "\\ud" in text.lower():  # halves of characters, which no file and no table takes
            items = json.loads(json.dumps(items, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("This file is not JSON: %(words)s", words=_short(error))) from None
    if isinstance(items, dict):
        items = items.get("items", [items])
    if not isinstance(items, list):
        raise Unreadable(_("This file is not CSL-JSON: a list of records is expected."))
    if any(not isinstance(item, dict) for item in items):
        found.note(_("What is no record was left out."))
    return [_from_csl(item) for item in items if isinstance(item, dict)]


def _from_csl(item: dict[str, Any]) -> dict[str, Any]:
    def text(*names: str) -> str:
        for name in names:
            value = item.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return _without_tags(str(value))
        return ""

    kind = text("type")
    inside = kind in ("chapter", "article-journal", "article-magazine", "article-newspaper", "paper-conference")
    aliases = {"paper-conference": "chapter", "article-magazine": "article-journal", "article": "document"}
    return {
        "type": aliases.get(kind, kind),
        "genre": text("genre"),
        "title": text("title"),
        "author": _csl_names(item.get("author")),
        "editor": _csl_names(item.get("editor")),
        "issued": _csl_date(item.get("issued")),
        "publisher": text("publisher"),
        "publisher-place": text("publisher-place"),
        "series": text(*(("container-title",) if inside else ("collection-title", "container-title"))),
        "number": text("number", "collection-number", "issue"),
        "ISBN": text("ISBN"),
        "ISSN": text("ISSN"),
        "DOI": text("DOI"),
        "URL": text("URL"),
        "language": text("language"),
        "abstract": text("abstract"),
        "number-of-pages": text("number-of-pages"),
    }


def _csl_names(names: Any) -> list[dict[str, str]]:
    found = []
    for name in names if isinstance(names, list) else []:
        if not isinstance(name, dict):
            continue
        part = {key: _without_tags(value) for key, value in name.items() if isinstance(value, str)}
        particles = [part.get(key, "") for key in ("dropping-particle", "non-dropping-particle")]
        family = " ".join(filter(None, [*particles, part.get("family", "")]))
        given = " ".join(filter(None, [part.get("given", ""), part.get("suffix", "")]))
        if family and given:
            found.append({"family": family, "given": given})
        elif whole := part.get("literal", "") or family or given:
            found.append({"literal": whole})
    return found


def _csl_date(issued: Any) -> str:
    if not isinstance(issued, dict):
        return ""
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return "-".join(str(part).zfill(2) for part in parts[0][:3])
    return str(issued.get("raw") or issued.get("literal") or "")


def _without_tags(text: str) -> str:
    return unescape(nh3.clean(text[:LONGEST_VALUE], tags=set())).strip()


def _short(error: Exception) -> str:
    return clean_text(" ".join(str(error).split()))[:200]
