"""One row of a list of institutions as the fields of a record. Nothing is dropped, nothing is guessed.

What has no field goes into the notes as "column: value", so does a value that its field cannot take; only
where it is unclear which institution the row means is the row refused. The notes name columns and never
speak: they must not depend on the language of whoever imports.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tracker import countries, identifiers
from tracker.dates import PartialDate
from tracker.i18n import _, country_name, speaking
from tracker.imports.outcome import Refused, Remark
from tracker.institutions.models import Institution

LONGEST_KEY = Institution.import_key.property.columns[0].type.length
KOSOVO = "XK"  # no code of ISO 3166, but the one everybody uses
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")


@dataclass
class Row:
    """What a row says, by field of the record."""

    fields: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.fields["name"]


def understand(cells: dict[str, str]) -> Row:
    """The fields a row fills. Raises Refused where it does not say which institution it means."""
    left = dict(cells)
    row = Row({}, [])
    row.fields["name"] = _within(left.pop("name"), "name")
    row.fields["country"] = _country(left)
    row.fields["import_key"] = _slug(left.pop("slug", ""))
    row.fields["ror"] = _ror(left.pop("ror", ""))
    for column, name, normal in FIELDS:
        given = left.pop(column, "")
        try:
            row.fields[name] = normal(given) if given else None
            _within(str(row.fields[name] or ""), column, name)
        except ValueError as error:
            row.fields[name] = None
            left[column] = given
            row.remarks.append(Remark(column, _("%(reason)s It stays in the notes.", reason=str(error))))
    others = [name for part in left.pop("other_names", "").split(";") if (name := " ".join(part.split()))]
    row.fields["other_names"] = "\n".join(dict.fromkeys(others))
    _settle_place(left, row)
    row.fields["notes"] = "\n".join(f"{column}: {value}" for column, value in sorted(left.items()) if value)
    return row


def _within(text: str, column: str, name: str = "") -> str:
    """`text`, where its field is long enough for it. SQLite would not say."""
    if not text:
        if column == "name":
            raise Refused(column, _("It is empty."))
        return text
    most = getattr(getattr(Institution, name or column).property.columns[0].type, "length", None)
    if most and len(text) > most:
        raise Refused(column, _("It has more than %(count)s characters.", count=most))
    return text


def _country(left: dict[str, str]) -> str:
    """The code, or the name in any of our languages. "NA" is Namibia."""
    given = left.pop("country")
    printed = left.get("country_name", "")
    code = given.upper() if re.fullmatch("[A-Za-z]{2}", given) else countries.by_name(given or printed)
    if not given and not printed:
        raise Refused("country", _("It is empty."))
    if code is None or not (countries.is_country(code) or code == KOSOVO):
        raise Refused("country", _("“%(name)s” is not a country we know.", name=(given or printed)[:60]))
    with speaking("en"):
        if countries.by_name(printed) == code or printed == country_name(code):
            left.pop("country_name", None)
    if not countries.is_country(code):
        left["country"] = given
    return code


def _slug(given: str) -> str:
    if len(given) > LONGEST_KEY:
        raise Refused("slug", _("It has more than %(count)s characters.", count=LONGEST_KEY))
    return given


def _ror(given: str) -> str | None:
    try:
        return identifiers.normal_ror(given) if given else None
    except ValueError as error:
        raise Refused("ror", str(error)) from None


def _settle_place(left: dict[str, str], row: Row) -> None:
    """Coordinates count in pairs; the regions of M49 follow from the country and need no field."""
    latitude, longitude = row.fields["latitude"], row.fields["longitude"]
    if (latitude is None) != (longitude is None):
        row.fields |= {"latitude": None, "longitude": None}
        left |= {key: str(value) for key, value in (("lat", latitude), ("lon", longitude)) if value is not None}
        if not any(remark.field in ("lat", "lon") for remark in row.remarks):
            row.remarks.append(Remark("lat, lon", _("One is given without the other. It stays in the notes.")))
    code = row.fields["country"]
    for column, known in (("region", countries.region_of(code)), ("subregion", countries.subregion_of(code))):
        if left.get(column) and left[column] == M49_NAMES.get(known or ""):
            left.pop(column)


def _coordinate(most: int) -> Callable[[str], float]:
    def read(given: str) -> float:
        if not _DECIMAL.fullmatch(given) or abs(float(given)) > most:
            raise ValueError(_("This is not a coordinate in decimal degrees."))
        return float(given)

    return read


def _language(given: str) -> str:
    if not _TAG.fullmatch(given):
        raise ValueError(_("This is not the tag of a language, such as “pt”."))
    return given


def _wikidata(given: str) -> str:
    if not _WIKIDATA.fullmatch(given):
        raise ValueError(_("This is not an identifier of Wikidata, such as Q1140984."))
    return given


FIELDS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (  # column, field, what it must be
    ("native_name", "native_name", str),
    ("native_lang", "native_language", _language),
    ("acronym", "acronym", str),
    ("city", "city", str),
    ("lat", "latitude", _coordinate(90)),
    ("lon", "longitude", _coordinate(180)),
    ("website", "website", identifiers.website),
    ("wikidata", "wikidata", _wikidata),
    ("founded", "founded", PartialDate.parse),
    ("org_type", "kind", str),
)

# The English names of UN M49. Where a list says just what follows from the country, its notes need not repeat it.
M49_NAMES = {
    "002": "Africa",
    "009": "Oceania",
    "019": "Americas",
    "142": "Asia",
    "150": "Europe",
    "015": "Northern Africa",
    "202": "Sub-Saharan Africa",
    "021": "Northern America",
    "419": "Latin America and the Caribbean",
    "030": "Eastern Asia",
    "034": "Southern Asia",
    "035": "South-eastern Asia",
    "143": "Central Asia",
    "145": "Western Asia",
    "039": "Southern Europe",
    "151": "Eastern Europe",
    "154": "Northern Europe",
    "155": "Western Europe",
    "053": "Australia and New Zealand",
    "054": "Melanesia",
    "057": "Micronesia",
    "061": "Polynesia",
}
