"""What machines are told of a report, checked by the schemas and readers of those machines."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema
from datacite import schema45
from lxml import etree

from tests.factories import make_institution
from tests.harvest.conftest import shelf
from tracker.errors import RuleBroken
from tracker.harvest.crossref import crossref_deposit
from tracker.harvest.datacite import datacite_json, datacite_xml
from tracker.harvest.dublin_core import dublin_core
from tracker.reports.models import AuthorAffiliation, ReportAuthor, ReportCountry, ReportGoal, ReportLink
from tracker.reports.states import LinkKind, ReportKind

ADDRESS = "https://tracker.example.org/reports/1"
SCHEMAS = Path(sys.prefix) / "schemas" / "commonmeta" / "resources" / "crossref"
DEPOSIT = {"depositor": "Secretariat", "email": "a@example.org", "registrant": "South Alliance"}


@pytest.fixture(scope="module")
def crossref():
    """Crossref's own schema, from files alone."""
    known = {path.name: path.as_uri() for path in SCHEMAS.rglob("*.xsd")}
    return xmlschema.XMLSchema11(
        known["crossref5.5.0.xsd"], uri_mapper=lambda uri: known.get(uri.rsplit("/", 1)[-1], uri)
    )


@pytest.fixture
def awkward(app):
    """Everything a record may hold at once, and signs that XML does not know."""
    one, other = shelf(2, isbn="978-0-306-40615-7", number="12", series="Papers", issn="2307-9827", pages=40)
    one.doi, other.doi = "10.1234/one", "10.1234/other"
    one.title, one.editors, one.edition, one.handle = "Water & <cities>\x0b\ufffe", "Ed Itor", 2, "10419/12345"
    place = make_institution("Instituto", "PE", ror="05dxps055")
    one.authors[0].orcid, one.authors[0].institution = "0000-0002-1825-0097", place
    one.authors[0].more_affiliations = [AuthorAffiliation(position=1, printed="Universidad")]
    one.authors += [ReportAuthor(position=1, name="王芳"), ReportAuthor(position=2, name="South Alliance")]
    one.country_links, one.goal_links = [ReportCountry(country="BD")], [ReportGoal(goal=6)]
    one.links = [ReportLink(kind=kind, other=other) for kind in LinkKind]
    return one


def test_every_kind_of_report_is_described_as_datacite_wants_it(awkward):
    for kind in ReportKind:
        awkward.kind = kind
        record = datacite_json(awkward, ADDRESS)
        schema45.validator.validate(record)
        assert etree.fromstring(etree.tostring(datacite_xml(awkward, ADDRESS))).tag.endswith("}resource")
    assert [known["name"] for known in record["creators"]] == ["Quispe, Ana", "王芳", "South Alliance"]
    first = record["creators"][0]["affiliation"]
    assert [place["name"] for place in first] == ["Instituto", "Universidad"]
    assert first[0]["affiliationIdentifier"] == "https://ror.org/05dxps055"


def test_a_report_without_authors_date_or_doi_is_described_too(app):
    (bare,) = shelf(1)
    bare.authors, bare.published_on, bare.publisher, bare.title, bare.licence = [], None, "", "", ""
    record = datacite_json(bare, ADDRESS)
    schema45.validator.validate(record | {"doi": "10.1234/x"})
    identifier = datacite_xml(bare, ADDRESS)[0]
    assert (identifier.text, identifier.get("identifierType")) == (ADDRESS, "URL")
    assert etree.tostring(dublin_core(bare, ADDRESS))


def test_a_deposit_is_valid_as_crossref_says(awkward, crossref):
    for kind in ReportKind:
        awkward.kind = kind
        if kind in (ReportKind.CHAPTER, ReportKind.ARTICLE, ReportKind.DATASET):
            with pytest.raises(RuleBroken):
                crossref_deposit(awkward, ADDRESS, at=datetime(2026, 3, 1, tzinfo=UTC), **DEPOSIT)
            continue
        for isbn in ("978-0-306-40615-7", ""):
            awkward.isbn = isbn
            batch = crossref_deposit(awkward, ADDRESS, at=datetime(2026, 3, 1, tzinfo=UTC), **DEPOSIT)
            faults = crossref.iter_errors(etree.tostring(batch, encoding="unicode"))
            assert [f"{fault.path}: {fault.reason}" for fault in faults] == []
    assert [name.text for name in batch.iterfind(".//{*}surname")] == ["Quispe"]


def test_the_page_and_its_linkset_point_to_the_same(client, awkward):
    awkward.title = "Water & <cities>"
    page = client.get(awkward.path)
    said = {part.strip().partition("; ")[::2] for part in page.headers["Link"].split(", <")}
    assert any("10.1234/one" in address for address, _rest in said)
    for relation in ("cite-as", "author", "type", "license", "describedby", "linkset"):
        assert f'rel="{relation}"' in page.headers["Link"]
    again = client.get(awkward.path, headers={"Cookie": ""})
    assert again.headers["Link"] == page.headers["Link"]  # also where the page was kept
    answer = client.get(f"{awkward.path}/linkset.json")
    assert answer.content_type == "application/linkset+json"
    contexts = json.loads(answer.data)["linkset"]
    assert contexts[0]["cite-as"] == [{"href": "https://doi.org/10.1234/one"}]
    for context in contexts[1:]:
        assert {"collection", "describes"} & set(context)
    for target in contexts[0]["describedby"]:
        path = target["href"].removeprefix(f"http://{client.application.config['BASE_URL'].partition('//')[2]}")
        described = client.get(path)
        assert described.status_code == 200 and described.mimetype == target["type"]


def test_the_sitemap_names_what_anybody_may_read(client):
    one, other = shelf(2)
    other.state = "draft"
    index = etree.fromstring(client.get("/sitemap.xml").data)
    files = [element.text for element in index.iterfind("{*}sitemap/{*}loc")]
    assert any(file.endswith("/sitemaps/reports-1.xml") for file in files)
    pages = etree.fromstring(client.get("/sitemaps/reports-1.xml").data)
    named = [element.text.rpartition("/")[2] for element in pages.iterfind("{*}url/{*}loc")]
    assert named == [str(one.id)]
    assert client.get("/sitemaps/reports-999999999999999.xml").status_code == 404
    assert client.get("/sitemaps/reports-0.xml").status_code == 404
