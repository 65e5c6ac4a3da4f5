"""What authors are told of a change: in words, and no more than what changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.credit.changes import authors_in_words, named
from tracker.credit.proofs import digest_of


def author(number, name="", **more):
    plain = {"affiliations": ["I"], "institutions": [], "is_corresponding": False, "contributed_equally": False}
    return {"id": number, "person_id": number, "name": name or f"A{number}", **plain, **more}


def content(*numbers, **more):
    empty = {"title": "T", "language": "en", "abstract": "", "texts": [], "draft": None, "files": [], "website": ""}
    return {**empty, "authors": [author(number) for number in numbers], **more}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ((1, 2, 3), (1, 3, 2), ["A2 moved from place 2 to place 3."]),
        ((1, 2, 3, 4), (4, 1, 2, 3), ["A4 moved from place 4 to place 1."]),
        ((1, 2), (2, 1), ["A2 moved from place 2 to place 1.", "A1 moved from place 1 to place 2."]),
        ((1, 2), (3, 1, 2), ["A3 is an author now, in place 1."]),
        ((1, 2, 3), (1, 3), ["A2 is no author any more."]),
        ((1, 2), (1, 2), []),
    ],
)
def test_who_moved_came_and_went(was, now, said):
    assert authors_in_words(content(*was)["authors"], content(*now)["authors"]) == said


def test_how_somebody_is_printed():
    was = [author(1, "Ana Quispe")]
    now = [author(1, "A. Quispe", affiliations=["Instituto"], is_corresponding=True, contributed_equally=True)]
    assert authors_in_words(was, now) == [
        "“Ana Quispe” is printed as “A. Quispe”.",
        "Affiliation of A. Quispe: “Instituto”, before “I”.",
        "A. Quispe is corresponding author now.",
        "A. Quispe is named among those who contributed equally now.",
    ]


def test_parts_are_named_once_each():
    assert named(content(1, 2), content(2, 1)) == ["order"]
    assert named(content(1, 2), content(1)) == ["authors"]
    assert named(content(1, 2), content(3, 2, 1)) == ["order", "authors"]
    assert named(content(1), content(1, title="U", abstract="x")) == ["title", "abstract"]


ORDERS = st.lists(st.integers(1, 6), unique=True, max_size=6)


@settings(max_examples=60, deadline=None)
@given(ORDERS, ORDERS)
def test_something_is_said_whenever_the_digest_differs(was, now):
    before, after = content(*was), content(*now)
    differs = digest_of(before) != digest_of(after)
    assert bool(named(before, after)) is differs
    assert bool(authors_in_words(before["authors"], after["authors"])) is differs
