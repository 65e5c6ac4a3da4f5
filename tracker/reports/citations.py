"""A report as a citation: BibTeX, RIS, CSL-JSON, and one line for people.

Whatever a record holds, it can neither break out of its field nor add a field: each value becomes one line
without control characters before a library writes it. The line for people is our own: citeproc-py 0.11 takes
text for markup and prints it unescaped, invents an author where there is none, and costs 12 ms a line.
"""

import json
import re
from io import StringIO
from typing import Any
from urllib.parse import quote

import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from tracker.folding import fold
from tracker.identifiers import doi_url
from tracker.markdown import clean_text, plain
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportKind

ABSTRACT_LENGTH = 5000
MEDIA_TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}
KINDS = {  # BibTeX entry, RIS type, CSL 1.0.2 type, genre
    ReportKind.REPORT: ("techreport", "RPRT", "report", ""),
    ReportKind.BRIEF: ("techreport", "RPRT", "report", "Policy brief"),
    ReportKind.WORKING_PAPER: ("techreport", "RPRT", "report", "Working paper"),
    ReportKind.COUNTRY_PAPER: ("techreport", "RPRT", "report", "Country paper"),
    ReportKind.BOOK: ("book", "BOOK", "book", ""),
    ReportKind.CHAPTER: ("incollection", "CHAP", "chapter", ""),
    ReportKind.ARTICLE: ("article", "JOUR", "article-journal", ""),
    ReportKind.DATASET: ("misc", "DATA", "dataset", ""),
    ReportKind.OTHER: ("misc", "GEN", "document", ""),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # BibTeX counts even an escaped brace
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "%&#$_"},
    }
)


def bibtex(report: Report, address: str) -> str:
    """One BibTeX entry in UTF-8. `address` is the report's page, given where it appeared nowhere else."""
    entry = Entry(KINDS[report.kind][0], fields=_bibtex_fields(report, address))
    if report.authors:
        entry.persons["author"] = [_bibtex_person(author) for author in report.authors]
    if report.editors:
        entry.persons["editor"] = [_whole(report.editors)]
    out = StringIO()
    _BibTeX().write_stream(BibliographyData({_key(report): entry}), out)
    return out.getvalue()


def ris(report: Report, address: str) -> str:
    """One RIS record in UTF-8."""
    record: dict[str, Any] = {
        "type_of_reference": KINDS[report.kind][1],
        "id": _key(report),
        "title": _one_line(report.title),
        "authors": [_sorted_name(author) for author in report.authors],
        "secondary_authors": [_one_line(report.editors)] if report.editors else [],
        "secondary_title": _one_line(report.series),
        "number": _one_line(report.number),
        "publisher": _one_line(report.publisher),
        "place_published": _one_line(report.place),
        "type_of_work": _genre(report),
        "issn": report.isbn or report.issn or report.issn_online,
        "doi": report.doi,
        "language": report.language,
        "start_page": str(report.pages or ""),
        "abstract": plain(report.abstract, ABSTRACT_LENGTH),
        "urls": [_url(report, address)],
    }
    if report.published_on:
        parts = str(report.published_on).split("-")
        record["year"] = parts[0]
        record["date"] = "/".join([*parts, "", ""][:3]) + "/"
    return rispy.dumps([{name: value for name, value in record.items() if value}])


def csl(report: Report, address: str) -> dict[str, Any]:
    """The item as the CSL 1.0.2 data schema has it."""
    _entry, _type, kind, _name = KINDS[report.kind]
    in_something = kind in ("article-journal", "chapter")
    item: dict[str, Any] = {
        "id": _key(report),
        "type": kind,
        "title": _one_line(report.title),
        "author": [_csl_name(author) for author in report.authors],
        "editor": [{"literal": _one_line(report.editors)}] if report.editors else [],
        "container-title" if in_something else "collection-title": _one_line(report.series),
        {"article-journal": "issue", "report": "number"}.get(kind, "collection-number"): _one_line(report.number),
        "genre": _genre(report),
        "publisher": _one_line(report.publisher),
        "publisher-place": _one_line(report.place),
        "number-of-pages": str(report.pages or ""),
        "ISBN": report.isbn,
        "ISSN": report.issn or report.issn_online,
        "DOI": report.doi,
        "URL": _url(report, address),
        "language": report.language,
        "abstract": plain(report.abstract, ABSTRACT_LENGTH),
    }
    if report.published_on:
        item["issued"] = {"date-parts": [[int(part) for part in str(report.published_on).split("-")]]}
    return {name: value for name, value in item.items() if value}


