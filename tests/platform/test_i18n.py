import pickle
from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask, render_template_string
from markupsafe import Markup, escape

from tracker import catalogues, i18n, pseudo
from tracker.dates import PartialDate
from tracker.i18n import _, _l, language, ngettext, speaking


@pytest.fixture
def translated(tmp_path, monkeypatch):
    """Catalogues of all seven languages, as translators leave them: French knows two sentences."""
    for tag in i18n.LANGUAGES:
        if tag == "en":
            continue
        catalogue = Catalog(locale=tag.replace("-", "_"))
        if tag == "fr":
            catalogue.add("Search", "Chercher")
            catalogue.add(("%(num)s project", "%(num)s projects"), ("%(num)s projet", "%(num)s projets"))
        if tag == "ru":
            catalogue.add(("%(num)s day", "%(num)s days"), ("%(num)s день", "%(num)s дня", "%(num)s дней"))
        folder = tmp_path / tag.replace("-", "_") / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "messages.po").open("wb") as file:
            write_po(file, catalogue)
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    catalogues.compile_stale(Flask("x").logger)
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


@pytest.fixture
def site(translated):
    """An application that says which language it speaks."""
    app = Flask("site")
    app.config["LANGUAGES_OFFERED"] = ["en-XA", "ar-XB", "xx"]
    person = {"language": None}
    i18n.init_app(app, preferred=lambda: person["language"])
    app.add_url_rule("/", "home", lambda: f"{language()} {i18n.direction()} {_('Search')}")
    client = app.test_client()
    client.person = person
    return client


def said(site, url="/", **headers):
    return site.get(url, headers={key.replace("_", "-"): value for key, value in headers.items()}).text


def test_the_choice_goes_from_the_surest_sign_to_the_vaguest(site):
    assert said(site) == "en ltr Search"
    assert said(site, Accept_Language="xx, de;q=0.9, fr-CA;q=0.8, es;q=0.1") == "fr ltr Chercher"
    assert said(site, Accept_Language="es;q=0, fr;q=0.5").startswith("fr")
    site.set_cookie("lang", "es")
    assert said(site, Accept_Language="fr").startswith("es")
    site.person["language"] = "pt"
    assert said(site, Accept_Language="fr").startswith("pt")
    assert said(site, "/?lang=ar", Accept_Language="fr").startswith("ar rtl")


def test_only_an_explicit_choice_is_remembered(site):
    assert "Set-Cookie" not in site.get("/", headers={"Accept-Language": "fr"}).headers
    assert "Set-Cookie" not in site.get("/?lang=nonsense").headers
    assert site.get("/?lang=ru").headers["Set-Cookie"].startswith("lang=ru;")
    assert said(site).startswith("ru")


def test_caches_learn_what_the_answer_depends_on(site):
    response = site.get("/", headers={"Accept-Language": "fr"})
    assert response.headers["Content-Language"] == "fr"
    assert {"accept-language", "cookie"} <= set(response.vary.as_set())


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "../../etc/passwd",
        "e" * 999,
        "fr\r\nX: y",
        "en_US.UTF-8",
        "xx-XA",
        "\0",
        "fr'--",
        "中文",
    ],
)
def test_nonsense_is_english(site, tag):
    assert site.get("/", query_string={"lang": tag}).text == "en ltr Search"
    site.set_cookie("lang", "x" + tag.replace("\r\n", "").replace("\0", ""))
    assert said(site) == "en ltr Search"
    with speaking(tag):
        assert language() == "en"


@pytest.mark.parametrize(
    ("text", "tag"), [("zh", "zh-Hans"), ("zh_CN", "zh-Hans"), ("ZH-hans-SG", "zh-Hans"), ("PT-br", "pt")]
)
def test_a_kind_of_a_language_is_that_language(translated, text, tag):
    with speaking(text):
        assert language() == tag


def test_without_catalogues_only_english_is_offered():
    app = Flask("site")
    with app.app_context():
        assert ("en", "English") in i18n.interface_languages()
        assert not [tag for tag, _name in i18n.interface_languages() if "-X" in tag]


