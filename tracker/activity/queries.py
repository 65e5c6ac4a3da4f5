import sqlalchemy as sa

from tracker.activity.models import Activity, Delivery
from tracker.database import db, is_sqlite


def history(subject_type: str, subject_id: int) -> sa.Select[Activity]:
    """What happened to one subject, newest first."""
    return (
        sa.select(Activity)
        .where(Activity.subject_type == subject_type, Activity.subject_id == subject_id)
        .order_by(Activity.id.desc())
    )


def revision() -> str:
    """Changes whenever anything that people see has changed: every change leaves an activity row.

    On PostgreSQL a row with a lower id may be committed after one with a higher id; the oldest running
    transaction is part of the answer, so that such a late row changes it too.
    """
    newest = sa.select(sa.func.max(Activity.id))
    if is_sqlite():
        return str(db.session.scalar(newest))
    oldest_running = sa.select(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()).cast(sa.Text))
    row = db.session.execute(sa.select(newest.scalar_subquery(), oldest_running.scalar_subquery())).one()
    return f"{row[0]}-{row[1]}"


def undelivered() -> sa.Select[Delivery]:
    """Mails that could not be sent after several attempts, newest first."""
    return sa.select(Delivery).where(Delivery.sent_at.is_(None), Delivery.last_error != "").order_by(Delivery.id.desc())
