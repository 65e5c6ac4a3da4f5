"""The same citation from our page, our BibTeX, our CSL-JSON and our RIS, made by pandoc in every style we show."""

import json

import pytest
import rispy

from tests.reports.test_citations import ADDRESS, make
from tracker.dates import PartialDate
from tracker.library import styles
from tracker.pandoc import convert
from tracker.reports import citations
from tracker.reports.states import ReportKind

CRUZ = ("Ana María Cruz", "Cruz, Ana María")
AWKWARD = {
    "plain": make(publisher="CEPAL", place="Santiago"),
    "one part": make("Forests", names=(("Suharto", ""), ("Ministry of Trade and Industry", ""), CRUZ)),
    "chinese": make(
        "深圳的城市化：“双城”与{区域}发展",
        names=(("李小龙", "李, 小龙"), ("中国社会科学院", "")),
        publisher="社会科学文献出版社",
        place="北京",
        language="zh-Hans",
        published_on=PartialDate("2021-04-09"),
    ),
    "arabic": make(
        title="المياه والمدن في المغرب",
        names=(("محمد بن علي", ""), ("ليلى حداد", "حداد, ليلى")),
        language="ar",
        publisher="المركز",
    ),
    "particle": make(
        "De aqua", names=(("Ludwig van Beethoven", "van Beethoven, Ludwig"), ("Ana de la Cruz", "de la Cruz, Ana"))
    ),
    "publishers": make(
        publisher="CEPAL; Ministry of Trade and Industry; Smith & Sons", place="Santiago; Lima; New York", names=(CRUZ,)
    ),
    "signs": make(
        "Água & 100% {rising}: it's a “test” -- of $5 #1 x_1 ~ ^ < >",
        publisher="A & B {C}",
        series="Series: {One} & Two",
        number="7_a",
        kind=ReportKind.WORKING_PAPER,
        language="pt",
    ),
    "capitals": make("Why the WHO and UNICEF Met in New York", series="Policy Notes of UNU-WIDER", number="3"),
    "nobody": make("Yearbook of ports", names=(), publisher="Port Authority", published_on=PartialDate("2016")),
    "editors": make(
        "Rivers", editors="Díaz, Rosa; John Smith; UN-Habitat", kind=ReportKind.BOOK, publisher="OUP", series="S"
    ),
    "chapter": make(
        "Lakes", editors="Díaz, Rosa", kind=ReportKind.CHAPTER, publisher="OUP", series="The book of water"
    ),
    "article": make("Seas", kind=ReportKind.ARTICLE, series="Journal of Ports", number="4", doi="10.1000/a_b(1)<2>%3"),
    "dataset": make(
        "Prices", kind=ReportKind.DATASET, publisher="CEPAL", number="2.1", published_on=PartialDate("2020-12")
    ),
    "brief": make(
        "In short",
        kind=ReportKind.BRIEF,
        series="Briefs",
        number="12",
        publisher="RIS",
        place="New Delhi",
        isbn="978-81-8257-253-9",
    ),
    "no date": make("Undated", published_on=None, publisher="RIS"),
    "accents": make("Развитие регионов", names=(("Иван Петров", "Петров, Иван"),), language="ru", publisher="Наука"),
    "french": make("L’eau, l'air et « la terre »", language="fr", publisher="AFD", place="Paris"),
}


RIS_TO_CSL = {  # what the tags mean (as Zotero and EndNote read them) in each type of CSL
    "title": "title",
    "publisher": "publisher",
    "place_published": "publisher-place",
    "type_of_work": "genre",
    "doi": "DOI",
    "language": "language",
}
TYPES = {"RPRT": "report", "BOOK": "book", "CHAP": "chapter", "JOUR": "article-journal", "DATA": "dataset"}


def read_ris(text):
    """A RIS record as an item of CSL."""
    [record] = rispy.loads(text)
    kind = TYPES.get(record["type_of_reference"], "document")
    item = {"id": "1", "type": kind} | {csl: record[key] for key, csl in RIS_TO_CSL.items() if key in record}
    in_something = kind in ("chapter", "article-journal")
    numbers = {"article-journal": "issue", "book": "collection-number", "chapter": "collection-number"}
    if "secondary_title" in record:
        item["container-title" if in_something else "collection-title"] = record["secondary_title"]
    if "number" in record:
        item[numbers.get(kind, "number")] = record["number"]
    item["URL"] = record["urls"][0]
    for key, csl in (("authors", "author"), ("secondary_authors", "editor")):
        names = [name.partition(",") for name in record.get(key, [])]
        item[csl] = [
            {"family": family, "given": given.strip()} if given.strip() else {"literal": family}
            for family, _comma, given in names
        ]
    if "date" in record:
        item["issued"] = {"date-parts": [[int(part) for part in record["date"].split("/") if part]]}
    return {name: value for name, value in item.items() if value}


def cited(everything, source):
    """The citations that pandoc makes of files of references: (name, style) -> text."""
    items = [
        {
            "text": text,
            "source": source,
            "language": AWKWARD[name].language,
            "styles": {style: styles._file_of(style, AWKWARD[name].language) for style in styles.STYLES},
            "item": {"id": name},
        }
        for name, text in everything.items()
    ]
    files = {f"{file}.csl": styles._style(file) for one in items for file in one["styles"].values()}
    program = (
        styles._program()
        .decode()
        .replace('pandoc.read(pandoc.json.encode({one.item}), "csljson")', "pandoc.read(one.text, one.source)")
    )
    made = convert(
        json.dumps(items, ensure_ascii=False).encode(),
        source="commonmark",
        target="plain",
        arguments=["--lua-filter=citing.lua", "--wrap=none"],
        files=files | {"citing.lua": program.encode()},
    )
    return {
        (one["id"], one["style"]): styles._cleaned(one | {"id": "0"}).text for one in json.loads(made.decode().strip())
    }


@pytest.fixture(scope="module")
def shown():
    """The citations on our page."""
    reports = dict(enumerate(AWKWARD, start=1))
    for number, name in reports.items():
        AWKWARD[name].id = number
    made = styles.styled([(report, ADDRESS) for report in AWKWARD.values()])
    return {(reports[one.report_id], one.style): one.text for one in made}


def test_every_style_says_something_of_every_record(shown):
    assert len(shown) == len(AWKWARD) * len(styles.STYLES)
    assert all(shown.values())
    assert shown["plain", "apa"] == "Cruz, A. (2021). Water. CEPAL. https://tracker.example/reports/7"


@pytest.mark.parametrize(
    ("source", "write"),
    [
        ("csljson", citations.csl_json),
        ("biblatex", citations.bibtex),
        ("csljson", lambda report, address: json.dumps([read_ris(citations.ris(report, address))])),
    ],
    ids=["CSL-JSON", "BibTeX", "RIS"],
)
def test_a_file_for_reference_managers_gives_the_citation_of_our_page(shown, source, write):
    made = cited({name: write(report, ADDRESS) for name, report in AWKWARD.items()}, source)
    differing = {key: (text, made.get(key)) for key, text in shown.items() if made.get(key) != text}
    assert differing == {}


def test_pandoc_reads_our_ris(shown):
    """Its reader knows no number of a report, no type of work and no day: the plain record says all it can."""
    made = cited({"plain": citations.ris(AWKWARD["plain"], ADDRESS)}, "ris")
    dated = {key: text for key, text in made.items() if key[1] != "mla"}  # MLA names the month
    assert dated == {key: shown[key] for key in dated}