def test_sentences_are_found_and_filled(translated):
    with speaking("fr"):
        assert _("Search") == "Chercher"
        assert _("100 % sure") == "100 % sure"
        assert _("Hello %(name)s", name="Ana") == "Hello Ana"
        assert ngettext("%(num)s project", "%(num)s projects", 0) == "0 projet"
        assert ngettext("%(num)s project", "%(num)s projects", 12000) == "12\u202f000 projets"
    with speaking("ru"):
        assert [ngettext("%(num)s day", "%(num)s days", n) for n in (1, 2, 5, 21)] == [
            "1 день",
            "2 дня",
            "5 дней",
            "21 день",
        ]
    assert _("Search") == "Search"
    assert _("") == ""


def test_markup_in_a_sentence_stays_and_text_is_escaped():
    link = Markup("<a>x</a>")
    assert _("<See> %(link)s by %(name)s", link=link, name="<b>") == Markup("&lt;See&gt; <a>x</a> by &lt;b&gt;")
    assert not isinstance(_("a %(name)s", name="<b>"), Markup)


def test_a_lazy_sentence_speaks_when_it_is_shown(translated):
    lazy = _l("Search")
    with speaking("fr"):
        assert f"{lazy}" == str(lazy) == "Chercher"
        assert lazy + "!" == "Chercher!"
        assert lazy.upper() == "CHERCHER"
    assert lazy == "Search"
    assert escape(_l("a < %(b)s", b="<")) == "a &lt; &lt;"
    assert str(pickle.loads(pickle.dumps(lazy))) == "Search"
    with Flask("x").app_context():
        assert render_template_string("{{ lazy }}", lazy=_l("<")) == "&lt;"


@pytest.mark.parametrize("tag", pseudo.NAMES)
def test_a_pseudo_language_leaves_no_plain_letter(tag):
    with speaking(tag):
        for text in (_("Search"), str(_l("Search")), ngettext("One", "Many", 1), ngettext("One", "Many", 2)):
            assert text[0] + text[-1] == "⟦⟧"
            assert not any(letter.isascii() and letter.isalpha() for letter in text)
            assert len(text) >= 1.35 * 3
        assert "<b class='x'>Ana</b> &amp; 5%" in _("Hello<b class='x'>%(name)s</b> &amp; 5%%", name="Ana")
    with speaking("ar-XB"):
        assert i18n.direction() == "rtl"


@pytest.mark.parametrize(
    ("tag", "words"),
    {
        "en": "Friday, 30 September 2016",
        "zh-Hans": "2016年9月30日星期五",
        "es": "viernes, 30 de septiembre de 2016",
        "ar": "الجمعة، 30 سبتمبر 2016",
        "ru": "пятница, 30 сентября 2016\u202fг.",
    }.items(),
)
def test_a_whole_day_is_named_with_its_weekday_as_the_language_puts_it(translated, tag, words):
    with speaking(tag):
        assert i18n.format_day(PartialDate("2016-09-30"), weekday=True) == words
        for partial in ("2016-09", "2016"):
            assert i18n.format_day(PartialDate(partial), weekday=True) == i18n.format_day(PartialDate(partial))


def test_days_moments_numbers_and_names(translated):
    day, moment = date(2016, 9, 30), datetime(2016, 9, 30, 22, 5, tzinfo=UTC)
    assert i18n.format_day(day) == "30 September 2016"
    assert i18n.format_day(moment, "Asia/Dhaka") == "1 October 2016"
    assert i18n.format_moment(moment, "Asia/Dhaka") == "1 October 2016, 04:05"
    assert i18n.format_moment(moment) == "30 September 2016, 22:05 UTC"
    assert i18n.format_moment(moment, "../nowhere") == i18n.format_moment(moment, "Nowhere/City")
    assert [i18n.format_size(size) for size in (999_999, 1_234_567, 5_300_000_000)] == [
        "1 MB",
        "1.2 MB",
        "5.3 GB",
    ]
    assert i18n.list_and(["a", "b", "c"]) == "a, b and c"
    assert i18n.list_and([Markup("<a>"), "<"]) == Markup("<a> and &lt;")
    assert (i18n.country_name("NA"), i18n.country_name("??"), i18n.country_name(None)) == (
        "Namibia",
        "??",
        "",
    )
    with speaking("fr"):
        assert i18n.format_day(day) == "30 septembre 2016"
        assert i18n.format_number(1234.5) == "1\u202f234,5"
        assert i18n.language_name("zh-Hans") == "chinois simplifié"
    with speaking("zh-Hans"):
        assert i18n.format_day(day) == "2016年9月30日"
        assert i18n.country_name("NA") == "纳米比亚"
    assert i18n.language_name("../x") == "../x"
