"""What changed between two versions that authors were asked to approve: texts word by word, authors in sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.credit import queries
from tracker.credit.models import Proof
from tracker.credit.proofs import printed
from tracker.drafts.comparison import shown
from tracker.i18n import _, _l, format_number, language_name, list_and
from tracker.terms.changes import MOST_COMPARED, Fate, Piece, compare, shortened

Content = Mapping[str, Any]
MOST_PIECES = 60  # of one text; whoever wants more reads both
LABELS = {  # part -> as a heading, and among others in a sentence
    "title": (_l("Title"), _l("title")),
    "abstract": (_l("Abstract"), _l("abstract")),
    "language": (_l("Language"), _l("language")),
    "texts": (_l("Translated title and abstract"), _l("translated title and abstract")),
    "draft": (_l("Text"), _l("text")),
    "files": (_l("Files"), _l("files")),
    "website": (_l("Address of the text"), _l("address of the text")),
    "authors": (_l("Authors"), _l("authors")),
    "order": (_l("Order of the authors"), _l("order of the authors")),
}


@dataclass(frozen=True)
class Heading:
    """What a change is about, as templates/components/changes.html names it."""

    label: str


@dataclass(frozen=True)
class Change:
    """One part that differs: what it says now, or said last, in pieces."""

    part: Heading
    fate: Fate
    said: list[Piece] = field(default_factory=list)
    words: list[Piece] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def named(before: Content, after: Content) -> list[str]:
    """Which parts differ, as the keys of LABELS: plain values that a row can keep."""
    parts = [part for part in LABELS if part not in ("authors", "order")]
    differing = [part for part in parts if printed(before[part]) != printed(after[part])]
    was, now = ([author["id"] for author in content["authors"]] for content in (before, after))
    if printed(before["authors"]) != printed(after["authors"]):
        common = [[author for author in order if author in was and author in now] for order in (was, now)]
        differing += ["order"] if common[0] != common[1] else []
        by_name = [sorted(map(str, printed(content["authors"]))) for content in (before, after)]
        differing += ["authors"] if by_name[0] != by_name[1] or "order" not in differing else []
    return differing


def words_for(parts: Iterable[str]) -> str:
    """What `named` found, in the language spoken now: "title, text and order of the authors"."""
    return list_and([str(LABELS[part][1]) for part in parts if part in LABELS])


def changes(before: Proof, after: Proof) -> list[Change]:
    """Everything that differs between two versions of a report, the older one first; the authors first of all."""
    was, now = before.content, after.content
    budget = [MOST_COMPARED]
    found = []
    if people := authors_in_words(was["authors"], now["authors"]):
        found.append(Change(_heading("authors"), Fate.SAME, sentences=people))
    for part in ("title", "abstract"):
        found += _text(_heading(part), was[part], now[part], budget)
    if was["language"] != now["language"]:
        languages = [language_name(tag) if tag else "" for tag in (was["language"], now["language"])]
        found.append(Change(_heading("language"), Fate.SAME, said=_swapped(*languages)))
    found += _translations(was["texts"], now["texts"], budget)
    found += _draft(was["draft"], now["draft"], budget)
    if printed(was["files"]) != printed(now["files"]):
        found.append(Change(_heading("files"), Fate.SAME, sentences=_files(was["files"], now["files"])))
    found += _text(_heading("website"), was["website"], now["website"], budget)
    return found


def authors_in_words(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    """What changed among the authors: who came, who went, who moved, and how each is printed."""
    old, new = ({author["id"]: author for author in authors} for authors in (was, now))
    places_before, places = ({known: at + 1 for at, known in enumerate(authors)} for authors in (old, new))
    sentences = [
        _("%(name)s is an author now, in place %(place)s.", name=new[known]["name"], place=format_number(places[known]))
        for known in new
        if known not in old
    ]
    sentences += [_("%(name)s is no author any more.", name=old[known]["name"]) for known in old if known not in new]
    sentences += [
        _(
            "%(name)s moved from place %(before)s to place %(after)s.",
            name=new[known]["name"],
            before=format_number(places_before[known]),
            after=format_number(places[known]),
        )
        for known in _moved([known for known in old if known in new], [known for known in new if known in old])
    ]
    for known in new:
        if known in old:
            sentences += _as_printed(old[known], new[known])
    return sentences


def _moved(was: list[int], now: list[int]) -> list[int]:
    """The fewest whose moving makes the one order the other; of two who swapped, both: neither stayed."""
    longest: dict[int, list[int]] = {}
    at = {known: place for place, known in enumerate(was)}
    for known in now:
        before = [row for other, row in longest.items() if at[other] < at[known]]
        longest[known] = [*_longest(before), known]
    stayed = set(_longest(list(longest.values())))
    if len(was) == 2 and was != now:
        stayed = set()
    return [known for known in now if known not in stayed]


def _longest(orders: list[list[int]]) -> list[int]:
    return max(orders, key=len) if orders else []


def _as_printed(old: Content, new: Content) -> list[str]:
    name, sentences = new["name"], []
    if old["name"] != name:
        sentences.append(_("“%(before)s” is printed as “%(after)s”.", before=old["name"], after=name))
    if old["affiliations"] != new["affiliations"]:
        places = [list_and([f"“{place}”" for place in known["affiliations"]]) for known in (old, new)]
        sentences.append(
            _(
                "Affiliation of %(name)s: %(after)s, before %(before)s.",
                name=name,
                before=places[0] or _("(nothing)"),
                after=places[1] or _("(nothing)"),
            )
        )
    if old["is_corresponding"] != new["is_corresponding"]:
        sentences.append(
            _("%(name)s is corresponding author now.", name=name)
            if new["is_corresponding"]
            else _("%(name)s is not corresponding author any more.", name=name)
        )
    if old["contributed_equally"] != new["contributed_equally"]:
        sentences.append(
            _("%(name)s is named among those who contributed equally now.", name=name)
            if new["contributed_equally"]
            else _("%(name)s is not named among those who contributed equally any more.", name=name)
        )
    return sentences


def _text(heading: Heading, was: str, now: str, budget: list[int]) -> list[Change]:
    if was == now:
        return []
    pieces = shortened(compare(was, now, budget))
    fate = Fate.SAME if was and now else (Fate.ADDED if now else Fate.REMOVED)
    return [Change(heading, fate, words=_few(pieces))]


def _translations(was: list[dict[str, Any]], now: list[dict[str, Any]], budget: list[int]) -> list[Change]:
    old, new = ({text["language"]: text for text in texts} for texts in (was, now))
    found = []
    for tag in dict.fromkeys([*old, *new]):
        heading = Heading(_("Title and abstract in %(language)s", language=language_name(tag)))
        found += _text(heading, _whole(old.get(tag)), _whole(new.get(tag)), budget)
    return found


def _whole(text: Content | None) -> str:
    return f"{text['title']}\n\n{text['abstract']}".strip() if text is not None else ""


def _draft(was: Content | None, now: Content | None, budget: list[int]) -> list[Change]:
    if (was and was["sha256"]) == (now and now["sha256"]):
        return []
    numbers = [_("Draft %(number)s", number=draft["number"]) if draft else "" for draft in (was, now)]
    old, new = (_readable(draft) if draft else "" for draft in (was, now))
    words = _few(shortened(compare(old, new, budget))) if old and new and old != new else []
    fate = Fate.SAME if was and now else (Fate.ADDED if now else Fate.REMOVED)
    return [Change(_heading("draft"), fate, said=_swapped(*numbers), words=words)]


def _readable(draft: Content) -> str:
    return shown("\n".join(queries.blocks(draft["id"])), _("picture"))


def _files(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    old, new = ({file["sha256"]: file for file in files} for files in (was, now))
    came = [file["file"] for known, file in new.items() if known not in old]
    went = [file["file"] for known, file in old.items() if known not in new]
    if len(came) == len(went) == 1:
        if came == went:
            return [_("There is another content in the file “%(name)s”.", name=came[0])]
        return [_("The file “%(after)s” is there instead of “%(before)s”.", before=went[0], after=came[0])]
    sentences = [_("The file “%(name)s” is new.", name=name) for name in came]
    sentences += [_("The file “%(name)s” is there no longer.", name=name) for name in went]
    return sentences or [_("The files are named or ordered in another way.")]


def _heading(part: str) -> Heading:
    return Heading(str(LABELS[part][0]))


def _swapped(was: str, now: str) -> list[Piece]:
    return [Piece(fate, text) for fate, text in ((Fate.REMOVED, was), (Fate.ADDED, now)) if text]


def _few(pieces: list[Piece]) -> list[Piece]:
    return pieces if len(pieces) <= MOST_PIECES else [*pieces[:MOST_PIECES], Piece(Fate.LEFT_OUT, " …")]
