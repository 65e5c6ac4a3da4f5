"""Texts and questions as words that mean the same in both databases: letters and digits, folded."""

import re

from tracker.folding import fold
from tracker.search import generic

LONGEST_WORD = 64
MOST_TOKENS = 20_000  # of one entry; PostgreSQL tells positions apart up to 16,383
MOST_TERMS = 12  # of one question
MOST_STEMS = 16  # of one text that is compared with others
STEM = 5  # letters that words of one idea begin with in related languages
LONGEST_QUESTION = 300

_WORD = re.compile(r"[^\W_]+")
# Scripts without spaces between words: Chinese characters, kana and bopomofo.
_RUN = re.compile(
    "[\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u3105-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# What Arabic writes in one with its noun: the article, also after "and", "so", "in", "as", "to".
_ARTICLE = re.compile("ال(?=..)|(?:[وفبك]ال|لل)(?=...)")

_AROUND = ".,;:!?¿¡…()[]{}<>«»‹›“”„‘’\"'*_`،؛؟。，、；：！？（）《》「」"  # signs around a word as it is written


def tokens(text: str) -> list[str]:
    """The words of a text as indexed. A run of Chinese gives each pair of neighbours, then its last sign."""
    found: list[str] = []
    for part, unspaced in _parts(text):
        if unspaced:
            found.extend(part[place : place + 2] for place in range(len(part)))
        else:
            found.append(part)
    return found[:MOST_TOKENS]


def text_tokens(text: str, most: int) -> list[str]:
    """The words of a long text: each once but those of scripts without spaces, whose neighbours are asked for."""
    found: list[str] = []
    known: set[str] = set()
    for part, unspaced in _parts(text):
        if unspaced:
            found.extend(part[place : place + 2] for place in range(len(part)))
        elif part not in known:
            known.add(part)
            found.append(part)
        if len(found) >= most:
            break
    return found[:most]


def terms(question: str) -> list[tuple[list[str], bool]]:
    """What a question asks for: tokens that follow each other, and whether the last may only begin a word.

    All of them must be found. A single Latin letter means itself, or it would mean nearly everything.
    """
    asked: list[tuple[list[str], bool]] = []
    for part, unspaced in _parts(question[:LONGEST_QUESTION]):
        if unspaced and len(part) > 1:
            asked.append(([part[place : place + 2] for place in range(len(part) - 1)], False))
        else:
            asked.append(([part], unspaced or len(part) > 1))
    return asked[:MOST_TERMS]


def stems(text: str, most: int | None = MOST_STEMS) -> dict[str, str]:
    """What the telling words of a text begin with, and each as it is written there, in its order, at most `most`.

    Migration, migrants, migración and migração are all "migra". Numbers, words of less than four letters (of three in
    Arabic, whose article is gone) and `GENERIC` ones are left out. A run of Chinese gives its pairs of neighbours.
    """
    found: dict[str, str] = {}
    for chunk in text.split():
        for part, unspaced in _parts(chunk):
            if unspaced:
                pairs = (part[place : place + 2] for place in range(len(part) - 1))
                known = {pair: pair for pair in pairs if pair not in GENERIC}
            elif (stem := _beginning(part)) and stem not in GENERIC:
                known = {stem: chunk.strip(_AROUND)}
            else:
                continue
            for stem, written in known.items():
                found.setdefault(stem, written)
        if most is not None and len(found) >= most:
            break
    return dict(list(found.items())[:most])


def is_pair(stem: str) -> bool:
    """Whether a stem is two signs of a script without spaces."""
    return _RUN.fullmatch(stem) is not None


def is_unspaced(token: str) -> bool:
    """Whether a token is of a script without spaces."""
    return _RUN.match(token) is not None


def likely(stem: str) -> list[tuple[list[str], bool]]:
    """What a text with this stem holds one of, as `terms` gives it: words that begin so, or a short word itself."""
    if is_pair(stem) or len(stem) >= STEM:
        return [([stem], not is_pair(stem))]
    return [([stem], False), ([f"{stem}s"], False)]


def _beginning(word: str) -> str:
    if word.isdigit() or len(word) < (3 if "\u0600" <= word[0] <= "\u06ff" else 4):
        return ""
    return word[:-1] if len(word) == STEM and word.endswith("s") else word[:STEM]


def _parts(text: str) -> list[tuple[str, bool]]:
    """(folded word, whether it is a run of a script without spaces) in the order of the text."""
    found: list[tuple[str, bool]] = []
    for match in _WORD.finditer(fold(text)):
        word, place = match[0], 0
        for run in _RUN.finditer(word):
            found.append((_stem(word[place : run.start()]), False))
            found.append((run[0], True))
            place = run.end()
        found.append((_stem(word[place:]), False))
    return [(part, unspaced) for part, unspaced in found if part]


def _stem(word: str) -> str:
    """Without the Arabic article, cut to a sane length."""
    article = _ARTICLE.match(word)
    return word[article.end() if article else 0 :][:LONGEST_WORD]


GENERIC = frozenset(_beginning(word) or word for word in fold(generic.WORDS).split())
