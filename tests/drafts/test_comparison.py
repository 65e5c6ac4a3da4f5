"""What is shown of two drafts, applied to the older one, gives the newer one."""

import time

from hypothesis import given, settings
from hypothesis import strategies as some

from tracker.drafts.comparison import Entry, Fate, compared, in_pages, page_of, with_words
from tracker.terms.changes import Fate as OfWords

PARAGRAPHS = some.sampled_from(
    [
        "Rivers are shared by two countries and four cities.",
        "Rivers are shared by two countries and five cities.",
        "Wells are deep in the north, and shallow in the south.",
        "各国共享河流，城市共享井水，农民等待雨季。",
        "各国共享河流，城市共享泉水，农民等待雨季。",
        "تتقاسم المدن المياه بشكل سيئ في كل مكان.",
        "–",
        "Total | 12 | 14",
        "",
    ]
)


@settings(max_examples=120, deadline=None)
@given(some.lists(PARAGRAPHS, max_size=14), some.lists(PARAGRAPHS, max_size=14))
def test_removals_and_additions_lead_from_one_draft_to_the_other(old, new):
    entries = compared(old, new)
    assert [entry.before for entry in sorted_by_old(entries)] == old
    assert [entry.after for entry in sorted_by_new(entries)] == new
    for stretch in (stretch for page in in_pages(entries) for stretch in with_words(page)):
        if stretch.fate is Fate.CHANGED:
            entry = stretch.entries[0]
            assert said(stretch.pieces, without=OfWords.ADDED) == entry.before
            assert said(stretch.pieces, without=OfWords.REMOVED) == entry.after
    for entry in entries:
        assert (entry.fate is Fate.SAME) == (
            entry.old is not None and entry.new is not None and entry.before == entry.after
        )


def sorted_by_old(entries: list[Entry]) -> list[Entry]:
    stood = [entry for entry in entries if entry.old is not None]
    assert [entry.old for entry in stood] == list(range(1, len(stood) + 1))
    return stood


def sorted_by_new(entries: list[Entry]) -> list[Entry]:
    stands = [entry for entry in entries if entry.new is not None]
    assert [entry.new for entry in stands] == list(range(1, len(stands) + 1))
    return stands


def said(pieces, *, without):
    return "".join(piece.text for piece in pieces if piece.fate is not without)


def test_a_changed_word_is_marked_in_its_paragraph():
    old = ["Rivers are shared by two countries.", "Wells are deep."]
    new = ["Rivers are shared by three countries.", "Wells are deep."]
    changed, same = [stretch for page in in_pages(compared(old, new)) for stretch in with_words(page)]
    assert (changed.fate, same.fate) == (Fate.CHANGED, Fate.SAME)
    assert [(piece.fate, piece.text) for piece in changed.pieces if piece.fate is not OfWords.SAME] == [
        (OfWords.REMOVED, "two"),
        (OfWords.ADDED, "three"),
    ]


def test_chinese_is_compared_by_characters():
    changed = with_words(in_pages(compared(["各国共享河流和湖泊。"], ["各国共享河流和海洋。"]))[0])[0]
    assert [piece.text for piece in changed.pieces if piece.fate is not OfWords.SAME] == ["湖泊", "海洋"]


def test_a_paragraph_that_stands_elsewhere_was_moved():
    long = "The method was the same in both countries."
    entries = compared([long, "One.", "Two.", "Three."], ["One.", "Two.", "Three.", long])
    assert [(entry.fate, entry.other) for entry in entries if entry.fate is not Fate.SAME] == [
        (Fate.MOVED_AWAY, 4),
        (Fate.MOVED_HERE, 1),
    ]


def test_pages_hold_everything_once_and_are_found_by_paragraph():
    old = [f"Paragraph {number} about city {number * 7} and its rivers. " * 5 for number in range(400)]
    new = [text.replace("rivers", "wells") if number % 3 == 0 else text for number, text in enumerate(old)]
    pages = in_pages(compared(old, new))
    shown = [entry.new for page in pages for stretch in page for entry in stretch.entries]
    assert shown == list(range(1, 401))
    assert len(pages) > 3
    number = page_of(pages, 200)
    assert any(entry.new == 200 for stretch in pages[number - 1] for entry in stretch.entries)


def test_the_longest_and_dullest_drafts_are_compared_in_little_time():
    """Thousands of equal paragraphs in another order, and thousands that have nothing in common."""
    began = time.monotonic()
    dull = ["a b"] * 3000 + ["b a"] * 3000
    compared(dull, [*dull[1:][::-1], "c"])
    compared([f"one {n}" for n in range(4000)], [f"two {n}" for n in range(4000)])
    words = " ".join(["a", "b"] * 700), " ".join(["b", "a", "a"] * 450)
    with_words(in_pages(compared([words[0]] * 3, [words[1]] * 3))[0])
    assert time.monotonic() - began < 10  # twenty times what it takes: a guard against the square of the length
