"""A report as DataCite describes it: Metadata Schema 4.5, as JSON to register with and as XML to harvest and deposit.

The library of DataCite's community writes the XML and holds the schema; this module says what stands where.
"""

from typing import Any

from lxml import etree

from tracker.goals import GOALS
from tracker.harvest.words import clean, in_order, text_of
from tracker.i18n import country_name, speaking
from tracker.identifiers import doi_url, orcid_url, ror_url
from tracker.languages import is_language
from tracker.reports.citations import split_name
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import LICENCE_ADDRESSES, LICENCES, LinkKind, ReportKind

NAMESPACE = "http://datacite.org/schema/kernel-4"
SCHEMA = "http://schema.datacite.org/meta/kernel-4.5/metadata.xsd"
TYPES = {  # resourceTypeGeneral
    ReportKind.REPORT: "Report",
    ReportKind.BRIEF: "Report",
    ReportKind.WORKING_PAPER: "Preprint",
    ReportKind.COUNTRY_PAPER: "Report",
    ReportKind.BOOK: "Book",
    ReportKind.CHAPTER: "BookChapter",
    ReportKind.ARTICLE: "JournalArticle",
    ReportKind.DATASET: "Dataset",
    ReportKind.OTHER: "Text",
}
GENRES = {  # resourceType, in English: a machine reads it
    ReportKind.REPORT: "Report",
    ReportKind.BRIEF: "Policy brief",
    ReportKind.WORKING_PAPER: "Working paper",
    ReportKind.COUNTRY_PAPER: "Country paper",
    ReportKind.BOOK: "Book",
    ReportKind.CHAPTER: "Chapter",
    ReportKind.ARTICLE: "Article",
    ReportKind.DATASET: "Data set",
    ReportKind.OTHER: "Text",
}
RELATIONS = {
    LinkKind.TRANSLATION_OF: "IsVariantFormOf",
    LinkKind.BRIEF_OF: "IsDerivedFrom",
    LinkKind.PART_OF: "IsPartOf",
    LinkKind.DATA_OF: "IsSupplementTo",
    LinkKind.BASED_ON: "IsDerivedFrom",
    LinkKind.REPLACES: "Obsoletes",
}
UNKNOWN = ":unkn"  # DataCite's own sign for a value that is not known (appendix 3)


def datacite_json(report: Report, address: str) -> dict[str, Any]:
    """The record as the JSON form of the schema has it. `address` is that of the report's page."""
    with speaking("en"):
        return _record(report, address)


def _record(report: Report, address: str) -> dict[str, Any]:
    published = report.published_on
    record: dict[str, Any] = {
        "schemaVersion": NAMESPACE,
        "types": {"resourceTypeGeneral": TYPES[report.kind], "resourceType": clean(_genre(report))},
        "creators": [_creator(author) for author in report.authors] or [{"name": UNKNOWN}],
        "titles": _titles(report),
        "publisher": {"name": clean(report.publishers[0][0] if report.publishers else UNKNOWN)},
        "publicationYear": str(published.year if published else (report.stamped_at or report.created_at).year),
        "alternateIdentifiers": _alternate(report, address),
        "contributors": _contributors(report),
        "subjects": _subjects(report),
        "dates": [{"date": str(published), "dateType": "Issued"}] if published else [],
        "relatedIdentifiers": _related(report, address),
        "formats": sorted({held.media_type for held in _files(report)}),
        "sizes": [f"{report.pages} pages"] if report.pages else [],
        "version": str(max(report.edition, 1)),
        "rightsList": _rights(report),
        "descriptions": _descriptions(report),
        "geoLocations": [{"geoLocationPlace": country_name(country)} for country in report.countries],
    }
    if report.doi:
        record["doi"] = report.doi
    if report.language:
        record["language"] = report.language
    return {name: value for name, value in record.items() if value}


def datacite_xml(report: Report, address: str) -> etree._Element:
    """The same as the `resource` element. Where there is no DOI its page's address identifies the report."""
    from datacite import schema45  # it takes half a second, which a start can do without

    root = schema45.dump_etree(datacite_json(report, address))
    if not report.doi:
        identifier = etree.Element(f"{{{NAMESPACE}}}identifier", identifierType="URL")
        identifier.text = address
        root.insert(0, identifier)
    return root


def _genre(report: Report) -> str:
    return report.kind_as_printed or GENRES[report.kind]


