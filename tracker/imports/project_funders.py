"""The kinds of funders that a source names beyond doubt. What is not known by its name is left unsaid."""

import re

from tracker.projects.states import FunderKind

_NAMES = {  # words as sources print them
    FunderKind.OWN: ("own resources", "own funds", "self-funded"),
    FunderKind.GOVERNMENT: ("government of", "ministry of"),
    FunderKind.DEVELOPMENT_AGENCY: (
        *("DFID", "FCDO", "IDRC", "USAID", "GIZ", "Sida", "Norad", "Danida", "JICA", "KOICA", "AusAID", "AFD"),
        "International Development Research Centre",
    ),
    FunderKind.MULTILATERAL: (
        *("World Bank", "Asian Development Bank", "African Development Bank", "Inter-American Development Bank"),
        *("United Nations", "UNDP", "UNICEF", "UNCTAD", "European Union", "European Commission"),
    ),
    FunderKind.FOUNDATION: ("Foundation", "Fundación", "Fundação", "Fondation", "Stiftung"),
    FunderKind.UNIVERSITY: ("British Academy", "University"),
}
_KNOWN = [
    (kind, re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b", re.IGNORECASE))
    for kind, names in _NAMES.items()
]


def kinds_in(funder: str) -> list[FunderKind]:
    """The kinds of funders that a source's words name, by well-known names and words only."""
    return [kind for kind, names in _KNOWN if names.search(funder)]
