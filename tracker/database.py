"""The database: one session, one base class, and every difference between SQLite and PostgreSQL."""

import zlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement

MAPPED = 1024**3  # bytes of an SQLite file read in place, without a copy into each connection's cache
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """Aware datetimes in, aware datetimes out. SQLite would silently drop the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use tracker.clock.now()")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(
        naming_convention={  # Alembic can only alter a constraint that has a name
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        StrEnum: sa.Enum(
            StrEnum,
            native_enum=False,  # plain text: adding a member needs no ALTER TYPE
            values_callable=lambda members: [member.value for member in members],
            length=40,
            create_constraint=False,
        ),
    }


# Models inherit from our Base, not db.Model: Flask-SQLAlchemy 3.1 copies the base it is given and
# fails on a type_annotation_map (its issue 1361). It gives us the engine and the request's session.
db = SQLAlchemy(metadata=Base.metadata)


def init_app(app: Flask) -> None:
    """Give the app its engine. SQLite gets foreign keys, WAL and honest transactions."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _prepare_sqlite)
            sa.event.listen(db.engine, "begin", _begin_sqlite)


def is_sqlite() -> bool:
    """True where the session talks to the embedded default."""
    return db.session.get_bind().dialect.name == "sqlite"


def is_collision(error: Exception) -> bool:
    """Whether PostgreSQL ended one of two transactions that waited for each other: trying again helps.

    On SQLite, where those who write queue from the start, it does not happen.
    """
    return getattr(getattr(error, "orig", None), "sqlstate", "") in ("40001", "40P01")


def is_twin(error: Exception) -> bool:
    """Whether PostgreSQL refused a row because somebody, or a second click, made the same one a moment before."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == "23505"


def is_busy(error: Exception) -> bool:
    """Whether the database refused to wait any longer for somebody else's writing to end: trying again later helps."""
    refused = getattr(error, "orig", None)
    is_locked = getattr(refused, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT")
    return is_locked or getattr(refused, "sqlstate", "") == "55P03"  # lock_timeout of PostgreSQL


def locked(model: Any, lock: bool) -> dict[str, Any]:
    """What `session.get` needs to lock a row and read it anew, for an answer that may change it; else nothing."""
    return {"with_for_update": {"of": model}, "populate_existing": True} if lock else {}


class day_of(FunctionElement[str]):  # reads as the SQL function that it is
    """The day of a moment in UTC, as text: "2026-05-31"."""

    inherit_cache = True
    type = sa.String()


@compiles(day_of)
def _day_of(element: Any, compiler: Any, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(day_of, "sqlite")
def _day_of_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 10)"


class days_between(FunctionElement[int]):
    """days_between(earlier, later): a number of days, of dates or of days as text."""

    inherit_cache = True
    type = sa.Integer()


@compiles(days_between)
def _days_between(element: Any, compiler: Any, **kw: Any) -> str:
    earlier, later = (compiler.process(each, **kw) for each in element.clauses)
    return f"(CAST({later} AS DATE) - CAST({earlier} AS DATE))"


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    earlier, later = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not decide when to BEGIN: see below
    pragmas = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 10000")
    for pragma in (*pragmas, f"mmap_size = {MAPPED}"):
        connection.execute(f"PRAGMA {pragma}")


def take_turn(name: str) -> None:
    """Until the transaction ends nobody else takes this turn: what they write bears a later moment than ours.

    On SQLite, where those who write queue from the start, there is nothing to do.
    """
    if not is_sqlite():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_number_of(name))))


def writers_done(name: str = "stamps") -> None:
    """Wait until nobody who took this turn before is still writing; until the transaction ends nobody takes it.

    On SQLite a view says so with `waits_for_writers`, as its transaction begins before it. Raises OperationalError
    (see is_busy) where that takes more than some seconds.
    """
    if not is_sqlite():
        db.session.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_number_of(name))))


def _number_of(name: str) -> int:
    return zlib.crc32(name.encode())


def _begin_sqlite(connection: Any) -> None:
    """Reading requests share the database. Writers queue from the start instead of failing half-way."""
    reading = has_request_context() and request.method in SAFE_METHODS and not _waits_for_writers()
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _waits_for_writers() -> bool:
    """Whether the view must see what everybody has written who began before: see `writers_done`."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "waits_for_writers", False)
