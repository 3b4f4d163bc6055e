"""Inserting a row that may be there already, in one statement, so that two servers cannot meet between two."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def _insert(connection: sa.Connection, table: sa.Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def insert_or_ignore(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row; return whether it was inserted, and not there already."""
    statement = _insert(connection, table).values(values).on_conflict_do_nothing()
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount == 1


def insert_or_replace(connection: sa.Connection, table: sa.Table, values: dict[str, Any], newest: str = "") -> None:
    """Insert a row, or give the one with its primary key these values, unless its column `newest` is larger."""
    keys = [column.name for column in table.primary_key]
    changes = {name: value for name, value in values.items() if name not in keys}
    where = table.c[newest] <= values[newest] if newest else None
    statement = _insert(connection, table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes, where=where))
