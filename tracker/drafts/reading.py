"""Reading a draft: a document that somebody brought, as safe HTML in numbered blocks. For the worker only."""

from dataclasses import dataclass, field
from typing import Any

from tracker import markdown
from tracker.documents import Kind, Opened, Unreadable, text_of
from tracker.drafts.blocks import Shaped, TooLong, shaped
from tracker.drafts.pictures import MOST_PICTURES, Picture, remade
from tracker.i18n import _
from tracker.pandoc import ConversionFailed, convert

SECONDS = 60.0  # for one document; a hundred pages take two or three
MEGABYTES = 1024  # of memory for the converter; a hundred pages take a quarter of it
MARKDOWN = (
    "markdown-raw_html-raw_attribute-raw_tex-yaml_metadata_block-pandoc_title_block-latex_macros"
    "-native_divs-native_spans-citations+autolink_bare_uris"
)
_FRAME = b"""$if(title)$<h1>$title$</h1>$endif$
$if(subtitle)$<p>$subtitle$</p>$endif$
$for(author)$<p>$author$</p>
$endfor$
$if(date)$<p>$date$</p>$endif$
$if(abstract)$<div>$abstract$</div>$endif$
$body$
"""  # a title page made with Word's own styles is no part of the body


@dataclass
class Reading:
    """A draft as it is read: `found` holds what documents.Opened found, and `parts`, `headings` and `counts` of
    drafts.blocks."""

    html: str
    blocks: list[str]
    found: dict[str, Any]
    pictures: list[Picture] = field(default_factory=list)


def read(kind: Kind, data: bytes, *, address: str, language: str) -> Reading:
    """Convert a Word, ODT or Markdown document; its pictures will lie at `address`/1, /2 …

    Takes up to SECONDS. Raises Unreadable or ConversionFailed, each with a sentence.
    """
    opened = None if kind is Kind.MARKDOWN else Opened(kind, data)
    gallery = _Gallery(opened, address)
    html = _converted(kind, opened.clean if opened else data)
    try:
        made: Shaped = shaped(html, gallery.picture_of, language)
    except TooLong:
        raise Unreadable(_("This document is too long to be shown here.")) from None
    if not made.blocks:
        raise Unreadable(_("There is no text in this document."))
    found = dict(opened.found if opened else {}, parts=made.parts, headings=made.headings, counts=made.counts)
    if gallery.left_out:
        found["left_out"] = gallery.left_out
    return Reading(made.html, made.blocks, found, gallery.pictures)


def _converted(kind: Kind, data: bytes) -> str:
    source, content = kind.value, data
    if kind is Kind.MARKDOWN:
        source = MARKDOWN
        text = markdown.clean_text(text_of(data))
        content = markdown.hide_brackets(text).encode()
    arguments = ("--mathml", "--wrap", "none", "--track-changes", "accept", "--standalone", "--template", "frame.html")
    answer = convert(
        content,
        source=source,
        target="html5",
        arguments=arguments,
        files={"frame.html": _FRAME},
        seconds=SECONDS,
        megabytes=MEGABYTES,
    )
    html = answer.decode("utf-8", "replace")
    return markdown.show_brackets(html) if kind is Kind.MARKDOWN else html


class _Gallery:
    """The pictures of a document in the order of the text, each made again once."""

    def __init__(self, opened: Opened | None, address: str) -> None:
        self.opened, self.address = opened, address
        self.pictures: list[Picture] = []
        self.left_out = 0  # beyond the limit
        self._known: dict[str, tuple[str, int, int, str] | None] = {}

    def picture_of(self, name: str) -> tuple[str, int, int, str] | None:
        """Where the picture of this name will lie, with its size and digest; None where it is not shown."""
        if self.opened is None or name in self._known:
            return self._known.get(name)
        if len(self.pictures) >= MOST_PICTURES:
            self.left_out += 1
            return None
        try:
            data = self.opened.picture(name)
        except Unreadable:
            data = None
        made = remade(data) if data else None
        self._known[name] = None
        if made is not None:
            self.pictures.append(made)
            self._known[name] = (f"{self.address}/{len(self.pictures)}", made.width, made.height, made.digest)
        return self._known[name]


__all__ = ["ConversionFailed", "Reading", "Unreadable", "read"]
