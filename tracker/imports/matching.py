"""Which record a printed name means: in doubt, none. A wrong link is worse than a missing one."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tracker import countries, identifiers
from tracker.folding import fold
from tracker.i18n import _, country_name

LEAST_WORDS = 4  # of a name before a comma: "Institute of Economics, X" may be anybody's institute
_ROR = re.compile(r"ror\.org/(0[0-9a-z]{8})", re.IGNORECASE)
_BRACKETS = re.compile(r"^(.*?)\s*[(（]([^()（）]+)[)）]\s*$")
_ACRONYM = re.compile(r"[\w&/-]{2,20}|[^\W\d_a-z]{2}[\w&/ -]{0,18}")


@dataclass(frozen=True)
class Match:
    """The record found and how; or why none was, with the candidates' names."""

    id: int | None = None
    by: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()


def name_key(name: str) -> str:
    """A name without case, accents, punctuation, "the", and with one way to write "and" and "centre"."""
    words = re.sub(r"[\W_]+", " ", fold(name).replace("&", " and ")).split()
    return " ".join("centre" if word == "center" else word for word in words if word != "the")


class Known:
    """Everything institutions here are called. `rows` have id, import_key, ror, names, acronym and country."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = {row.id: row for row in rows}
        self.by_key = {row.import_key: row.id for row in self.rows.values() if row.import_key}
        self.by_ror = {row.ror: row.id for row in self.rows.values() if row.ror}
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
        wanted = _weighty(printed) - _weighty(row.acronym)
        if not wanted:
            return True  # nothing but the acronym is printed
        names = (row.name, row.native_name, *row.other_names.splitlines())
        return any(2 * len(wanted & _weighty(name)) >= len(wanted) for name in names)

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


def variants(printed: str) -> tuple[list[str], list[str]]:
    """The other names and the acronyms that a printed name holds.

    >>> variants("IPAR (Initiative Prospective Agricole et Rurale)")
    (['Initiative Prospective Agricole et Rurale'], ['IPAR'])
    """
    names: list[str] = []
    shorts = [printed] if _ACRONYM.fullmatch(printed) else []
    _open_brackets(printed, names, shorts)
    head, comma, _tail = (part.strip() for part in printed.partition(","))
    if comma:
        inside: list[str] = [head]
        _open_brackets(head, inside, shorts)
        names += [name for name in inside if len(name_key(name).split()) >= LEAST_WORDS]
    return list(dict.fromkeys(names)), list(dict.fromkeys(shorts))


def _open_brackets(text: str, names: list[str], shorts: list[str]) -> None:
    """ "Name (ACR)" and "Name (a remark)" give the name, "ACR (Name)" the name too. A department gives none."""
    if not (match := _BRACKETS.match(text)):
        return
    outside, inside = match.groups()
    if _ACRONYM.fullmatch(outside):
        shorts.append(outside)
        names.append(inside)
    elif _ACRONYM.fullmatch(inside) or inside[0].islower():
        names.append(outside)
    if _ACRONYM.fullmatch(inside) and not inside.islower():
        shorts.append(inside)


def _weighty(name: str) -> set[str]:
    """The words of a name without its small ones."""
    return {word for word in name_key(name).split() if len(word) > 3 or not word.isascii()}


def _checked_ror(text: str) -> str:
    try:
        return identifiers.normal_ror(text)
    except ValueError:
        return ""
