"""The days of a call as its readers see them."""

from datetime import date

from tracker import clock
from tracker.calls.models import Call
from tracker.dates import earth_day
from tracker.i18n import _, format_day, ngettext


def days_left(last: date) -> int:
    """How many days follow until the last one, as a calendar shows it (UTC); 0 while that lasts anywhere on Earth."""
    return max(0, (last - clock.today()).days)


def standing(call: Call | None) -> str:
    """Until when offers are welcome, in one sentence. `call` None: no day was ever given."""
    if call is not None and call.is_coming:
        return _("This call opens on %(day)s.", day=format_day(call.opens_on))
    if call is None or call.closes_on is None:
        return _("Offers are welcome; no last day is set.")
    day = format_day(call.closes_on)
    if call.is_closed:
        return _("The call closed on %(day)s.", day=day)
    return _("Offers are welcome until %(day)s (%(left)s).", day=day, left=_left(call.closes_on))


def about_questions(call: Call | None) -> str:
    """Until when questions are welcome, in one sentence; empty where nothing but the end of the call limits them."""
    if call is None or call.questions_until is None or call.is_closed:
        return ""
    day = format_day(call.questions_until)
    if call.questions_until < earth_day():
        return _("Questions were welcome until %(day)s.", day=day)
    return _("Questions are welcome until %(day)s (%(left)s).", day=day, left=_left(call.questions_until))


def end(closes_on: date) -> str:
    """When a call closes, or that it did, in a few words."""
    day = format_day(closes_on)
    if closes_on < earth_day():
        return _("closed on %(day)s", day=day)
    return _("closes on %(day)s (%(left)s)", day=day, left=_left(closes_on))


def _left(last: date) -> str:
    left = days_left(last)
    return ngettext("%(num)s day left", "%(num)s days left", left) if left else _("the last day")
