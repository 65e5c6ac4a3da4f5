import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from tracker.database import db
from tracker.institutions.models import Network, Person
from tracker.tables.models import BoardText, Snapshot

MOST_SHOWN = 100
AT_THE_DOOR = (joinedload(Snapshot.network),)


def board_text(network_id: int, *, lock: bool = False) -> BoardText | None:
    """What the coordinators of a network wrote above its tables."""
    query = sa.select(BoardText).where(BoardText.network_id == network_id)
    return db.session.scalars(query.with_for_update(of=BoardText) if lock else query).first()


def snapshots(person: Person) -> list[Snapshot]:
    """The figures kept that this coordinator may see, the newest first, without the figures; MOST_SHOWN at the most."""
    may_see = sa.or_(
        Snapshot.network_id.in_(person.coordinated_ids),
        Snapshot.network_id.is_(None) & (Snapshot.taken_by_id == person.id),
    )
    query = (
        sa.select(Snapshot)
        .where(Snapshot.withdrawn_at.is_(None), may_see)
        .options(defer(Snapshot.figures), *AT_THE_DOOR)
        .order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
    )
    return list(db.session.scalars(query.limit(MOST_SHOWN)))


def networks_of(ids: set[int]) -> list[Network]:
    """Networks by their ids, by name."""
    return list(db.session.scalars(sa.select(Network).where(Network.id.in_(ids)).order_by(Network.name, Network.id)))
