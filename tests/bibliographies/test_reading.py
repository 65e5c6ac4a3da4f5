"""Files of reference managers, sound and broken: what can be read is, and what cannot is said."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_project, make_report
from tracker.bibliographies.reading import MOST_RECORDS, Unreadable, read
from tracker.projects.states import ProjectState
from tracker.reports import citations

BIB = r"""
@techreport{one, author={Garc{\'\i}a M{\'a}rquez, Gabriel and {World Bank} and van der Berg, Jan},
  title={{Water} \& Cities}, institution={Institute}, year=2020, month=may, number={12}, type={Policy brief},
  doi={https://doi.org/10.1234/ABC}, isbn={9780306406157}, url={https://example.org/x}}
@weird{two, title={Unknown type}, year={n.d.}, doi={nonsense}, isbn={9780306406158}, issn={1234-5678}}
"""
RIS = """TY  - RPRT
AU  - García, Ana
AU  - World Bank
TI  - Water
DA  - 2020/05/01/
PB  - Institute
SN  - 978-0-306-40615-7
ER  -

TY  - ZZZZ
T1  - Odd
ER  -
"""


def names(record):
    return [author["name"] for author in record.authors]


def test_bibtex_is_read_with_its_accents_names_and_identifiers():
    one, two = read(BIB.encode(), "bib").records
    assert names(one) == ["Gabriel García Márquez", "World Bank", "Jan van der Berg"]
    assert one.authors[2]["sort_name"] == "van der Berg, Jan"
    assert one.fields == {
        "kind": "brief",
        "title": "Water & Cities",
        "publisher": "Institute",
        "number": "12",
        "doi": "10.1234/abc",
        "isbn": "978-0-306-40615-7",
        "website": "https://example.org/x",
        "published_on": "2020-05",
    }
    assert two.fields == {"kind": "other", "kind_as_printed": "weird", "title": "Unknown type"}
    said = " ".join(two.problems)
    assert all(word in said for word in ("weird", "n.d.", "nonsense", "9780306406158", "1234-5678"))


def test_ris_is_read_and_a_record_without_an_end_is_said():
    found = read((RIS + "\nTY  - BOOK\nTI  - Endless\n").encode(), "ris")
    assert [record.fields["title"] for record in found.records] == ["Water", "Odd"]
    assert found.records[0].fields["published_on"] == "2020-05-01" and names(found.records[0]) == [
        "Ana García",
        "World Bank",
    ]
    assert found.problems == ["1 records have no end (ER) and were left out."]


def test_csl_json_is_read_and_what_is_no_record_is_left_out():
    item = {
        "type": "report",
        "title": "A <i>b</i> &amp; c<script>",
        "author": [{"family": "王", "given": "芳"}, {"literal": "World Bank"}, 3, {"family": {}}],
        "issued": {"date-parts": [["2020", 5]]},
        "language": "zh-CN",
    }
    found = read(json.dumps([item, {"x": 1}, 4]).encode(), "json")
    (record,) = found.records
    assert names(record) == ["王芳", "World Bank"] and record.authors[0]["sort_name"] == "王, 芳"
    assert (record.fields["title"], record.fields["published_on"], record.fields["language"]) == (
        "A b & c",
        "2020-05",
        "zh-Hans",
    )
    assert len(found.problems) == 2


def test_other_encodings_are_read_and_said():
    latin = "@book{a, title={Década perdida}, author={Peña, José}}".encode("latin-1")
    found = read(latin, "bib")
    assert found.records[0].fields["title"] == "Década perdida" and "UTF-8" in found.problems[0]
    assert read("TY  - BOOK\nTI  - Ñandú\nER  - ".encode("utf-16"), "ris").records[0].fields["title"] == "Ñandú"


def test_one_broken_record_does_not_take_the_others_along():
    found = read(b"@book{x, title={Broken, year=2020}\n@book{y, title={Fine}, year=2021}", "bib")
    assert [record.fields["title"] for record in found.records][-1] == "Fine" and found.problems


def test_no_more_records_than_a_file_may_have():
    many = "\n".join(f"TY  - RPRT\nTI  - Report {place}\nER  - " for place in range(MOST_RECORDS + 1))
    found = read(many.encode(), "ris")
    assert len(found.records) == MOST_RECORDS and found.problems


SIGNS = '@{}[]",=\\\n TYAERbook-titleauthornd0123,:\x00\ufeff'


@pytest.mark.parametrize("ending", ["bib", "ris", "json"])
def test_whatever_a_file_holds_there_are_records_or_a_sentence(ending):
    @settings(max_examples=150, deadline=None)
    @given(st.text(alphabet=SIGNS, max_size=120) | st.binary(max_size=60))
    def anything(data):
        with suppress(Unreadable):
            found = read(data.encode() if isinstance(data, str) else data, ending)
            assert found.records and all(record.fields["title"] for record in found.records)

    anything()


def test_what_we_write_is_read_again_as_it_was():
    report = make_report(make_project(ProjectState.RUNNING), title="Water & Cities: 100% #1", number="7", place="Lima")
    wrote = {
        "bib": citations.bibtex(report, "https://example.org/reports/1"),
        "ris": citations.ris(report, "https://example.org/reports/1"),
        "json": citations.csl_json(report, "https://example.org/reports/1"),
    }
    for ending, text in wrote.items():
        (record,) = read(text.encode(), ending).records
        for name in ("title", "publisher", "number", "place", "abstract", "website", "language"):
            assert record.fields[name] == getattr(report, name), (ending, name)
        assert record.fields["published_on"] == str(report.published_on), ending
        assert names(record) == [author.name for author in report.authors], ending


def test_abbreviations_that_grow_are_refused_before_they_fill_the_memory():
    grown = "\n".join(f"@string{{a{number} = a{number - 1} # a{number - 1}}}" for number in range(1, 40))
    bomb = f'@string{{a0 = "{"x" * 1000}"}}\n{grown}\n@book{{k, title = a39}}'
    with pytest.raises(Unreadable, match="@string"):
        read(bomb.encode(), "bib")
    plain = (
        '@string{UN = "United Nations"}@book{k, title = {Water}, publisher = un # " Press", month = jan, year = 2020}'
    )
    record = read(plain.encode(), "bib").records[0]
    assert (record.fields["publisher"], str(record.fields["published_on"])) == ("United Nations Press", "2020-01")


def test_halves_of_characters_are_replaced():
    half, whole = r"\ud800", r"\ud83d\ude00"
    data = f'[{{"title": "Water {half} {whole}", "author": [{{"family": "{half}x"}}], "issued": {{"raw": "{half}"}}}}]'
    record = read(data.encode(), "json").records[0]
    assert record.fields["title"] == "Water ? 😀"
    json.dumps([record.authors, record.problems], ensure_ascii=False).encode()
