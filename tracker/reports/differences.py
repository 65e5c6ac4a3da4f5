"""What changed between two editions of a record, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker import countries, goals
from tracker.i18n import _, country_name, language_name, list_and
from tracker.reports.editions import FIELDS
from tracker.reports.states import LINK_LABELS
from tracker.reports.words import LABELS, readable
from tracker.terms.changes import Fate, Piece, compare

LONG = {"abstract", "funding", "disclaimer", "suggested_citation"}


@dataclass(frozen=True)
class Difference:
    """A part of the record that differs, with the pieces of what it said and says."""

    label: str
    pieces: list[Piece]
    language: str = ""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two snapshots, the older first: in the order in which a record is read."""
    return list(_differing(before, after))


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in FIELDS:
        was, now = before.get(name), after.get(name)
        if was == now or not (was or now):
            continue
        if name in LONG or name == "title":
            language = after.get("language") or ""
            yield Difference(str(LABELS[name]), compare(was or "", now or ""), language)
        else:
            yield Difference(str(LABELS[name]), _both(_said(name, was), _said(name, now)))
    for name, told in _LISTS.items():
        was, now = (list(map(told, record.get(name, ()))) for record in (before, after))
        if was != now:
            yield Difference(str(LABELS[name]), _both("; ".join(was), "; ".join(now)))
    yield from _texts(before, after)


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    held, now = ({text["language"]: text for text in record.get("texts", ())} for record in (before, after))
    for tag in {**held, **now}:
        for name in ("title", "abstract"):
            was, says = (side.get(tag, {}).get(name, "") for side in (held, now))
            if was != says:
                label = _("%(field)s in %(language)s", field=LABELS[name], language=language_name(tag))
                yield Difference(label, compare(was, says), tag)


def _said(name: str, value: Any) -> str:
    return readable(name, value) if value else ""


def _both(was: str, now: str) -> list[Piece]:
    pieces = [Piece(fate, text) for fate, text in ((Fate.REMOVED, was), (Fate.ADDED, now)) if text]
    return [pieces[0], Piece(Fate.SAME, " "), pieces[1]] if len(pieces) == 2 else pieces


def _author(author: Mapping[str, Any]) -> str:
    marks = [
        *author["affiliations"],
        *([author["orcid"]] if author["orcid"] else []),
        *([_("corresponding author")] if author["is_corresponding"] else []),
        *([_("contributed equally")] if author["contributed_equally"] else []),
    ]
    return f"{author['name']} ({', '.join(marks)})" if marks else str(author["name"])


def _file(file: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, (file["name"], file["label"], language_name(file["language"] or None))))


def _link(link: Mapping[str, Any]) -> str:
    labels = {kind.value: str(label) for kind, label in LINK_LABELS.items()}
    return list_and([f"{labels.get(link['kind'], link['kind'])} “{link['title']}”"])


_LISTS: dict[str, Callable[[Any], str]] = {
    "authors": _author,
    "themes": lambda theme: theme["name"],
    "countries": lambda code: country_name(code) if code in countries.COUNTRIES else code,
    "goals": lambda goal: f"{goal}. {goals.GOALS[goal]}",
    "files": _file,
    "links": _link,
}
