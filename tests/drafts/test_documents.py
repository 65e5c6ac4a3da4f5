"""What is in the Word and ODT files of strangers: noticed, limited, never run, followed or fetched."""

import io
import struct
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from PIL import Image

from tests.drafts.made import TEXT, changed, picture, replacing, written
from tracker import documents
from tracker.documents import Kind, Unreadable, kind_of
from tracker.drafts import reading
from tracker.drafts.pictures import MOST_PICTURES, remade
from tracker.drafts.reading import MARKDOWN
from tracker.pandoc import ConversionFailed, convert

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = (
    f'<Relationship Id="rId777" Type="{RELATIONS}/{{kind}}" Target="{{target}}" TargetMode="External"/></Relationships>'
)
TRACKED = (
    '<w:ins w:id="9" w:author="Anna" w:date="2026-05-03T10:00:00Z"><w:r><w:t>surely </w:t></w:r></w:ins>'
    '<w:del w:id="8" w:author="" w:date="2026-05-04T10:00:00Z"><w:r><w:delText>perhaps </w:delText></w:r></w:del>'
)


def read(data: bytes, kind: Kind = Kind.WORD) -> reading.Reading:
    return reading.read(kind, data, address="/drafts/1/pictures", language="en")


def with_external(document: bytes, kind: str, target: str, relations: str = "word/_rels/document.xml.rels") -> bytes:
    relation = RELATION.format(kind=kind, target=target)
    return changed(document, {relations: replacing(("</Relationships>", relation))})


@pytest.fixture(scope="module")
def whole(app):
    """The text with everything in it, read once from Word and once from ODT."""
    return {kind: read(written(TEXT, kind), kind) for kind in (Kind.WORD, Kind.ODT)}


@pytest.mark.parametrize("kind", [Kind.WORD, Kind.ODT])
def test_headings_lists_tables_notes_equations_and_pictures_are_kept(whole, kind):
    made = whole[kind]
    counts = made.found["counts"]
    assert (counts["equations"], counts["tables"], counts["notes"], counts["pictures"]) == (2, 1, 1, 1)
    assert [level for level, _text, _block in made.found["headings"]] == [2, 3, 3]
    assert "Dhaka | 120" in made.blocks
    assert "A note on sharing." in made.blocks
    assert any("$p = \\frac{a}{b}$" in block or "$" in block for block in made.blocks)
    assert 'dir="rtl"' in made.html and "<mfrac>" in made.html
    assert len(made.pictures) == 1


def test_tracked_changes_are_accepted_and_their_authors_named():
    tracked = replacing(("badly.", f"badly.</w:t></w:r>{TRACKED}<w:r><w:t>"))
    made = read(changed(written(), {"word/document.xml": tracked}))
    assert made.found["changes"] == {
        "added": 1,
        "removed": 1,
        "people": [["Anna", 1, 0, "2026-05-03"], ["", 0, 1, "2026-05-04"]],
    }
    assert "surely" in made.html and "perhaps" not in made.html


def test_tracked_changes_of_an_odt_file_are_accepted_too():
    region = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Anna</dc:creator>'
        '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-05-03T10:00:00</dc:date></office:change-info>'
        "<text:p>perhaps</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    )
    edit = replacing(("<office:text>", f"<office:text>{region}"))
    made = read(changed(written(TEXT, "odt"), {"content.xml": edit}), Kind.ODT)
    assert made.found["changes"]["people"] == [["Anna", 0, 1, "2026-05-03"]]
    assert "perhaps" not in made.html


def test_comments_are_counted_and_not_shown():
    comment = (
        '<w:comment w:id="1" w:author="Boris"><w:p><w:r><w:t>Secret doubt</w:t></w:r></w:p></w:comment></w:comments>'
    )
    made = read(changed(written(), {"word/comments.xml": replacing((" />", f">{comment}"))}))
    assert made.found["comments"] == {"count": 1, "people": ["Boris"]}
    assert "Secret doubt" not in made.html


def test_macros_and_objects_are_noticed_and_left_behind():
    types = replacing(
        ("openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main")
    )
    data = changed(
        written(),
        {"[Content_Types].xml": types},
        [("word/vbaProject.bin", b"Sub AutoOpen()"), ("word/embeddings/a.xlsx", b"x")],
    )
    assert kind_of("Draft.docx", io.BytesIO(data)) is Kind.WORD
    opened = documents.Opened(Kind.WORD, data)
    assert (opened.found["macros"], opened.found["objects"]) == (True, 1)
    with zipfile.ZipFile(io.BytesIO(opened.clean)) as clean:
        assert not [name for name in clean.namelist() if "vba" in name or "embeddings" in name]
    assert "Water in cities" in read(data).html


