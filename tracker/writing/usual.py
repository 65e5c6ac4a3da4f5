"""The usual sections of a policy report, to begin a text with."""

from tracker.i18n import _, speaking


def headings(language: str) -> list[str]:
    """In order, in `language` (BCP 47) or in English."""
    with speaking(language or "en"):
        return [
            _("Summary"),
            _("Introduction"),
            _("Background"),
            _("Data and methods"),
            _("Findings, country by country"),
            _("What the countries share, and where they differ"),
            _("What could be done"),
            _("Limits of this study"),
            _("References"),
        ]
