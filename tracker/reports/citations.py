"""A report as a citation: BibTeX, RIS, CSL-JSON, and one line for people.

Whatever a record holds, it can neither break out of its field nor add a field: each value becomes one line
without control characters before a library writes it. The line for people is our own: citeproc-py 0.11 takes
text for markup and prints it unescaped, invents an author where there is none, and costs 12 ms a line.
"""

import json
import re
from collections.abc import Iterable
from io import StringIO
from typing import Any, ClassVar
from urllib.parse import quote

import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from tracker.folding import fold
from tracker.i18n import _, format_day
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
    ReportKind.DATASET: ("dataset", "DATA", "dataset", ""),
    ReportKind.OTHER: ("misc", "GEN", "document", ""),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BABEL = {  # what BibTeX's readers call the languages whose typesetting they know
    **{"ar": "arabic", "en": "english", "es": "spanish", "fr": "french", "pt": "portuguese", "ru": "russian"},
    **{"zh-Hans": "chinese", "zh-Hant": "chinese"},
}
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "%&#$_"},
    }
)

_BRACES = str.maketrans({"{": r"\{", "}": r"\}"})
_LONE_BRACES = str.maketrans({"{": r"\textbraceleft{}", "}": r"\textbraceright{}"})


def bibtex(report: Report, address: str) -> str:
    """One BibTeX entry in UTF-8. `address` is the report's page, given where it appeared nowhere else."""
    entry = Entry(KINDS[report.kind][0], fields=_bibtex_fields(report, address))
    if report.authors:
        entry.persons["author"] = [_bibtex_name(*split_name(author)) for author in report.authors]
    if report.editors:
        entry.persons["editor"] = [_bibtex_name(*name) for name in editors(report)]
    out = StringIO()
    _BibTeX().write_stream(BibliographyData({_key(report): entry}), out)
    return out.getvalue()


def ris(report: Report, address: str) -> str:
    """One RIS record in UTF-8."""
    record: dict[str, Any] = {
        "type_of_reference": KINDS[report.kind][1],
        "id": _key(report),
        "title": _one_line(report.title),
        "authors": [_ris_name(*split_name(author)) for author in report.authors],
        "secondary_authors": [_ris_name(*name) for name in editors(report)],
        "secondary_title": _one_line(report.series),
        "number": _one_line(report.number),
        "publisher": _publishers(report),
        "place_published": _places(report),
        "publishing_place": _places(report),  # RIS has two tags for it, and each reader knows one
        "type_of_work": _genre(report),
        "issn": report.isbn or report.issn or report.issn_online,
        "doi": report.doi,
        "language": report.language,
        "abstract": plain(report.abstract, ABSTRACT_LENGTH),
        "urls": [_url(report, address)],
        "notes": [_withdrawn(report)] if report.is_withdrawn else [],
    }
    if report.published_on:
        parts = str(report.published_on).split("-")
        record["year"] = parts[0]
        record["date"] = "/".join([*parts, "", ""][:3]) + "/"
    return rispy.dumps([{name: value for name, value in record.items() if value}], implementation=_RIS)


def csl(report: Report, address: str) -> dict[str, Any]:
    """The item as the CSL 1.0.2 data schema has it."""
    _entry, _type, kind, _name = KINDS[report.kind]
    in_something = kind in ("article-journal", "chapter")
    item: dict[str, Any] = {
        "id": _key(report),
        "type": kind,
        "title": _one_line(report.title),
        "author": [_csl_name(*split_name(author)) for author in report.authors],
        "editor": [_csl_name(*name) for name in editors(report)],
        "container-title" if in_something else "collection-title": _one_line(report.series),
        {"article-journal": "issue", "book": "collection-number", "chapter": "collection-number"}.get(
            kind, "number"
        ): _one_line(report.number),
        "genre": _genre(report),
        "publisher": _publishers(report),
        "publisher-place": _places(report),
        "number-of-pages": str(report.pages or ""),
        "ISBN": report.isbn,
        "ISSN": report.issn or report.issn_online,
        "DOI": report.doi,
        "URL": _url(report, address),
        "language": report.language,
        "abstract": plain(report.abstract, ABSTRACT_LENGTH),
        "status": "withdrawn" if report.is_withdrawn else "",
        "note": _withdrawn(report),
    }
    if report.published_on:
        item["issued"] = {"date-parts": [[int(part) for part in str(report.published_on).split("-")]]}
    return {name: value for name, value in item.items() if value}


def csl_json(report: Report, address: str) -> str:
    """A CSL-JSON document: a list of one item."""
    return json.dumps([csl(report, address)], ensure_ascii=False, indent=1) + "\n"


def line(report: Report, address: str) -> str:
    """The citation for people: as the publisher wants it, else made from the record."""
    if report.is_withdrawn and report.withdrawn_at:
        return f"{_line(report, address)} [{_('withdrawn on %(day)s', day=format_day(report.withdrawn_at))}]"
    return _line(report, address)


def _line(report: Report, address: str) -> str:
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


def _withdrawn(report: Report) -> str:
    """For machines and for whoever opens their reference manager years later; "" for a report that is not withdrawn."""
    if not report.is_withdrawn or report.withdrawn_at is None:
        return ""
    return _one_line(f"Withdrawn on {report.withdrawn_at.date().isoformat()}: {report.withdrawn_because}")


