"""Two drafts compared paragraph by paragraph: what stayed, was changed, was added, was removed, was moved.

Paragraphs that stand once in either draft and in the same order are held fast first; what lies between them is
compared in small pieces. So the time grows with the length of the drafts, whatever is in them.
"""

import re
import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum

from tracker.terms.changes import Piece, compare

MOST_PAIRS = 60_000  # of paragraphs between two that are held fast; beyond them nothing is sought inside
MOST_ALIKE = 4_000  # pairs of paragraphs that are looked at for likeness, between two that are held fast
ALIKE = 0.5  # of the words of both are in both: then it is one paragraph, changed
HELD, FEWEST_HELD = 0.9, 4  # of the words of the shorter are in the longer, and it has so many: changed too
SHORTEST_MOVED = 12  # characters: shorter ones turn up anywhere
MOST_WORDS = 6_000_000  # pairs of words compared on one page: a tenth of a second, whatever they are
LARGEST_PAGE = 5_200  # bytes of text on one page, compressed
WHOLE_RUN = 700  # characters of unchanged paragraphs that are shown folded; of longer runs the beginnings
RUN_SHOWN = 6  # beginnings of paragraphs of such a run
EXCERPT = 90  # characters of each
_UNSPACED = "\u0e00-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff"  # scripts without spaces between words
_WORDS = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")  # rougher than what marks them, and quicker
_PICTURE = re.compile(r"\[[0-9a-f]{8}\]")  # as drafts.elements writes it: the beginning of its digest


