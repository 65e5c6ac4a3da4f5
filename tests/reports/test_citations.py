"""Our citations, read back by the libraries and by eyes of our own."""

import json
import re

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from tracker.dates import PartialDate
from tracker.markdown import clean_text
from tracker.reports import citations
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportKind

ADDRESS = "https://tracker.example/reports/7"
UNLATEX = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textquotesingle{}": "'",
    "-{}": "-",
    "`{}": "`",
    r"\{": "{",
    r"\}": "}",
    **{"{": "", "}": ""},  # what is left only keeps together
    **{f"\\{sign}": sign for sign in "%&#$_"},
}


def make(title="Water", names=(("Ana Cruz", "Cruz, Ana"),), **fields):
    texts = (
        *("kind_as_printed", "abstract", "publisher", "place", "editors", "series", "number", "isbn"),
        *("issn", "issn_online", "doi", "website", "suggested_citation"),
    )
    plain = dict.fromkeys(texts, "")
    given_fields = plain | {"language": "en", "kind": ReportKind.REPORT, "published_on": PartialDate("2021-04")}
    report = Report(id=7, title=title, **(given_fields | fields))
    report.authors = [
        ReportAuthor(position=place, name=name, sort_name=sort_name, affiliation="", orcid="")
        for place, (name, sort_name) in enumerate(names)
    ]
    return report


def read_latex(text):
    """The text a TeX reader sees, by a scanner of our own."""
    return re.sub("|".join(re.escape(code) for code in UNLATEX), lambda match: UNLATEX[match[0]], text)


def from_bibtex(report):
    entries = parse_string(citations.bibtex(report, ADDRESS), "bibtex").entries
    assert list(entries) == ["report7"]
    return entries["report7"]


def from_ris(report):
    records = rispy.loads(citations.ris(report, ADDRESS))
    assert len(records) == 1
    return records[0]


NASTY = [
    "100% & rising: {braces} \\input{/etc/passwd} $x_1$ #1 ~ ^",
    "A {broken",
    "broken} and }{ again",
    'She said "no" @article{x, title={y}}',
    "Line one\nER  - \n\nTY  - JOUR\nTI  - Forged",
    "Return\r\nAU  - Forged, A.\u2028AU  - B\x85AU  - C\x0bAU  - D",
    "ends with a backslash \\",
    "深圳的城市化",
    "المياه والمدن",
    "<b>bold</b> & <script>alert(1)</script>",
]


@pytest.mark.parametrize("title", NASTY)
def test_a_title_comes_back_as_it_was_on_one_line(title):
    report = make(title, publisher=title, series=title, editors=title, number="7")
    wanted = " ".join(title.split())
    entry = from_bibtex(report)
    assert read_latex(entry.fields["title"]) == wanted
    assert read_latex(entry.fields["institution"]) == wanted
    assert set(entry.persons) == {"author", "editor"}
    record = from_ris(report)
    assert record["title"] == record["publisher"] == wanted
    assert record["authors"] == ["Cruz, Ana"]
    [item] = json.loads(citations.csl_json(report, ADDRESS))
    assert item["title"] == wanted
    assert "\n" not in citations.line(report, ADDRESS)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_out_of_its_field(title, name):
    report = make(title, names=[(name, name), ("Ana Cruz", "Cruz, Ana")], abstract=title, place=name)
    wanted = " ".join(clean_text(" ".join(title.split())).split())
    entry = from_bibtex(report)
    assert read_latex(entry.fields["title"]) == wanted if wanted else True
    assert len(entry.persons["author"]) == 2
    assert from_ris(report).get("title", "") == wanted
    assert re.findall(r"(?m)^[A-Z][A-Z0-9]  - ", citations.ris(report, ADDRESS)).count("TY  - ") == 1
    assert json.loads(citations.csl_json(report, ADDRESS))[0].get("title", "") == wanted


