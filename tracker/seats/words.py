"""What a seat is called: made of what it holds, in the language spoken now."""

from collections.abc import Mapping
from typing import Any

from tracker.countries import region_name
from tracker.i18n import country_name, language_name
from tracker.seats.models import Seat
from tracker.seats.states import TASK_LABELS, Task


def place_name(place: str) -> str:
    """The name of a country (alpha-2) or of an M49 region; empty for anywhere."""
    if not place:
        return ""
    return country_name(place) if place.isalpha() else region_name(place)


def title_of(seat: Seat) -> str:
    """ "Country study · Bolivia · Spanish"."""
    return title_from(values_of(seat))


def values_of(seat: Seat) -> dict[str, str]:
    """What the title of a seat is made of, as plain values that a question can keep."""
    return {"task": str(seat.task), "place": seat.place, "language": seat.language}


def title_from(values: Mapping[str, Any]) -> str:
    """The title of a seat from what `values_of` gave."""
    language = values["language"]
    parts = [
        str(TASK_LABELS[Task(values["task"])]),
        place_name(values["place"]),
        language_name(language) if language else "",
    ]
    return " · ".join(part for part in parts if part)
