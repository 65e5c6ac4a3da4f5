"""The HTML of a converted document as we keep it: safe, in numbered blocks, in parts that fit a page.

A block is a heading, a paragraph, an item of a list, a row of a table, a figure or a note: it has an id ("b1", "b2" …)
and a plain text. Blocks never lie in one another. Sanitizing comes last, also after a part is cut out.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import lxml.html
import nh3

from tracker.drafts.elements import CONTAINERS, LEAVES, direction_of, is_inline, level_of, plain_text, tidy

MOST_BLOCKS = 20_000  # a thousand pages
LARGEST_PART = 7_400  # bytes, compressed: with the page around them they stay below 14 kB
LONGEST_PART = 20_000  # characters of it: some six printed pages, a long way to scroll on a phone
ENOUGH = 0.6  # full: then the next heading begins another part
HEAVIEST = 4_600  # bytes of one block, compressed; a heavier one is shown as plain text in several
MEASURED_EVERY = 1_500  # characters, while a part grows
PLAIN_PIECE = 4_000  # characters of each of these

MATH = {
    *("math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "msup", "msub", "msubsup", "mover", "munder", "munderover"),
    *("mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "menclose", "mpadded", "mphantom", "merror"),
    *("mmultiscripts", "mprescripts"),
}
ALLOWED_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "pre", "hr", "br", "blockquote", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img", "section"),
    *("a", "em", "strong", "sup", "sub", "code", "s", "u", "span", "mark", "q", "cite"),
} | MATH
ALLOWED_ATTRIBUTES = {
    "*": {"id", "dir", "lang"},
    "a": {"href", "role"},
    "ol": {"start", "type"},
    "img": {"src", "alt", "width", "height", "loading"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "section": {"role"},
    "math": {"display", "alttext"},
    "mo": {"form", "stretchy", "fence", "separator", "lspace", "rspace", "minsize", "maxsize", "movablelimits"},
    "mi": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "menclose": {"notation"},
}
_ID = re.compile(r"b(\d+)")
_HREF = re.compile(r'href="#b(\d+)"')
_SPLIT = re.compile(r"(?<=[.!?…؟۔।]\s)|(?<=[。！？；])")


@dataclass
class Shaped:
    """A document in blocks.

    `parts`: [start, end, first, last], characters of `html` and numbers of blocks; a part that begins or ends within
    a table or a list shares its characters with the next. `headings`: [level, text, block].
    """

    html: str = ""
    blocks: list[str] = field(default_factory=list)
    parts: list[list[int]] = field(default_factory=list)
    headings: list[list[Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


class TooLong(Exception):
    """More than MOST_BLOCKS."""


def shaped(html: str, picture_of: Callable[[str], tuple[str, int, int, str] | None], language: str) -> Shaped:
    """What a converter made, in blocks.

    `picture_of` an address in it gives the address here, width, height in dots and digest, or None. `language` is the
    document's: what is marked as in this language is not marked again. Raises TooLong.
    """
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    counts = tidy(root, picture_of, language)
    made = Shaped(counts=counts)
    for leaf in [leaf for top in root for leaf in _leaves(top)]:
        if _weight(_html(leaf)) > HEAVIEST:
            _make_plain(leaf)
    tops, weights = [], []
    for top in list(root):
        leaves = _number(top, made)
        tops.append((top, len(leaves)))
    _point_links(root)
    total, starts = 0, []
    pieces = []
    for top, many in tops:
        if not many and top.tag != "hr":
            continue
        weights += [(_html(leaf), leaf is top and level_of(leaf) > 0) for leaf in _leaves(top)]
        cleaned = sanitized(_html(top))
        starts.append((total, total + len(cleaned), many))
        pieces.append(cleaned)
        total += len(cleaned) + 1
    made.html = "\n".join(pieces)
    made.parts = _parts(starts, weights)
    return made


def sanitized(html: str) -> str:
    """What is safe of it. Nothing may touch it afterwards."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        allowed_classes={"em": {"draft__gap"}, "math": {"draft__equation"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def cut_out(html: str, first: int, last: int) -> str:
    """A part of what `shaped` made, without the blocks before `first` and after `last`, sanitized again.

    The head of a table stays with every part of it, and a list goes on counting.
    """
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    outside = [leaf for leaf in _identified(root) if not first <= _number_of(leaf) <= last]
    for leaf in outside:
        if leaf.getparent().tag == "thead":
            del leaf.attrib["id"]
        else:
            leaf.drop_tree()
    for ordered in root.iter("ol"):
        gone = 0
        for item in ordered:
            if next(_identified(item), None) is not None:
                break
            gone += 1
        if gone and gone < len(ordered):
            start = ordered.get("start", "1")
            ordered.set("start", str((int(start) if start.isdigit() else 1) + gone))
    for container in reversed([each for each in root.iter() if each.tag in CONTAINERS]):
        if container is not root and container.tag != "thead" and next(_identified(container), None) is None:
            container.drop_tree()
    return "\n".join(sanitized(_html(top)) for top in root)


def linked(html: str, page_of: Callable[[int], int], page: int, address: str) -> str:
    """The links of a part to blocks that stand on another page, with that page."""

    def lead(match: re.Match[str]) -> str:
        there = page_of(int(match[1]))
        return match[0] if there == page else f'href="{address}?page={there}#b{match[1]}"'

    return _HREF.sub(lead, html)


