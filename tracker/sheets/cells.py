"""How cells of a workbook are read: days, names out of a list, several of them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tracker import countries, languages
from tracker.dates import PartialDate
from tracker.folding import fold
from tracker.i18n import _, country_name, format_day, language_name, list_and

LISTED = re.compile(r"[;\n؛；]")  # themes and institutions hold commas themselves


def day(text: str) -> str:
    """A day, perhaps partial, as typed in any script's digits -> "2026-09-30"."""
    return str(PartialDate.parse(text))


def say_day(text: str) -> str:
    """ "2026-09-30" -> "30 September 2026"."""
    return format_day(PartialDate(text)) if text else ""


def day_cell(text: str) -> PartialDate:
    """ "2026-09-30" -> a day for a cell."""
    return PartialDate(text)


def words(longest: int) -> Callable[[str], str]:
    """Reads plain text of at most `longest` characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(_("This is too long: at most %(count)s characters.", count=longest))
        return text

    return read


def line(longest: int) -> Callable[[str], str]:
    """Reads one line of at most `longest` characters; line breaks become spaces."""
    limit = words(longest)
    return lambda text: limit(" ".join(text.split()))


def one_of(labels: Mapping[str, Any]) -> Callable[[str], str]:
    """Reads one of a list by its label or its own name, whatever the case -> its name."""

    def read(text: str) -> str:
        known = _by_label(labels)
        found = known.get(fold(text))
        if found is None:
            raise ValueError(_unknown(text, labels.values()))
        return found

    return read


def told_apart(labels: Mapping[str, Any]) -> dict[str, str]:
    """The labels, each once: of two people of one name the one who came later is "Ana Silva (2)"."""
    seen: Counter[str] = Counter()
    found = {name: str(label) for name, label in labels.items()}
    for name in sorted(found, key=lambda number: (len(number), number)):  # the same whatever order they stand in
        label = fold(found[name])
        seen[label] += 1
        if seen[label] > 1:
            found[name] += f" ({seen[label]})"
    return found


def several_of(labels: Mapping[str, Any]) -> Callable[[str], str]:
    """Reads several, with semicolons between them -> their names in order, with spaces between."""

    def read(text: str) -> str:
        known = _by_label(labels)
        chosen = set()
        for part in filter(None, map(str.strip, LISTED.split(text))):
            if fold(part) not in known:
                raise ValueError(_unknown(part, labels.values()))
            chosen.add(known[fold(part)])
        return " ".join(sorted(chosen))

    return read


def say_several(labels: Mapping[str, Any]) -> Callable[[str], str]:
    """ "3 12" -> "Energy; Trade"."""
    return lambda text: "; ".join(str(labels.get(name, name)) for name in text.split())


def read_countries(text: str) -> str:
    """Countries by name, with commas or semicolons -> "BD PE", in the order of their codes."""
    found = set()
    for part in filter(None, map(str.strip, re.split(r"[,;،؛、，；\n]", text))):
        code = countries.by_name(part)
        if code is None:
            raise ValueError(_("“%(name)s” is not a country we know.", name=part[:60]))
        found.add(code)
    return " ".join(sorted(found))


def say_countries(text: str) -> str:
    """ "BD PE" -> "Bangladesh, Peru"."""
    return ", ".join(country_name(code) for code in text.split())


def read_language(text: str) -> str:
    """A language by name or tag -> its tag."""
    return one_of(dict(languages.choices()))(text)


def say_language(tag: str) -> str:
    """The name of a language."""
    return language_name(tag) if tag else ""


def _by_label(labels: Mapping[str, Any]) -> dict[str, str]:
    return {fold(name): name for name in labels} | {fold(str(label)): name for name, label in labels.items()}


def _unknown(text: str, labels: Iterable[Any]) -> str:
    listed = [str(label) for label in labels]
    if not listed:
        return _("“%(text)s” is not known here.", text=text[:60])
    if len(listed) <= 12:
        return _("“%(text)s” is none of these: %(known)s.", text=text[:60], known=list_and(listed))
    return _("“%(text)s” is none of those that can be chosen. Write it as it stands here.", text=text[:60])
