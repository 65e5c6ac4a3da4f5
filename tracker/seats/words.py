"""What a seat is called: made of what it holds, in the language spoken now."""

from tracker.countries import region_name
from tracker.i18n import country_name, language_name
from tracker.seats.models import Seat
from tracker.seats.states import TASK_LABELS


def place_name(place: str) -> str:
    """The name of a country (alpha-2) or of an M49 region; empty for anywhere."""
    if not place:
        return ""
    return country_name(place) if place.isalpha() else region_name(place)


def title_of(seat: Seat) -> str:
    """ "Country study · Bolivia · Spanish"."""
    parts = [
        str(TASK_LABELS[seat.task]),
        place_name(seat.place),
        language_name(seat.language) if seat.language else "",
    ]
    return " · ".join(part for part in parts if part)
