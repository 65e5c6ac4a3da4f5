"""The text of a version as its authors read it before they approve it, part by part."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.drafts.blocks import linked
from tracker.drafts.models import Draft
from tracker.drafts.queries import slice_of
from tracker.drafts.states import ReadingState


@dataclass(frozen=True)
class Part:
    """Part `page` of `pages`, both from 1."""

    html: Markup
    page: int
    pages: int


def part_of(draft: Draft, page: int | None, address: str) -> Part | None:
    """One part of a draft, its links and pictures at `address`; None where it cannot be read here, or not yet."""
    parts = list(draft.found.get("parts") or []) if draft.reading is ReadingState.READABLE else []
    if not parts:
        return None
    number = min(max(page or 1, 1), len(parts))
    start, end, _first, _last = parts[number - 1]

    def page_of(block: int) -> int:
        return next((at for at, part in enumerate(parts, start=1) if part[2] <= block <= part[3]), 1)

    html = linked(slice_of(draft, start, end), page_of, number, address)
    html = html.replace(f'src="{draft.path}/pictures/', f'src="{escape(address)}/pictures/')
    return Part(Markup(html), number, len(parts))
