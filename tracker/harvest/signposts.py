"""Typed links of a report for machines: Signposting (https://signposting.org/FAIR/), as a Link header (RFC 8288) and as
a linkset (RFC 9264)."""

from dataclasses import dataclass
from typing import Any

from tracker.identifiers import doi_url, orcid_url
from tracker.reports import citations
from tracker.reports.models import Report
from tracker.reports.states import LICENCE_ADDRESSES, ReportKind

TYPES = {  # of schema.org
    ReportKind.BOOK: "https://schema.org/Book",
    ReportKind.CHAPTER: "https://schema.org/Chapter",
    ReportKind.ARTICLE: "https://schema.org/ScholarlyArticle",
    ReportKind.DATASET: "https://schema.org/Dataset",
    ReportKind.OTHER: "https://schema.org/CreativeWork",
}
PAGE = "https://schema.org/AboutPage"
DATACITE_XML = "application/vnd.datacite.datacite+xml"
LINKSET = "application/linkset+json"
MOST_ITEMS = 10  # of authors and of files in a header; the linkset names all


@dataclass(frozen=True)
class Signpost:
    relation: str
    address: str
    type: str = ""

    @property
    def header(self) -> str:
        """As a value of the Link header."""
        media = f'; type="{self.type}"' if self.type else ""
        return f'<{self.address}>; rel="{self.relation}"{media}'


def of_page(report: Report, base: str) -> list[Signpost]:
    """What the page of a report points to. `base` is the address of the site."""
    page = f"{base}{report.path}"
    licence = LICENCE_ADDRESSES.get(report.licence)
    return [
        Signpost("cite-as", doi_url(report.doi) if report.doi else page),
        *(Signpost("author", orcid_url(author.orcid)) for author in report.authors if author.orcid),
        Signpost("type", PAGE),
        Signpost("type", TYPES.get(report.kind, "https://schema.org/Report")),
        *([Signpost("license", licence)] if licence else []),
        *(
            Signpost("item", f"{page}/files/{file.id}", file.media_type)
            for file in (report.file, *(more.file for more in report.more_files))
            if file is not None and file.deleted_at is None
        ),
        *(Signpost("describedby", address, media) for address, media in _descriptions(page)),
        Signpost("linkset", f"{page}/linkset.json", LINKSET),
    ]


def header(posts: list[Signpost]) -> str:
    """The value of a Link header: all of it, but of authors and files the first MOST_ITEMS."""
    shown: list[Signpost] = []
    for post in posts:
        if sum(known.relation == post.relation for known in shown) < MOST_ITEMS:
            shown.append(post)
    return ", ".join(post.header for post in shown)


def linkset(report: Report, base: str) -> dict[str, Any]:
    """The links of the page, of its files and of its descriptions, as RFC 9264 section 4.2 has them."""
    page = f"{base}{report.path}"
    contexts: list[dict[str, Any]] = [{"anchor": page}]
    for post in of_page(report, base):
        target = {"href": post.address, **({"type": post.type} if post.type else {})}
        if post.relation == "linkset":
            continue
        contexts[0].setdefault(post.relation, []).append(target)
        if post.relation == "item":
            contexts.append({"anchor": post.address, "collection": [{"href": page, "type": "text/html"}]})
        if post.relation == "describedby":
            contexts.append({"anchor": post.address, "describes": [{"href": page, "type": "text/html"}]})
    return {"linkset": contexts}


def _descriptions(page: str) -> list[tuple[str, str]]:
    kinds = [(f"{page}.{ending}", media.partition(";")[0]) for ending, media in citations.MEDIA_TYPES.items()]
    return [*kinds, (f"{page}/datacite.xml", DATACITE_XML)]
