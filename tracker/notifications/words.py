"""What mails say of what was gathered, in the language of their reader. From plain values: nothing is read."""

from typing import Any

from tracker.activity.kinds import said, sentence
from tracker.dates import PartialDate
from tracker.i18n import format_day

MOST_WORDS = 300  # characters of what somebody wrote, in a mail that tells of many things


def happened(values: dict[str, Any]) -> str:
    """The sentence of one thing that happened."""
    return sentence(values["kind"], values.get("actor_name", ""), values)


def own_words(values: dict[str, Any]) -> str:
    """What somebody wrote about it, on one line and cut; empty where nobody did."""
    text = " ".join(said(values, beside=happened(values)).split())
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS].rsplit(' ', 1)[0]} …"


def day_of(text: str) -> str:
    """A day that a row keeps in ISO 8601, perhaps partial."""
    try:
        return format_day(PartialDate(text))
    except ValueError:
        return text
