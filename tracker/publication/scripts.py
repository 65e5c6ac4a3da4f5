"""Which language and direction a piece of text has, by its letters: what fonts, hyphens and readers aloud go by."""

import re
from collections import Counter
from collections.abc import Iterable

from tracker.languages import text_direction

_SCRIPTS = {  # ISO 15924 -> the letters
    "Latn": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "Cyrl": "\u0400-\u052f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arab": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "Jpan": "\u3040-\u30ff",
    "Kore": "\u1100-\u11ff\uac00-\ud7af",
    "Hebr": "\u0590-\u05ff\ufb1d-\ufb4f",
}
_USUAL = {
    "Latn": "en",
    "Cyrl": "ru",
    "Grek": "el",
    "Arab": "ar",
    "Hani": "zh-Hans",
    "Jpan": "ja",
    "Kore": "ko",
    "Hebr": "he",
}
_OF_LANGUAGES = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ug", "ckb", "ks", "prs", "azb", "mzn"), "Arab"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"), "Cyrl"),
    **dict.fromkeys(("zh", "yue"), "Hani"),
    **{"ja": "Jpan", "ko": "Kore", "el": "Grek", "he": "Hebr", "yi": "Hebr"},
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
# What the fonts at hand can print, beside marks and signs; Hebrew is not among it.
_PRINTABLE = re.compile(
    "[\u0000-\u052f\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u1ab0-\u1aff\u1d00-\u2fff\u3000-\u9fff\uac00-\ud7af"
    "\u1100-\u11ff\uf900-\ufaff\ufb00-\ufb06\ufb50-\ufdff\ufe00-\ufe0f\ufe10-\ufe6f\ufe70-\uffff"
    "\U0001d400-\U0001d7ff\U00020000-\U0002ffff\ue000-\uf8ff]"
)
MOST_FOREIGN = 0.05  # of the letters of a text: a word of another script may be lost, a text may not


def script_of(tag: str) -> str:
    """The script (ISO 15924) that the language of a BCP 47 tag is written in; "" where we do not know it."""
    language, *subtags = tag.split("-")
    if subtags and len(subtags[0]) == 4:
        return {"Hans": "Hani", "Hant": "Hani"}.get(subtags[0].title(), subtags[0].title())
    return _OF_LANGUAGES.get(language, "Latn")


def language_of(text: str, own: str, others: Iterable[str] = ()) -> str:
    """The language of a text within a document in `own`: `own`, unless nearly all its letters are of another script.

    Of another script it is the first of `others` written so, else the language most written so.
    """
    counts = Counter({script: len(letters.findall(text)) for script, letters in _LETTERS.items()})
    if counts["Jpan"]:  # with kana, the Han characters are Japanese too
        counts["Jpan"] += counts.pop("Hani", 0)
    total = counts.total()
    script, most = counts.most_common(1)[0]
    mine = script_of(own)
    if total < 2 or script == mine or most < 0.7 * total or (mine == "Jpan" and script == "Hani"):
        return own
    return next((tag for tag in others if script_of(tag) == script), _USUAL[script])


def direction_of(tag: str) -> str:
    """ "rtl" or "ltr"."""
    return text_direction(tag)


def is_printable(text: str) -> bool:
    """Whether the fonts at hand have the letters of a text, but for a word here and there."""
    letters = [character for character in text if character.isalpha()]
    foreign = sum(1 for character in letters if not _PRINTABLE.match(character))
    return foreign <= MOST_FOREIGN * len(letters)
