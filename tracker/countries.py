"""The 249 countries of ISO 3166 and the regions of UN M49 they lie in.

Codes are alpha-2. Mind Namibia: its code is "NA", which spreadsheets and libraries take for a missing value.
"""

import re
from functools import lru_cache

from tracker import i18n
from tracker.folding import fold
from tracker.regions import GROUPS, PARENTS

_GROUP_OF = {country: group for group, members in GROUPS.items() for country in members.split()}

COUNTRIES = frozenset(_GROUP_OF) | {"AQ"}  # Antarctica lies in no region

# The five regions, each with its subregions in M49's order of codes.
REGIONS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (region, tuple(sorted(code for code, parent in PARENTS.items() if parent == region)))
    for region in ("002", "019", "142", "150", "009")
)
# Subregions that M49 divides again.
INTERMEDIATE: dict[str, tuple[str, ...]] = {
    subregion: tuple(sorted(code for code, parent in PARENTS.items() if parent == subregion))
    for subregion in ("202", "419")
}

# Names people write that no table of the seven languages has as its first choice.
_ALIASES = {
    "AE": "UAE|Emirates",
    "BA": "Bosnia|Bosnia and Herzegovina|Bosnia-Herzegovina",
    "BO": "Plurinational State of Bolivia|Bolivia (Plurinational State of)",
    "BN": "Brunei Darussalam",
    "BS": "The Bahamas",
    "CD": "DRC|RDC|DR Congo|Congo DR|Congo-Kinshasa|Zaire|"
    "Democratic Republic of the Congo|Democratic Republic of Congo|Congo, Democratic Republic of the",
    "CG": "Congo|Republic of the Congo|Republic of Congo|Congo-Brazzaville",
    "CI": "Ivory Coast|Cote d'Ivoire",
    "CN": "PR China|P.R. China|People's Republic of China|Mainland China|中华人民共和国",
    "CV": "Cape Verde|Cabo Verde",
    "CZ": "Czech Republic|Czechia",
    "FK": "Falkland Islands",
    "FM": "Federated States of Micronesia|Micronesia (Federated States of)",
    "GB": "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|"
    "United Kingdom of Great Britain and Northern Ireland",
    "GM": "The Gambia",
    "HK": "Hong Kong|Hong Kong SAR",
    "IR": "Islamic Republic of Iran|Iran (Islamic Republic of)",
    "KG": "Kyrgyz Republic|Kirghizistan",
    "KP": "North Korea|DPRK|Democratic People's Republic of Korea|Korea (Democratic People's Republic of)",
    "KR": "South Korea|Republic of Korea|Korea, Republic of|Korea (Republic of)",
    "LA": "Laos|Lao PDR|Lao People's Democratic Republic",
    "MD": "Republic of Moldova|Moldova, Republic of",
    "MK": "Macedonia|FYROM|Republic of North Macedonia",
    "MM": "Myanmar|Burma",
    "MO": "Macau|Macao|Macao SAR",
    "NL": "Holland|The Netherlands",
    "PH": "The Philippines",
    "PS": "Palestine|State of Palestine|Palestinian Territory|Occupied Palestinian Territory",
    "RU": "Russian Federation|Federación de Rusia|Российская Федерация|Fédération de Russie",
    "SD": "The Sudan",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland|Eswatini",
    "TL": "East Timor|Timor Leste",
    "TR": "Turkey|Türkiye|Turkiye",
    "TW": "Taiwan|Taiwan, Province of China|Chinese Taipei",
    "TZ": "United Republic of Tanzania|Tanzania, United Republic of",
    "US": "USA|U.S.A.|US|U.S.|America|EEUU|EE.UU.|United States of America|États-Unis d'Amérique",
    "VA": "Vatican|Holy See",
    "VE": "Bolivarian Republic of Venezuela|Venezuela (Bolivarian Republic of)",
    "VN": "Viet Nam|Vietnam",
}


def is_country(code: str | None) -> bool:
    """True for an alpha-2 code of ISO 3166, in capitals."""
    return code in COUNTRIES


def region_of(code: str) -> str | None:
    """The M49 code of the region a country lies in, "002" for Africa; None for Antarctica and nonsense."""
    place = _GROUP_OF.get(code)
    while place in PARENTS:
        place = PARENTS[place]
    return place


def subregion_of(code: str) -> str | None:
    """The M49 code of the subregion a country lies in, "202" for Kenya (Sub-Saharan Africa)."""
    group = _GROUP_OF.get(code)
    return PARENTS[group] if group and PARENTS[group] in PARENTS else group


def regions_around(code: str) -> list[str]:
    """The M49 codes of all regions a country lies in, the smallest first: "014", "202", "002" for Kenya."""
    found, place = [], _GROUP_OF.get(code)
    while place:
        found.append(place)
        place = PARENTS.get(place)
    return found


@lru_cache
def countries_in(place: str) -> frozenset[str]:
    """The countries of a region, subregion or intermediate region; all of them for the world, "001"."""
    if place == "001":
        return COUNTRIES
    within = set(GROUPS.get(place, "").split())
    below = [code for code, parent in PARENTS.items() if parent == place]
    return frozenset(within.union(*map(countries_in, below)))


def is_place(code: str | None) -> bool:
    """True for the M49 code of the world or of a region of any level."""
    return code == "001" or code in PARENTS or any(code == region for region, _below in REGIONS)


def region_name(code: str) -> str:
    """The name of a region of any level in the language spoken now."""
    return i18n.country_name(code)


def choices() -> list[tuple[str, str]]:
    """(code, name) of every country, sorted by the name in the language spoken now."""
    return sorted(((code, i18n.country_name(code)) for code in COUNTRIES), key=lambda each: fold(each[1]))


def by_name(text: str) -> str | None:
    """The code of the country that `text` names in one of the seven languages, or None.

    Case, accents, points and "the" do not matter. Kosovo has no code in ISO 3166, so it is not found.
    """
    return _names().get(_key(text))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for tag in i18n.LANGUAGES:
        names = i18n.locale_of(tag).territories
        for code in COUNTRIES:
            found.setdefault(_key(names[code]), set()).add(code)
    known = {key: codes.pop() for key, codes in found.items() if len(codes) == 1}
    for code, names_too in _ALIASES.items():
        known |= {_key(name): code for name in names_too.split("|")}
    return known


def _key(name: str) -> str:
    words = re.sub(r"[\W_]+", " ", fold(name).replace("&", " and ").replace(".", "")).split()
    return " ".join("st" if word == "saint" else word for word in words if word != "the")
