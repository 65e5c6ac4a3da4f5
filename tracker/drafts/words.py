"""What is said about a draft: what was noticed in its file, and how it stands."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tracker.drafts.comparison import Fate
from tracker.drafts.elements import GAP
from tracker.drafts.models import Draft
from tracker.drafts.pictures import MOST_PICTURES
from tracker.i18n import _, format_day, list_and, ngettext


def noticed(draft: Draft, team: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Sentences about what was found in the file, each with the lines of a list below it; `team` are names."""
    found = draft.found
    said = [
        *_about_changes(found.get("changes"), {_known(name) for name in team}),
        *_about_comments(found.get("comments")),
        *_about_what_is_left_out(found),
    ]
    gaps = found.get("counts", {}).get("gaps", 0) - found.get("left_out", 0)
    if count := found.get("left_out"):
        words = ngettext(
            "%(num)s picture beyond the first %(most)s is left out; %(sign)s stands in its place.",
            "%(num)s pictures beyond the first %(most)s are left out; %(sign)s stands in their places.",
            count,
            most=MOST_PICTURES,
            sign=GAP,
        )
        said.append((words, []))
    if gaps > 0:
        words = ngettext(
            "%(num)s picture could not be shown; %(sign)s stands in its place.",
            "%(num)s pictures could not be shown; %(sign)s stands in their places.",
            gaps,
            sign=GAP,
        )
        said.append((words, []))
    return said


def summed_up(counts: dict[Fate, int]) -> str:
    """How many paragraphs differ between two drafts, in a sentence; "" where none does."""
    parts = [
        ngettext("%(num)s paragraph changed", "%(num)s paragraphs changed", counts[Fate.CHANGED]),
        ngettext("%(num)s added", "%(num)s added", counts[Fate.ADDED]),
        ngettext("%(num)s removed", "%(num)s removed", counts[Fate.REMOVED]),
        ngettext("%(num)s moved", "%(num)s moved", counts[Fate.MOVED_HERE]),
    ]
    fates = (Fate.CHANGED, Fate.ADDED, Fate.REMOVED, Fate.MOVED_HERE)
    return list_and(part for part, fate in zip(parts, fates, strict=True) if counts[fate])


def _about_changes(changes: dict[str, Any] | None, team: set[str]) -> list[tuple[str, list[str]]]:
    if not changes:
        return []
    lines, strangers = [], []
    for name, added, removed, last in changes["people"]:
        shown = name or _("somebody without a name")
        counts = list_and(
            [
                *([ngettext("%(num)s addition", "%(num)s additions", added)] if added else []),
                *([ngettext("%(num)s removal", "%(num)s removals", removed)] if removed else []),
            ]
        )
        day = format_day(date.fromisoformat(last)) if _is_day(last) else ""
        if day:
            lines.append(_("%(name)s: %(counts)s, the last on %(day)s", name=shown, counts=counts, day=day))
        else:
            lines.append(_("%(name)s: %(counts)s", name=shown, counts=counts))
        if _known(name) not in team:
            strangers.append(shown)
    said = [(_("Changes were tracked in the file. They are shown here as if all were accepted."), lines)]
    if strangers:
        words = ngettext(
            "This name is nobody's in the project's team: %(names)s.",
            "These names are nobody's in the project's team: %(names)s.",
            len(strangers),
            names=list_and(strangers),
        )
        said.append((words, []))
    return said


def _about_comments(comments: dict[str, Any] | None) -> list[tuple[str, list[str]]]:
    if not comments:
        return []
    words = ngettext(
        "There is %(num)s comment in the file, by %(names)s. It is not shown here: read it in the original.",
        "There are %(num)s comments in the file, by %(names)s. They are not shown here: read them in the original.",
        comments["count"],
        names=list_and(name or _("somebody without a name") for name in comments["people"]),
    )
    return [(words, [])]


def _about_what_is_left_out(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    said: list[tuple[str, list[str]]] = []
    if found.get("macros"):
        words = _("There are macros in the file. They were not run. Be careful when you open the original.")
        said.append((words, []))
    if elsewhere := found.get("elsewhere"):
        words = ngettext(
            "The file leads to something outside it. It was not fetched and is not shown:",
            "The file leads to %(num)s things outside it. They were not fetched and are not shown:",
            elsewhere["count"],
        )
        said.append((words, elsewhere["addresses"]))
    if count := found.get("objects"):
        words = ngettext(
            "%(num)s object of another program in the file is not shown.",
            "%(num)s objects of other programs in the file are not shown.",
            count,
        )
        said.append((words, []))
    return said


def _known(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
