"""A document as pandoc reads it (its JSON), reduced to what we know: the only way from a draft into anything we make.

What comes out holds text, known structure, safe links, and pictures that were taken out of the file itself. Nothing
in it is code of any format: raw parts have become text, attributes are gone but for language and direction.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.i18n import _
from tracker.markdown import clean_text
from tracker.pandoc import ConversionFailed
from tracker.publication.scripts import direction_of, language_of
from tracker.publication.words import words_in

Node = dict[str, Any]

DEEPEST = 24  # blocks and runs within each other; beyond it only the text is kept
MOST_NODES = 1_000_000
NO_ATTRIBUTES: list[Any] = ["", [], []]

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they would turn what follows them too
_SAFE_LINK = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_OWN_NUMBER = re.compile(
    r"(table|figure|fig|cuadro|tabla|figura|gráfico|tableau|graphique|tabela|quadro|рис(унок)?|табл(ица)?|图|圖|表"
    r"|chart|box|map|الشكل|شكل|الجدول|جدول)[\s.\u00a0]*[A-Z]?[\d٠-٩一二三四五六七八九十]",
    re.IGNORECASE,
)
_WRAPPING = {"Emph", "Underline", "Strong", "Strikeout", "Superscript", "Subscript", "SmallCaps"}


@dataclass
class Document:
    """A cleaned document. `blocks` as in pandoc's JSON; `pictures` by the address they have in it."""

    blocks: list[Node]
    language: str
    pictures: dict[str, Any] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return direction_of(self.language)


def number_captions(document: Document, names: Mapping[str, str]) -> None:
    """Begin captions with "Table 1", "Figure 1", in the words of `names`, unless some of their kind bring numbers."""
    for kind, name in (("Table", names["table"]), ("Figure", names["figure"])):
        captions: list[list[Node]] = []

        def note(node: Node, kind: str = kind, captions: list[list[Node]] = captions) -> None:
            if node["t"] == kind and text_of(node["c"][1][1]).strip():
                captions.append(node["c"][1][1])

        walk(document.blocks, note)
        if any(_OWN_NUMBER.match(text_of(caption).strip()) for caption in captions):
            continue
        for number, caption in enumerate(captions, 1):
            begun = [{"t": "Strong", "c": [{"t": "Str", "c": f"{name}\u00a0{number}"}]}, {"t": "Str", "c": "\u2003"}]
            inner = caption[0]
            while inner["t"] == "Div":
                inner = inner["c"][1][0]
            if inner["t"] in ("Para", "Plain"):
                inner["c"] = begun + inner["c"]


def read_json(made: bytes) -> list[Node]:
    """The blocks of pandoc's JSON. Raises ConversionFailed where it is deeper or larger than any text is."""
    try:
        blocks: list[Node] = json.loads(made)["blocks"]
    except RecursionError:
        raise ConversionFailed(_("The parts of this document lie too deep within each other.")) from None
    return blocks


def clean(
    blocks: list[Node],
    language: str,
    *,
    others: Iterable[str] = (),
    pictures: Mapping[str, Any] | None = None,
    title: str = "",
) -> Document:
    """The document of these blocks in `language`, `others` being the languages that parts of it may be in.

    `pictures` holds what was taken out of the file, by the address the blocks give; any other picture becomes the
    words that stand for it. A first heading that repeats `title` is left out.
    """
    cleaner = _Cleaner(language, tuple(others), pictures or {})
    try:
        cleaned = cleaner.blocks(blocks, 0)
    except RecursionError:
        raise ConversionFailed(_("The parts of this document lie too deep within each other.")) from None
    if cleaned and cleaned[0]["t"] == "Header" and _alike(text_of(cleaned[0]), title):
        gone = cleaned.pop(0)["c"][1][0]
        cleaner.places = {name: ours for name, ours in cleaner.places.items() if ours != gone}
    _level(cleaned)
    _lead_links(cleaned, cleaner.places)
    return Document(cleaned, language, cleaner.used)