class Fate(StrEnum):
    """What became of a paragraph from the older draft to the newer one."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_HERE = "moved-here"
    MOVED_AWAY = "moved-away"


@dataclass(frozen=True)
class Entry:
    """A paragraph: its number, from 1, and words in the older draft, in the newer one, or in both.

    Of a moved one `other` is its number where it stood before, or stands now.
    """

    fate: Fate
    old: int | None
    new: int | None
    before: str = ""
    after: str = ""
    other: int | None = None


@dataclass
class Stretch:
    """What is shown together: an entry that differs, with its words in pieces, or a run of paragraphs that stayed."""

    entries: list[Entry]
    pieces: list[Piece] = field(default_factory=list)
    has_other_pictures: bool = False

    @property
    def fate(self) -> Fate:
        return self.entries[0].fate

    @property
    def excerpts(self) -> list[str]:
        """Of a run: each paragraph while they are short, else how the first ones begin."""
        texts = [entry.after for entry in self.entries]
        if sum(map(len, texts)) <= WHOLE_RUN:
            return texts
        return [text if len(text) <= EXCERPT else text[:EXCERPT].rstrip() + "…" for text in texts[:RUN_SHOWN]]

    @property
    def is_whole(self) -> bool:
        return self.excerpts == [entry.after for entry in self.entries]


def compared(old: Sequence[str], new: Sequence[str]) -> list[Entry]:
    """Every paragraph of both drafts, in an order that reads. Paragraphs are their plain texts."""
    entries: list[Entry] = []
    last_old = last_new = 0
    for old_at, new_at in [*_matched(old, new), (len(old), len(new))]:
        entries += _between(old, new, range(last_old, old_at), range(last_new, new_at))
        if old_at < len(old) and new_at < len(new):
            entries.append(Entry(Fate.SAME, old_at + 1, new_at + 1, old[old_at], new[new_at]))
        last_old, last_new = old_at + 1, new_at + 1
    return _with_moves(entries)


def counted(entries: Sequence[Entry]) -> dict[Fate, int]:
    """How many paragraphs were changed, added, removed and moved."""
    found = Counter(entry.fate for entry in entries)
    return {fate: found[fate] for fate in Fate if fate is not Fate.MOVED_AWAY}


def in_pages(entries: Sequence[Entry]) -> list[list[Stretch]]:
    """The entries in stretches, as many on a page as it can hold; words are compared by `with_words`."""
    pages: list[list[Stretch]] = [[]]
    size = 0
    for stretch in _stretches(entries):
        weight = _weight(stretch)
        if pages[-1] and size + weight > LARGEST_PAGE:
            pages.append([])
            size = 0
        pages[-1].append(stretch)
        size += weight
    return pages


def with_words(stretches: Sequence[Stretch], picture: str = "picture") -> list[Stretch]:
    """The stretches of one page; those that were changed with their words in pieces. `picture`: see `shown`."""
    budget = [MOST_WORDS]
    for stretch in stretches:
        if stretch.fate is Fate.CHANGED:
            before, after = stretch.entries[0].before, stretch.entries[0].after
            stretch.pieces = compare(shown(before, picture), shown(after, picture), budget)
            stretch.has_other_pictures = _PICTURE.findall(before) != _PICTURE.findall(after)
    return list(stretches)


def page_of(pages: Sequence[Sequence[Stretch]], block: int) -> int:
    """The number, from 1, of the page on which a paragraph of the newer draft stands."""
    for number, page in enumerate(pages, 1):
        if any((entry.new or 0) >= block for stretch in page for entry in stretch.entries):
            return number
    return 1


def _matched(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places where the same stands, in both orders."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    pairs = [(place, place) for place in range(head)]
    edges = [*_anchors(old, new, head, tail), (len(old) - tail, len(new) - tail)]
    old_at, new_at = head, head
    for old_next, new_next in edges:
        pairs += _within(old, new, range(old_at, old_next), range(new_at, new_next))
        if old_next < len(old) - tail:
            pairs.append((old_next, new_next))
        old_at, new_at = old_next + 1, new_next + 1
    return pairs + [(len(old) - back, len(new) - back) for back in range(tail, 0, -1)]


def _anchors(old: Sequence[str], new: Sequence[str], head: int, tail: int) -> list[tuple[int, int]]:
    """The longest run of paragraphs that stand once in either draft and in the same order in both."""
    olds, news = Counter(old[head : len(old) - tail]), Counter(new[head : len(new) - tail])
    place = {new[at]: at for at in range(head, len(new) - tail) if news[new[at]] == 1}
    candidates = [
        (at, place[old[at]]) for at in range(head, len(old) - tail) if olds[old[at]] == 1 and old[at] in place
    ]
    ends: list[int] = []  # for each length the smallest end of a run of it
    runs: list[int] = []
    back: list[int | None] = []
    for number, (_old_at, new_at) in enumerate(candidates):
        length = bisect_left(ends, new_at)
        back.append(runs[length - 1] if length else None)
        if length == len(ends):
            ends.append(new_at)
            runs.append(number)
        else:
            ends[length], runs[length] = new_at, number
    chosen: list[tuple[int, int]] = []
    at: int | None = runs[-1] if runs else None
    while at is not None:
        chosen.append(candidates[at])
        at = back[at]
    return chosen[::-1]


def _within(old: Sequence[str], new: Sequence[str], olds: range, news: range) -> Iterator[tuple[int, int]]:
    if not olds or not news or len(olds) * len(news) > MOST_PAIRS:
        return
    matcher = SequenceMatcher(None, [old[at] for at in olds], [new[at] for at in news], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield olds[block.a + step], news[block.b + step]


def _between(old: Sequence[str], new: Sequence[str], olds: range, news: range) -> list[Entry]:
    """What was removed and added between two paragraphs that stayed; those much alike are one that was changed."""
    entries: list[Entry] = []
    old_at, new_at = olds.start, news.start
    for old_next, new_next in [*_alike(old, new, olds, news), (olds.stop, news.stop)]:
        entries += [Entry(Fate.REMOVED, at + 1, None, old[at]) for at in range(old_at, old_next)]
        entries += [Entry(Fate.ADDED, None, at + 1, "", new[at]) for at in range(new_at, new_next)]
        if old_next < olds.stop:
            entries.append(Entry(Fate.CHANGED, old_next + 1, new_next + 1, old[old_next], new[new_next]))
        old_at, new_at = old_next + 1, new_next + 1
    return entries


def _alike(old: Sequence[str], new: Sequence[str], olds: range, news: range) -> list[tuple[int, int]]:
    """Pairs much alike, in both orders, the most alike first; of very many only those side by side."""
    words = {text: Counter(_WORDS.findall(text)) for text in {old[at] for at in olds} | {new[at] for at in news}}
    if len(olds) * len(news) > MOST_ALIKE:
        beside = zip(olds, news, strict=False)
        return [(at, there) for at, there in beside if _likeness(words[old[at]], words[new[there]]) >= ALIKE]
    likeness = sorted(
        ((_likeness(words[old[at]], words[new[there]]), at, there) for at in olds for there in news),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    chosen: list[tuple[int, int]] = []
    for ratio, at, there in likeness:
        if ratio < ALIKE:
            break
        if all((at < o and there < n) or (at > o and there > n) for o, n in chosen):
            chosen.append((at, there))
    return sorted(chosen)


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """How many of the words of both are in both: 0 to 1. One that holds nearly all of a shorter one is alike too."""
    count_old, count_new = old.total(), new.total()
    both = (old & new).total()
    if not both:
        return 0.0
    shorter = min(count_old, count_new)
    return max(2 * both / (count_old + count_new), ALIKE if shorter >= FEWEST_HELD and both >= HELD * shorter else 0.0)


def _with_moves(entries: list[Entry]) -> list[Entry]:
    """What was removed at one place and added at another was moved."""
    gone: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if entry.fate is Fate.REMOVED and len(entry.before) >= SHORTEST_MOVED:
            gone[entry.before].append(place)
    for place, entry in enumerate(entries):
        if entry.fate is Fate.ADDED and gone.get(entry.after):
            from_place = gone[entry.after].pop(0)
            entries[place] = replace(entry, fate=Fate.MOVED_HERE, other=entries[from_place].old)
            entries[from_place] = replace(entries[from_place], fate=Fate.MOVED_AWAY, other=entry.new)
    return entries


def _stretches(entries: Sequence[Entry]) -> Iterator[Stretch]:
    run: list[Entry] = []
    for entry in entries:
        if entry.fate is Fate.SAME:
            run.append(entry)
            continue
        if run:
            yield Stretch(run)
            run = []
        yield Stretch([entry])
    if run:
        yield Stretch(run)


def _weight(stretch: Stretch) -> int:
    """About how many bytes it takes on a page, compressed."""
    if stretch.fate is Fate.SAME:
        text = "".join(stretch.excerpts)
    else:
        entry = stretch.entries[0]
        text = entry.before[:EXCERPT] if stretch.fate is Fate.MOVED_AWAY else entry.before + entry.after
    return 60 + int(0.85 * len(zlib.compress(text.encode(), 1)))


def shown(text: str, picture: str) -> str:
    """The text of a block as people read it: `picture` is the word that stands for a picture."""
    return _PICTURE.sub(f"[{picture}]", text)
