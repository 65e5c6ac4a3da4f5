"""A report as a page to read: safe HTML in parts that a slow line brings quickly, notes at the end of each."""

import copy
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from tracker.drafts.blocks import sanitized
from tracker.drafts.pictures import remade
from tracker.pandoc import convert
from tracker.publication.body import as_json
from tracker.publication.cleaning import NO_ATTRIBUTES, Document, Node, text_of, walk

LARGEST_PART = 6_500  # bytes, compressed: with the page around it, the contents and the notes it stays below 14 kB
LARGEST_ROWS = 9_000  # characters of the rows of a table that stay together
MOST_CONTENTS = 60  # headings in the list of contents; with more of them it names the higher ones only

_NEXT = "<!--next-->"
_NOTE = re.compile(r'href="#n(\d+)"')
_LINK = re.compile(r'href="#([asnr]\d+)"')
_PLACE = re.compile(r'id="([asnr]\d+)"')
_HEADING = re.compile(r"<h([2-6])[ >]")
_IMAGE = re.compile(r'<img [^>]*?src="https://picture\.invalid/(\d+)"[^>]*?>')
_TEX = re.compile(r"<annotation [^>]*>[^<]*</annotation>")
_SPOKEN = re.compile(r'<div ((?:(?:lang|dir)="[\w-]+" ?)+)>\s*<p>')
_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_TH = re.compile(r"<th(?![a-z])")
_ALT = re.compile(r'alt="([^"]*)"')


@dataclass
class Page:
    """`parts`: the HTML of each. `contents`: [level, text, place, part]. `pictures`: [start, size], in `blob`: WebP.

    A picture lies at "/-/3" in the HTML, for whoever shows it to say where.
    """

    parts: list[str] = field(default_factory=list)
    contents: list[list[Any]] = field(default_factory=list)
    pictures: list[list[int]] = field(default_factory=list)
    blob: bytes = b""

    def kept(self) -> dict[str, Any]:
        """All but the pictures' bytes, as plain JSON values."""
        return {"parts": self.parts, "contents": self.contents, "pictures": self.pictures}


def page(document: Document) -> Page:
    """The page to read of a document. For a worker. Raises ConversionFailed."""
    made = Page()
    shown = _pictures(document, made)
    blocks = copy.deepcopy(document.blocks)
    notes = _take_notes(blocks)
    blocks = [piece for block in blocks for piece in _pieces(block)]
    walk([blocks, notes], lambda node: _point(node, list(document.pictures)))
    given: list[Node] = []
    for block in [*blocks, *({"t": "Div", "c": [NO_ATTRIBUTES, note]} for note in notes)]:
        given += [block, {"t": "RawBlock", "c": ["html", _NEXT]}]
    arguments = ("--mathml", "--wrap=none", "--shift-heading-level-by=1")
    html = convert(as_json(given), source="json", target="html5", arguments=arguments).decode()
    pieces = [
        sanitized(_dressed(_with_pictures(piece, shown))).strip()
        for piece in html.split(_NEXT)[: len(blocks) + len(notes)]
    ]
    texts, said = pieces[: len(blocks)], pieces[len(blocks) :]
    made.parts = [_with_notes("\n".join(part), said) for part in _parts(texts)]
    _lead(made, blocks)
    return made


def _pictures(document: Document, made: Page) -> list[tuple[int, int] | None]:
    """Put the pictures into the blob; (width, height) of each, None for one that cannot be shown."""
    shown: list[tuple[int, int] | None] = []
    blob = bytearray()
    for picture in document.pictures.values():
        smaller = remade(picture.data)
        made.pictures.append([len(blob), len(smaller.data) if smaller else 0])
        blob += smaller.data if smaller else b""
        shown.append((smaller.width, smaller.height) if smaller else None)
    made.blob = bytes(blob)
    return shown


def _take_notes(blocks: list[Node]) -> list[list[Node]]:
    """Take the footnotes out of a text, each leaving a link to where it will stand."""
    notes: list[list[Node]] = []

    def take(node: Node) -> None:
        if node["t"] != "Note":
            return
        notes.append(node["c"])
        number = len(notes)
        link = {
            "t": "Link",
            "c": [[f"r{number}", [], [["role", "doc-noteref"]]], [{"t": "Str", "c": str(number)}], [f"#n{number}", ""]],
        }
        node["t"], node["c"] = "Superscript", [link]

    walk(blocks, take)
    return notes


def _pieces(block: Node) -> list[Node]:
    """A table that is too long for one part, as several with the same head; a long list likewise."""
    if block["t"] == "Table" and len(text_of(block)) > LARGEST_ROWS and len(block["c"][4]) == 1:
        attributes, caption, columns, head, (body,), foot = block["c"]
        groups = _groups(body[3])
        if any(cell[2] > 1 for row in body[3] for cell in row[1]):  # cells that reach over several rows
            return [block]
        return [
            {
                "t": "Table",
                "c": [
                    attributes,
                    caption if place == 0 else [None, []],
                    columns,
                    head,
                    [[body[0], body[1], body[2] if place == 0 else [], rows]],
                    foot if place == len(groups) - 1 else [NO_ATTRIBUTES, []],
                ],
            }
            for place, rows in enumerate(groups)
        ]
    if block["t"] == "BulletList" and len(text_of(block)) > LARGEST_ROWS:
        return [{"t": "BulletList", "c": items} for items in _groups(block["c"])]
    if block["t"] == "OrderedList" and len(text_of(block)) > LARGEST_ROWS:
        (start, style, delimiter), items = block["c"]
        made = []
        for group in _groups(items):
            made.append({"t": "OrderedList", "c": [[start, style, delimiter], group]})
            start += len(group)
        return made
    return [block]


