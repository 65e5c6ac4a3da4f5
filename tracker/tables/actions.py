from collections.abc import Sequence
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, language
from tracker.institutions.models import Network, Person
from tracker.tables import queries
from tracker.tables.models import BoardText, Snapshot
from tracker.tables.snapshots import to_plain
from tracker.tables.table import Period, Table

LONGEST_TEXT = 10_000  # characters
declare(
    {
        "tables.write_text": _l("%(actor)s changed the text above the tables."),
        "tables.keep": _l("%(actor)s kept figures as “%(name)s”."),
        "tables.withdraw": _l("%(actor)s withdrew the figures kept as “%(name)s”."),
    }
)


def write_text(network: Network, *, text: str, language: str, actor: Person) -> BoardText:
    """The text of the coordinators that stands above the tables of a network; Markdown, in a language (BCP 47)."""
    known = queries.board_text(network.id, lock=True)
    row = known or BoardText(network_id=network.id, version=0)
    if known is None:
        db.session.add(row)
    row.text, row.language = text, language
    row.changed_at, row.changed_by_id, row.version = clock.now(), actor.id, row.version + 1
    record("tables.write_text", network, actor=actor)
    return row


def keep(name: str, tables: Sequence[Table], *, period: Period, networks: Sequence[Network], actor: Person) -> Snapshot:
    """Keep figures as they stand, in the language spoken now, with the text of the network's coordinators if it is one.

    Raises RuleBroken where there is no figure to keep.
    """
    if not tables or not networks:
        raise RuleBroken(_("There are no figures to keep."))
    only = networks[0] if len(networks) == 1 else None
    text = queries.board_text(only.id) if only else None
    snapshot = Snapshot(
        network_id=only.id if only else None,
        name=name,
        first_day=period.first,
        last_day=period.last,
        text=text.text if text else "",
        language=language(),
        figures=_plain(tables, networks, text),
        taken_at=clock.now(),
        taken_by_id=actor.id,
        taken_by_name=actor.name,
    )
    db.session.add(snapshot)
    db.session.flush()
    record("tables.keep", only or networks[0], actor=actor, name=name)
    return snapshot


def _plain(tables: Sequence[Table], networks: Sequence[Network], text: BoardText | None) -> dict[str, Any]:
    return {
        "networks": [network.id for network in networks],
        "network_names": [network.name for network in networks],
        "text_language": text.language if text else "",
        "tables": [to_plain(table) for table in tables],
    }


def withdraw(snapshot: Snapshot, *, actor: Person) -> None:
    """From now on nobody sees these figures. Raises RuleBroken where that was done already."""
    if snapshot.withdrawn_at is not None:
        raise RuleBroken(_("These figures have been withdrawn already."))
    snapshot.withdrawn_at = clock.now()
    networks = queries.networks_of(set(snapshot.figures["networks"]))
    record("tables.withdraw", networks[0], actor=actor, name=snapshot.name)
