"""What changed between two texts, by words or, where a script sets no spaces, by characters."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.terms.changes import Fate, compare, shortened, words_in

MARKS = {Fate.SAME: "%s", Fate.REMOVED: "[-%s-]", Fate.ADDED: "{+%s+}", Fate.LEFT_OUT: "%s"}


def shown(old, new):
    """The comparison on one line."""
    return "".join(MARKS[piece.fate] % piece.text for piece in compare(old, new))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("Each pays for its part.", "Each pays for its own part.", "Each pays for its {+own +}part."),
        ("We share.", "We share.", "We share."),
        ("", "All of it", "{+All of it+}"),
        ("All of it", "", "[-All of it-]"),
        ("one, two", "three, four", "[-one, two-]{+three, four+}"),  # a lone comma between two changes is no landmark
        ("One.\nTwo.\nThree.", "One.\n2.\nThree.", "One.\n[-Two-]{+2+}.\nThree."),
        (
            "各方自筹本国经费。数据共有。",
            "各方自筹本国的全部经费。数据共有。",
            "各方自筹本国{+的全部+}经费。数据共有。",
        ),
        ("データは共有する", "データは公開する", "データは[-共有-]{+公開+}する"),
        ("يموّل كل شريك جزأه.", "يموّل كل شريك جزأه كاملا.", "يموّل كل شريك جزأه{+ كاملا+}."),
        ("আমরা কাজ ভাগ করি", "আমরা সব কাজ ভাগ করি", "আমরা {+সব +}কাজ ভাগ করি"),
    ],
)
def test_only_what_differs_is_marked(old, new, wanted):
    assert shown(old, new) == wanted


def test_a_letter_keeps_its_signs():
    assert words_in("কাজ করি") == ["কাজ", " ", "করি"]
    assert words_in("ดีมาก") == ["ดี", "ม", "า", "ก"]
    assert words_in("e\u0301te\u0301, là") == ["e\u0301te\u0301", ",", " ", "là"]


TEXTS = st.text(alphabet="ab ,.\né各方。ดีক", max_size=60)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXTS, TEXTS)
def test_without_the_additions_it_is_the_old_text_and_without_the_removals_the_new_one(old, new):
    pieces = compare(old, new)
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED) == new
    assert all(piece.text for piece in pieces)
    assert old != new or {piece.fate for piece in pieces} <= {Fate.SAME}


def test_much_that_stays_the_same_is_left_out():
    same = "Nothing new here at all. " * 60
    pieces = shortened(compare(f"{same}We share.{same}", f"{same}We share all.{same}"))
    text = "".join(MARKS[piece.fate] % piece.text for piece in pieces)
    assert "We share{+ all+}." in text and text.startswith(" … ") and text.endswith(" … ")
    assert len(text) < 500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("的" * 20_000, "的" * 9_000 + "一" + "的" * 9_000),
        ("a. " * 6_000, "b. " * 3_000 + "a. " * 3_000),
        ("\n" * 20_000, "\nx" * 10_000),
        ("ab " * 6_000, "ba " * 6_000),
        ("." * 20_000, "!" * 20_000),
    ],
)
def test_hostile_texts_take_no_longer_than_others(old, new):
    began = time.process_time()
    compare(old, new)
    assert time.process_time() - began < 3
