"""Pseudo-languages, made from the English sentences while the program runs.

A page shown in one of them still has plain English wherever a sentence escaped `_()`, breaks where a text of
ordinary length does not fit, and, in the mirrored one, where the layout does not turn round.
"""

import re
import string

NAMES = {"en-XA": "⟦Ȇñġļîšĥ⟧", "ar-XB": "⟦ثىعلهسا⟧"}
FORMATS = {"en-XA": "en", "ar-XB": "ar"}  # whose dates and numbers they use

_LETTERS = {
    "en-XA": str.maketrans(string.ascii_letters, "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"),
    "ar-XB": str.maketrans(string.ascii_letters, "ابثدعفغهيجكلمنوپقرستىڤطخحز" * 2),
}
# Placeholders, tags and entities are for the program, not for the reader.
_KEPT = re.compile(r"(%\(\w+\)[#0-9.+ -]*[a-zA-Z]|%%|%[a-z]|</?[a-zA-Z][^<>]*>|&#?\w+;)")


def transform(tag: str, message: str) -> str:
    """`message` with every ASCII letter replaced, a third longer, in brackets that show where it ends."""
    parts = _KEPT.split(message)
    parts[::2] = [part.translate(_LETTERS[tag]) for part in parts[::2]]
    length = sum(len(part) for part in parts[::2])
    padding = "".join(" " if place % 6 == 0 else "·" for place in range(-(-length * 35 // 100)))
    return f"⟦{''.join(parts)}{padding}⟧"
