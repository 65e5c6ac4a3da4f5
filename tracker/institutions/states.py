from enum import StrEnum

from tracker.i18n import _l


class Gender(StrEnum):
    """As a person says of themselves, if they wish; never guessed, counted among others only."""

    UNSAID = ""
    WOMAN = "woman"
    MAN = "man"
    ANOTHER = "another"
    UNDISCLOSED = "undisclosed"


GENDER_LABELS = {
    Gender.WOMAN: _l("woman"),
    Gender.MAN: _l("man"),
    Gender.ANOTHER: _l("another gender"),
    Gender.UNDISCLOSED: _l("prefer not to say"),
}