def text_of(node: Any) -> str:
    """The plain text within a node or list of nodes."""
    if isinstance(node, list):
        return "".join(text_of(each) for each in node)
    if not isinstance(node, dict):
        return ""
    kind: Any = node.get("t")
    content: Any = node.get("c")
    if kind == "Str":
        return str(content)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "CodeBlock", "Math", "RawInline", "RawBlock"):
        return str(content[1])
    if kind == "Note":
        return ""
    return text_of(content) + (" " if kind in ("Para", "Plain", "Header") else "")


def walk(node: Any, visit: Callable[[Node], None]) -> None:
    """Call `visit` with each node, outer ones first."""
    if isinstance(node, list):
        for each in node:
            walk(each, visit)
    elif isinstance(node, dict):
        if "t" in node:
            visit(node)
        walk(node.get("c"), visit)


def paragraph(*inlines: Node) -> Node:
    """A paragraph of runs."""
    return {"t": "Para", "c": list(inlines)}


def words(text: str) -> Node:
    """A run of plain text, as safe as any other."""
    return {"t": "Str", "c": plain_words(text)}


def plain_words(text: str) -> str:
    """Text on one line that turns nothing round and holds no control character."""
    return " ".join(_TURNING.sub("", clean_text(text)).split())


class _Cleaner:
    def __init__(self, language: str, others: tuple[str, ...], pictures: Mapping[str, Any]) -> None:
        self.language, self.others, self.pictures = language, others, pictures
        self.used: dict[str, Any] = {}
        self.places: dict[str, str] = {}
        self.headings = self.anchors = self.nodes = 0
        self.within = 0  # lists, tables, notes: no place for a heading

    def blocks(self, nodes: list[Node], depth: int) -> list[Node]:
        made: list[Node] = []
        for node in nodes:
            self.nodes += 1
            if self.nodes > MOST_NODES:
                raise ConversionFailed(_("This document is too long to be made into a publication."))
            for block in self.block(node, depth):
                if made and _is_caption(node) and (joined := _captioned(made[-1], block)):
                    made[-1] = joined
                else:
                    made.append(block)
        return made

    def block(self, node: Node, depth: int) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if depth > DEEPEST:
            text = plain_words(text_of(node))
            return [paragraph({"t": "Str", "c": text})] if text else []
        if kind in ("Para", "Plain"):
            inlines = self.inlines(content, depth)
            if not text_of(inlines).strip() and not _holds(inlines, "Image", "Note"):
                return []
            return [self.spoken({"t": kind, "c": inlines}, inlines)]
        if kind == "Header":
            level, attributes, inlines = content
            made = self.inlines(_without_breaks(inlines), depth)
            if not text_of(made).strip():
                return []
            if self.within:
                return [paragraph({"t": "Strong", "c": made})]
            self.headings += 1
            name = self.place(attributes[0], f"s{self.headings}")
            spoken = self.speech(text_of(made))
            return [{"t": "Header", "c": [level, [name, [], spoken], made]}]
        if kind == "LineBlock":
            lines = [self.inlines(line, depth) for line in content]
            joined = [piece for line in lines for piece in (*line, {"t": "LineBreak"})][:-1]
            return [paragraph(*joined)]
        if kind in ("CodeBlock", "RawBlock"):
            return [{"t": "CodeBlock", "c": [NO_ATTRIBUTES, _TURNING.sub("", clean_text(content[1]))]}]
        if kind == "BlockQuote":
            inner = self.inner(content, depth)
            return [{"t": "BlockQuote", "c": inner}] if inner else []
        if kind == "BulletList":
            return [{"t": kind, "c": [self.inner(item, depth) for item in content]}]
        if kind == "OrderedList":
            (start, style, delimiter), items = content
            return [{"t": kind, "c": [[start, style, delimiter], [self.inner(item, depth) for item in items]]}]
        if kind == "DefinitionList":
            rows = [
                [self.inlines(term, depth), [self.inner(meant, depth) for meant in meanings]]
                for term, meanings in content
            ]
            return [{"t": kind, "c": rows}]
        if kind == "HorizontalRule":
            return [{"t": kind}]
        if kind == "Div":
            return self.blocks(content[1], depth + 1)
        if kind == "Figure":
            _attributes, (_short, caption), inner = content
            return [_figure(self.inner(inner, depth), self.inner(caption, depth))]
        if kind == "Table":
            return [self.table(content, depth)]
        return []

    def inner(self, nodes: list[Node], depth: int) -> list[Node]:
        self.within += 1
        made = self.blocks(nodes, depth + 1)
        self.within -= 1
        return made

    def table(self, content: list[Any], depth: int) -> Node:
        _attributes, (_short, caption), columns, head, bodies, foot = content

        def rows(given: list[Any]) -> list[Any]:
            return [[NO_ATTRIBUTES, [cell(each) for each in row[1]]] for row in given]

        def cell(given: list[Any]) -> list[Any]:
            _own, align, down, across, inner = given
            return [NO_ATTRIBUTES, align, max(1, down), max(1, across), self.inner(inner, depth)]

        made_bodies = [[NO_ATTRIBUTES, body[1], rows(body[2]), rows(body[3])] for body in bodies]
        made_head, made_foot = [NO_ATTRIBUTES, rows(head[1])], [NO_ATTRIBUTES, rows(foot[1])]
        inner = self.inner(caption, depth)
        return {"t": "Table", "c": [NO_ATTRIBUTES, [None, inner], columns, made_head, made_bodies, made_foot]}

    def inlines(self, nodes: list[Node], depth: int) -> list[Node]:
        made: list[Node] = []
        for node in nodes:
            self.nodes += 1
            for each in self.inline(node, depth + 1):
                if each["t"] == "Str" and made and made[-1]["t"] == "Str":
                    made[-1] = {"t": "Str", "c": made[-1]["c"] + each["c"]}
                else:
                    made.append(each)
        return made

    def inline(self, node: Node, depth: int) -> list[Node]:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            text = _TURNING.sub("", clean_text(content))
            return [{"t": "Str", "c": text}] if text else []
        if kind in ("Space", "SoftBreak", "LineBreak"):
            return [{"t": kind}]
        if depth > DEEPEST:
            return [words(text_of(node))]
        if kind in _WRAPPING:
            inner = self.inlines(content, depth)
            return [{"t": kind, "c": inner}] if inner else []
        if kind == "Quoted":
            left, right = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
            return [words(left), *self.inlines(content[1], depth), words(right)]
        if kind == "Cite":
            return self.inlines(content[1], depth)
        if kind in ("Code", "RawInline"):
            text = plain_words(content[1])
            return [{"t": "Code", "c": [NO_ATTRIBUTES, text]}] if text else []
        if kind == "Math":
            return [{"t": "Math", "c": [content[0], clean_text(content[1])]}]
        if kind == "Note":
            return [{"t": "Note", "c": self.inner(content, depth)}]
        if kind == "Link":
            return self.link(content, depth)
        if kind == "Image":
            return [self.image(content)]
        if kind == "Span":
            inner = self.inlines(content[1], depth)
            if content[0][0]:
                self.anchors += 1
                name = self.place(content[0][0], f"a{self.anchors}")
                return [{"t": "Span", "c": [[name, [], []], []]}, *inner]
            return inner
        return []

    def link(self, content: list[Any], depth: int) -> list[Node]:
        inner = self.inlines(content[1], depth)
        address = content[2][0].strip()
        if address.startswith("#"):  # where it leads is known once everything is read: _unlink_lost
            return [{"t": "Link", "c": [NO_ATTRIBUTES, inner, [address, ""]]}]
        if not _SAFE_LINK.fullmatch(address) or clean_text(address) != address:
            return inner
        return [{"t": "Link", "c": [NO_ATTRIBUTES, inner or [words(address)], [address, ""]]}]

    def image(self, content: list[Any]) -> Node:
        attributes, alt, (address, title) = content
        said = plain_words(text_of(alt) or title or dict(attributes[2]).get("alt", ""))
        if address not in self.pictures:
            return words(f"[{said}]" if said else f"[{words_in(self.language)['figure']}]")
        self.used[address] = self.pictures[address]
        width = [pair for pair in attributes[2] if pair[0] == "width" and re.fullmatch(r"[\d.]+(in|cm|%)", pair[1])]
        return {"t": "Image", "c": [["", [], width], [words(said)] if said else [], [address, ""]]}

    def place(self, name: str, ours: str) -> str:
        """Our name for a place that the document calls `name`; the first of one name is meant by links to it."""
        if name:
            self.places.setdefault(name, ours)
        return ours

    def spoken(self, block: Node, inlines: list[Node]) -> Node:
        speech = self.speech(text_of(inlines))
        return {"t": "Div", "c": [["", [], speech], [block]]} if speech else block

    def speech(self, text: str) -> list[list[str]]:
        """The attributes that say in which language a text is, where it is not the document's."""
        tag = language_of(text, self.language, self.others)
        if tag == self.language:
            return []
        return [["lang", tag], ["dir", direction_of(tag)]]


