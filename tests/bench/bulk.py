"""Many rows at once, past the unit of work: column types and defaults still decide what is written."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa


class Bulk:
    """Writes rows in the caller's transaction, with the driver's fastest way for each database."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.rows = 0

    def put(self, table: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows of column name → value. All rows name the same columns; the others get their default."""
        table = getattr(table, "__table__", table)
        given = list(rows)
        if not given:
            return
        columns = [column for column in table.columns if column.name in given[0] or column.default is not None]
        if unknown := set(given[0]) - {column.name for column in columns}:
            raise TypeError(f"{table.name} has no columns {unknown}")
        ready = [self._converted(column, given) for column in columns]
        quote = self.dialect.identifier_preparer.quote
        names = ", ".join(quote(column.name) for column in columns)
        cursor = self.connection.connection.cursor()
        if self.dialect.name == "sqlite":
            marks = ", ".join("?" * len(columns))
            cursor.executemany(
                f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", list(zip(*ready, strict=True))
            )
        else:
            with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
                for row in zip(*ready, strict=True):
                    copy.write_row(row)
        self.rows += len(given)

    def _converted(self, column: Any, rows: list[dict[str, Any]]) -> list[Any]:
        """One column of all rows, as the driver takes it."""
        convert = column.type.dialect_impl(self.dialect).bind_processor(self.dialect)
        if column.name in rows[0]:
            values = [row[column.name] for row in rows]
        else:
            default = column.default.arg
            values = [default(None) if column.default.is_callable else default] * len(rows)
        if not convert:
            return values
        known: dict[Any, Any] = {}  # dates and states repeat
        found = []
        for value in values:
            try:
                if value not in known:
                    known[value] = convert(value)
                found.append(known[value])
            except TypeError:  # a list or dict, for JSON
                found.append(convert(value))
        return found

    def finish(self, metadata: sa.MetaData) -> None:
        """Let PostgreSQL count on from the ids that were given, and look at what there is."""
        if self.dialect.name == "sqlite":
            return
        for table in metadata.sorted_tables:
            if "id" in table.columns and isinstance(table.columns["id"].type, sa.Integer):
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT coalesce(max(id), 1) FROM {self.dialect.identifier_preparer.quote(table.name)}))"
                )
        self.connection.exec_driver_sql("ANALYZE")
