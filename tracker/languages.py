"""Languages people write and work in: a wider list than the seven the interface speaks."""

from tracker import i18n
from tracker.folding import fold

# Those of ISO 639-1 come from the tables of names; these are written by members too and have longer codes.
_LONGER = ("zh-Hans", "zh-Hant", "ckb", "fil", "prs", "tet", "yue")
_LEFT_OUT = ("zh", "sh", "mo", "tl", "tw", "no")  # covered by others in the list
_RIGHT_TO_LEFT = {
    "ar",
    "azb",
    "ckb",
    "dv",
    "fa",
    "he",
    "ks",
    "mzn",
    "nqo",
    "prs",
    "ps",
    "sd",
    "ug",
    "ur",
    "yi",
}
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "syrc", "thaa"}

_SHORT = {tag for tag in map(str, i18n.locale_of("en").languages) if len(tag) == 2 and tag not in _LEFT_OUT}
TAGS: tuple[str, ...] = (*i18n.LANGUAGES, *sorted(_SHORT.union(_LONGER).difference(i18n.LANGUAGES)))
_KNOWN = frozenset(TAGS)


def is_language(tag: str | None) -> bool:
    """True for a tag that people may choose."""
    return tag in _KNOWN


def choices() -> list[tuple[str, str]]:
    """(tag, name in the language spoken now): the seven of the interface first, then the rest by name."""
    named = [(tag, i18n.language_name(tag)) for tag in TAGS]
    first = len(i18n.LANGUAGES)
    return named[:first] + sorted(named[first:], key=lambda each: fold(each[1]))


def text_direction(tag: str | None) -> str:
    """ "rtl" or "ltr": which way a text in the language of a BCP 47 tag runs."""
    language, *subtags = (tag or "").replace("_", "-").lower().split("-")
    scripts = [subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"
