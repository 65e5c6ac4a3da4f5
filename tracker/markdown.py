"""Text written by people, as safe HTML. The only caller of Markdown, bleach and nh3.

Call `render` when a text is saved and keep the result beside it: a page that is only read renders nothing.
Markdown makes the structure, bleach turns bare addresses into links, nh3 comes last and decides what is safe.
"""

import html
import re
import unicodedata
from xml.etree.ElementTree import Element

import bleach
import nh3
from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

ALLOWED_TAGS = {
    *("p", "br", "hr", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
ALLOWED_SCHEMES = {"https", "http", "mailto"}

# What Markdown may be asked to do. Beyond it a text is shown in plain paragraphs: no person wrote it so.
MOST_LINES = 2_000
MOST_MARKS = 4_000
MOST_BRACKETS = 120  # in one paragraph: the time Markdown takes grows with their square
DEEPEST_BRACKETS = 3

_MARKS = re.compile(r"[*_`<&\\|!]")
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
_ADDRESS = re.compile(r"\w\.\w|://")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
MOST_ACCENTS = 30  # on one letter, as in Unicode's Stream-Safe Text Format (UAX #15)
# Characters that text never holds (clean_text drops them) stand for brackets that Markdown shall not see.
_HIDE = {"[": "\ufdd0", "]": "\ufdd1"}
_SHOW = str.maketrans({stand_in: bracket for bracket, stand_in in _HIDE.items()})


def render(text: str) -> Markup:
    """Markdown as safe HTML. Headings become h3 and h4, HTML in the text is shown and not obeyed.

    Sanitizing comes last: nothing may touch the HTML after it. The time it takes grows with the length of the
    text, whatever the text is.
    """
    text = clean_text(text)
    try:
        made = _paragraphs(text) if _is_flood(text) else _markdown(text)
    except RecursionError:  # lists in lists in lists
        made = _paragraphs(text)
    return Markup(
        nh3.clean(
            made,
            tags=ALLOWED_TAGS,
            attributes=ALLOWED_ATTRIBUTES,
            url_schemes=ALLOWED_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )


def plain(text: str, length: int = 200) -> str:
    """The first words of a Markdown text without marks, on one line, at most `length` characters."""
    shown = nh3.clean(render((text or "")[: length * 4 + 100]), tags=set())
    words = " ".join(html.unescape(shown).split())
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    head, space, _rest = cut.rpartition(" ")
    return (head if space and len(head) > length // 2 else cut).rstrip(" ,.;:–—") + "…"


def clean_text(text: str) -> str:
    """`text` as databases, pages and feeds can hold it: NFC, lines end in \\n, no control characters.

    Control characters but tab and line feed, halves of surrogate pairs and non-characters are dropped.
    """
    text = _UNWRITABLE.sub("", _LINE_ENDS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", _fewer_accents(text))


def _fewer_accents(text: str) -> str:
    """Sorting a long run of accents takes the square of its length, and no letter carries more than a few."""
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MOST_ACCENTS:
            kept.append(character)
    return "".join(kept)


def _is_flood(text: str) -> bool:
    return text.count("\n") > MOST_LINES or sum(1 for _ in _MARKS.finditer(text)) > MOST_MARKS


def _markdown(text: str) -> str:
    extensions: list[str | Extension] = ["tables", "fenced_code", "sane_lists", _OurMarkdown()]
    made = show_brackets(Markdown(extensions=extensions).convert(hide_brackets(text)))
    if not _ADDRESS.search(text):  # finding none takes bleach longer than all the rest
        return made
    return bleach.linkify(made, callbacks=[], skip_tags={"pre", "code"})


def _paragraphs(text: str) -> str:
    escaped = str(Markup.escape(re.sub(r"\n\s*\n", "\n\n", text)))
    return "\n".join(f"<p>{part}</p>" for part in escaped.split("\n\n") if part.strip())


def hide_brackets(text: str) -> str:
    """Replace the brackets that can be no link: without a partner, deep inside others, or far too many.

    For texts that `clean_text` made, before any reader of Markdown, most of which take minutes over such brackets.
    """
    parts = _PARAGRAPHS.split(text)
    parts[::2] = [_hide_in_paragraph(part) if "[" in part else part for part in parts[::2]]
    return "".join(parts)


def show_brackets(made: str) -> str:
    """Bring back what `hide_brackets` replaced, in what was made of the text."""
    return made.translate(_SHOW)


def _hide_in_paragraph(text: str) -> str:
    """One walk with two stacks: a pair of brackets stays if the address it begins, if any, also ends."""
    brackets: list[int] = []
    addresses: list[int] = []  # where "(" stands; -1 for one that begins no address
    open_addresses = 0
    pairs: dict[int, int] = {}  # where the closing bracket stands -> where its opening one does
    endless: set[int] = set()
    for match in re.finditer(r"\](\()?|[\[()]", text):
        place = match.start()
        if match[0] == "[":
            brackets.append(place)
        elif match[0] == "(":
            addresses.append(-1)
        elif match[0] == ")":
            if addresses:
                begun = addresses.pop()
                endless.discard(begun)
                open_addresses -= begun >= 0
        elif brackets:
            opening = brackets.pop()
            if len(brackets) < DEEPEST_BRACKETS and open_addresses < DEEPEST_BRACKETS:
                pairs[place] = opening
            if match[1]:
                addresses.append(place)
                endless.add(place)
                open_addresses += 1
    closings = [closing for closing in pairs if closing not in endless][:MOST_BRACKETS]
    kept = {*closings, *(pairs[closing] for closing in closings)}
    return re.sub(r"[\[\]]", lambda match: match[0] if match.start() in kept else _HIDE[match[0]], text)


class _OurMarkdown(Extension):
    """No HTML in the text, no images from elsewhere, headings that fit below the page's own."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.treeprocessors.register(_OurElements(md), "our_elements", 5)


class _OurElements(Treeprocessor):
    """The highest level of heading a text uses becomes h3, all below it h4; an image becomes a link to it."""

    def run(self, root: Element) -> None:
        headings = [element for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag))]
        highest = min((element.tag for element in headings), default="h1")
        for element in headings:
            element.tag = "h3" if element.tag == highest else "h4"
        for image in list(root.iter("img")):
            image.tag = "a"
            image.text = image.get("alt") or image.get("src")
            image.set("href", image.get("src", ""))
