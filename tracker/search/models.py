import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.database import Base
from tracker.search import postgresql, sqlite


class SearchEntry(Base):
    """The words of one thing that can be found. The full-text index beside it is the dialect's own."""

    __tablename__ = "search_entry"
    __table_args__ = (sa.UniqueConstraint("subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    tokens: Mapped[str] = mapped_column(sa.Text)  # folded words with spaces between them, in the text's order


class Shelved(Base):
    """A thing in its place on the shelf, the newest the highest: its words in three depths, and marks to filter by.

    The full-text index beside it is the dialect's own, and it is replaced, never changed. See `shelf`.
    """

    __tablename__ = "shelved"

    place: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    subject_id: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(sa.Text)
    record: Mapped[str] = mapped_column(sa.Text)
    body: Mapped[str] = mapped_column(sa.Text)
    marks: Mapped[str] = mapped_column(sa.Text)


@sa.event.listens_for(SearchEntry.__table__, "after_create")
def _create_beside(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    create(connection)


@sa.event.listens_for(SearchEntry.__table__, "before_drop")
def _drop_beside(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    drop(connection)


@sa.event.listens_for(Shelved.__table__, "after_create")
def _create_beside_shelf(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    create_shelf(connection)


@sa.event.listens_for(Shelved.__table__, "before_drop")
def _drop_beside_shelf(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    _run(connection, sqlite.DROP_SHELF if connection.dialect.name == "sqlite" else postgresql.DROP_SHELF)


def create_shelf(connection: sa.Connection) -> None:
    """Make the full-text index beside the existing table `shelved`. For migrations; may run twice."""
    _run(connection, sqlite.CREATE_SHELF if connection.dialect.name == "sqlite" else postgresql.CREATE_SHELF)


def create(connection: sa.Connection) -> None:
    """Make the full-text index beside the existing table `search_entry`. For migrations; may run twice."""
    _run(connection, sqlite.CREATE if connection.dialect.name == "sqlite" else postgresql.CREATE)


def drop(connection: sa.Connection) -> None:
    """Remove what `create` made. For migrations; may run twice."""
    _run(connection, sqlite.DROP if connection.dialect.name == "sqlite" else postgresql.DROP)


def _run(connection: sa.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
