from types import SimpleNamespace

import pytest

from tracker.imports.matching import Known

HERE = [
    ("Centre for Delta Policy", "CDP", "BD", "ডেল্টা", "", None),
    ("Latin Faculty of Rivers, Lima", "LFR", "PE", "", "Latin Faculty of Rivers", None),
    ("Latin Faculty of Rivers, Quito", "LFR", "EC", "", "Latin Faculty of Rivers", None),
    ("Institute of Economics", "IOE", "UY", "", "", "05dxps055"),
    ("Grupo Pacífico", "GP", "PE", "", "", None),
    ("General Post", "GP", "PE", "", "", None),
    ("National Institute of River and Sea Economics", "NIRSE", "KE", "", "", None),
]


def found(printed, country):
    names = ("name", "acronym", "country", "native_name", "other_names", "ror")
    rows = [SimpleNamespace(id=n, import_key=None, **dict(zip(names, row, strict=True))) for n, row in enumerate(HERE)]
    match = Known(rows).match(printed, country)
    return match.id if match.id is not None else match.candidates


@pytest.mark.parametrize(
    ("printed", "country", "wanted"),
    [
        ("Centre for Delta Policy", "Bangladesh", 0),
        ("CENTER for Délta Policy", "Bangladesh", 0),
        ("ডেল্টা", "Bangladesh", 0),
        ("Centre for Delta Policy (CDP)", "Bangladesh", 0),
        ("Centre for Delta Policy (CDP), Alliance secretariat", "Bangladesh", 0),
        ("CDP (Centre for Delta Policy)", "Bangladesh", 0),
        ("CDP", "Bangladesh", 0),
        ("Unit (https://ror.org/05dxps055)", "", 3),
        ("The Delta Policy Center (CDP)", "Bangladesh", 0),
        ("National Institute of River & Sea Economics, Coast University", "Kenya", 6),
        ("Latin Faculty of Rivers", "Peru", 1),
        # in doubt, none
        ("CDP", "Peru", ()),
        ("CDP", "", ()),
        ("LFR", "Colombia", ()),
        ("Committee of Daily Prayer (CDP)", "Bangladesh", ("Centre for Delta Policy (Bangladesh)",)),
        ("Institute of Economics, University of the Republic", "Uruguay", ()),
        ("Institute of Economics", "Chile", ("Institute of Economics (Uruguay)",)),
        ("Institute of Economics", "Atlantis", ()),
        ("Centre for Delta Policy (Department of Music)", "Bangladesh", ()),
    ],
)
def test_a_printed_name_finds_its_record_or_none(printed, country, wanted):
    assert found(printed, country) == wanted


def test_what_could_be_several_is_none_of_them_and_names_them_all():
    assert found("GP", "Peru") == ("Grupo Pacífico (Peru)", "General Post (Peru)")
    assert len(found("Latin Faculty of Rivers", "")) == 2
