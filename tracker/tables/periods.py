"""Which figures an address asks for: of which days, of which networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from tracker.dates import PartialDate, add_months
from tracker.forms import clean, number_or_none
from tracker.i18n import _, _l, format_day, list_and
from tracker.institutions.models import Network
from tracker.tables.build import Scope
from tracker.tables.table import Period

THIS_YEAR, LAST_YEAR, TWELVE_MONTHS, ALL, BETWEEN = "this-year", "last-year", "12-months", "all", "between"
PRESETS = {
    THIS_YEAR: _l("This year until today"),
    LAST_YEAR: _l("Last year"),
    TWELVE_MONTHS: _l("The last 12 months"),
    ALL: _l("Everything"),
    BETWEEN: _l("Days of your choice"),
}


@dataclass(frozen=True)
class Asked:
    """What a coordinator wants figures of. `errors` are sentences by field ("from", "to"); then the period is all."""

    preset: str
    period: Period
    networks: Sequence[Network]  # all that this coordinator has
    network_id: int | None = None  # one of them; None: all of them
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return Scope(frozenset({self.network_id} if self.network_id else {network.id for network in self.networks}))

    @property
    def network_name(self) -> str:
        """The network, or all of them, in words."""
        chosen = [network.name for network in self.networks if self.network_id in (None, network.id)]
        return list_and(chosen)

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of an address that asks for the same, whatever day it is opened on."""
        known = {} if self.preset == THIS_YEAR else {"period": self.preset}
        if self.preset == BETWEEN:
            days = {"from": self.period.first, "to": self.period.last}
            known |= {name: day.isoformat() for name, day in days.items() if day}
        if self.network_id and len(self.networks) > 1:
            known["network"] = str(self.network_id)
        return known

    @property
    def query(self) -> str:
        """The same, as an address writes it: "period=all&network=3"."""
        return urlencode(self.arguments)

    @property
    def parameters(self) -> dict[str, str | int | None]:
        """The same days and network as plain values, for a file that is made later."""
        first, last = self.period.first, self.period.last
        return {
            "first": first.isoformat() if first else None,
            "last": last.isoformat() if last else None,
            "network": self.network_id,
        }


def read(arguments: Mapping[str, str], networks: Sequence[Network], today: date) -> Asked:
    """What the arguments of an address ask for; of several networks the one named, if it is among `networks`."""
    typed = {name: clean(arguments.get(name, "")) for name in ("from", "to")}
    preset = arguments.get("period") or (BETWEEN if any(typed.values()) else THIS_YEAR)
    preset = preset if preset in PRESETS else THIS_YEAR
    period, errors = _between(typed) if preset == BETWEEN else (period_of(preset, today), {})
    return Asked(preset, period, networks, network_among(arguments.get("network"), networks), typed, errors)


def network_among(text: str | None, networks: Sequence[Network]) -> int | None:
    """The id of the network that is meant; the only one, where there is one."""
    ids = [network.id for network in networks]
    if len(ids) == 1:
        return ids[0]
    number = number_or_none(text)
    return number if number in ids else None


def period_of(preset: str, today: date) -> Period:
    """The days of a preset, seen on a day. A year that is not over ends today."""
    return {
        THIS_YEAR: Period(date(today.year, 1, 1), today),
        LAST_YEAR: Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        TWELVE_MONTHS: Period(add_months(today, -12) + timedelta(days=1), today),
    }.get(preset, Period())


def _between(typed: Mapping[str, str]) -> tuple[Period, dict[str, str]]:
    found: dict[str, PartialDate | None] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        try:
            found[name] = PartialDate.parse(text) if text else None
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        return Period(), errors
    first, last = found["from"], found["to"]
    period = Period(first.first_day if first else None, last.last_day if last else None)
    if period.first and period.last and period.first > period.last:
        return Period(), {"to": _("The last day lies before the first.")}
    return period, {}


def in_words(period: Period) -> str:
    """ "1 January 2026 – 22 November 2026", in the language spoken now."""
    if period.first and period.last:
        return _("%(first)s – %(last)s", first=format_day(period.first), last=format_day(period.last))
    if period.first:
        return _("from %(first)s on", first=format_day(period.first))
    if period.last:
        return _("until %(last)s", last=format_day(period.last))
    return _("all years")


def in_name(period: Period) -> str:
    """The same in the name of a file: "2026-01-01–2026-11-22"."""
    if period.first or period.last:
        return f"{period.first or ''}–{period.last or ''}"
    return _("all years")
