"""Which ideas are close, in which languages, and for whom."""

import pytest

from tests.factories import make_institution, make_person, make_project, make_theme
from tracker.ideas import queries
from tracker.ideas.closeness import Comparison, Idea
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.search import index
from tracker.search.words import stems

OTHERS = {  # what else there is, so that something is rare
    "Fisheries and food security in the Bay of Bengal": "How do small boats live with fewer fish?",
    "Taxing digital services": "What revenue can a levy on platforms raise for treasuries of the South?",
    "Railways across borders": "Which freight moves by rail where gauges differ, and what would customs change?",
    "School meals and girls' attendance": "Do meals at school keep girls in class, at what price for districts?",
    "Solar power for clinics": "Do rooftop panels keep vaccines cold and clinics open at night?",
    "Pensions of informal workers": "How can street vendors save for old age, and which schemes last?",
}
REMITTANCES = {
    "en": (
        "Labour migration and remittances in rural households",
        "How do remittances of migrants change incomes, consumption and inequality of rural families?",
    ),
    "es": (
        "Migración laboral y remesas en los hogares rurales",
        "¿Cómo cambian las remesas de los migrantes los ingresos, el consumo y la desigualdad de las familias rurales?",
    ),
    "fr": (
        "Migrations de travail et transferts vers les ménages ruraux",
        "Comment les fonds des migrants changent-ils la consommation et les inégalités des familles rurales ?",
    ),
    "pt": (
        "Migração laboral e remessas nas famílias rurais",
        "Como as remessas dos migrantes mudam o consumo e a desigualdade das famílias rurais?",
    ),
}
CHINESE = ("农村劳动力外出务工与汇款", "外出务工者的汇款如何改变农村家庭的收入与消费？")
ARABIC = ("هجرة العمال والتحويلات المالية", "كيف تغير تحويلات المهاجرين دخل الأسر في الريف؟")


@pytest.fixture
def theme():
    return make_theme("Labour and incomes")


@pytest.fixture
def reader():
    return make_person(institution=make_institution(country="SN"))


@pytest.fixture
def others():
    for title, question in OTHERS.items():
        make_project(ProjectState.RECRUITING, title=title, question=question, countries=("KE",))


def call(title, question="", **fields):
    return make_project(ProjectState.RECRUITING, title=title, question=question, **{"countries": ("BD",)} | fields)


def found(idea, reader):
    return [project.id for project, _close in queries.alike(idea, reader, 5)]


@pytest.mark.parametrize("written", REMITTANCES)
@pytest.mark.parametrize("told", REMITTANCES)
def test_one_idea_is_found_in_related_languages(others, reader, theme, written, told):
    known = call(*REMITTANCES[written], themes=[theme])
    idea = Idea(*REMITTANCES[told], frozenset({theme.id}), frozenset({"BD"}))
    assert found(idea, reader) == [known.id]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (CHINESE, ("农民工汇款与农村家庭消费", "汇款是否提高了农村家庭的收入？")),
        (ARABIC, ("التحويلات وهجرة العمال من الريف", "")),
    ],
)
def test_one_idea_is_found_in_chinese_and_arabic(others, reader, written, told):
    known = call(*written)
    assert found(Idea(*told, countries=frozenset({"BD"})), reader) == [known.id]


def test_an_unrelated_idea_shows_nothing_though_theme_and_countries_are_the_same(others, reader, theme):
    call(*REMITTANCES["en"], themes=[theme])
    for title, question in (
        ("Minimum wages in garment factories", "What do higher wages change for women who sew, and for orders?"),
        ("Labour inspection", "Who visits factories, how often, and what follows?"),
        ("A study of policies", "What are the effects of policies on development, and what can countries learn?"),
    ):
        assert found(Idea(title, question, frozenset({theme.id}), frozenset({"BD"})), reader) == []


def test_nothing_is_asked_of_an_idea_without_words(others, reader, theme):
    assert found(Idea("", "", frozenset({theme.id}), frozenset({"KE"})), reader) == []
    assert found(Idea("2026 – ?!", "*"), reader) == []


def test_a_private_draft_is_shown_to_its_team_and_to_nobody_else(others, reader, theme):
    draft = make_project(title=REMITTANCES["en"][0], question=REMITTANCES["en"][1])
    stopped = call(*REMITTANCES["en"])
    projects.take_step(stopped, "stop", actor=stopped.lead, reason="Elections")
    idea = Idea(*REMITTANCES["en"])
    assert found(idea, reader) == [] and found(idea, None) == []
    assert found(idea, draft.lead) == [draft.id]


def test_the_closest_stands_first_and_says_why(others, reader, theme):
    call(*REMITTANCES["es"], countries=("PE",))
    same = call(*REMITTANCES["en"], themes=[theme])
    idea = Idea(*REMITTANCES["en"], frozenset({theme.id}), frozenset({"BD", "NP"}))
    (first, close), *_more = queries.alike(idea, reader, 5)
    assert first.id == same.id
    assert close.words[:3] == ["Labour", "migration", "remittances"]
    assert close.themes == [theme.id] and close.countries == ["BD"]


def test_the_project_itself_is_left_out(others):
    mine = call(*REMITTANCES["en"])
    assert queries.alike(queries.idea_of(mine), mine.lead, 5, but=mine.id) == []


def test_a_country_that_the_title_names_counts_once():
    compared = Comparison(Idea("Peru: ports and coffee"), {"peru": 1.0, "port": 1.0, "coffe": 1.0})
    other = Idea("Peru's coffee, Peruvian mines and Peru", countries=frozenset({"PE"}))
    assert compared.with_(other) is None  # one word and the country
    both = compared.with_(Idea("Coffee and ports", countries=frozenset({"PE"})))
    assert both is not None and both.words == ["ports", "coffee"] and both.countries == ["PE"]


def test_words_of_one_idea_begin_alike():
    for words in (
        "migration migrants migración migração Migrations",
        "école écoles",
        "мигранты миграция",
        "port Ports",
    ):
        assert len(stems(words)) == 1, stems(words)
    assert list(stems("农村贫困")) == ["农村", "村贫", "贫困"]
    assert stems("the 2026 study of what it is") == {}
    assert len(stems(" ".join(f"{letter}{letter}word" for letter in "abcdefghijklmnopqrstuvwxyz"))) == 16


def test_a_common_word_says_less_than_a_rare_one():
    for number in range(1, 60):
        index.put("thing", number, "harvest", "lentils" if number == 7 else "")
    ids, weights = index.resembling("thing", "Harvest of lentils")
    assert ids[0] == 7 and weights["lenti"] == 1 and weights["harve"] < 0.01
    assert index.resembling("thing", "Harvest")[0] == []  # all hold it: it tells nothing
    assert index.resembling("other", "Harvest of lentils")[0] == []