def file_name(report: Report, ending: str) -> str:
    """Such as "report-12-water-and-cities.bib": plain letters only."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(report.title)[:60]).strip("-")
    return f"report-{report.id}{'-' if words else ''}{words}.{ending}"


def split_name(author: ReportAuthor) -> tuple[str, str]:
    """(family, given); the given name is empty where the name is one whole, as an institution's is."""
    return _split(author.sort_name) or (_one_line(author.name), "")


def _split(name: str) -> tuple[str, str] | None:
    family, comma, given = _one_line(name).partition(",")
    return (family.strip(), given.strip()) if comma and family.strip() and given.strip() else None


def editors(report: Report) -> list[tuple[str, str]]:
    """(family, given) of each editor as `split_name` gives it; they are written one after the other, parted by ";"."""
    names = (_one_line(name) for name in report.editors.split(";"))
    return [_split(name) or (name, "") for name in names if name]


class _BibTeX(Writer):
    """Values come as LaTeX already; the stock encoder would leave braces and backslashes alone."""

    def _encode(self, text: str) -> str:
        return text


class _RIS(rispy.RisWriter):
    """One record without its number before it, which no other reader expects."""

    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {**rispy.TAG_KEY_MAPPING, "PP": "publishing_place"}

    def set_header(self, count: int) -> str:
        return ""


def _bibtex_fields(report: Report, address: str) -> dict[str, str]:
    kind = KINDS[report.kind][0]
    series = {"article": "journal", "incollection": "booktitle"}.get(kind, "series")
    fields = {
        "title": _kept(report.title),
        "institution" if kind == "techreport" else "publisher": _list(name for name, _place in report.publishers),
        "address": _list(report.place.split(";")),
        series: _kept(report.series),
        "number": _latex(report.number),
        "type": _latex(_genre(report)),
        "pagetotal": str(report.pages or ""),
        "isbn": report.isbn,
        "issn": report.issn or report.issn_online,
        "doi": report.doi if not re.search(r"[{}\\]", report.doi) else _latex(report.doi),  # read letter by letter
        "url": _url(report, address),
        "note": _latex(_withdrawn(report)),
        "language": report.language,
        "langid": _BABEL.get(report.language, ""),
        "abstract": _latex(plain(report.abstract, ABSTRACT_LENGTH)),
    }
    if report.published_on:
        year, *rest = str(report.published_on).split("-")
        fields |= {
            "year": year,
            "month": _MONTHS[int(rest[0]) - 1] if rest else "",
            "date": "-".join([year, *rest]),
        }
    return {name: value for name, value in fields.items() if value}


def _bibtex_name(family: str, given: str) -> Person:
    """A name that BibTeX takes apart only where we did."""
    person = Person()
    person.last_names = [f"{{{_latex(family)}}}"] if not given or _is_taken_apart(family) else [_latex(family)]
    person.first_names = [f"{{{_latex(given)}}}" if _is_taken_apart(given, particles=False) else _latex(given)]
    person.first_names = person.first_names if given else []
    return person


def _is_taken_apart(part: str, particles: bool = True) -> bool:
    """Whether BibTeX would see more in a part of a name: two names, or a particle such as "van"."""
    begins_low = particles and not part[:1].isupper()
    return begins_low or "," in part or re.search(r"\band\b", part, re.IGNORECASE) is not None


def _list(parts: Iterable[str]) -> str:
    """Several values of one field, each in braces: "and" within one parts nothing."""
    return " and ".join(f"{{{_latex(part)}}}" for part in parts if part.strip())


def _kept(text: str) -> str:
    """A title: words with a capital in braces, so that no style takes it away; the others may be given one."""
    words = _latex(text).split(" ")
    return " ".join(f"{{{word}}}" if any(sign.isupper() for sign in word) else word for word in words)


def _latex(text: str) -> str:
    """A text as LaTeX. BibTeX counts even an escaped brace, so braces that are not in pairs get names."""
    line = _one_line(text)
    made = line.translate(_LATEX | (_BRACES if _is_paired(line) else _LONE_BRACES))
    made = re.sub("-(?=-)|`(?=`)", lambda match: f"{match[0]}{{}}", made)  # they would be a dash, a quotation mark
    return re.sub(r"(?<!\w)'|'(?!\w)", r"\\textquotesingle{}", made)


def _is_paired(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _one_line(text: str) -> str:
    return " ".join(clean_text(" ".join((text or "").split())).split())


def _ris_name(family: str, given: str) -> str:
    """Names that are one whole end with a comma, or readers would take their last word for the family's."""
    return f"{family}, {given}" if given else f"{family},"


def _csl_name(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given} if given else {"literal": family}


def _publishers(report: Report) -> str:
    return "; ".join(_one_line(name) for name, _place in report.publishers)


def _places(report: Report) -> str:
    return "; ".join(place for part in report.place.split(";") if (place := _one_line(part)))


def _genre(report: Report) -> str:
    return _one_line(report.kind_as_printed) or KINDS[report.kind][3]


def _url(report: Report, address: str) -> str:
    return quote(_one_line(report.website), safe="/%:@!$&'()*+,;=~?#[]-._") or address


def _key(report: Report) -> str:
    return f"report{report.id}"