def _number(top: Any, made: Shaped) -> list[Any]:
    """Give the blocks of an element their numbers."""
    leaves = _leaves(top)
    for box in top.iter("table", "ul", "ol", "dl", "blockquote"):
        if not box.get("dir"):
            box.set("dir", direction_of(box.text_content()))
    for leaf in leaves:
        made.blocks.append(plain_text(leaf))
        number = len(made.blocks)
        if number > MOST_BLOCKS:
            raise TooLong
        leaf.set("data-block", str(number))
        if not leaf.get("dir"):
            leaf.set("dir", direction_of(made.blocks[-1]))
        if level := level_of(leaf):
            made.headings.append([level, made.blocks[-1][:140], number])
    return leaves


def _point_links(root: Any) -> None:
    """Links within the document lead to the block that holds their target; those that lead nowhere become words."""
    holds: dict[str, str] = {}
    for leaf in root.iter():
        if leaf.get("data-block"):
            outer = leaf.getparent()
            if outer is not None and outer.get("id") and outer[0] is leaf:  # a note's first paragraph
                holds.setdefault(outer.get("id"), leaf.get("data-block"))
            for inner in leaf.iter():
                if inner.get("id"):
                    holds.setdefault(inner.get("id"), leaf.get("data-block"))
    for element in root.iter():
        element.attrib.pop("id", None)
    for link in list(root.iter("a")):
        address = link.get("href", "")
        if address.startswith("#"):
            number = holds.get(address[1:])
            if number is None:
                link.drop_tag()
            else:
                link.set("href", f"#b{number}")
    for leaf in root.iter():
        if number := leaf.attrib.pop("data-block", None):
            leaf.set("id", f"b{number}")
    for span in list(root.iter("span")):
        if not span.attrib:
            span.drop_tag()


def _leaves(element: Any) -> list[Any]:
    if element.tag in LEAVES or (element.tag in CONTAINERS and len(element) == 0 and (element.text or "").strip()):
        return [element]
    if element.tag not in CONTAINERS:
        return []
    if element.tag in ("li", "dd", "blockquote", "figcaption") and is_inline(element):
        return [element]
    return [leaf for child in element for leaf in _leaves(child)]


def _make_plain(leaf: Any) -> None:
    """A block that no page could hold: its words alone, in several."""
    pieces: list[str] = []
    for sentence in _SPLIT.split(plain_text(leaf)):
        for start in range(0, len(sentence), PLAIN_PIECE):
            piece = sentence[start : start + PLAIN_PIECE]
            if pieces and len(pieces[-1]) + len(piece) <= PLAIN_PIECE:
                pieces[-1] += piece
            else:
                pieces.append(piece)
    tag = {"tr": "tr", "li": "li", "dd": "dd", "dt": "dt", "caption": "caption"}.get(leaf.tag, "p")
    parent = leaf.getparent()
    for piece in pieces if tag != "caption" else pieces[:1]:
        made = lxml.html.Element(tag)
        (lxml.html.etree.SubElement(made, "td") if tag == "tr" else made).text = piece
        leaf.addprevious(made)
    parent.remove(leaf)


def _parts(starts: list[tuple[int, int, int]], weights: list[tuple[str, bool]]) -> list[list[int]]:
    """Blocks in runs that fit a page, beginning with a heading where one is near."""
    if not weights:
        return []
    meter, breaks = _Meter(), [0]
    for number, (html, is_heading) in enumerate(weights):
        size = meter.add(html)
        begun = number > breaks[-1]
        fill = max(size / LARGEST_PART, meter.length / LONGEST_PART)
        if begun and (fill > 1 or (is_heading and fill > ENOUGH)):
            while number - 1 > breaks[-1] and weights[number - 1][1]:  # a heading goes with what it heads
                number -= 1
            breaks.append(number)
            meter = _Meter()
            for after, _is_heading in weights[number : number + 1]:
                meter.add(after)
    spans = list(zip(breaks, [*breaks[1:], len(weights)], strict=True))
    edges, block = [], 0
    for start, end, many in starts:
        edges.append((start, end, block + 1, block + many))
        block += many
    parts = []
    for begin, finish in spans:
        touched = [edge for edge in edges if edge[2] <= finish and edge[3] > begin]
        parts.append([touched[0][0], touched[-1][1], begin + 1, finish])
    return parts


class _Meter:
    """About how many bytes a growing text takes, compressed."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._known, self._since, self.length = 0, 0, 0

    def add(self, text: str) -> int:
        self._pieces.append(text)
        self._since += len(text)
        self.length += len(text)
        if self._since >= MEASURED_EVERY:
            self._known, self._since = len(zlib.compress("\n".join(self._pieces).encode(), 6)), 0
        return self._known + self._since // 2


def _weight(html: str) -> int:
    return len(html) if len(html) < HEAVIEST // 3 else len(zlib.compress(html.encode(), 6))


def _identified(root: Any) -> Any:
    return (each for each in list(root.iter()) if _ID.fullmatch(each.get("id") or ""))


def _number_of(leaf: Any) -> int:
    return int(leaf.get("id")[1:])


def _html(element: Any) -> str:
    return lxml.html.tostring(element, encoding="unicode", with_tail=False)
