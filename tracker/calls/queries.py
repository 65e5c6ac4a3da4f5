import sqlalchemy as sa

from tracker.calls.models import Call
from tracker.database import db


def call_of(project_id: int) -> Call | None:
    """The dates of a project's call, where any were given."""
    return db.session.scalars(sa.select(Call).where(Call.project_id == project_id)).first()
