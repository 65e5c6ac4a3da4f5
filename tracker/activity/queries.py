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
    connection = db.session.connection()  # asked for every page, so past the ORM and the compiler
    if is_sqlite():
        return str(connection.exec_driver_sql("SELECT max(id) FROM activity").scalar())
    row = connection.exec_driver_sql(
        "SELECT (SELECT max(id) FROM activity), CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)"
    ).one()
    return f"{row[0]}-{row[1]}"


def undelivered() -> sa.Select[Delivery]:
    """Mails that could not be sent so far, newest first; `last_error` says why, in the server's words."""
    unsent = (Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None), Delivery.last_error != "")
    return sa.select(Delivery).where(*unsent).order_by(Delivery.id.desc())


def count_undelivered() -> int:
    """How many mails `undelivered` lists."""
    bare = undelivered().with_only_columns(Delivery.id).order_by(None)
    return db.session.scalar(sa.select(sa.func.count()).select_from(bare.subquery())) or 0
