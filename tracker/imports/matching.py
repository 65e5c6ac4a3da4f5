"""Which record a printed name means: in doubt, none. A wrong link is worse than a missing one."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tracker import countries, identifiers
from tracker.i18n import _, country_name
from tracker.institutions.likeness import name_key, variants, weighty

_ROR = re.compile(r"ror\.org/(0[0-9a-z]{8})", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """The record found and how; or why none was, with the candidates' names."""

    id: int | None = None
    by: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()


class Known:
    """Everything institutions here are called. `rows` have id, import_key, ror, names, acronym and country.

    `merged` have the institution_id of a record and an import_key and ror of one that became part of it.
    """

    def __init__(self, rows: Iterable[Any], merged: Iterable[Any] = ()) -> None:
        self.rows = {row.id: row for row in rows}
        self.by_key = {row.import_key: row.id for row in self.rows.values() if row.import_key}
        self.by_ror = {row.ror: row.id for row in self.rows.values() if row.ror}
        for old in merged:
            if old.import_key:
                self.by_key.setdefault(old.import_key, old.institution_id)
            if old.ror:
                self.by_ror.setdefault(old.ror, old.institution_id)
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._folded: dict[str, list[int]] = defaultdict(list)
        self._acronyms: dict[str, list[int]] = defaultdict(list)
        for row in self.rows.values():
            for name in {row.name, row.native_name, *row.other_names.splitlines()} - {""}:
                self._exact[name].append(row.id)
                if (key := name_key(name)) and row.id not in self._folded[key]:
                    self._folded[key].append(row.id)
            if acronym := name_key(row.acronym):
                self._acronyms[acronym].append(row.id)

    def match(self, printed: str, country_text: str) -> Match:
        """The institution meant by a printed name in a printed country (empty: the source gives none).

        In order: ROR id in the text, exact name, folded name, the name without what stands in brackets or
        what stands in them, the name before a comma, acronym with country. What is found must lie in the
        country that is given; several of one way are an ambiguity, and nothing weaker is tried then.
        """
        if match := _ROR.search(printed):
            found = self.by_ror.get(_checked_ror(match[1]))
            if found:
                return Match(found, _("ROR id"))
        code = countries.by_name(country_text) if country_text else None
        if country_text and code is None:
            return Match(reason=_("“%(country)s” is not a country we know.", country=country_text[:60]))
        elsewhere: list[int] = []
        for by, find, text in _ways(self, printed, code):
            ids = list(dict.fromkeys(find(text)))
            here = [each for each in ids if code is None or self.rows[each].country == code]
            if find != self.called_short:  # institutions of other countries share acronyms all the time
                elsewhere += [each for each in ids if each not in here]
            if len(here) == 1 and find == self.called_short and not self._resembles(here[0], printed):
                return Match(reason=_("Only the acronym is the same."), candidates=self._named(here))
            if len(here) == 1:
                return Match(here[0], by)
            if here:
                return Match(reason=_("Several could be meant."), candidates=self._named(here))
        if elsewhere:
            return Match(
                reason=_("There is one of this name, but in another country."),
                candidates=self._named(dict.fromkeys(elsewhere)),
            )
        return Match(reason=_("No institution has this name."))

    def exactly(self, name: str) -> list[int]:
        return self._exact.get(name, [])

    def folded(self, name: str) -> list[int]:
        return self._folded.get(name_key(name), [])

    def called_short(self, acronym: str) -> list[int]:
        return self._acronyms.get(name_key(acronym), [])

    def _resembles(self, row_id: int, printed: str) -> bool:
        """Whether half the words printed beside an acronym stand in one of the record's names too."""
        row = self.rows[row_id]
        wanted = weighty(printed) - weighty(row.acronym)
        if not wanted:
            return True  # nothing but the acronym is printed
        names = (row.name, row.native_name, *row.other_names.splitlines())
        return any(2 * len(wanted & weighty(name)) >= len(wanted) for name in names)

    def _named(self, ids: Iterable[int]) -> tuple[str, ...]:
        rows = [self.rows[each] for each in ids]
        return tuple(f"{row.name} ({country_name(row.country)})" for row in rows[:8])


def _ways(known: Known, printed: str, code: str | None) -> list[tuple[str, Callable[[str], list[int]], str]]:
    """(how it is called, how to look, what to look for), the surest first."""
    names, shorts = variants(printed)
    ways: list[tuple[str, Callable[[str], list[int]], str]] = [
        (_("name"), known.exactly, printed),
        (_("name, accents and case apart"), known.folded, printed),
    ]
    ways += [(_("part of the name"), known.folded, name) for name in names]
    if code:  # an acronym alone says nothing: FLACSO is eight institutions
        ways += [(_("acronym and country"), known.called_short, short) for short in shorts]
    return ways


def _checked_ror(text: str) -> str:
    try:
        return identifiers.normal_ror(text)
    except ValueError:
        return ""