@pytest.fixture(scope="module")
def visits():
    """What anybody fetched from a server on this machine, and its address."""
    seen: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield seen, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_nothing_is_fetched_from_the_network(visits):
    seen, address = visits
    linked = replacing(('r:embed="', 'r:link="rId777" r:embed="x'))
    word = with_external(changed(written(), {"word/document.xml": linked}), "image", f"{address}/a.png")
    word = with_external(word, "attachedTemplate", f"{address}/t.dotm", "word/_rels/footnotes.xml.rels")
    made = read(word)
    assert made.found["elsewhere"]["addresses"] == [f"{address}/a.png", f"{address}/t.dotm"]
    assert address not in made.html
    odt = changed(written(TEXT, "odt"), {"content.xml": replacing(("Pictures/", f"{address}/"))})
    assert address not in read(odt, Kind.ODT).html
    text = (
        f"![a picture]({address}/b.png) and ![]({address}/c.svg)\n\n<img src='{address}/d.png'><iframe src='{address}'>"
    )
    made = read(text.encode(), Kind.MARKDOWN)
    assert "<img" not in made.html and "<iframe" not in made.html
    assert seen == []


def test_no_file_of_this_machine_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    (tmp_path / "secret.bib").write_text("@book{a, title={the secret words}, author={B}}")
    texts = [
        f"---\nbibliography: {tmp_path}/secret.bib\nnocite: '@*'\n---\n\nSee [@a].",
        f"![x]({secret}) ![y](file://{secret})",
        f"```{{=html}}\n<iframe src='file://{secret}'>\n```",
        f"\\input{{{secret}}} \\include{{{secret}}}",
    ]
    for text in texts:
        assert "secret words" not in read(text.encode(), Kind.MARKDOWN).html
        assert b"secret words" not in convert(text.encode(), source=MARKDOWN, target="html5", arguments=["--citeproc"])
    linked = replacing(('r:embed="', 'r:link="rId777" r:embed="x'))
    word = with_external(changed(written(), {"word/document.xml": linked}), "image", f"file://{secret}")
    assert read(word).found["elsewhere"]["addresses"] == [f"file://{secret}"]
    entity = replacing(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>',
        ),
        ("badly.", "&a;"),
    )
    with pytest.raises(Unreadable, match="damaged"):
        read(changed(written(), {"word/document.xml": entity}))


def test_a_small_file_that_unpacks_to_very_much_is_not_opened():
    bomb = changed(written(), {}, [("word/media/a.png", b"\0" * (documents.STEEP_FROM + 1))])
    assert len(bomb) < 40_000
    with pytest.raises(Unreadable, match="far more than its size says"):
        kind_of("Draft.docx", io.BytesIO(bomb))


def test_a_file_that_lies_about_its_size_is_stopped_while_it_is_unpacked(monkeypatch):
    """The list of parts says ten bytes; what comes out counts."""
    monkeypatch.setattr(documents, "LARGEST_TEXT", 5_000)
    with pytest.raises(Unreadable, match="far more than its size says"):
        documents.Opened(Kind.WORD, written())
    document = bytearray(written())
    place = document.rindex(b"PK\x01\x02", 0, document.rindex(b"word/document.xml"))
    struct.pack_into("<I", document, place + 24, 10)
    with pytest.raises(Unreadable):
        documents.Opened(Kind.WORD, bytes(document))


