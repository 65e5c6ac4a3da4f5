"""What is perhaps the same institution, however somebody writes it."""

import doctest

import pytest

from tests.factories import make_institution
from tracker.institutions import likeness
from tracker.institutions.queries import look_alikes


@pytest.fixture
def policy():
    make_institution("Institute of Water", "BD", city="Policy Dialogue", website="https://www.facebook.com/water")
    return make_institution(
        "Centre for Policy Dialogue (CPD)",
        "BD",
        native_name="সেন্টার ফর পলিসি ডায়ালগ",
        other_names="Dialogue House",
        website="https://www.cpd.example.org/about",
        ror="05dxps055",
    )


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(likeness).failed == 0


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "centre for POLICY dialogue"},
        {"name": "The Center for Policy Dialogue (CPD)"},
        {"name": "CPD (Centre for Policy Dialogue)", "country": "PE"},
        {"name": "Bangladesh Institute of Policy Dialogue"},
        {"name": "CPD"},
        {"name": "Something else", "acronym": "cpd"},
        {"name": "Something else", "native_name": "সেন্টার ফর পলিসি ডায়ালগ", "country": "PE"},
        {"name": "Something else", "other_names": "Somewhere\ndialogue house", "country": "PE"},
        {"name": "Something else", "ror": "05dxps055", "country": "PE"},
        {"name": "Something else", "website": "http://cpd.example.org", "country": "PE"},
    ],
    ids=str,
)
def test_what_means_the_same_is_found(policy, typed):
    assert look_alikes(**({"country": "BD"} | typed)) == [policy]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Something else", "acronym": "CPD", "country": "PE"},
        {"name": "Institute of Policy Dialogue", "country": "PE"},
        {"name": "Centre for Gender Policy Dialogue"},
        {"name": "Research Institute"},
        {"name": "National University of Bangladesh"},
        {"name": "Something else", "website": "https://www.facebook.com/cpd"},
        {"name": "Something else", "website": "https://notcpd.example.org"},
        {"name": "%_"},
        {"name": ""},
    ],
    ids=str,
)
def test_what_only_shares_a_word_an_acronym_abroad_or_a_host_of_many_is_not(policy, typed):
    assert look_alikes(**({"country": "BD"} | typed)) == []


def test_the_acronym_may_be_made_of_the_initials_typed():
    known = make_institution("Institut d'études", "BD", acronym="BIDS")
    assert look_alikes(name="Bangladesh Institute of Development Studies", country="BD") == [known]


def test_the_number_of_questions_does_not_grow_with_what_is_found(queries):
    counts = []
    for more in (2, 20):
        for _each in range(more):
            make_institution("Centre for Policy Dialogue (CPD)", "BD", website="https://cpd.example.org")
        with queries() as log:
            found = look_alikes(
                name="Centre for Policy Dialogue (CPD)", acronym="CPD", country="BD", website="http://cpd.example.org"
            )
        counts.append(len(log))
    assert len(found) == 8 and counts[0] == counts[1]