def test_names_are_split_only_where_somebody_said_how():
    names = [
        ("Khondaker Golam Moazzem", "Moazzem, Khondaker Golam"),
        ("Suharto", ""),
        ("李小龙", "李, 小龙"),
        ("محمد", "محمد"),
        ("Ministry of Trade and Industry", ""),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Smith and Sons", "Smith and Sons, A."),
    ]
    report = make(names=names)
    [item] = json.loads(citations.csl_json(report, ADDRESS))
    assert item["author"][:5] == [
        {"family": "Moazzem", "given": "Khondaker Golam"},
        {"literal": "Suharto"},
        {"family": "李", "given": "小龙"},
        {"literal": "محمد"},
        {"literal": "Ministry of Trade and Industry"},
    ]
    people = from_bibtex(report).persons["author"]
    assert len(people) == 7
    assert (people[0].last_names, people[0].first_names + people[0].middle_names) == (
        ["Moazzem"],
        ["Khondaker", "Golam"],
    )
    assert people[4].last_names == ["{Ministry of Trade and Industry}"]
    assert from_ris(report)["authors"][:3] == ["Moazzem, Khondaker Golam", "Suharto,", "李, 小龙"]


@pytest.mark.parametrize(
    ("text", "parts", "ris_date"),
    [("2021", [2021], "2021///"), ("2021-04", [2021, 4], "2021/04//"), ("2021-04-09", [2021, 4, 9], "2021/04/09/")],
)
def test_partial_dates_stay_partial(text, parts, ris_date):
    report = make(published_on=PartialDate(text))
    assert citations.csl(report, ADDRESS)["issued"] == {"date-parts": [parts]}
    assert from_ris(report)["date"] == ris_date
    assert from_ris(report)["year"] == "2021"
    entry = from_bibtex(report)
    assert (entry.fields["year"], entry.fields["date"]) == ("2021", text)
    assert ("month" in entry.fields) == (len(parts) > 1)


def test_identifiers_series_and_address_travel():
    report = make(
        kind=ReportKind.WORKING_PAPER,
        doi="10.1000/a_b(1)%20<x>".replace("<x>", ""),
        issn="2307-681X",
        issn_online="2307-9827",
        series="Occasional Papers",
        number="70",
        pages=51,
        website="https://example.org/a_b?x=1&y=%20#top",
    )
    [item] = json.loads(citations.csl_json(report, ADDRESS))
    assert (item["type"], item["genre"]) == ("report", "Working paper")
    assert (item["collection-title"], item["number"]) == ("Occasional Papers", "70")
    assert (item["DOI"], item["ISSN"]) == (report.doi, "2307-681X")
    assert item["URL"] == report.website
    entry = from_bibtex(report)
    assert entry.fields["url"] == report.website
    assert read_latex(entry.fields["doi"]) == report.doi
    record = from_ris(report)
    assert (record["type_of_reference"], record["urls"]) == ("RPRT", [report.website])
    assert (record["secondary_title"], record["number"], record["issn"]) == ("Occasional Papers", "70", "2307-681X")


def test_every_kind_has_a_type_of_the_csl_schema():
    schema = {"report", "book", "chapter", "article-journal", "dataset", "document"}
    for kind in ReportKind:
        report = make(kind=kind, series="S", number="1", publisher="P", isbn="978-81-8257-253-9")
        assert citations.csl(report, ADDRESS)["type"] in schema
        assert from_bibtex(report).fields["title"]
        assert from_ris(report)["title"] == "Water"


def test_an_empty_record_is_still_a_citation():
    report = make("", names=(), published_on=None)
    assert citations.csl(report, ADDRESS) == {
        **{"id": "report7", "type": "report", "URL": ADDRESS, "language": "en"},
    }
    assert from_bibtex(report).fields["url"] == ADDRESS
    assert from_ris(report)["urls"] == [ADDRESS]
    assert citations.line(report, ADDRESS) == ADDRESS


def test_the_line_for_people():
    report = make("What now?", publisher="Southern Voice", place="Lima", series="Papers", number="70")
    assert citations.line(report, ADDRESS) == f"Ana Cruz (2021). What now? Papers 70. Lima: Southern Voice. {ADDRESS}"
    report.doi = "10.1000/182"
    assert citations.line(report, ADDRESS).endswith(" https://doi.org/10.1000/182")
    report.suggested_citation = "CUTS (2018), Reviving Trade"
    assert citations.line(report, ADDRESS) == "CUTS (2018), Reviving Trade"


def test_a_file_name_says_what_it_is():
    assert citations.file_name(make("Água & Cidades: “2030”"), "bib") == "report-7-agua-cidades-2030.bib"
    assert citations.file_name(make("深圳"), "ris") == "report-7.ris"
