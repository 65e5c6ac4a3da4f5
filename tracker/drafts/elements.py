"""The elements that a converter writes, made into the few that we keep."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import lxml.html

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LEAVES = {*HEADINGS, "p", "pre", "tr", "caption", "dt", "figure"}
CONTAINERS = {
    *("ul", "ol", "li", "dl", "dd", "blockquote", "table", "thead", "tbody", "tfoot", "section", "figcaption"),
}
BLOCKS = LEAVES | CONTAINERS | {"div", "hr"}
MOST_SPANNED = 100  # columns or rows of one cell
GAP = "▢"  # stands where a picture is not shown
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_SHORT = {"start": r"\d{1,5}", "type": "[1aAiI]", "dir": "ltr|rtl"}
PictureOf = Callable[[str], tuple[str, int, int, str] | None]


def tidy(root: Any, picture_of: PictureOf, language: str) -> dict[str, int]:
    """Leave only what blocks are made of, in place; return how many pictures, gaps, equations, tables and notes."""
    counts = dict.fromkeys(("pictures", "gaps", "equations", "tables", "notes"), 0)
    counts["notes"] = len(root.find_class("footnote-ref"))
    _equations(root, counts)
    _renamed(root)
    for thing in list(root.iter("embed", "video", "audio", "iframe", "object", "svg")):
        for inner in list(thing):
            inner.drop_tree()
        thing.tag, thing.text = "img", None
    for image in list(root.iter("img")):
        _picture(image, picture_of(image.get("src") or ""), counts)
    for figure in list(root.iter("figure")):
        if any(each.tag in BLOCKS - {"figcaption", "p"} for each in figure.iterdescendants()):
            figure.tag = "div"
            for caption in list(figure.iter("figcaption")):
                caption.tag = "div"
        else:
            _flat(figure)
    for element in list(root.iter()):
        if element is root or not isinstance(element.tag, str):
            if element is not root:
                element.drop_tree()
            continue
        if element.tag == "div":
            _unwrap(element)
    for element in list(root.iterdescendants()):
        _attributes(element, language)
    for link in list(root.iter("a")):
        _link(link)
    for span in list(root.iter("span")):
        if not span.attrib:
            span.drop_tag()
    counts["tables"] = sum(1 for _table in root.iter("table"))
    _wrap(root)
    _without_empty(root)
    _levels(root)
    return counts


def plain_text(block: Any) -> str:
    """The words of a block on one line: TeX of equations between dollars, a sign for each picture, no note numbers."""
    if block.tag == "tr":
        return " | ".join(plain_text(cell) for cell in block)
    return " ".join("".join(_words(block)).split())


def direction_of(text: str) -> str:
    """Which way most letters of a text run: "rtl", "ltr", or "auto" where it has none."""
    kinds = [unicodedata.bidirectional(character) for character in text[:2000]]
    from_right, from_left = sum(kind in ("R", "AL") for kind in kinds), kinds.count("L")
    return "auto" if not from_right and not from_left else "rtl" if from_right > from_left else "ltr"


def is_inline(element: Any) -> bool:
    """Whether an element holds words and no blocks."""
    return not any(child.tag in BLOCKS for child in element)


def level_of(element: Any) -> int:
    """Of a heading: 2 to 6; 0 for anything else."""
    return int(element.tag[1]) if element.tag in HEADINGS else 0


def _words(element: Any) -> Any:
    if element.tag == "math":
        yield f"${element.get('alttext', '')}$" if element.get("alttext") else element.text_content()
    elif element.tag == "img":
        yield f"[{element.get('data-digest') or GAP}] {element.get('alt') or ''} "
    elif element.tag == "br":
        yield " "
    elif element.tag != "a" or not element.get("role"):  # the number of a note tells nothing about its text
        yield element.text or ""
        for child in element:
            yield from _words(child)
            yield child.tail or ""
        if element.tag in BLOCKS or element.tag in ("td", "th"):
            yield " "


def _equations(root: Any, counts: dict[str, int]) -> None:
    for math in list(root.iter("math")):
        counts["equations"] += 1
        annotation = next(math.iter("annotation"), None)
        if annotation is not None:
            math.set("alttext", " ".join((annotation.text or "").split())[:2000])
            annotation.drop_tree()
        for semantics in list(math.iter("semantics")):
            semantics.drop_tag()
        alone = not (math.getparent().text_content().replace(math.text_content(), "", 1)).strip()
        if not alone and math.get("display") == "block" and math.getnext() is None:
            math.set("display", "inline")


def _renamed(root: Any) -> None:
    same = {
        "b": "strong",
        "i": "em",
        "del": "s",
        "strike": "s",
        "ins": "u",
        "tt": "code",
        "samp": "code",
        "kbd": "code",
    }
    for element in root.iter():
        if element.tag in same:
            element.tag = same[element.tag]
    for box in list(root.iter("input")):  # of a list of tasks
        box.tail = f"{'☑' if 'checked' in box.attrib else '☐'} {box.tail or ''}"
        box.drop_tree()
    for column in [*root.iter("colgroup"), *root.iter("col")]:
        if column.getparent() is not None:
            column.drop_tree()


def _picture(image: Any, known: tuple[str, int, int, str] | None, counts: dict[str, int]) -> None:
    alt = " ".join((image.get("alt") or "").split())[:500]
    if known is None:
        counts["gaps"] += 1
        gap = lxml.html.Element("em")
        gap.set("class", "draft__gap")
        gap.text, gap.tail = f"{GAP} {alt}".strip(), image.tail
        image.getparent().replace(image, gap)
        return
    counts["pictures"] += 1
    address, width, height, digest = known
    for name in list(image.attrib):
        del image.attrib[name]
    for name, value in {"src": address, "alt": alt, "width": width, "height": height, "loading": "lazy"}.items():
        image.set(name, str(value))
    image.set("data-digest", digest[:8])


def _flat(figure: Any) -> None:
    """A picture and one line below it."""
    for paragraph in list(figure.iter("p")):
        paragraph.drop_tag()
    said = [" ".join(caption.text_content().split()) for caption in figure.iter("figcaption")]
    for image in figure.iter("img"):
        if image.get("alt") in said:
            image.set("alt", "")  # else it is heard twice
    for gap in figure.find_class("draft__gap"):
        gap.text = GAP if gap.text.removeprefix(GAP).strip() in said else gap.text


def _unwrap(box: Any) -> None:
    """A box hands its direction and language on to what is in it."""
    if not is_inline(box):
        for child in box:
            for name in ("dir", "lang"):
                if box.get(name) and not child.get(name):
                    child.set(name, box.get(name))
        box.drop_tag()
    else:
        box.tag = "p"


def _attributes(element: Any, language: str) -> None:
    if element.tag == "img" or element.tag == "math" or _in_math(element):
        return
    name_of_class = element.get("class") or ""
    for name, value in list(element.attrib.items()):
        keep = name == "id" or (name in _SHORT and re.fullmatch(_SHORT[name], value))
        if name == "lang":
            keep = bool(_LANG.fullmatch(value)) and value.split("-")[0].lower() != language.split("-")[0].lower()
        elif name in ("colspan", "rowspan"):
            keep = value.isdigit() and 1 < int(value[:6]) <= MOST_SPANNED
        elif name == "href":
            keep = True
        elif name == "role":
            keep = value in ("doc-noteref", "doc-backlink", "doc-endnotes")
        elif name == "class":
            keep = value == "draft__gap"
        if not keep:
            del element.attrib[name]
    if element.tag == "th" and "thead" in [each.tag for each in element.iterancestors()]:
        element.set("scope", "col")
    if element.tag == "a" and "footnote-back" in name_of_class:
        element.text = "↩"


def _in_math(element: Any) -> bool:
    return any(each.tag == "math" for each in element.iterancestors())


def _link(link: Any) -> None:
    address = (link.get("href") or "").strip()
    if not address.startswith("#") and not _LINK.match(address):
        if link.get("id"):  # a place that others lead to
            link.tag = "span"
            link.attrib.pop("href", None)
        else:
            link.drop_tag()


def _wrap(root: Any) -> None:
    """Words beside blocks become paragraphs, so that blocks hold words or blocks and never both."""
    for element in [root, *root.iterdescendants()]:
        is_box = element is root or element.tag in ("li", "dd", "blockquote", "section")
        if not is_box or (element is not root and is_inline(element)):
            continue
        run: Any = None
        if (element.text or "").strip():
            run = lxml.html.Element("p")
            run.text, element.text = element.text, None
            element.insert(0, run)
        for child in list(element):
            if child is run:
                continue
            if child.tag in BLOCKS:
                run, tail = None, child.tail
                if (tail or "").strip():
                    run = lxml.html.Element("p")
                    run.text, child.tail = tail, None
                    child.addnext(run)
            elif run is None:
                run = lxml.html.Element("p")
                child.addprevious(run)
                run.append(child)
            else:
                run.append(child)


def _without_empty(root: Any) -> None:
    for element in reversed(list(root.iterdescendants())):
        if element.tag not in BLOCKS - {"hr"} or element.text_content().strip():
            continue
        if next(element.iter("img", "math"), None) is None:
            _drop(element)


def _drop(element: Any) -> None:
    """Without its words, but with what others lead to."""
    marked = element.get("id") or next((each.get("id") for each in element.iter() if each.get("id")), None)
    following = element.getnext()
    if marked and following is not None and not following.get("id"):
        following.set("id", marked)
    element.drop_tree()


def _levels(root: Any) -> None:
    """The highest heading becomes h2, below the page's own, and none skips a level."""
    found = [element for element in root.iter() if element.tag in HEADINGS]
    highest = min((level_of(element) for element in found), default=1)
    before = 1
    for element in found:
        before = min(2 + level_of(element) - highest, before + 1, 6)
        element.tag = f"h{before}"
