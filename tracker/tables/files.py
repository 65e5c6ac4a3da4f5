"""All tables as a file: what `exports` makes of them, at once or in the worker."""

from datetime import date
from typing import IO

import sqlalchemy as sa

from tracker import clock
from tracker.database import db
from tracker.exports.kinds import Kind, Parameters, Step, register
from tracker.i18n import _, list_and
from tracker.institutions.models import Person
from tracker.projects.models import Project
from tracker.tables import as_workbook, queries
from tracker.tables.build import KEYS, Scope, build
from tracker.tables.periods import in_name, in_words
from tracker.tables.table import Period

ALL_TABLES = "tables.xlsx"


def period_of(parameters: Parameters) -> Period:
    """The days that parameters name."""
    days = [parameters.get(name) for name in ("first", "last")]
    return Period(*(date.fromisoformat(day) if day else None for day in days))


def _network_ids(person: Person, parameters: Parameters) -> frozenset[int]:
    named = parameters.get("network")
    return frozenset({named} & person.coordinated_ids if named else person.coordinated_ids)


def _may(person: Person, parameters: Parameters) -> bool:
    return bool(_network_ids(person, parameters))


def _rows(person: Person, parameters: Parameters) -> int:
    """How many projects the figures are of: what takes long is to count them."""
    counted = sa.select(sa.func.count(Project.id)).where(Project.network_id.in_(_network_ids(person, parameters)))
    return db.session.scalar(counted) or 0


def _make(person: Person, parameters: Parameters, target: IO[bytes], step: Step) -> None:
    period, scope = period_of(parameters), Scope(_network_ids(person, parameters))
    names = list_and(network.name for network in queries.networks_of(set(scope.network_ids)))
    tables = []
    for number, key in enumerate(KEYS, start=1):  # one after the other, so that nobody waits for all of them
        tables.append(build(key, period, scope))
        step(number, len(KEYS))
    as_workbook.write(target, tables, as_workbook.about(names, in_words(period), clock.today()))


def file_name(what: str, networks: list[str], period: Period, extension: str) -> str:
    """ "Tables Southern Voices 2026-01-01–2026-11-22.xlsx"; one of several networks names none."""
    whose = f" {networks[0]}" if len(networks) == 1 else ""
    return f"{what}{whose} {in_name(period)}.{extension}"


def _file_name(person: Person, parameters: Parameters) -> str:
    names = [network.name for network in queries.networks_of(set(_network_ids(person, parameters)))]
    return file_name(_("Tables"), names, period_of(parameters), "xlsx")


def _title(parameters: Parameters) -> str:
    return _("Tables, %(period)s", period=in_words(period_of(parameters)))


register(Kind(ALL_TABLES, _make, _rows, _may, _file_name, _title))
