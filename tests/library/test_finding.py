"""Finding reports: by words in every script, by filters, in the right order, with the place where the words stand."""

import pytest

from tests.factories import make_institution, make_theme
from tests.library.making import published
from tracker.library import actions, queries
from tracker.library.finding import Asked
from tracker.library.snippets import Wanted, piece


def ids(**asked):
    return Asked(**asked).ids(limit=50)


def with_text(report, text):
    queries.text_row(report.id).text = text
    actions.shelve(report, text)
    return report


def test_words_in_the_title_come_before_the_abstract_before_the_text_and_then_the_newest(app):
    in_text = with_text(published("Ports", year="2024"), "What the harvest brings")
    in_abstract = published("Rivers", abstract="About the harvest.", year="2023")
    old = published("The harvest of 1999", year="2000")
    new = published("Harvests", year="2022")
    assert ids(words="harvest") == [new.id, old.id, in_abstract.id, in_text.id]
    assert ids(words="harvest rivers") == [in_abstract.id]
    assert ids(words="harvest ports") == [in_text.id]
    assert ids(words="nothing harvest") == []
    assert ids() == [in_text.id, in_abstract.id, new.id, old.id]


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("zh-Hans", "长江流域的水资源", "资源"),
        ("ar", "المياه والمدن في المغرب", "مدن"),
        ("ru", "Водные ресурсы Сибири", "ресурсы"),
        ("es", "Agua y migración", "migracion"),
        ("fr", "L’eau et les œuvres", "oeuvres"),
        ("pt", "Água e educação", "educação"),
    ],
)
def test_a_report_is_found_and_marked_in_its_script(client, language, title, words):
    report = published("Water", texts={language: (title, f"<i> {title} </i>")})
    assert ids(words=words) == [report.id]
    assert ids(words=words, language=language) == [report.id]
    assert ids(words=words, language="sw") == []
    page = client.get("/reports", query_string={"q": words}).text
    assert "<mark>" in page
    assert "<i>" not in page


def test_filters_go_together(app):
    above, below = make_theme("Above"), make_theme("Below")
    below.parent = above
    place = make_institution(name="Instituto del Sur")
    one = published("One", themes=[below], countries=["PE"], goals=[1, 6], year="2021-05", place=place)
    published("Two", themes=[above], countries=["BO"], goals=[6], year="2021", language="es")
    assert ids(theme_id=below.id) == [one.id]
    assert len(ids(theme_id=above.id)) == len(ids(goal=6)) == len(ids(year=2021)) == 2
    assert ids(goal=6, country="PE", year=2021, language="en", institution_id=place.id) == [one.id]
    assert ids(words="one", institution_id=place.id) == [one.id]
    assert ids(words="two", institution_id=place.id) == ids(country="PE", language="es") == []


def test_an_institution_is_chosen_by_its_name(client):
    first, second = make_institution(name="Instituto del Sur"), make_institution(name="Instituto del Norte")
    report = published("Alpha", place=first)
    published("Beta", place=second)
    page = client.get("/reports?institution=sur").text
    assert report.title in page
    assert "Beta" not in page
    assert f'href="/reports?institution={second.id}"' in client.get("/reports?institution=instituto").text


def test_a_filter_that_cannot_be_read_is_shown_with_what_was_written(client):
    for query, written, sentence in (
        ("year=abc", 'value="abc"', "Give a year, such as 2026."),
        ("institution=nowhere", 'value="nowhere"', "No institution here has this name."),
    ):
        page = client.get(f"/reports?{query}").text
        assert written in page and sentence in page and '<details class="filters__fold" open>' in page


def test_a_withdrawn_report_is_found_no_longer(app):
    report = published("Gone soon")
    assert ids(words="gone") == [report.id]
    report.state = "withdrawn"
    actions.keep_findable(report, None)
    assert ids(words="gone") == ids() == []


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        ("a " * 300 + "the River <b>Ganges</b> rises " + "z " * 300, "ganges", "<mark>Ganges</mark>"),
        ("水" * 200 + "深圳的城市化" + "水" * 300, "城市", "<mark>城市</mark>"),
        ("كلمة " * 100 + "في المدينة الكبيرة " + "كلمة " * 100, "مدينة", "<mark>المدينة</mark>"),
        ("Crédit agricole", "credit", "<mark>Crédit</mark>"),
    ],
)
def test_a_piece_is_cut_around_the_word_and_is_safe(text, question, shown):
    cut = piece(text, Wanted(question))
    assert cut is not None
    assert shown in cut.html
    assert "<b>" not in cut.html
    assert len(cut.html) < 500


def test_a_list_costs_the_same_for_few_and_for_many(client, queries):
    for number in range(3):
        published(f"Water {number}", texts={"es": (f"Agua {number}", "")})
    counts = []
    for _round in range(2):
        for path in ("/reports?language=es&lang=en", "/reports?q=wat&lang=en"):
            with queries() as log:
                client.get(path)
            counts.append(len(log))
        for number in range(9):
            published(f"Water again {number}", texts={"es": ("Agua", "")})
    assert counts[:2] == counts[2:]
