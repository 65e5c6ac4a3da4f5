import csv
import json
from pathlib import Path

import pytest

from tracker import countries, i18n, languages
from tracker.countries import COUNTRIES, INTERMEDIATE, REGIONS, by_name, countries_in, region_of, subregion_of
from tracker.goals import GOALS
from tracker.i18n import speaking

DATA = Path(__file__).parents[3] / "shared" / "data"
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


def test_the_249_countries_of_iso():
    names = i18n.locale_of("en").territories
    assert {code for code in names if len(code) == 2} - NOT_ISO == COUNTRIES
    assert len(COUNTRIES) == 249


def test_namibia_is_a_country():
    assert countries.is_country("NA")
    assert by_name("Namibia") == "NA"
    assert not any(countries.is_country(code) for code in ("", None, "na", "XK", "nan"))


def test_every_country_but_antarctica_lies_in_one_region():
    for code in COUNTRIES - {"AQ"}:
        assert [region for region, _below in REGIONS if code in countries_in(region)] == [region_of(code)]
        assert code in countries_in(subregion_of(code))
    assert region_of("AQ") is subregion_of("AQ") is region_of("??") is None


def test_regions_have_the_sizes_of_m49():
    assert {region: len(countries_in(region)) for region, _below in REGIONS} == {
        "002": 60,
        "019": 57,
        "142": 51,
        "150": 51,
        "009": 29,
    }
    assert countries_in("202") == frozenset().union(*map(countries_in, INTERMEDIATE["202"]))
    assert countries_in("001") == COUNTRIES
    assert countries_in("999") == frozenset()
    assert (subregion_of("KE"), subregion_of("EG"), subregion_of("PE")) == ("202", "015", "419")


@pytest.mark.parametrize("code", [code for region, below in REGIONS for code in (region, *below)])
def test_every_region_has_a_name(code):
    assert countries.is_place(code)
    assert not countries.region_name(code).isdigit()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Türkiye", "TR"),
        ("turkey", "TR"),
        ("Russia", "RU"),
        ("Tanzania", "TZ"),
        ("Bolivia", "BO"),
        ("South Korea", "KR"),
        ("Côte d’Ivoire", "CI"),
        ("COTE D'IVOIRE", "CI"),
        ("the Netherlands", "NL"),
        ("Congo, Democratic Republic of the", "CD"),
        ("DR Congo", "CD"),
        ("U.S.A.", "US"),
        ("中国", "CN"),
        ("مصر", "EG"),
        ("Россия", "RU"),
        ("Brasil", "BR"),
        ("Perú", "PE"),
        ("Kosovo", None),
        ("Korea", None),
        ("", None),
        ("Atlantis", None),
    ],
)
def test_a_country_by_a_name_people_write(name, code):
    assert by_name(name) == code


def test_every_name_of_the_seven_languages_leads_back():
    for tag in i18n.LANGUAGES:
        names = i18n.locale_of(tag).territories
        assert [names[code] for code in COUNTRIES if by_name(names[code]) != code] == []


@pytest.mark.skipif(not DATA.is_dir(), reason="the public records lie beside the project, not in it")
def test_every_country_of_the_public_records_is_found():
    projects = json.loads((DATA / "real_projects.json").read_text(encoding="utf-8"))
    names = {partner["country"] for project in projects for partner in project["partners"]}
    with (DATA / "institutions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["country"] != "XK":
                assert by_name(row["country_name"]) == row["country"]
    assert [name for name in names if name and by_name(name) is None] == []
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert (region_of(row["alpha2"]) or "") == row["region_code"]
            assert (subregion_of(row["alpha2"]) or "") == row["subregion_code"]


def test_choices_are_sorted_for_the_reader():
    assert countries.choices()[0] == ("AF", "Afghanistan")
    assert dict(countries.choices())["NA"] == "Namibia"
    assert [tag for tag, _name in languages.choices()][:7] == list(i18n.LANGUAGES)
    assert len({tag for tag, _name in languages.choices()}) == len(languages.TAGS)


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("ar", "rtl"),
        ("fa-AF", "rtl"),
        ("pa-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("zh-Hans", "ltr"),
        ("", "ltr"),
        (None, "ltr"),
        ("../x", "ltr"),
    ],
)
def test_the_direction_of_a_text(tag, direction):
    assert languages.text_direction(tag) == direction


def test_seventeen_goals():
    assert list(GOALS) == list(range(1, 18))
    with speaking("en-XA"):
        assert str(GOALS[13]).startswith("⟦")
