"""What search engines and reference managers read on the page of a report."""

import json

import extruct
import lxml.html
import pytest

from tests.library.making import published
from tracker.reports import actions
from tracker.reports.models import AuthorAffiliation, ReportLink
from tracker.reports.states import LinkKind

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def report():
    authors = [
        {"name": "Ana Cruz", "sort_name": "Cruz, Ana", "affiliation": "CIES", "orcid": "0000-0002-1825-0097"},
        {"name": "محمد بن علي", "affiliation": "جامعة الرباط"},
    ]
    made = published(
        'Water </script><script>alert("1")</script> & cities',
        authors=authors,
        publisher="CEPAL; CIES",
        series="Papers",
        number="7",
        doi="10.1000/182",
        licence="CC-BY-4.0",
        year="2021-04",
    )
    made.authors[0].more_affiliations = [AuthorAffiliation(position=0, printed="PUCP")]
    actions.public_changed(made, None)
    return made


def test_highwire_tags_follow_the_authors(client, report):
    page = lxml.html.fromstring(client.get(report.path).data)
    tags = [(meta.get("name"), meta.get("content")) for meta in page.iter("meta") if "citation" in meta.get("name", "")]
    assert tags[1:7] == [
        ("citation_author", "Cruz, Ana"),
        ("citation_author_institution", "CIES"),
        ("citation_author_institution", "PUCP"),
        ("citation_author_orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("citation_author", "محمد بن علي"),
        ("citation_author_institution", "جامعة الرباط"),
    ]
    assert dict(tags)["citation_title"] == report.title
    assert dict(tags)["citation_publication_date"] == "2021/04"
    assert [value for name, value in tags if name == "citation_publisher"] == ["CEPAL", "CIES"]
    assert dict(tags)["citation_technical_report_number"] == "7"


def test_schema_org_is_data_that_ends_nothing(client, report):
    html = client.get(report.path).text
    assert "alert(" not in html.replace("&lt;/script&gt;&lt;script&gt;alert(", "").replace(
        "\\u003cscript\\u003ealert(", ""
    )
    [item] = extruct.extract(html, syntaxes=["json-ld"])["json-ld"]
    assert item["@type"] == "Report"
    assert item["name"] == report.title
    assert item["@id"] == "https://doi.org/10.1000/182"
    assert [author["name"] for author in item["author"]] == ["Ana Cruz", "محمد بن علي"]
    assert [place["name"] for place in item["author"][0]["affiliation"]] == ["CIES", "PUCP"]
    assert json.dumps(item)


def test_translations_name_each_other(client, report):
    other = published("Agua y ciudades", language="es")
    other.links.append(ReportLink(kind=LinkKind.TRANSLATION_OF, other=report, source_digest="old"))
    actions.public_changed(other, None)
    page = lxml.html.fromstring(client.get(report.path).data)
    links = {link.get("hreflang"): link.get("href") for link in page.iter("link") if link.get("hreflang")}
    assert links == {"es": f"{BASE}{other.path}", "en": f"{BASE}{report.path}"}
    theirs = client.get(other.path).text
    assert "Translation of" in theirs
    assert "made before the original last changed" in theirs
    assert "Translated as" in client.get(report.path).text


def test_a_reader_sees_the_title_and_the_abstract_in_their_language_first(app):
    made = published("Water", abstract="In English.", texts={"ar": ("المياه", "بالعربية")})
    page = app.test_client().get(f"{made.path}?lang=en").text
    assert page.index("In English.") < page.index("بالعربية")
    assert "<summary>Abstract in Arabic</summary>" in page