def csl_json(report: Report, address: str) -> str:
    """A CSL-JSON document: a list of one item."""
    return json.dumps([csl(report, address)], ensure_ascii=False, indent=1) + "\n"


def line(report: Report, address: str) -> str:
    """The citation for people: as the publisher wants it, else made from the record."""
    if report.suggested_citation:
        return report.suggested_citation
    names = ", ".join(author.name for author in report.authors) or report.publisher
    year = f"({report.published_on.year})" if report.published_on else ""
    series = " ".join(part for part in (report.series, report.number) if part)
    publisher = ": ".join(part for part in (report.place, report.publisher) if part)
    publisher = "" if publisher == names else publisher
    parts = [" ".join(part for part in (names, year) if part), report.title, series, publisher]
    sentences = [part if part[-1] in ".?!。？！؟" else f"{part}." for part in map(_one_line, parts) if part]
    return " ".join([*sentences, doi_url(report.doi) if report.doi else _url(report, address)])


def file_name(report: Report, ending: str) -> str:
    """Such as "report-12-water-and-cities.bib": plain letters only."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(report.title)[:60]).strip("-")
    return f"report-{report.id}{'-' if words else ''}{words}.{ending}"


def split_name(author: ReportAuthor) -> tuple[str, str]:
    """(family, given); the given name is empty where the name is one whole, as an institution's is."""
    family, comma, given = _one_line(author.sort_name).partition(",")
    if comma and family.strip() and given.strip():
        return family.strip(), given.strip()
    return _one_line(author.name), ""


class _BibTeX(Writer):
    """Values come as LaTeX already; the stock encoder would leave braces and backslashes alone."""

    def _encode(self, text: str) -> str:
        return text


def _bibtex_fields(report: Report, address: str) -> dict[str, str]:
    kind = KINDS[report.kind][0]
    holder = {"techreport": "institution", "misc": "howpublished", "article": ""}.get(kind, "publisher")
    series = {"article": "journal", "incollection": "booktitle"}.get(kind, "series")
    fields = {
        "title": f"{{{_latex(report.title)}}}",  # its capitals are the author's
        holder: _latex(report.publisher),
        "address": _latex(report.place),
        series: _latex(report.series),
        "number": _latex(report.number),
        "type": _latex(_genre(report)) if kind == "techreport" else "",
        "isbn": report.isbn,
        "issn": report.issn or report.issn_online,
        "doi": _latex(report.doi),
        "url": _url(report, address),
        "language": report.language,
        "abstract": _latex(plain(report.abstract, ABSTRACT_LENGTH)),
    }
    if report.published_on:
        year, *rest = str(report.published_on).split("-")
        fields |= {
            "year": year,
            "month": _MONTHS[int(rest[0]) - 1] if rest else "",
            "date": "-".join([year, *rest]),
        }
    return {name: value for name, value in fields.items() if name and value}


def _bibtex_person(author: ReportAuthor) -> Person:
    family, given = split_name(author)
    if not given:
        return _whole(family)
    person = Person()
    person.last_names = [_unsplit(family)]
    person.first_names = [_unsplit(given)]
    return person


def _whole(name: str) -> Person:
    """A name that BibTeX must not take apart."""
    person = Person()
    person.last_names = [f"{{{_latex(name)}}}"]
    return person


def _unsplit(part: str) -> str:
    text = _latex(part)
    return f"{{{text}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else text


def _latex(text: str) -> str:
    return _one_line(text).translate(_LATEX)


def _one_line(text: str) -> str:
    return " ".join(clean_text(" ".join((text or "").split())).split())


def _sorted_name(author: ReportAuthor) -> str:
    family, given = split_name(author)
    return f"{family}, {given}" if given else family


def _csl_name(author: ReportAuthor) -> dict[str, str]:
    family, given = split_name(author)
    return {"family": family, "given": given} if given else {"literal": family}


def _genre(report: Report) -> str:
    return _one_line(report.kind_as_printed) or KINDS[report.kind][3]


def _url(report: Report, address: str) -> str:
    return quote(_one_line(report.website), safe="/%:@!$&'()*+,;=~?#[]-._") or address


def _key(report: Report) -> str:
    return f"report{report.id}"
