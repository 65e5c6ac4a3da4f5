"""What two records say differently, and which of the two to believe at first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tracker.folding import fold
from tracker.i18n import _l, country_name, format_day, language_name
from tracker.institutions.models import Institution
from tracker.markdown import plain

LONGEST_SHOWN = 600  # characters of a text


@dataclass(frozen=True)
class Field:
    """What is chosen together: columns that belong to one another, the first being the one that is read."""

    name: str
    label: Any
    columns: tuple[str, ...]
    shown: Callable[[Any], str] = str
    must_choose: bool = False  # where both say something else, nobody guesses


FIELDS = (
    Field("name", _l("Name"), ("name",)),
    Field("native_name", _l("Native name"), ("native_name", "native_language")),
    Field("acronym", _l("Acronym"), ("acronym",)),
    Field("country", _l("Country"), ("country",), country_name),
    Field("city", _l("City"), ("city", "latitude", "longitude")),
    Field("website", _l("Website"), ("website",)),
    Field("ror", _l("ROR id"), ("ror",), must_choose=True),
    Field("wikidata", _l("Wikidata"), ("wikidata",)),
    Field("founded", _l("Founded"), ("founded",), format_day),
    Field("kind", _l("Kind of institution"), ("kind",)),
    Field("description", _l("Description"), ("description",), partial(plain, length=LONGEST_SHOWN)),
)


@dataclass(frozen=True)
class Compared:
    """One field of both records. `texts` are what they show, by id; `suggested` the id of the one to take."""

    field: Field
    texts: Mapping[int, str]
    suggested: int | None
    differs: bool


def compared(one: Institution, other: Institution) -> list[Compared]:
    """Every field about which at least one record says something."""
    found = []
    for field in FIELDS:
        texts = {row.id: _text(field, row) for row in (one, other)}
        if any(texts.values()):
            differs = len({getattr(row, field.columns[0]) for row in (one, other)}) > 1
            best = max((one, other), key=lambda row: _worth(field, row, not differs))
            is_open = field.must_choose and all(texts.values()) and differs
            found.append(Compared(field, texts, None if is_open else best.id, differs))
    return found


def _text(field: Field, row: Institution) -> str:
    value = getattr(row, field.columns[0])
    return field.shown(value) if value else ""


def _worth(field: Field, row: Institution, is_same: bool) -> tuple[Any, ...]:
    """What speaks for a record: it says something, says more of the same, was checked later, is newer."""
    filled = sum(getattr(row, column) not in (None, "") for column in field.columns)
    checked = row.checked_at or datetime.min.replace(tzinfo=UTC)
    return bool(getattr(row, field.columns[0])), filled if is_same else 0, checked, row.id


def taken(one: Institution, other: Institution, choices: Mapping[str, int]) -> dict[str, Any]:
    """The values of the record that both become: by field, those of the record with the chosen id, else the
    suggested one's. A field that nobody may guess and nobody chose is left out."""
    rows = {row.id: row for row in (one, other)}
    values: dict[str, Any] = {}
    for each in compared(one, other):
        if source := choices.get(each.field.name, each.suggested):
            values |= {column: getattr(rows[source], column) for column in each.field.columns}
    return values


def other_names(one: Institution, other: Institution, values: Mapping[str, Any]) -> str:
    """Every name of both that is not the joint record's own, one a line: who knows it by one still finds it."""
    own = {fold(str(values.get(name) or "")) for name in ("name", "native_name")}
    names = [
        line.strip()
        for row in (one, other)
        for text in (row.name, row.native_name, row.other_names)
        for line in text.splitlines()
    ]
    kept: dict[str, str] = {}
    for name in names:
        if name and fold(name) not in own:
            kept.setdefault(fold(name), name)
    return "\n".join(kept.values())


def notes(rows: Iterable[Institution]) -> str:
    """The coordinators' notes of all, each once."""
    return "\n\n".join(dict.fromkeys(row.notes for row in rows if row.notes))


def languages(tags: Iterable[str]) -> list[str]:
    """Names of languages, in their order."""
    return [language_name(tag) for tag in tags]
