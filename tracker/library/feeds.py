"""The library as Atom (RFC 4287): for readers of news, the reports that were published or corrected last."""

from typing import Any

from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator

from tracker.library.finding import Version
from tracker.markdown import clean_text
from tracker.reports.models import Report

MOST_OF_ABSTRACT = 2_000  # letters


class _Language(BaseEntryExtension):
    """Says in which language an entry is (xml:lang), for which feedgen has no way of its own."""

    tag = ""

    def extend_atom(self, entry: Any) -> Any:
        """Called by feedgen with the element it made."""
        if self.tag:
            entry.attrib["{http://www.w3.org/XML/1998/namespace}lang"] = self.tag
        return entry


def atom(reports: list[Report], *, title: str, address: str, page: str, language: str, host: str, name: str) -> bytes:
    """A feed of published reports. `address` is its own, `page` the list it stands for; both are whole addresses.

    `name` is the site's, for reports without authors; ids are tag URIs (RFC 4151) of `host` and stay for good.
    """
    feed = FeedGenerator()
    feed.id(page)
    feed.title(clean_text(title))
    feed.link(href=address, rel="self", type="application/atom+xml")
    feed.link(href=page, rel="alternate", type="text/html")
    feed.language(language)
    moments = [report.stamped_at or report.published_at for report in reports]
    newest = max((moment for moment in moments if moment), default=None)
    feed.updated(newest or "1970-01-01T00:00:00Z")
    feed.author(name=clean_text(name))
    for report in reports:
        _add(feed, report, page.partition("/reports")[0], host)
    written: bytes = feed.atom_str(pretty=False)
    return written


def _add(feed: FeedGenerator, report: Report, base: str, host: str) -> None:
    entry = feed.add_entry(order="append")
    entry.register_extension("language", _Language, rss=False)
    entry.language.tag = report.language
    entry.id(f"tag:{host},2020:report-{report.id}")
    entry.title(clean_text(report.label))
    entry.link(href=f"{base}{report.path}", rel="alternate", type="text/html", hreflang=report.language or None)
    if report.file:
        entry.link(
            href=f"{base}{report.path}/files/{report.file_id}",
            rel="enclosure",
            type=report.file.media_type,
            length=str(report.file.size),
        )
    for author in report.authors:
        entry.author(name=clean_text(author.name))
    entry.updated(report.stamped_at or report.published_at)
    entry.published(report.published_at or report.stamped_at)
    if abstract := Version(report.language, report.title, report.abstract_html).abstract:
        entry.summary(clean_text(abstract[:MOST_OF_ABSTRACT]))
