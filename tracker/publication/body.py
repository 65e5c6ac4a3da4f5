"""The text of a draft, read anew from what was handed in: structure, footnotes, equations and its own pictures."""

import io
import json
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from tracker import documents, markdown
from tracker.drafts.reading import MARKDOWN
from tracker.i18n import _
from tracker.pandoc import ConversionFailed, convert
from tracker.publication.cleaning import Document, Node, clean, number_captions, read_json, walk
from tracker.publication.words import words_in

SOURCES = {documents.Kind.WORD: "docx+styles", documents.Kind.ODT: "odt", documents.Kind.MARKDOWN: MARKDOWN}
LARGEST_SIDE = 1800  # dots: across a page at 280 to the inch
MOST_PICTURES = 500
LARGEST_PICTURES = 48 * 1024 * 1024  # bytes of all of them, made again; further ones are named
LARGEST_DRAWING = 700_000  # bytes of a PNG; a larger one is a photograph
MOST_DOTS = 60_000_000  # of a picture before it is made smaller
QUALITY = 85


@dataclass(frozen=True)
class Picture:
    """A picture made again from its dots: a PNG or a JPEG."""

    data: bytes
    ending: str  # ".png"
    width: int
    height: int


def read(
    kind: documents.Kind, data: bytes, language: str, *, others: tuple[str, ...] = (), title: str = ""
) -> Document:
    """The cleaned document in a Word, ODT or Markdown file. For a worker. Raises ConversionFailed with a sentence."""
    try:
        if kind is documents.Kind.MARKDOWN:
            opened, given = None, markdown.hide_brackets(markdown.clean_text(documents.text_of(data))).encode()
        elif kind in SOURCES:
            opened = documents.Opened(kind, data)
            given = opened.clean
        else:
            raise ConversionFailed(_("A publication is made from a Word, ODT or Markdown file."))
        made = convert(given, source=SOURCES[kind], target="json")
        if opened is None:
            made = markdown.show_brackets(made.decode()).encode()
        blocks = read_json(made)
        pictures = _pictures(blocks, opened) if opened else {}
    except documents.Unreadable as error:
        raise ConversionFailed(str(error)) from None
    document = clean(blocks, language, others=others, pictures=pictures, title=title)
    if not document.blocks:
        raise ConversionFailed(_("There is no text in this document."))
    number_captions(document, words_in(language))
    return document


def read_html(parts: list[tuple[str, str]]) -> list[list[Node]]:
    """Safe HTML of ours (abstracts), each with its language, as cleaned blocks, all in one go."""
    if not parts:
        return []
    joined = "\n".join(f"<div>{html}</div>" for html, _language in parts)
    blocks = read_json(convert(joined.encode(), source="html-raw_html", target="json"))
    found = [block["c"][1] for block in blocks if block["t"] == "Div"]
    return [clean(inner, language).blocks for inner, (_html, language) in zip(found, parts, strict=True)]


def as_json(blocks: list[Node], meta: dict[str, Any] | None = None) -> bytes:
    """Blocks as the document that pandoc reads."""
    return json.dumps({"pandoc-api-version": [1, 23, 1], "meta": meta or {}, "blocks": blocks}).encode()


def _pictures(blocks: list[Node], opened: documents.Opened) -> dict[str, Picture]:
    addresses: dict[str, None] = {}
    walk(blocks, lambda node: addresses.setdefault(node["c"][2][0]) if node["t"] == "Image" else None)
    made: dict[str, Picture] = {}
    left = LARGEST_PICTURES
    for address in list(addresses)[:MOST_PICTURES]:
        content = opened.picture(address)
        picture = made_again(content) if content else None
        if picture and len(picture.data) <= left:
            made[address] = picture
            left -= len(picture.data)
    return made


def made_again(content: bytes) -> Picture | None:
    """A picture made anew from the dots of one, so that nothing else is in it; None where it cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]) as given:
            if given.width * given.height > MOST_DOTS:
                return None
            is_photo = given.format == "JPEG"
            given.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            image = ImageOps.exif_transpose(given)
            image = image.convert("RGBA" if _has_holes(image) else "RGB")
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            target = io.BytesIO()
            if not is_photo:
                image.save(target, "PNG")
                is_photo = image.mode == "RGB" and target.tell() > LARGEST_DRAWING
            if is_photo:
                target = io.BytesIO()
                image.convert("RGB").save(target, "JPEG", quality=QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        return None
    return Picture(target.getvalue(), ".jpg" if is_photo else ".png", image.width, image.height)


def _has_holes(image: Any) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
