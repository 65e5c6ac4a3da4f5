from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.database import db
from tracker.exports.models import Export
from tracker.exports.states import ExportState
from tracker.institutions.models import Person

LEASE = timedelta(minutes=5)  # without a step forward: then another worker may try
KEPT_FOR = timedelta(days=7)
MOST_SHOWN = 50
WITH_FILE = (joinedload(Export.file),)


def own(person_id: int) -> list[Export]:
    """The files somebody asked for, the newest first; MOST_SHOWN at the most."""
    return list(
        db.session.scalars(
            sa.select(Export)
            .where(Export.person_id == person_id)
            .options(*WITH_FILE)
            .order_by(Export.id.desc())
            .limit(MOST_SHOWN)
        )
    )


def unfinished(person_id: int) -> list[Export]:
    """What somebody asked for and is not made yet, oldest first."""
    mine = sa.select(Export).where(Export.person_id == person_id, Export.finished_at.is_(None))
    return list(db.session.scalars(mine.order_by(Export.id)))


def claimable() -> Export | None:
    """The file that has waited longest and that no worker is at, locked."""
    nobody = sa.or_(Export.state == ExportState.WAITING, Export.claimed_at < clock.now() - LEASE)
    return db.session.scalars(
        sa.select(Export)
        .where(Export.finished_at.is_(None), nobody)
        .order_by(Export.id)
        .limit(1)
        .with_for_update(of=Export, skip_locked=True)
    ).first()


def loaded(export_id: int) -> Export | None:
    """A file that is asked for, with who asked."""
    return db.session.get(
        Export, export_id, options=(joinedload(Export.person).selectinload(Person.coordinator_places),)
    )


def outdated(limit: int) -> list[Export]:
    """What was finished long ago, with its file, locked."""
    return list(
        db.session.scalars(
            sa.select(Export)
            .where(Export.finished_at < clock.now() - KEPT_FOR)
            .options(*WITH_FILE)
            .order_by(Export.finished_at, Export.id)
            .limit(limit)
            .with_for_update(of=Export, skip_locked=True)
        )
    )
