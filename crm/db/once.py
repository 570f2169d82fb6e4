"""A row that must stand only once: whoever comes second learns that it is there, without an error and a retreat."""

from functools import cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from crm.db import db, is_postgresql


def add_once(table: Table, row: dict[str, Any]) -> int | None:
    """Write the row in the current transaction; its number, or None when one with the same unique value is there.

    Who writes the same in this moment is waited for.
    """
    number: int | None = db.session.execute(_insert(table, is_postgresql()), row).scalar_one_or_none()
    return number


@cache
def _insert(table: Table, on_postgresql: bool) -> Executable:
    insert = postgresql.insert(table) if on_postgresql else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(table.c.id)
