"""Text in XML: without the characters that XML 1.0 cannot hold (section 2.2)."""

import re

from lxml import etree

from tracker.markdown import plain
from tracker.reports.citations import split_name
from tracker.reports.models import ReportAuthor

XML = "http://www.w3.org/XML/1998/namespace"
LONGEST_ABSTRACT = 10_000  # characters
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text with a replacement sign where XML knows no such character."""
    return _FORBIDDEN.sub("\ufffd", text)


def text_of(markdown: str) -> str:
    """An abstract as plain text."""
    return plain(markdown, LONGEST_ABSTRACT)


def in_order(author: ReportAuthor) -> str:
    """A name as lists have it: "Quispe, Ana"; one that is whole stays whole."""
    family, given = split_name(author)
    return f"{family}, {given}" if given else family


def put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A new last child with a text and attributes."""
    element = etree.SubElement(parent, name, {key: clean(value) for key, value in attributes.items()})
    if text:
        element.text = clean(text)
    return element


def written(root: etree._Element) -> bytes:
    """A document as it is sent, in UTF-8."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
