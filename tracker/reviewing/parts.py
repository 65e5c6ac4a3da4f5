"""A draft as its reviewers read it: part by part, with a way to comment at each paragraph."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from tracker.drafts.blocks import cut_out, linked
from tracker.drafts.models import Draft
from tracker.drafts.queries import slice_of
from tracker.drafts.states import ReadingState
from tracker.i18n import _
from tracker.reviewing.models import ReviewComment

_BLOCK = re.compile(r'<(\w+)((?: [^<>]*)?) id="b(\d+)"([^<>]*)>(\s*<t[hd][^<>]*>)?')


@dataclass
class Run:
    """Some paragraphs, and what stands below the last of them: the comments on it, perhaps the form for one."""

    html: Markup
    last: int
    comments: list[ReviewComment] = field(default_factory=list)


@dataclass
class Shown:
    """One part of a draft: number `page` of `pages`, both from 1; `runs` in the order of the text."""

    page: int
    pages: int
    runs: list[Run]


def page_of(draft: Draft, block: int) -> int:
    """The number of the part, from 1, that a paragraph stands in."""
    return next((number for number, part in enumerate(_parts(draft), start=1) if part[2] <= block <= part[3]), 1)


def shown(
    draft: Draft, page: int | None, block: int | None, comments: Sequence[ReviewComment], base: str
) -> Shown | None:
    """The part of this number, or else the part in which a paragraph stands, with one's own comments on it.

    `base`: the address of the page. None for a draft that cannot be read here.
    """
    parts = _parts(draft)
    if not parts:
        return None
    number = page_of(draft, block) if block else min(max(page or 1, 1), len(parts))
    start, end, first, last = parts[number - 1]
    html = slice_of(draft, start, end)
    said: dict[int, list[ReviewComment]] = {}
    for comment in comments:
        if comment.block is not None and first <= comment.block <= last:
            said.setdefault(comment.block, []).append(comment)
    stops = sorted({*said, last, *([block] if block and first <= block <= last else [])})
    runs, begin = [], first
    for stop in stops:
        cut = linked(cut_out(html, begin, stop), lambda known: page_of(draft, known), number, base)
        runs.append(Run(Markup(_dressed(cut, draft, base)), stop, said.get(stop, [])))
        begin = stop + 1
    return Shown(number, len(parts), runs)


def _parts(draft: Draft) -> list[list[int]]:
    return list(draft.found.get("parts") or []) if draft.reading is ReadingState.READABLE else []


def _dressed(html: str, draft: Draft, base: str) -> str:
    """With a link to comment at the beginning of each paragraph, and pictures where this reader may have them.

    What is put in is only numbers and words of ours: the rest stays exactly as it was made safe.
    """

    def remark(match: re.Match[str]) -> str:
        number = match[3]
        said = escape(_("Comment"))
        where = escape(_("on paragraph %(number)s", number=number))
        link = (
            f'<a class="remark" href="?block={number}#comment">{said}<span class="visually-hidden"> {where}</span></a>'
        )
        if match[1] == "tr" and not match[5]:
            return match[0]
        return f"{match[0]}{link}"

    return _BLOCK.sub(remark, html).replace(f'src="{draft.path}/pictures/', f'src="{escape(base)}/pictures/')