def _files(report: Report) -> list[Any]:
    held = [report.file, *(more.file for more in report.more_files)]
    return [file for file in held if file is not None and file.deleted_at is None]


def _creator(author: ReportAuthor) -> dict[str, Any]:
    family, given = (clean(part) for part in split_name(author))
    creator: dict[str, Any] = {"name": clean(in_order(author))}
    if given:
        creator |= {"familyName": family, "givenName": given, "nameType": "Personal"}
    elif author.person_id is not None or author.orcid:
        creator["nameType"] = "Personal"
    if author.orcid:
        creator["nameIdentifiers"] = [
            {
                "nameIdentifier": orcid_url(author.orcid),
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ]
    places = []
    for printed, institution in author.affiliations:
        place = {"name": clean(printed)}
        if institution is not None and institution.ror:
            place |= {
                "affiliationIdentifier": ror_url(institution.ror),
                "affiliationIdentifierScheme": "ROR",
                "schemeUri": "https://ror.org",
            }
        places.append(place)
    if places:
        creator["affiliation"] = places
    return creator


def _titles(report: Report) -> list[dict[str, str]]:
    titles = [_in_language({"title": clean(report.title or UNKNOWN)}, report.language)]
    for text in report.texts:
        if text.title:
            titles.append(_in_language({"title": clean(text.title), "titleType": "TranslatedTitle"}, text.language))
    return titles


def _descriptions(report: Report) -> list[dict[str, str]]:
    abstracts = [(report.abstract, report.language), *((text.abstract, text.language) for text in report.texts)]
    found = [
        _in_language({"description": clean(text_of(abstract)), "descriptionType": "Abstract"}, language)
        for abstract, language in abstracts
        if abstract.strip()
    ]
    if report.series:
        series = " ".join(part for part in (report.series, report.number) if part)
        found.append({"description": clean(series), "descriptionType": "SeriesInformation"})
    return found


def _alternate(report: Report, address: str) -> list[dict[str, str]]:
    known = (("URL", address if report.doi else ""), ("ISBN", report.isbn), ("Handle", report.handle))
    return [{"alternateIdentifier": value, "alternateIdentifierType": kind} for kind, value in known if value]


def _contributors(report: Report) -> list[dict[str, str]]:
    found = [{"name": clean(report.editors), "contributorType": "Editor"}] if report.editors else []
    for name, _place in report.publishers[1:]:
        found.append({"name": clean(name), "nameType": "Organizational", "contributorType": "Distributor"})
    return found


def _subjects(report: Report) -> list[dict[str, str]]:
    found = [{"subject": clean(theme.name)} for theme in report.themes]
    for goal in report.goals:
        found.append(
            {
                "subject": f"SDG {goal}: {GOALS[goal]}",
                "subjectScheme": "Sustainable Development Goals",
                "schemeUri": "https://sdgs.un.org/goals",
                "valueUri": f"https://metadata.un.org/sdg/{goal}",
            }
        )
    return found


def _related(report: Report, address: str) -> list[dict[str, str]]:
    found = []
    for link in report.links:
        if not link.is_for_readers:
            continue
        other = doi_url(link.other.doi) if link.other is not None and link.other.doi else link.website
        if link.other is not None and not other:
            other = address.rpartition("/")[0] + f"/{link.other_id}"
        if other:
            kind = "DOI" if "doi.org/" in other else "URL"
            value = other.partition("doi.org/")[2] if kind == "DOI" else other
            found.append(
                {"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": RELATIONS[link.kind]}
            )
    for number in (report.issn, report.issn_online):
        if number:
            found.append(
                {"relatedIdentifier": number, "relatedIdentifierType": "ISSN", "relationType": "IsPublishedIn"}
            )
    return found


def _rights(report: Report) -> list[dict[str, str]]:
    if not report.licence:
        return []
    if report.licence not in LICENCE_ADDRESSES:
        return [{"rights": clean(str(LICENCES.get(report.licence, report.licence)))}]
    return [
        {
            "rights": str(LICENCES[report.licence]),
            "rightsUri": LICENCE_ADDRESSES[report.licence],
            "rightsIdentifier": report.licence,
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }
    ]


def _in_language(value: dict[str, str], language: str) -> dict[str, str]:
    return value | {"lang": language} if language and is_language(language) else value
