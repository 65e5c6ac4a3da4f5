"""The time zones a person can choose from, as the IANA list of countries' zones has them."""

from functools import cache
from importlib import resources

BIGGEST = {"CN": "Asia/Shanghai"}  # of the countries with several zones, those where hardly anyone uses another


@cache
def by_area() -> dict[str, list[str]]:
    """{"Africa": ["Africa/Abidjan", …], …}, both in alphabetical order."""
    areas: dict[str, list[str]] = {}
    for name in sorted({name for names in _by_country().values() for name in names}):
        areas.setdefault(name.split("/")[0], []).append(name)
    return areas


def of_country(code: str) -> str | None:
    """The zone of a country (alpha-2), where there is little doubt about it."""
    names = _by_country().get(code, [])
    return names[0] if len(names) == 1 else BIGGEST.get(code)


def country_of(zone: str) -> str | None:
    """The country (alpha-2) that a zone lies in; None for UTC and for names that are no place's."""
    return _countries().get(zone)


def city(name: str) -> str:
    """How a zone is shown within its area: "Argentina, Salta"."""
    return ", ".join(name.split("/")[1:]).replace("_", " ") or name


@cache
def _countries() -> dict[str, str]:
    return {name: country for country, names in _by_country().items() for name in names}


@cache
def _by_country() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (resources.files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _place, name, *_comment = line.split("\t")
            found.setdefault(country, []).append(name)
    return found
