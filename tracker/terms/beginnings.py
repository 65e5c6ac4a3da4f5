"""What new terms start from: the network's template, else the built-in one; and for each partner the seats it fills."""

from typing import Any

from tracker.i18n import _, speaking
from tracker.projects.models import Project
from tracker.seats.queries import fillings_of
from tracker.seats.words import title_of
from tracker.terms import queries
from tracker.terms.models import Terms
from tracker.terms.parts import FIELDS, taking_part, values_of
from tracker.terms.states import AuthorOrder


def built_in(language: str) -> dict[str, Any]:
    """The template there is where a network has none of its own, in `language` (BCP 47) or in English."""
    with speaking(language):
        return {
            **dict.fromkeys(FIELDS, ""),
            "author_order": AuthorOrder.CONTRIBUTION,
            "author_order_words": _("Everyone who wrote is an author."),
            "funding": _("Each partner pays for its own part, from its own resources."),
            "data": _("What we collect together belongs to all of us."),
            "leaving": _("Any partner may leave at any time. What it contributed stays credited."),
        }


def start(project: Project, latest: Terms | None) -> dict[str, Any]:
    """What the form holds at first, by field: the latest version, or what the first one starts from."""
    if latest is not None:
        return values_of(latest)
    template = queries.template_to_start_from(project)
    values = values_of(template) if template is not None else built_in(project.language)
    return {**values, "working_language": values["working_language"] or project.working_language}


def tasks(project: Project, latest: Terms | None) -> dict[int, str]:
    """By the id of each partner that takes part: what the latest version says it does, else the seats it fills."""
    written = {task.partner_id: task.tasks for task in latest.tasks} if latest is not None else {}
    with speaking(project.language):
        filled = _seats(project)
    partners = taking_part(project)
    return {partner.id: written.get(partner.id) or "\n".join(filled.get(partner.id, ())) for partner in partners}


def _seats(project: Project) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for seat in fillings_of(project.id):
        for filling in seat.fillings:
            if filling.is_taken:
                found.setdefault(filling.partner_id, []).append(title_of(seat))
    return found