def _groups(rows: list[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = [[]]
    size = 0
    for row in rows:
        own = len(text_of(row[1] if len(row) > 1 and isinstance(row[0], list) and row[0][:1] == [""] else row)) + 20
        if groups[-1] and size + own > LARGEST_ROWS:
            groups.append([])
            size = 0
        groups[-1].append(row)
        size += own
    return groups


def _point(node: Node, addresses: list[str]) -> None:
    """Pictures are called by number on the way through the converter."""
    if node["t"] == "Image":
        node["c"] = [NO_ATTRIBUTES, node["c"][1], [f"https://picture.invalid/{addresses.index(node['c'][2][0])}", ""]]


def _with_pictures(html: str, shown: list[tuple[int, int] | None]) -> str:
    def lay(match: re.Match[str]) -> str:
        number = int(match[1])
        size = shown[number] if number < len(shown) else None
        alt = _ALT.search(match[0])
        said = alt[1] if alt else ""
        if size is None:
            return f"[{said}]" if said else ""
        width, height = size
        return f'<img src="/-/{number + 1}" alt="{said}" width="{width}" height="{height}" loading="lazy">'

    return _IMAGE.sub(lay, html)


def _dressed(html: str) -> str:
    """What the sanitizer would lose: the language of a paragraph, which cells are heads; no TeX beside an equation."""
    html = _TEX.sub("", html)
    html = _SPOKEN.sub(r"<p \1>", html)
    return _HEAD.sub(lambda match: _TH.sub('<th scope="col"', match[0]), html)


def _parts(pieces: list[str]) -> list[list[str]]:
    """Pieces of HTML in parts, each begun with a heading where that leaves none too short."""
    parts: list[list[str]] = [[]]
    size = 0.0
    for piece in pieces:
        own = len(zlib.compress(piece.encode(), 6)) * (0.75 if len(piece) < 3000 else 0.95)
        found = _HEADING.match(piece)
        level = int(found[1]) if found else 9
        is_full = size + own > LARGEST_PART
        is_good = (level == 2 and size > 0.45 * LARGEST_PART) or (level == 3 and size > 0.75 * LARGEST_PART)
        if parts[-1] and (is_full or is_good):
            moved: list[str] = []
            while len(parts[-1]) > 1 and _HEADING.match(parts[-1][-1]):  # a heading stays with what it heads
                moved.insert(0, parts[-1].pop())
            parts.append(moved)
            size = float(sum(len(zlib.compress(each.encode(), 6)) for each in moved))
        parts[-1].append(piece)
        size += own
    return parts


def _with_notes(html: str, notes: list[str]) -> str:
    numbers = list(dict.fromkeys(int(number) for number in _NOTE.findall(html) if int(number) <= len(notes)))
    if not numbers:
        return html
    items = "".join(
        f'<li id="n{number}"><div>{_inside(notes[number - 1])}</div>'
        f'<a href="#r{number}" role="doc-backlink">↑ {number}</a></li>'
        for number in numbers
    )
    return f'{html}\n<section role="doc-endnotes"><ol class="notes" start="{numbers[0]}">{items}</ol></section>'


def _inside(note: str) -> str:
    return note.removeprefix("<div>").removesuffix("</div>").strip()


def _lead(made: Page, blocks: list[Node]) -> None:
    """Links from one part to another, by addresses that hold wherever the page lies; and the contents."""
    where = {place: number for number, part in enumerate(made.parts) for place in _PLACE.findall(part)}

    def leading(number: int) -> Any:
        def lead(match: re.Match[str]) -> str:
            there = where.get(match[1], number)
            return match[0] if there == number else f'href="{relative(number, there)}#{match[1]}"'

        return lead

    made.parts = [_LINK.sub(leading(number), part) for number, part in enumerate(made.parts)]
    headings = [block["c"] for block in blocks if block["t"] == "Header"]
    for deepest in (3, 2, 1):
        listed = [[level, text_of(inner), attributes[0]] for level, attributes, inner in headings if level <= deepest]
        if len(listed) <= MOST_CONTENTS:
            break
    made.contents = [[*each, where.get(each[2], 0)] for each in listed[:MOST_CONTENTS]]


def relative(here: int, there: int) -> str:
    """The address of another part, counted from 0, as seen from one: ".../read", ".../read/2", ".../read/3"."""
    if here == 0:
        return "read" if there == 0 else f"read/{there + 1}"
    return "../read" if there == 0 else str(there + 1)
