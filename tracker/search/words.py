"""Texts and questions as words that mean the same in both databases: letters and digits, folded."""

import re

from tracker.folding import fold

LONGEST_WORD = 64
MOST_TOKENS = 20_000  # of one entry; PostgreSQL tells positions apart up to 16,383
MOST_TERMS = 12  # of one question
LONGEST_QUESTION = 300

_WORD = re.compile(r"[^\W_]+")
# Scripts without spaces between words: Chinese characters, kana and bopomofo.
_RUN = re.compile(
    "[\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u3105-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# What Arabic writes in one with its noun: the article, also after "and", "so", "in", "as", "to".
_ARTICLE = re.compile("ال(?=..)|(?:[وفبك]ال|لل)(?=...)")


def tokens(text: str) -> list[str]:
    """The words of a text as indexed. A run of Chinese gives each pair of neighbours, then its last sign."""
    found: list[str] = []
    for part, unspaced in _parts(text):
        if unspaced:
            found.extend(part[place : place + 2] for place in range(len(part)))
        else:
            found.append(part)
    return found[:MOST_TOKENS]


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