def _is_caption(node: Node) -> bool:
    """Whether a block of the document is in Word's own style for captions."""
    if node["t"] != "Div":
        return False
    return dict(node["c"][0][2]).get("custom-style", "").lower() in ("caption", "image caption", "table caption")


def _captioned(before: Node, caption: Node) -> Node | None:
    """A picture, or a table, with the caption that follows it."""
    if before["t"] == "Para" and all(each["t"] in ("Image", "Space", "LineBreak") for each in before["c"]):
        return _figure([{"t": "Plain", "c": before["c"]}], [caption])
    if before["t"] == "Table" and not before["c"][1][1]:
        return {"t": "Table", "c": [before["c"][0], [None, [caption]], *before["c"][2:]]}
    return None


def _figure(inner: list[Node], caption: list[Node]) -> Node:
    return {"t": "Figure", "c": [NO_ATTRIBUTES, [None, caption], inner]}


def _holds(nodes: list[Node], *kinds: str) -> bool:
    found: list[Node] = []
    walk(nodes, lambda node: found.append(node) if node["t"] in kinds else None)
    return bool(found)


def _without_breaks(inlines: list[Node]) -> list[Node]:
    return [{"t": "Space"} if each["t"] == "LineBreak" else each for each in inlines]


def _alike(text: str, title: str) -> bool:
    return bool(title) and re.sub(r"\W+", "", text).casefold() == re.sub(r"\W+", "", title).casefold()


def _level(blocks: list[Node]) -> None:
    """Headings of one document: the highest is 1, and none is more than one below the one before it."""
    headings: list[Node] = []
    walk(blocks, lambda node: headings.append(node) if node["t"] == "Header" else None)
    highest = min((heading["c"][0] for heading in headings), default=1)
    before = 0
    for heading in headings:
        before = min(heading["c"][0] - highest + 1, before + 1, 6)
        heading["c"][0] = before


def _lead_links(blocks: list[Node], places: Mapping[str, str]) -> None:
    """Links within the document lead to our names of its places; what leads nowhere becomes plain text."""
    wanted: set[str] = set()

    def lead(node: Node) -> None:
        if node["t"] != "Link" or not node["c"][2][0].startswith("#"):
            return
        place = places.get(node["c"][2][0][1:])
        if place is None:
            node["t"], node["c"] = "Span", [NO_ATTRIBUTES, node["c"][1]]
        else:
            wanted.add(place)
            node["c"][2] = [f"#{place}", ""]

    def drop(node: Node) -> None:
        if node["t"] == "Span" and node["c"][0][0] not in wanted:
            node["c"][0] = NO_ATTRIBUTES

    walk(blocks, lead)
    walk(blocks, drop)
