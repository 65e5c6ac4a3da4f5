"""A report as a Word document and as an EPUB: its front matter as plain paragraphs, then the text."""

import copy
import io
import zipfile
from base64 import b64encode
from html import escape
from typing import Any

from PIL import Image

from tracker import clock
from tracker.pandoc import convert
from tracker.publication.body import Picture, as_json
from tracker.publication.cleaning import NO_ATTRIBUTES, Document, Node, paragraph, walk, words
from tracker.publication.front import Front, Line
from tracker.publication.scripts import direction_of, language_of

DOTS_PER_INCH = 150  # of a picture in a Word document
WIDEST, HIGHEST = 6.0, 7.5  # inches
TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
STYLE = b"""body { margin: 5%; line-height: 1.5; }
h1, h2, h3, h4 { line-height: 1.25; hyphens: none; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border-top: 1px solid #999; padding: .3em .5em; text-align: start; vertical-align: top; }
img { max-width: 100%; height: auto; }
figure { margin: 1em 0; }
figcaption, caption { font-size: .9em; text-align: start; }
blockquote { margin: 1em 1.5em; }
"""
_PAGE_END: Node = {"t": "RawBlock", "c": ["openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>']}


def docx(front: Front, document: Document, abstracts: list[list[Node]]) -> bytes:
    """The Word document. `abstracts` as in printing.pdf. For a worker. Raises ConversionFailed."""
    opening = [
        *(_author(front, number) for number in range(len(front.authors))),
        *(paragraph(words(note)) for note in _notes(front)),
        *(paragraph(words(line)) for line in _details(front)),
        *_abstracts(front, abstracts, 1),
        *_imprint(front, 2),
        _PAGE_END,
    ]
    body, pictures = _body(document, is_sized=True)
    return _filled(_converted([*opening, *body], _meta(front), "docx", ()), pictures, front)


def epub(front: Front, document: Document, abstracts: list[list[Node]]) -> bytes:
    """The EPUB 3. `abstracts` as in printing.pdf. For a worker. Raises ConversionFailed."""
    title, joint, subtitle = front.split_title
    opening = [
        _heading(1, "front", f"{title}{joint}{subtitle}"),
        *(_author(front, number) for number in range(len(front.authors))),
        *(paragraph(words(note)) for note in _notes(front)),
        *(paragraph(words(line)) for line in _details(front)),
        *_abstracts(front, abstracts, 2),
        _heading(1, "about", front.words["publication"]),
        *_imprint(front, 2),
    ]
    body, pictures = _body(document, is_sized=False)
    if not body or body[0]["t"] != "Header":  # what comes before the first heading needs a chapter of its own
        body.insert(0, _heading(1, "text", title))
    meta = _meta(front) | {
        "page-progression-direction": _said(direction_of(front.language)),
        "identifier": _said(f"https://doi.org/{front.doi}" if front.doi else front.address),
        "publisher": _said("; ".join(front.publishers)),
        "rights": _said(front.licence),
        "toc-title": _said(front.words["contents"]),
    }
    if front.day:
        meta["date"] = _said("{:04}-{:02}-{:02}".format(*front.day))
    meta = {name: value for name, value in meta.items() if value["c"]}
    arguments = (*("--mathml", "--epub-title-page=false", "--split-level=1", "--toc", "--toc-depth=2"),)
    return _filled(_converted([*opening, *body], meta, "epub3", arguments), pictures, front)


def _converted(blocks: list[Node], meta: dict[str, Any], target: str, arguments: tuple[str, ...]) -> bytes:
    return convert(as_json(blocks, meta), source="json", target=target, arguments=arguments)


def _filled(book: bytes, pictures: dict[bytes, bytes], front: Front) -> bytes:
    """The file with the pictures in the place of their dots; an EPUB in our style, a Word file with its authors."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(target, "w") as copy_of:
        for part in source.infolist():
            content = source.read(part)
            if "/media/" in part.filename:
                content = pictures.get(content, content)
            elif part.filename.endswith("stylesheet1.css"):
                content = STYLE
            elif part.filename == "docProps/core.xml":
                content = _signed(content.decode(), front).encode()
            copy_of.writestr(part, content)
    return target.getvalue()


def _meta(front: Front) -> dict[str, Any]:
    return {
        "pagetitle": _said(front.title),
        "lang": _said(front.language),
        "dir": _said(direction_of(front.language)),
        "title": _said(front.title),
        "creator": {
            "t": "MetaList",
            "c": [
                {"t": "MetaMap", "c": {"role": _said("aut"), "text": _said(author.name)}} for author in front.authors
            ],
        },
    }


def _said(text: str) -> dict[str, Any]:
    return {"t": "MetaString", "c": text}


def _signed(properties: str, front: Front) -> str:
    """The properties of a Word file with its authors, whom the converter would print too, and a day that is no 1970."""
    names = escape("; ".join(author.name for author in front.authors), quote=False)
    made = "{:04}-{:02}-{:02}T00:00:00Z".format(*front.day) if front.day else f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    properties = properties.replace("<dc:creator></dc:creator>", f"<dc:creator>{names}</dc:creator>")
    return properties.replace("1970-01-01T00:00:00Z", made)


def _heading(level: int, name: str, text: str) -> Node:
    return {"t": "Header", "c": [level, [name, [], []], [words(text)]]}


def _author(front: Front, number: int) -> Node:
    author = front.authors[number]
    signs = "".join(sign for sign in author.marks if sign in "*†")
    runs: list[Node] = [{"t": "Strong", "c": [words(author.name)]}]
    if signs:
        runs.append({"t": "Superscript", "c": [words(signs)]})
    if author.affiliations:
        runs += [{"t": "LineBreak"}, words("; ".join(author.affiliations))]
    if author.orcid:
        address = f"https://orcid.org/{author.orcid}"
        runs += [{"t": "LineBreak"}, {"t": "Link", "c": [NO_ATTRIBUTES, [words(address)], [address, ""]]}]
    return paragraph(*runs)


def _notes(front: Front) -> list[str]:
    return list(front.author_notes)


def _details(front: Front) -> list[str]:
    return [
        text for text in (front.kind, front.series, " · ".join(front.publishers), front.date, front.licence) if text
    ]


def _abstracts(front: Front, abstracts: list[list[Node]], level: int) -> list[Node]:
    made: list[Node] = []
    for number, (abstract, blocks) in enumerate(zip(front.abstracts, abstracts, strict=True)):
        inner = [_heading(level, f"abstract{number}", abstract.heading)]
        if abstract.title:
            inner.append(paragraph({"t": "Strong", "c": [words(abstract.title)]}))
        made += _spoken([*inner, *blocks], abstract.language, front.language)
    return made


def _imprint(front: Front, level: int) -> list[Node]:
    made: list[Node] = []
    for number, part in enumerate(front.imprint):
        made.append(_heading(level, f"about{number}", part.title))
        for line in part.lines:
            made += _spoken([_line(line)], language_of(line.text, front.language), front.language)
    return made


def _line(line: Line) -> Node:
    if not line.address:
        return paragraph(words(line.text))
    return paragraph({"t": "Link", "c": [NO_ATTRIBUTES, [words(line.text)], [line.address, ""]]})


def _spoken(blocks: list[Node], language: str, own: str) -> list[Node]:
    """Blocks in their own language; a heading among them says it itself, so that it stays one of the document's."""
    if language == own:
        return blocks
    speech = [["lang", language], ["dir", direction_of(language)]]
    made: list[Node] = []
    for block in blocks:
        if block["t"] == "Header":
            made.append({"t": "Header", "c": [block["c"][0], [block["c"][1][0], [], speech], block["c"][2]]})
        else:
            made.append({"t": "Div", "c": [["", [], speech], [block]]})
    return made


def _body(document: Document, *, is_sized: bool) -> tuple[list[Node], dict[bytes, bytes]]:
    """The blocks of the text, each picture in them as a dot that stands for it; and the pictures by their dots.

    The converter takes half a gigabyte for twenty pictures given as they are; so they come in when it is done.
    """
    dots = {address: _dot(number, picture) for number, (address, picture) in enumerate(document.pictures.items())}
    pictures = {dots[address]: picture.data for address, picture in document.pictures.items()}
    blocks = copy.deepcopy(document.blocks)

    def lay(node: Node) -> None:
        if node["t"] == "Image":
            address = node["c"][2][0]
            picture = document.pictures[address]
            laid = f"data:{TYPES[picture.ending]};base64,{b64encode(dots[address]).decode()}"
            node["c"] = [["", [], _size(picture) if is_sized else []], node["c"][1], [laid, ""]]

    walk(blocks, lay)
    return blocks, pictures


def _dot(number: int, picture: Picture) -> bytes:
    """A picture of one dot, of the same kind, unlike that of any other number."""
    target = io.BytesIO()
    dot = Image.new("RGB", (1, 1), (number >> 16 & 255, number >> 8 & 255, number & 255))
    if picture.ending == ".jpg":
        dot.save(target, "JPEG", comment=f"{number}")
    else:
        dot.save(target, "PNG")
    return target.getvalue()


def _size(picture: Picture) -> list[list[str]]:
    """How large a picture stands in a Word document: at most as wide as its lines and as high as most of a page."""
    scale = min(1 / DOTS_PER_INCH, WIDEST / max(1, picture.width), HIGHEST / max(1, picture.height))
    return [["width", f"{picture.width * scale:.2f}in"], ["height", f"{picture.height * scale:.2f}in"]]
