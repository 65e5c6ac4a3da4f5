"""What the page of a report says to machines: Highwire tags for scholarly search, and schema.org as JSON-LD."""

import json
from typing import Any

from markupsafe import Markup

from tracker.identifiers import doi_url, orcid_url
from tracker.library.page import ShownFile
from tracker.markdown import plain
from tracker.reports.citations import editors, split_name
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import LICENCE_ADDRESSES, ReportKind

_TYPES = {
    ReportKind.BOOK: "Book",
    ReportKind.CHAPTER: "Chapter",
    ReportKind.ARTICLE: "ScholarlyArticle",
    ReportKind.DATASET: "Dataset",
    ReportKind.OTHER: "CreativeWork",
}
MOST_OF_ABSTRACT = 1_000  # letters


def highwire(report: Report, address: str, base: str, files: list[ShownFile]) -> list[tuple[str, str]]:
    """(name, content) of the meta tags, each author followed by what belongs to them."""
    tags = [("citation_title", report.title)]
    for author in report.authors:
        family, given = split_name(author)
        tags.append(("citation_author", f"{family}, {given}" if given else family))
        tags += [("citation_author_institution", printed) for printed, _record in author.affiliations]
        if author.orcid:
            tags.append(("citation_author_orcid", orcid_url(author.orcid)))
    tags += [("citation_editor", f"{family}, {given}" if given else family) for family, given in editors(report)]
    if report.published_on:
        tags.append(("citation_publication_date", str(report.published_on).replace("-", "/")))
    tags += [("citation_publisher", name) for name, _place in report.publishers]
    if report.kind in (ReportKind.ARTICLE, ReportKind.CHAPTER):
        name = "citation_journal_title" if report.kind is ReportKind.ARTICLE else "citation_inbook_title"
        tags += [(name, report.series), ("citation_issue", report.number)]
    elif report.kind not in (ReportKind.BOOK, ReportKind.DATASET):
        tags += [("citation_technical_report_institution", name) for name, _place in report.publishers[:1]]
        tags += [("citation_technical_report_number", report.number), ("citation_series_title", report.series)]
    tags += [
        ("citation_language", report.language),
        ("citation_isbn", report.isbn),
        ("citation_issn", report.issn),
        ("citation_issn", report.issn_online),
        ("citation_doi", report.doi),
        ("citation_abstract_html_url", address),
    ]
    tags += [("citation_pdf_url", f"{base}{one.href}") for one in files if one.is_pdf and not one.label]
    return [(name, content) for name, content in tags if content]


def json_ld(report: Report, address: str, base: str, files: list[ShownFile]) -> Markup:
    """The report as schema.org has it, safe to stand in a script element: a block of data, which nothing executes."""
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(report.kind, "Report"),
        "@id": doi_url(report.doi) if report.doi else address,
        "url": address,
        "name": report.title,
        "headline": report.title[:110],
        "alternateName": [text.title for text in report.texts if text.title],
        "inLanguage": report.language,
        "author": [_author(author) for author in report.authors],
        "editor": [_person(family, given) for family, given in editors(report)],
        "publisher": [{"@type": "Organization", "name": name} for name, _place in report.publishers],
        "datePublished": str(report.published_on or ""),
        "dateModified": report.stamped_at.date().isoformat() if report.stamped_at else "",
        "version": report.edition if report.edition > 1 else "",
        "abstract": plain(report.abstract, MOST_OF_ABSTRACT) if report.abstract else "",
        "license": LICENCE_ADDRESSES.get(report.licence, ""),
        "reportNumber": report.number if report.kind not in _TYPES else "",
        "isbn": report.isbn,
        "issn": [issn for issn in (report.issn, report.issn_online) if issn],
        "numberOfPages": report.pages or "",
        "identifier": f"doi:{report.doi}" if report.doi else "",
        "isAccessibleForFree": True,
        "about": [theme.name for theme in report.themes],
        "isPartOf": {"@type": "CreativeWorkSeries", "name": report.series} if report.series else "",
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": f"{base}{one.href}",
                "encodingFormat": one.file.media_type,
                "contentSize": str(one.file.size),
                "inLanguage": one.language,
            }
            for one in files
        ],
    }
    written = json.dumps(_filled(item), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":  # nothing in it may end the element
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(written)


def _author(author: ReportAuthor) -> dict[str, Any]:
    family, given = split_name(author)
    return _filled(
        _person(family, given)
        | {
            "@id": orcid_url(author.orcid) if author.orcid else "",
            "affiliation": [{"@type": "Organization", "name": printed} for printed, _record in author.affiliations],
        }
    )


def _person(family: str, given: str) -> dict[str, Any]:
    parts = {"familyName": family, "givenName": given, "name": f"{given} {family}"} if given else {"name": family}
    return {"@type": "Person", **parts}


def _filled(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value not in ("", [], None)}
