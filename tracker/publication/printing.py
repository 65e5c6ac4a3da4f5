"""A report as a PDF: the document and its front matter as data, and the press that typesets them.

Nothing that people wrote is put into code: report.typ reads it all from one JSON file. Only equations become code,
written by pandoc; they are tried for what could be more than an equation.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracker.i18n import _
from tracker.pandoc import ConversionFailed, convert
from tracker.publication import press
from tracker.publication.cleaning import Document, Node, text_of, walk
from tracker.publication.front import Front, Line
from tracker.publication.scripts import direction_of, is_printable, language_of
from tracker.publication.words import words_in

SECONDS = 120.0
MEGABYTES = 3072  # of address space: the fonts are mapped into it
FEW_THREADS = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}  # each takes its share of the address space
FONT_PACKAGES = ("fontpkg_noto_serif", "fontpkg_amiri", "manimgx_fonts_cjk")
TEXT_WIDTH = 436.0  # points: A4 less its margins
TEXT_HEIGHT = 560.0  # of a picture with its caption
DOTS_PER_POINT = 150 / 72  # of a picture that does not say how wide it is
MOST_WHOLE = 12  # rows of a table that stays on one page
LONGEST_WHOLE = 1500  # characters of such a table
SHORT = 900  # words; such a text begins on its first page
CONTENTS_FROM = 3  # headings
REGIONS = {"zh-hans": "CN", "zh-hant": "TW", "zh-tw": "TW", "zh-hk": "HK", "zh": "CN"}

_NUMBER = re.compile(r"[\s+\-−–±(]*[\d٠-٩.,%\s\u00a0\u202f‰$€£()*–−-]+\)?")
_CODE = re.compile(r"#(?!(h|box|none|scale|stack|text|strong|emph|math)\b)|\\u\{|[@`]")  # more than an equation


@dataclass(frozen=True)
class Printed:
    data: bytes
    pages: int
    standard: str  # "ua-1", or "" where the checks for it did not pass


def pdf(front: Front, document: Document, abstracts: list[list[Node]]) -> Printed:
    """The PDF. `abstracts` are the cleaned blocks of those of the front matter, in their order.

    For a worker: it takes seconds. Raises ConversionFailed.
    """
    if not is_printable(front.title + text_of(document.blocks)):
        raise ConversionFailed(
            _(
                "This text is written in letters that we cannot print yet. The page to read, Word and EPUB are made; "
                "for the PDF, upload a finished one."
            )
        )
    files = {f"p{number}{picture.ending}": picture.data for number, picture in enumerate(document.pictures.values())}
    names = dict(zip(document.pictures, files, strict=True))
    formulas = equations([document.blocks, *abstracts])
    form = _Form(document, names, formulas)
    data = {"front": _front(front, document, [form.nodes(blocks) for blocks in abstracts]), "body": form.body()}
    return _press(json.dumps(data, ensure_ascii=False), files)


def equations(nodes: Any) -> dict[str, str]:
    """The equations of a text as typst writes them, by what is written in the text; those it cannot are left out."""
    written: dict[str, None] = {}
    walk(nodes, lambda node: written.setdefault(node["c"][1]) if node["t"] == "Math" else None)
    if not written:
        return {}
    blocks = []
    for text in written:
        blocks += [
            {"t": "Para", "c": [{"t": "Math", "c": [{"t": "InlineMath"}, text]}]},
            {"t": "Para", "c": [{"t": "Str", "c": "XXNEXTXX"}]},
        ]
    given = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    made = convert(json.dumps(given).encode(), source="json", target="typst", arguments=("--wrap=none",)).decode()
    pieces = [piece.strip() for piece in made.split("XXNEXTXX")]
    found = {}
    for text, piece in zip(written, pieces, strict=False):
        if len(piece) > 2 and piece[0] == piece[-1] == "$" and not _CODE.search(piece) and "$" not in piece[1:-1]:
            found[text] = piece[1:-1].strip()
    return found


class _Form:
    """The document as report.typ wants it: fewer and larger runs, pictures by file, tables with their columns."""

    def __init__(self, document: Document, names: dict[str, str], formulas: dict[str, str]) -> None:
        self.document, self.names, self.formulas = document, names, formulas
        self.in_cell = 0

    def body(self) -> list[Any]:
        return self.nodes(self.document.blocks)

    def nodes(self, nodes: list[Node]) -> list[Any]:
        made: list[Any] = []
        for node in nodes:
            new = self.node(node)
            if new["t"] == "Str" and made and made[-1]["t"] == "Str":
                made[-1] = {"t": "Str", "c": made[-1]["c"] + new["c"]}
            else:
                made.append(new)
        return made

    def node(self, node: Node) -> dict[str, Any]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind in ("Space", "SoftBreak"):
            return {"t": "Str", "c": " "}
        if kind == "Math":
            return {"t": kind, "c": [content[0], content[1], self.formulas.get(content[1])]}
        if kind == "Image":
            return {"t": kind, "c": self.image(content)}
        if kind == "Figure":
            return {"t": kind, "c": [self.caption(content[1][1]), self.nodes(content[2])]}
        if kind == "Table":
            return {"t": kind, "c": self.table(content)}
        if kind == "Header":
            level, (name, _classes, speech), inner = content
            return {"t": kind, "c": [level, [name, [], _speech(speech)], self.nodes(inner)]}
        if kind in ("Div", "Span"):
            (name, _classes, speech), inner = content
            return {"t": kind, "c": [[name, [], _speech(speech)], self.nodes(inner)]}
        if kind == "Link":
            return {"t": kind, "c": [None, self.nodes(content[1]), content[2]]}
        if kind == "BulletList":
            return {"t": kind, "c": [self.nodes(item) for item in content]}
        if kind == "OrderedList":
            return {"t": kind, "c": [content[0], [self.nodes(item) for item in content[1]]]}
        if kind == "DefinitionList":
            rows = [
                [self.nodes(term), [node for each in meant for node in self.nodes(each)]] for term, meant in content
            ]
            return {"t": kind, "c": rows}
        if isinstance(content, list) and kind not in ("Code", "CodeBlock"):
            return {"t": kind, "c": self.nodes(content)}
        return dict(node)

    def image(self, content: list[Any]) -> list[Any]:
        attributes, alt, (address, _title) = content
        picture = self.document.pictures[address]
        said = text_of(alt).strip() or words_in(self.document.language)["figure"]
        if self.in_cell:
            return [self.names[address], None, said]
        asked = dict(attributes[2]).get("width", "")
        width = _points(asked) or picture.width / DOTS_PER_POINT
        tallest = TEXT_HEIGHT * picture.width / max(1, picture.height)
        return [self.names[address], round(max(8.0, min(width, TEXT_WIDTH, tallest)), 1), said]

    def caption(self, blocks: list[Node]) -> list[Any] | None:
        return self.nodes(blocks) if text_of(blocks).strip() else None

    def table(self, content: list[Any]) -> list[Any]:
        _attributes, (_short, caption), columns, head, bodies, foot = content
        self.in_cell += 1
        plain = [row for body in bodies for row in (*body[2], *body[3])] + foot[1]
        heads = self.rows(head[1])
        rows = self.rows(plain)
        self.in_cell -= 1
        aligns = [_side(column[0]["t"], plain, place) for place, column in enumerate(columns)]
        for row in [*heads, *rows]:
            place = 0
            for cell in row:
                if cell[0] == "AlignDefault" and place < len(aligns):
                    cell[0] = aligns[place]
                place += cell[2]
        widths = _widths(columns, [*head[1], *plain])
        small = 0.88 if len(columns) <= 5 else 0.78 if len(columns) <= 8 else 0.66
        is_whole = len(rows) <= MOST_WHOLE and len(text_of([row[1] for row in plain])) <= LONGEST_WHOLE
        return [self.caption(caption), widths, aligns, heads, rows, small, is_whole]

    def rows(self, given: list[Any]) -> list[list[list[Any]]]:
        return [
            [[side["t"], down, across, self.nodes(inner)] for _own, side, down, across, inner in row[1]]
            for row in given
        ]


def _side(said: str, rows: list[Any], place: int) -> str:
    """Where the text of a column stands; numbers stand at its end unless the document says otherwise."""
    if said != "AlignDefault":
        return said
    texts = [text_of(row[1][place][4]).strip() for row in rows if len(row[1]) > place]
    texts = [text for text in texts if text]
    numbers = sum(1 for text in texts if _NUMBER.fullmatch(text))
    return "AlignRight" if place and texts and numbers >= 0.7 * len(texts) else "AlignDefault"


def _widths(columns: list[Any], rows: list[Any]) -> list[float]:
    """The share of each column: as the document has it, else by what stands in it."""
    said = [column[1].get("c", 0.0) for column in columns]
    if all(width > 0 for width in said):
        return [round(float(width), 4) for width in said]
    longest = [6.0] * len(columns)
    for row in rows[:200]:
        for place, cell in enumerate(row[1][: len(columns)]):
            if cell[3] == 1:
                text = text_of(cell[4])
                word = max((len(part) for part in text.split()), default=0)
                longest[place] = max(longest[place], min(40.0, max(word * 1.2, len(text) ** 0.85)))
    return [round(each, 2) for each in longest]


def _points(width: str) -> float:
    found = re.fullmatch(r"([\d.]+)(in|cm|%)", width)
    if not found:
        return 0.0
    try:
        number = float(found[1])
    except ValueError:
        return 0.0
    return number * {"in": 72.0, "cm": 72 / 2.54, "%": TEXT_WIDTH / 100}[found[2]]


def _speech(pairs: Any) -> dict[str, Any] | None:
    tag = dict(pairs).get("lang") if pairs else None
    return speech_of(tag) if tag else None


def speech_of(tag: str) -> dict[str, Any]:
    """The language of a BCP 47 tag as typst wants it: language, region, direction."""
    language, *subtags = tag.split("-")
    region = next((each.upper() for each in subtags if len(each) == 2), None)
    language = language.lower() if re.fullmatch("[A-Za-z]{2,3}", language) else "en"
    return {"lang": language, "region": REGIONS.get(tag.lower(), region), "dir": direction_of(tag)}


def _front(front: Front, document: Document, abstracts: list[Any]) -> dict[str, Any]:
    title, joint, subtitle = front.split_title
    text = text_of(document.blocks)
    length = len(text.split()) + sum(1 for sign in text if "\u3040" <= sign <= "\u9fff") // 2
    headings = [block["c"][0] for block in document.blocks if block["t"] == "Header"]
    above = [front.series, front.kind] if front.series else [front.kind]
    kept = [part for part in (" · ".join(front.publishers), front.date, front.licence) if part]
    return {
        "speech": speech_of(front.language),
        "words": front.words,
        "title": title,
        "joint": joint,
        "subtitle": subtitle,
        "head": front.head,
        "head-end": front.series or front.kind,
        "above": " · ".join(above),
        "below": kept,
        "day": front.day,
        "authors": [{"name": each.name, "orcid": each.orcid, "marks": each.marks} for each in front.authors],
        "affiliations": [{"mark": mark, "name": name} for mark, name in front.affiliations],
        "author-notes": front.author_notes,
        "comma": front.words["comma"],
        "abstracts": [
            {
                "heading": each.heading,
                "title": each.title,
                "blocks": blocks,
                "speech": speech_of(each.language) if each.language != front.language else None,
            }
            for each, blocks in zip(front.abstracts, abstracts, strict=True)
        ],
        "imprint": [
            {"title": part.title, "lines": [_line(line, front.language) for line in part.lines]}
            for part in front.imprint
        ],
        "compact": length <= SHORT,
        "contents": len(headings) >= CONTENTS_FROM,
        "depth": 3 if len(headings) <= 40 else 2,
        "description": " · ".join(kept),
        "keywords": list(front.themes),
    }


def _line(line: Line, own: str) -> dict[str, Any]:
    tag = language_of(line.text, own)
    return {"text": line.text, "address": line.address, "speech": speech_of(tag) if tag != own else None}


def _press(data: str, files: dict[str, bytes]) -> Printed:
    with tempfile.TemporaryDirectory(prefix="tracker-") as name:
        folder = Path(name)
        (folder / "document.json").write_text(data, encoding="utf-8")
        shutil.copy(Path(__file__).with_name("report.typ"), folder)
        for plain, content in files.items():
            (folder / plain).write_bytes(content)
        command = [sys.executable, "-I", str(Path(press.__file__)), str(MEGABYTES), *fonts()]
        try:
            subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                env={"HOME": name, "LANG": "C.UTF-8", "PATH": "", **FEW_THREADS},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ConversionFailed(_("It took too long to typeset this document.")) from None
        result = folder / "result.json"
        said = json.loads(result.read_text(encoding="utf-8")) if result.is_file() else {"error": "no result"}
        if "error" in said:
            raise ConversionFailed(_("This document could not be typeset.")) from TypesettingError(said["error"])
        return Printed((folder / "output.pdf").read_bytes(), int(said["pages"]), str(said["standard"]))


class TypesettingError(Exception):
    """What the press said, for the log."""


@cache
def fonts() -> list[str]:
    """The folders of the fonts we print with, which come as packages."""
    found = [find_spec(package) for package in FONT_PACKAGES]
    return [str(folder) for spec in found if spec for folder in spec.submodule_search_locations or ()]
