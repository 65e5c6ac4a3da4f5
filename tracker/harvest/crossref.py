"""A deposit of a report with Crossref: Metadata Input Schema 5.5.0 (https://gitlab.com/crossref/schema)."""

from datetime import datetime

from lxml import etree

from tracker.errors import RuleBroken
from tracker.harvest.words import XML, clean, put, text_of
from tracker.i18n import _
from tracker.identifiers import orcid_url, ror_url
from tracker.reports.citations import split_name
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import LICENCE_ADDRESSES, LinkKind, ReportKind

NAMESPACE = "http://www.crossref.org/schema/5.5.0"
JATS = "http://www.ncbi.nlm.nih.gov/JATS1"
ACCESS = "http://www.crossref.org/AccessIndicators.xsd"
RELATIONS = "http://www.crossref.org/relations.xsd"
PAPERS = frozenset(
    {ReportKind.REPORT, ReportKind.BRIEF, ReportKind.WORKING_PAPER, ReportKind.COUNTRY_PAPER, ReportKind.OTHER}
)
INTRA_WORK = {LinkKind.TRANSLATION_OF: "isTranslationOf", LinkKind.REPLACES: "replaces"}
INTER_WORK = {
    LinkKind.BRIEF_OF: "isDerivedFrom",
    LinkKind.BASED_ON: "isBasedOn",
    LinkKind.PART_OF: "isPartOf",
    LinkKind.DATA_OF: "isSupplementTo",
}
LONGEST_NAME = 60  # characters of a given or family name
LONGEST_ORGANISATION = 511
LONGEST_PUBLISHER = 255
LONGEST_PLACE = 255


def crossref_deposit(
    report: Report, address: str, *, depositor: str, email: str, registrant: str, at: datetime
) -> etree._Element:
    """The `doi_batch` that registers the DOI of a report, or says anew what it stands for.

    `at` is aware: a later deposit needs a later moment. Raises RuleBroken for a report without a DOI, and for kinds
    that others register: chapters, articles and data sets stand in something else.
    """
    if not report.doi:
        raise RuleBroken(_("This report has no DOI."))
    if report.kind not in PAPERS and report.kind is not ReportKind.BOOK:
        raise RuleBroken(_("A DOI of this type is registered with what it appeared in."))
    spaces = {None: NAMESPACE, "jats": JATS, "ai": ACCESS, "rel": RELATIONS}
    root = etree.Element(f"{{{NAMESPACE}}}doi_batch", nsmap=spaces, version="5.5.0")
    head = _put(root, "head")
    _put(head, "doi_batch_id", f"report-{report.id}-{report.edition}-{at:%Y%m%d%H%M%S}")
    _put(head, "timestamp", f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}")
    whom = _put(head, "depositor")
    _put(whom, "depositor_name", depositor[:130])
    _put(whom, "email_address", email)
    _put(head, "registrant", registrant[:255])
    body = _put(root, "body")
    if report.kind is ReportKind.BOOK:
        book = _put(body, "book", book_type="monograph")
        _describe(_put(book, "book_metadata", language=_language(report)), report, address)
    else:
        paper = _put(body, "report-paper")
        held = _put(paper, "report-paper_metadata", language=_language(report))
        _describe(held, report, address)
    return root


def _describe(held: etree._Element, report: Report, address: str) -> None:
    """What books and papers have in common, in the order of the schema for each."""
    is_book = report.kind is ReportKind.BOOK
    _people(held, report)
    _put(_put(held, "titles"), "title", report.title)
    if not is_book:
        _edition(held, report)
    for abstract, language in (report.abstract, report.language), *((t.abstract, t.language) for t in report.texts):
        _abstract(held, abstract, language)
    if is_book:
        _edition(held, report)
    _date(held, report)
    if report.isbn:
        _put(held, "isbn", report.isbn)
    elif is_book:
        _put(held, "noisbn", reason="monograph")
    _publishers(held, report)
    if report.number and not is_book:
        _put(_put(held, "publisher_item"), "identifier", report.number, id_type="report-number")
    _licence(held, report)
    _relations(held, report)
    data = _put(held, "doi_data")
    _put(data, "doi", report.doi)
    _put(data, "resource", address)


