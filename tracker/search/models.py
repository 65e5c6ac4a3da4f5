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


@sa.event.listens_for(SearchEntry.__table__, "after_create")
def _create_beside(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    create(connection)


@sa.event.listens_for(SearchEntry.__table__, "before_drop")
def _drop_beside(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    drop(connection)


def create(connection: sa.Connection) -> None:
    """Make the full-text index beside the existing table `search_entry`. For migrations; may run twice."""
    _run(connection, sqlite.CREATE if connection.dialect.name == "sqlite" else postgresql.CREATE)


def drop(connection: sa.Connection) -> None:
    """Remove what `create` made. For migrations; may run twice."""
    _run(connection, sqlite.DROP if connection.dialect.name == "sqlite" else postgresql.DROP)


def _run(connection: sa.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
