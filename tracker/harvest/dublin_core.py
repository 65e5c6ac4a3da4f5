"""A report as unqualified Dublin Core (oai_dc), with the terms of info:eu-repo where one exists."""

from lxml import etree

from tracker.harvest.words import XML, in_order, put, text_of
from tracker.i18n import country_name, speaking
from tracker.identifiers import doi_url
from tracker.reports.models import Report
from tracker.reports.states import LICENCE_ADDRESSES, ReportKind

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
TYPES = {
    ReportKind.REPORT: "report",
    ReportKind.BRIEF: "report",
    ReportKind.WORKING_PAPER: "workingPaper",
    ReportKind.COUNTRY_PAPER: "workingPaper",
    ReportKind.BOOK: "book",
    ReportKind.CHAPTER: "bookPart",
    ReportKind.ARTICLE: "article",
    ReportKind.DATASET: "other",
    ReportKind.OTHER: "other",
}


def dublin_core(report: Report, address: str) -> etree._Element:
    """The `oai_dc:dc` element. `address` is that of the report's page."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} {SCHEMA}")

    def say(name: str, value: str, language: str = "") -> None:
        if value:
            element = put(root, f"{{{DC}}}{name}", value)
            if language:
                element.set(f"{{{XML}}}lang", language)

    say("title", report.title, report.language)
    for text in report.texts:
        say("title", text.title, text.language)
    for author in report.authors:
        say("creator", in_order(author))
    say("contributor", report.editors)
    for theme in report.themes:
        say("subject", theme.name)
    say("description", text_of(report.abstract), report.language)
    for text in report.texts:
        say("description", text_of(text.abstract), text.language)
    for publisher, _place in report.publishers:
        say("publisher", publisher)
    say("date", str(report.published_on or ""))
    say("type", f"info:eu-repo/semantics/{TYPES[report.kind]}")
    say("type", report.kind_as_printed)
    for held in (report.file, *(more.file for more in report.more_files)):
        if held is not None and held.deleted_at is None:
            say("format", held.media_type)
    say("identifier", address)
    say("identifier", doi_url(report.doi) if report.doi else "")
    say("identifier", f"urn:isbn:{report.isbn.replace('-', '')}" if report.isbn else "")
    say("identifier", f"https://hdl.handle.net/{report.handle}" if report.handle else "")
    for number in (report.issn, report.issn_online):
        say("relation", f"urn:issn:{number}" if number else "")
    for tag in dict.fromkeys([report.language, *(text.language for text in report.texts)]):
        say("language", tag)
    with speaking("en"):
        for country in report.countries:
            say("coverage", country_name(country))
    say("rights", LICENCE_ADDRESSES.get(report.licence, report.licence))
    say("rights", "info:eu-repo/semantics/openAccess")
    return root
