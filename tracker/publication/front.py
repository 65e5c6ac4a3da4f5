"""What stands before and after the text of a publication: title, authors, abstracts, citation and the rest, as data.

It is taken from the record once and then given to each format, in the language of the report.
"""

from dataclasses import dataclass, field
from typing import Any

from babel.dates import format_date

from tracker.credit.queries import statement
from tracker.i18n import locale_of, speaking
from tracker.identifiers import doi_url
from tracker.publication.cleaning import plain_words
from tracker.publication.words import speech_tag, words_in
from tracker.reports import citations
from tracker.reports.models import Report
from tracker.reports.states import KIND_LABELS, LICENCE_ADDRESSES, LICENCES

LONGEST_HEAD = 70  # characters of the running head


@dataclass(frozen=True)
class Author:
    name: str
    orcid: str = ""
    marks: str = ""  # "1, 2, *": the numbers of the affiliations, then signs
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    text: str
    address: str = ""


@dataclass(frozen=True)
class Part:
    """A short part about the publication: "Funding", and its lines."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Abstract:
    language: str
    heading: str
    title: str  # of the report in that language; "" where it is the report's own
    html: str


@dataclass(frozen=True)
class Front:
    """The front matter of one edition of a report, or of a try (edition 0)."""

    language: str
    title: str
    words: dict[str, str]
    kind: str
    series: str
    date: str  # in words; "" where none is known
    day: tuple[int, int, int] | None
    publishers: tuple[str, ...]
    authors: tuple[Author, ...]
    affiliations: tuple[tuple[str, str], ...]  # mark, name
    author_notes: tuple[str, ...]
    abstracts: tuple[Abstract, ...]
    imprint: tuple[Part, ...]
    address: str
    doi: str = ""
    isbn: str = ""
    licence: str = ""
    edition: int = 0
    other_languages: tuple[str, ...] = ()
    themes: tuple[str, ...] = field(default=())

    @property
    def split_title(self) -> tuple[str, str, str]:
        """(title, what joins them, subtitle): what stands after a first colon is set as a subtitle."""
        for joint in (": ", "：", " : ", "\u00a0: "):
            head, found, tail = self.title.partition(joint)
            if found and head.strip() and tail.strip() and len(tail) > 3:
                return head.strip(), joint, tail.strip()
        return self.title, "", ""

    @property
    def head(self) -> str:
        """The title as it stands at the head of pages."""
        title = self.split_title[0]
        return title if len(title) <= LONGEST_HEAD else f"{title[: LONGEST_HEAD - 1].rstrip()}…"


def front_of(report: Report, *, address: str, edition: int) -> Front:
    """The front matter of a report whose page is at `address`; who contributed what as the authors declared it."""
    language = report.language or "en"
    words = words_in(language)
    authors, affiliations, notes = _authors(report, words)
    with speaking(language):
        kind = plain_words(report.kind_as_printed) or _title_case(str(KIND_LABELS[report.kind]))
        licence = str(LICENCES.get(report.licence, report.licence))
        contributions = statement(report)
    return Front(
        language=language,
        title=plain_words(report.title) or "—",
        words=words,
        kind=kind,
        series=" ".join(plain_words(part) for part in (report.series, report.number) if part.strip()),
        date=_date(report, language),
        day=(day.year, day.month, day.day) if report.published_on and (day := report.published_on.first_day) else None,
        publishers=tuple(
            ", ".join(plain_words(part) for part in (name, place) if part) for name, place in report.publishers
        ),
        authors=authors,
        affiliations=affiliations,
        author_notes=notes,
        abstracts=_abstracts(report, language),
        imprint=_imprint(report, words, address, contributions, licence, edition),
        address=address,
        doi=report.doi,
        isbn=report.isbn,
        licence=licence,
        edition=edition,
        other_languages=tuple(
            dict.fromkeys([*(text.language for text in report.texts), *(report.other_languages or [])])
        ),
        themes=tuple(plain_words(theme.name) for theme in report.themes),
    )


def _authors(
    report: Report, words: dict[str, str]
) -> tuple[tuple[Author, ...], tuple[tuple[str, str], ...], tuple[str, ...]]:
    names: dict[str, int] = {}
    for author in report.authors:
        for printed, _institution in author.affiliations:
            names.setdefault(plain_words(printed), len(names) + 1)
    is_numbered = len(names) > 1
    equal = [author for author in report.authors if author.contributed_equally]
    made = []
    for author in report.authors:
        own = tuple(plain_words(printed) for printed, _institution in author.affiliations)
        marks = [str(names[name]) for name in own] if is_numbered else []
        marks += ["*"] if author.is_corresponding else []
        marks += ["†"] if len(equal) > 1 and author.contributed_equally else []
        made.append(Author(plain_words(author.name), author.orcid or "", ",\u202f".join(marks), own))
    notes = []
    corresponding = [author for author in report.authors if author.is_corresponding]
    if corresponding:
        said = words["comma"].join(_reached(author) for author in corresponding)
        notes.append(f"* {words['corresponding']}{words['colon']}{said}")
    if len(equal) > 1:
        notes.append(f"† {words['equal']}")
    numbered = tuple((str(number) if is_numbered else "", name) for name, number in names.items())
    return tuple(made), numbered, tuple(notes)


def _reached(author: Any) -> str:
    """The corresponding author by name; how to write to them stands on the page of the report."""
    return plain_words(author.name)


def _abstracts(report: Report, language: str) -> tuple[Abstract, ...]:
    own = [Abstract(language, words_in(language)["abstract"], "", str(report.abstract_html))]
    more = [
        Abstract(text.language, words_in(text.language)["abstract"], plain_words(text.title), str(text.abstract_html))
        for text in report.texts
    ]
    return tuple(each for each in [*own, *more] if each.html.strip())


def _imprint(
    report: Report, words: dict[str, str], address: str, contributions: list[Any], licence: str, edition: int
) -> tuple[Part, ...]:
    def lines(text: str) -> tuple[Line, ...]:
        return tuple(Line(plain_words(line)) for line in text.splitlines() if line.strip())

    identifiers = [
        *([Line(f"DOI {report.doi}", doi_url(report.doi))] if report.doi else []),
        *([Line(f"ISBN {report.isbn}")] if report.isbn else []),
        *(Line(f"ISSN {issn}") for issn in dict.fromkeys((report.issn, report.issn_online)) if issn),
        Line(address, address),
        *([Line(words["version"].format(edition))] if edition > 1 else []),
    ]
    parts = (
        (words["citation"], lines(citations.line(report, address))),
        (words["contributions"], tuple(_contribution(words, role, people) for role, _address, people in contributions)),
        (words["editors"], lines(report.editors)),
        (words["reviewers"], lines(report.reviewers)),
        (words["funding"], lines(report.funding)),
        (words["disclaimer"], lines(report.disclaimer)),
        (words["licence"], (Line(licence, LICENCE_ADDRESSES.get(report.licence, "")),) if licence else ()),
        (words["identifiers"], tuple(identifiers)),
    )
    return tuple(Part(title, made) for title, made in parts if made)


def _contribution(words: dict[str, str], role: str, people: list[tuple[str, str]]) -> Line:
    names = words["comma"].join(f"{name} ({degree})" if degree else name for name, degree in people)
    return Line(plain_words(f"{role}{words['colon']}{names}"))


def _date(report: Report, language: str) -> str:
    """The date of publication in words of the report's language, as exactly as it is known."""
    partial = report.published_on
    if partial is None:
        return ""
    locale = locale_of(speech_tag(language))
    first = partial.first_day
    if partial.precision == "day":
        return str(format_date(first, "long", locale=locale))
    if partial.precision == "month":
        pattern = "y年M月" if speech_tag(language) == "zh-Hans" else "LLLL y"
        return str(format_date(first, pattern, locale=locale))
    return str(first.year)


def _title_case(text: str) -> str:
    return text[:1].upper() + text[1:]
