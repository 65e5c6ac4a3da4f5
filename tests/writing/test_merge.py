"""Two edits of one text: nothing of either is lost, or both are shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.writing.merge import Keep, has_marks, merge


@st.composite
def edits(draw, name, base):
    """An edit of some lines: each kept, taken out or rewritten, with new lines of `name` between."""
    written, number = [], 0
    for line in base:
        for _each in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            written.append(f"{name}{number}")
            number += 1
        fate = draw(st.sampled_from(("keep", "keep", "keep", "drop", "write")))
        if fate == "keep":
            written.append(line)
        elif fate == "write":
            written.append(f"{name}{number}")
            number += 1
    return written


@st.composite
def three(draw):
    base = draw(st.lists(st.sampled_from(("", "", "same")), max_size=6))
    base = [line for place, each in enumerate(base) for line in (f"old{place}", each)]
    return base, draw(edits("a", base)), draw(edits("b", base))


def new(lines, name):
    return [line for line in lines if line.startswith(name)]


@settings(max_examples=80, deadline=None)
@given(three())
def test_nothing_of_two_edits_is_lost_or_both_are_shown(texts):
    base, there, here = texts
    merged = merge(*("\n".join(lines) for lines in texts))
    both = merged.chosen([Keep.BOTH] * len(merged.clashes)).split("\n")
    assert new(both, "a") == new(there, "a"), "all of theirs, in order"
    assert new(both, "b") == new(here, "b"), "all of mine, in order"
    if not merged.clashes:
        stayed = [line for line in base if line.startswith("old") and line in there and line in here]
        assert new(both, "old") == stayed, "what one took out is out, the rest is there"
    for clash in merged.clashes:
        assert set(clash.theirs) <= {*there, ""} and set(clash.mine) <= {*here, ""} and clash.theirs != clash.mine
    shown = merged.proposed("Rosa", "yours")
    assert has_marks(shown) == bool(merged.clashes)
    assert all(line in shown.split("\n") for line in (*new(there, "a"), *new(here, "b")))


@settings(max_examples=30, deadline=None)
@given(three())
def test_who_edits_alone_gets_what_they_wrote(texts):
    base, there, _here = ("\n".join(lines) for lines in texts)
    for theirs, mine in ((there, base), (base, there), (there, there)):
        merged = merge(base, theirs, mine)
        assert not merged.clashes and merged.text == there


def test_changes_of_different_paragraphs_are_put_together_and_of_the_same_one_are_shown():
    base = "One.\n\nTwo.\n\nThree."
    assert merge(base, "One!\n\nTwo.\n\nThree.", "One.\n\nTwo.\n\nThree?").text == "One!\n\nTwo.\n\nThree?"
    clashing = merge(base, "One!\n\nTwo.\n\nThree.", "One?\n\nTwo.\n\nThree.")
    assert [(clash.theirs, clash.mine) for clash in clashing.clashes] == [(("One!",), ("One?",))]
    assert clashing.chosen([Keep.THEIRS]) == "One!\n\nTwo.\n\nThree."
    assert clashing.proposed("Rosa", "yours").startswith("<<<<<<< Rosa\nOne!\n======= yours\nOne?\n>>>>>>>\n\nTwo.")


def test_a_heading_underlined_is_no_mark():
    assert not has_marks("Title\n=======\n\n> quoted\n\n<<<<<<<<<")
    assert has_marks("a\n======= yours\nb")
