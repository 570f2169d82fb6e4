"""Many rows at once, the way each database takes them fastest: for bulk data only, past the models' own defaults."""

import json
from collections.abc import Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Table, func, insert, select, text

from crm.db import db, is_postgresql

Rows = Sequence[dict[str, Any]]


def add_many(table: Table, rows: Rows) -> None:
    """Write the rows in the current transaction; all have the same columns, and every value that is not null."""
    if not rows:
        return
    if is_postgresql():
        _copy(table, rows)
    else:
        db.session.execute(insert(table), rows)


def reserve_ids(table: Table, how_many: int) -> Sequence[int]:
    """Row numbers that nobody else will be given; on SQLite as long as the transaction lasts, which writes alone."""
    if is_postgresql():
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :how_many)")
        return db.session.scalars(drawn, {"name": table.name, "how_many": how_many}).all()
    else:
        last = db.session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + how_many)


def _copy(table: Table, rows: Rows) -> None:
    columns = list(rows[0])
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver: Any = db.session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([_plain(row[column]) for column in columns])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value