def _edition(held: etree._Element, report: Report) -> None:
    if report.edition > 1:
        _put(held, "edition_number", str(report.edition))


def _put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    given = {key: value for key, value in attributes.items() if value}
    return put(parent, f"{{{NAMESPACE}}}{name}", text, **given)


def _language(report: Report) -> str:
    return report.language.split("-")[0] if report.language else ""


def _people(held: etree._Element, report: Report) -> None:
    if not report.authors:
        return
    people = _put(held, "contributors")
    for place, author in enumerate(report.authors):
        sequence = "additional" if place else "first"
        family, given = split_name(author)
        if not given and author.person_id is None and not author.orcid:
            _put(people, "organization", family[:LONGEST_ORGANISATION], sequence=sequence, contributor_role="author")
            continue
        person = _put(people, "person_name", sequence=sequence, contributor_role="author")
        if given:
            _put(person, "given_name", given[:LONGEST_NAME])
        _put(person, "surname", family[:LONGEST_NAME])
        _places(person, author)
        if author.orcid:
            _put(person, "ORCID", orcid_url(author.orcid))


def _places(person: etree._Element, author: ReportAuthor) -> None:
    if not author.affiliations:
        return
    places = _put(person, "affiliations")
    for printed, institution in author.affiliations:
        place = _put(places, "institution")
        _put(place, "institution_name", printed)
        if institution is not None and institution.ror:
            _put(place, "institution_id", ror_url(institution.ror), type="ror")


def _abstract(held: etree._Element, text: str, language: str) -> None:
    if not text.strip():
        return
    abstract = etree.SubElement(held, f"{{{JATS}}}abstract")
    if language:
        abstract.set(f"{{{XML}}}lang", language)
    etree.SubElement(abstract, f"{{{JATS}}}p").text = clean(text_of(text))


def _date(held: etree._Element, report: Report) -> None:
    day = report.published_on
    date = _put(held, "publication_date", media_type="online")
    year, *rest = str(day).split("-") if day else [str((report.published_at or report.created_at).year)]
    if rest:
        _put(date, "month", rest[0])
    if len(rest) > 1:
        _put(date, "day", rest[1])
    _put(date, "year", year)


def _publishers(held: etree._Element, report: Report) -> None:
    """A book may have several; a paper has one, and the others are its institutions."""
    named = report.publishers or [("Unknown", "")]
    first = named if report.kind is ReportKind.BOOK else named[:1]
    for name, place in first:
        publisher = _put(held, "publisher")
        _put(publisher, "publisher_name", name[:LONGEST_PUBLISHER])
        if place:
            _put(publisher, "publisher_place", place[:LONGEST_PLACE])
    for name, place in named[len(first) :][:5]:
        institution = _put(held, "institution")
        _put(institution, "institution_name", name)
        if place:
            _put(institution, "institution_place", place)


def _licence(held: etree._Element, report: Report) -> None:
    address = LICENCE_ADDRESSES.get(report.licence)
    if address:
        program = etree.SubElement(held, f"{{{ACCESS}}}program", name="AccessIndicators")
        put(program, f"{{{ACCESS}}}free_to_read")
        put(program, f"{{{ACCESS}}}license_ref", address)


def _relations(held: etree._Element, report: Report) -> None:
    told = [link for link in report.links if link.other is not None and link.is_for_readers]
    linked = [(link.kind, link.other.doi) for link in told if link.other is not None and link.other.doi]
    if not linked:
        return
    program = etree.SubElement(held, f"{{{RELATIONS}}}program", name="relations")
    for kind, doi in linked:
        item = put(program, f"{{{RELATIONS}}}related_item")
        within = kind in INTRA_WORK
        name = "intra_work_relation" if within else "inter_work_relation"
        relation = (INTRA_WORK if within else INTER_WORK)[kind]
        put(item, f"{{{RELATIONS}}}{name}", doi, **{"relationship-type": relation, "identifier-type": "doi"})
