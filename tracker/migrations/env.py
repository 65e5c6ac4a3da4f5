"""Run by Alembic. Both databases; on SQLite foreign keys are off meanwhile, for a rebuilt table would lose children."""

import sqlalchemy as sa
from alembic import context

from tracker.database import Base
from tracker.migrations.comparison import ours, render_item, same_type

ADVISORY_LOCK = 7_032_019  # any number, the same for every server of this application


def migrate(connection: sa.Connection) -> None:
    """Apply what is missing, in one transaction."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        _keep_foreign_keys(connection, "OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        compare_type=same_type,
        include_object=ours,
        render_item=render_item,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"rows would point to nothing: {broken[:5]}")
    if sqlite:
        connection.commit()
        _keep_foreign_keys(connection, "ON")


def _keep_foreign_keys(connection: sa.Connection, state: str) -> None:
    """Past SQLAlchemy, which would begin a transaction: within one SQLite ignores this without a word."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys = {state}")
    assert driver.execute("PRAGMA foreign_keys").fetchone() == (int(state == "ON"),)


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with context.config.attributes["engine"].connect() as opened:
        migrate(opened)