def test_a_list_of_a_million_parts_is_not_even_looked_at(monkeypatch):
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as target:
        for number in range(documents.MOST_PARTS + 1):
            target.writestr(str(number), b"")
    monkeypatch.setattr(documents.zipfile, "ZipFile", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(Unreadable, match="far more"):
        kind_of("Draft.docx", many)


@pytest.mark.parametrize(
    ("part", "name", "words"),
    [
        ("spreadsheetml.sheet.main+xml", "Draft.docx", "Excel"),
        ("presentationml.presentation.main+xml", "Draft.docx", "slides"),
        ("zip", "Draft.docx", "not what its name says"),
        ("wordprocessingml.document.main+xml", "Draft.odt", "not what its name says"),
    ],
)
def test_another_kind_of_zip_is_told_apart(part, name, words):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", f'<Types><Override ContentType="application/{part}"/></Types>')
    with pytest.raises(Unreadable, match=words):
        kind_of(name, target)


def test_a_file_with_a_password_is_told_so():
    document = bytearray(written())
    place = document.index(b"PK\x01\x02")
    document[place + 8] |= 1
    with pytest.raises(Unreadable, match="password"):
        kind_of("Draft.docx", io.BytesIO(bytes(document)))


@pytest.mark.parametrize("damage", ["cut", "endless"])
def test_a_damaged_file_is_told_so(damage):
    whole = written()
    damaged = whole[: len(whole) // 2] if damage == "cut" else whole.replace(b"PK\x05\x06", b"PK\x05\x05")
    with pytest.raises(Unreadable, match="damaged"):
        kind_of("Draft.docx", io.BytesIO(damaged))


def test_of_five_hundred_pictures_the_first_are_shown(app):
    """Each is another one; what lies beyond the limit is not even unpacked."""
    relations = "".join(
        f'<Relationship Id="p{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        f'Target="media/p{n}.png"/>'
        for n in range(500)
    )
    drawing = written()
    with zipfile.ZipFile(io.BytesIO(drawing)) as source:
        body = source.read("word/document.xml").decode()
    first, last = body.index("<w:drawing>"), body.index("</w:drawing>") + len("</w:drawing>")
    one = body[first:last]
    embedded = one[one.index('r:embed="') : one.index('"', one.index('r:embed="') + 9) + 1]
    many = "</w:r><w:r>".join(one.replace(embedded, f'r:embed="p{n}"') for n in range(500))
    data = changed(
        drawing,
        {
            "word/document.xml": lambda _old: (body[:first] + many + body[last:]).encode(),
            "word/_rels/document.xml.rels": replacing(("</Relationships>", f"{relations}</Relationships>")),
        },
        [(f"word/media/p{n}.png", picture(f"#{n:06x}", 4, 4)) for n in range(500)],
    )
    made = read(data)
    assert len(made.pictures) == MOST_PICTURES
    assert made.found["left_out"] == 500 - MOST_PICTURES
    assert made.found["counts"]["gaps"] == 500 - MOST_PICTURES


def test_a_picture_is_made_again_without_what_else_is_in_it():
    target = io.BytesIO()
    marked = Image.new("RGB", (3000, 1500), "red")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    marked.save(target, "JPEG", exif=exif)
    made = remade(target.getvalue())
    assert (made.width, made.height) == (1600, 800)
    assert b"taken at home" in target.getvalue()
    assert b"taken at home" not in made.data
    assert Image.open(io.BytesIO(made.data)).format == "WEBP"


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"GIF89a"])
def test_what_is_no_picture_is_left_out(data):
    assert remade(data) is None


def test_markup_that_would_run_is_gone():
    links = "[x](javascript:alert(1)) [y](data:text/html,x) [z](//evil.example)"
    text = f"{links} <script>alert(1)</script>\n\n# A {{#main onclick=a}}"
    made = read(text.encode(), Kind.MARKDOWN)
    for bad in ("<script", "javascript:", 'href="data:', "evil.example", "onclick", 'id="main"'):
        assert bad not in made.html


def test_brackets_by_the_thousand_take_no_time(app):
    made = read(("[" * 600 + "x" + "]" * 600 + "\n\nEnd.").encode(), Kind.MARKDOWN)
    assert made.blocks[-1] == "End."


def test_a_document_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.001)
    with pytest.raises(ConversionFailed, match="too long"):
        read(b"Words.", Kind.MARKDOWN)


def test_one_endless_paragraph_is_shown_in_several():
    text = "".join(f"w{number * 7919 % 100_003}." for number in range(30_000))
    made = read(text.encode(), Kind.MARKDOWN)
    assert "".join(made.blocks) == text
    assert len(made.found["parts"]) > 5


def test_a_list_that_is_counted_in_the_large_way_is_counted_too(app):
    """The end of a zip may say twice how long its list is, and the reader believes the large number (zip64)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    data = target.getvalue()
    place = data.rfind(b"PK\x05\x06")
    size, offset = struct.unpack("<II", data[place + 12 : place + 20])
    for count, sound in ((1, True), (documents.MOST_PARTS + 1, False)):
        large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
        leads = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
        stream = io.BytesIO(data[:place] + large + leads + data[place:])
        if sound:
            assert list(documents.Archive(stream).parts) == ["word/document.xml"]
        else:
            with pytest.raises(documents.Unreadable, match="far more"):
                documents.Archive(stream)
